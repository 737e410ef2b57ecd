"""The topology: rows that fit together, under every wiring that a learner can choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company import commands, events
from playground.company.topology import (
    ANNOUNCEMENTS,
    CONNECTIONS,
    EVENT_TYPES,
    HANDLERS,
    MESSAGES_BY_TYPE,
    SERVICES,
    Party,
    Style,
    Wiring,
    flippable,
    optional_services,
    possible_subscribers,
    working_services,
)

WIRINGS = st.builds(
    Wiring,
    styles=st.dictionaries(
        st.sampled_from([c.id for c in flippable()]), st.sampled_from(list(Style))
    ),
    presence=st.dictionaries(st.sampled_from(optional_services()), st.booleans()),
)


@pytest.mark.parametrize("connection", CONNECTIONS, ids=lambda c: f"{c.id} {c.carries[0].__name__}")
def test_every_message_of_a_connection_has_a_handler_at_its_target(connection: object) -> None:
    for message in connection.carries:
        assert (connection.target, message) in HANDLERS


def test_every_handler_is_reached_by_a_connection_or_by_a_customer() -> None:
    reached = {(c.target, message) for c in CONNECTIONS for message in c.carries}
    for service, message in HANDLERS:
        assert (service, message) in reached or service == "gateway"


def test_on_the_wire_every_message_has_a_name_of_its_own_with_a_version() -> None:
    assert len(MESSAGES_BY_TYPE) == len(EVENT_TYPES)
    for message, name in EVENT_TYPES.items():
        assert MESSAGES_BY_TYPE[name] is message
        assert name.startswith("delivery.")
        assert name.endswith(".v1")


def test_every_event_has_a_name_on_the_wire_and_somebody_who_hears_it() -> None:
    heard = {message for c in CONNECTIONS for message in c.carries}
    for event in events.Event.__args__:
        assert event in EVENT_TYPES
        assert event in heard


def test_every_command_is_handled_by_exactly_one_service_behind_the_gateway() -> None:
    for command in commands.Command.__args__:
        behind = [s for s, message in HANDLERS if message is command and s != "gateway"]
        assert len(behind) == (0 if command is commands.PlaceOrder else 1), command


def test_what_a_command_announces_is_sent_by_its_announcer() -> None:
    for announcer, message in ANNOUNCEMENTS.values():
        assert Wiring().connections_carrying(announcer, message)


def test_a_customer_works_at_nothing_and_has_no_queue() -> None:
    actors = {name for name, service in SERVICES.items() if service.party is Party.ACTOR}
    assert actors == {"customer"}
    assert not actors & {*working_services(), *possible_subscribers()}


def test_as_built_every_connection_has_the_style_of_its_row() -> None:
    for connection in CONNECTIONS:
        assert Wiring().style(connection) is connection.style


@given(WIRINGS)
def test_a_flip_turns_the_connections_it_names_and_no_others(wiring: Wiring) -> None:
    for connection in CONNECTIONS:
        style = wiring.style(connection)
        if connection.flippable and connection.id in wiring.styles:
            assert style is wiring.styles[connection.id]
        else:
            assert style is connection.style


@given(WIRINGS)
def test_an_absent_service_sends_nothing_receives_nothing_and_has_no_queue(wiring: Wiring) -> None:
    absent = {name for name in SERVICES if not wiring.is_present(name)}
    assert absent <= set(optional_services())
    ends = {name for c in wiring.connections() for name in (c.source, c.target)}
    assert not absent & {*ends, *wiring.subscribers(), *(s.name for s in wiring.services())}


@given(WIRINGS)
def test_services_that_get_texts_have_a_queue_in_the_order_of_the_services(wiring: Wiring) -> None:
    texted = {c.target for c in wiring.connections() if wiring.style(c) is Style.TEXT}
    assert wiring.subscribers() == tuple(name for name in SERVICES if name in texted)
    assert set(wiring.subscribers()) <= set(possible_subscribers())


@given(WIRINGS)
def test_asking_who_carries_a_message_finds_every_connection_that_does(wiring: Wiring) -> None:
    for connection in wiring.connections():
        for message in connection.carries:
            carrying = wiring.connections_carrying(connection.source, message)
            assert connection in carrying
            assert all(message in c.carries for c in carrying)


def test_nobody_carries_what_its_source_does_not_send() -> None:
    assert Wiring().connections_carrying("menu", events.OrderPlaced) == ()


def test_a_service_can_be_added_and_none_that_is_needed_can_be_taken_away() -> None:
    assert set(optional_services()) == {"crm", "analytics", "loyalty"}
    assert not Wiring().is_present("loyalty")
    assert Wiring(presence={"loyalty": True}).is_present("loyalty")
