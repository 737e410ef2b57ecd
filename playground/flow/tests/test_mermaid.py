"""Mermaid text: every arrow of the company is drawn once, and every hop of a trace in its order."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company.topology import (
    CONNECTIONS,
    SERVICES,
    Style,
    Wiring,
    flippable,
    optional_services,
)
from playground.flow.mermaid import (
    LONGEST_LABEL,
    MAX_SEQUENCE_STEPS,
    edges,
    node_id,
    nodes,
    queue_id,
    sequence,
    topology,
)
from playground.flow.records import Kind, Record

WIRINGS = st.builds(
    Wiring,
    styles=st.dictionaries(
        st.sampled_from([c.id for c in flippable()]), st.sampled_from(list(Style))
    ),
    presence=st.dictionaries(st.sampled_from(optional_services()), st.booleans()),
)
ARROW = re.compile(r"  (\w+) (\w+)@(-->|-\.->) (\w+)")


@given(WIRINGS, st.sampled_from(["LR", "TB"]))
def test_every_arrow_joins_nodes_that_are_drawn_and_has_an_id_of_its_own(
    wiring: Wiring, direction: str
) -> None:
    text = topology(wiring, direction)
    drawn = {node.id for node in nodes(wiring)}
    arrows = ARROW.findall(text)
    assert text.startswith(f"flowchart {direction}\n")
    assert len({edge_id for _, edge_id, _, _ in arrows}) == len(arrows) > 0
    for source, edge_id, _, target in arrows:
        assert {source, target} <= drawn
        assert edge_id == f"{source}__{target}"


@given(WIRINGS)
def test_every_connection_is_drawn_as_one_call_or_as_a_way_through_the_broker(
    wiring: Wiring,
) -> None:
    drawn: dict[str, list[tuple[str, str]]] = {}
    for edge in edges(wiring):
        for connection in edge.connections:
            drawn.setdefault(connection, []).append((edge.source, edge.target))
    for c in wiring.connections():
        source, target, queue = node_id(c.source), node_id(c.target), queue_id(c.target)
        call = [(source, target)]
        text = [(source, "broker"), ("broker", queue), (queue, target)]
        styles = {wiring.style(o) for o in wiring.connections() if o.id == c.id}
        ways = (call if Style.CALL in styles else []) + (text if Style.TEXT in styles else [])
        assert sorted(drawn[c.id]) == sorted(ways), c.id


@given(WIRINGS)
def test_only_services_that_get_texts_have_a_queue(wiring: Wiring) -> None:
    queues = [node.service for node in nodes(wiring) if node.kind == "queue"]
    assert queues == list(wiring.subscribers())


def test_a_flipped_connection_leaves_the_broker_and_can_be_pressed_where_it_is_now() -> None:
    called = edges(Wiring({"orders->dispatch": Style.CALL}))
    [arrow] = [e for e in called if (e.source, e.target) == ("orders", "dispatch")]
    assert (arrow.style, arrow.flippable) == (Style.CALL, ("orders->dispatch",))
    [last] = [e for e in edges(Wiring()) if e.id == "q_dispatch__dispatch"]
    assert "orders->dispatch" in last.flippable


def test_a_service_that_is_absent_is_not_drawn() -> None:
    assert "loyalty" not in topology(Wiring())
    assert "loyalty" in topology(Wiring(presence={"loyalty": True}))


def test_a_dash_in_a_name_is_none_in_an_id() -> None:
    assert 'email_provider(["E-mail provider"])' in topology(Wiring())


def test_actors_services_broker_and_queues_have_shapes_of_their_own() -> None:
    text = topology(Wiring())
    for shape in (
        'customer(["Customer"])', 'gateway["Gateway"]', 'broker[("Broker")]',
        'q_dispatch@{ shape: das, label: "0 ready" }',
    ):  # fmt: skip
        assert f"  {shape}\n" in text


def test_on_a_narrow_screen_subscribers_stand_in_rows_of_three() -> None:
    spacers = re.findall(r"  (\w+) ~~~ q_(\w+)", topology(Wiring(), "TB"))
    names = [node_id(name) for name in Wiring().subscribers()]
    assert spacers == list(zip(names, names[3:], strict=False))
    assert "~~~" not in topology(Wiring())


# Sequences


def a_record(kind: Kind, name: str, source: str, target: str, **more: Any) -> Record:
    return Record(kind, name, 1.0, source, target, **more)


def test_a_trace_is_told_hop_by_hop() -> None:
    told = sequence(
        [
            a_record(Kind.REQUEST, "POST /api/orders", "customer", "gateway"),
            a_record(Kind.PUBLISH, "OrderPlaced", "orders", "broker"),
            a_record(
                Kind.RESPONSE, "POST /api/orders", "gateway", "customer", code=202, duration_ms=9.6
            ),
            a_record(Kind.DELIVER, "OrderPlaced", "broker", "notification", attempt=1),
            a_record(Kind.REDELIVER, "OrderPlaced", "broker", "notification", attempt=2),
            a_record(Kind.EFFECT, "EmailSent", "", "email-provider"),
        ]
    )
    assert told.splitlines() == [
        "sequenceDiagram",
        "  participant customer as Customer",
        "  participant gateway as Gateway",
        "  participant orders as Orders",
        "  participant broker as Broker",
        "  participant notification as Notification",
        "  participant email_provider as E-mail provider",
        "  customer->>gateway: POST /api/orders",
        "  orders-)broker: OrderPlaced",
        "  gateway-->>customer: 202, 10 ms",
        "  Note over customer: has the answer",
        "  broker-)notification: OrderPlaced",
        "  broker-)notification: OrderPlaced (attempt 2)",
        "  Note over email_provider: EmailSent",
    ]


def test_a_call_that_failed_ends_in_a_cross() -> None:
    failed = a_record(
        Kind.RESPONSE, "AuthorizePayment", "payments", "gateway", status="timeout", duration_ms=3000
    )
    assert "  payments--xgateway: timeout, 3000 ms" in sequence([failed])


def test_retries_and_dead_letters_are_notes_at_their_subscriber() -> None:
    told = sequence(
        [
            a_record(Kind.RETRY, "OrderPlaced", "", "crm", data={"delay_s": 1.5}),
            a_record(Kind.DEAD_LETTER, "OrderPlaced", "", "crm"),
        ]
    )
    assert "Note over crm: OrderPlaced is retried in 1.5 s" in told
    assert "Note over crm: OrderPlaced is a dead letter" in told


@pytest.mark.parametrize("kind", [Kind.ENQUEUE, Kind.PROCESS, Kind.ACK, Kind.STATE, Kind.NOTE])
def test_what_only_a_log_tells_is_not_drawn(kind: Kind) -> None:
    assert sequence([a_record(kind, "OrderPlaced", "broker", "crm")]) == "sequenceDiagram\n"


def test_a_long_trace_is_cut_and_says_by_how_much() -> None:
    calls = [a_record(Kind.REQUEST, f"Call {n}", "gateway", "menu") for n in range(250)]
    lines = sequence(calls).splitlines()
    assert sum("->>" in line for line in lines) == MAX_SEQUENCE_STEPS
    assert lines[-1] == "  Note over gateway: and 50 more steps"


def test_a_label_is_not_as_long_as_a_path_may_be() -> None:
    path = "GET /" + "a" * 1900
    told = sequence([a_record(Kind.REQUEST, path, "customer", "gateway")])
    label = told.splitlines()[-1].partition(": ")[2]
    assert len(label) == LONGEST_LABEL
    assert label.endswith("a…")


@given(st.text(max_size=40))
def test_no_name_breaks_out_of_its_line(name: str) -> None:
    told = sequence([a_record(Kind.REQUEST, name, "customer", "gateway")])
    arrows = [line for line in told.split("\n") if "->>" in line]
    assert told.count("\n") == 4, "heading, two participants, one arrow"
    assert not set(";#") & set(arrows[0].partition(": ")[2])


def test_every_service_of_the_company_can_be_spoken_of() -> None:
    parties = {name for c in CONNECTIONS for name in (c.source, c.target)}
    told = sequence([a_record(Kind.EFFECT, "Done", "", name) for name in sorted(parties)])
    for name in parties:
        assert f"participant {node_id(name)} as {SERVICES[name].title}" in told
