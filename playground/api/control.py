"""The control API: show the caller's playground, and change its design and faults."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Header, Query, Router, Status
from pydantic import AfterValidator, Field

from ..bootstrap import parts
from ..bounds import MAX_QUERY
from ..company.source import handler_source
from ..control import changes, dead_letters, faults, lifecycle, snapshot
from ..design.choices import Design
from ..faults.catalogue import FaultKind
from ..faults.fault import FaultRequest
from ..faults.storm import STORMY, Storm
from ..flow import cursor, export, mermaid
from ..flow.log import BEGINNING
from ..flow.records import Record, encode_with_id
from ..flow.search import FIELDS
from ..flow.traces import records_of
from ..messaging.reconciliation import reconcile
from ..models import Playground
from ..rush import service as rushes
from ..storage import playgrounds
from . import new_playgrounds
from .problems import Problem
from .schemas import (
    DeadLettersOut,
    DesignIn,
    DesignOut,
    FaultIn,
    FaultOut,
    HandlerOut,
    LedgerOut,
    MetricsOut,
    PlaygroundOut,
    ProblemOut,
    Reason,
    RecordsOut,
    ReplayedOut,
    ReplayIn,
    RushIn,
    RushOut,
    StateOut,
    StormIn,
    StormOut,
)

router = Router(tags=["playground"])
ERRORS = {frozenset({401, 404, 413, 422, 429, 503}): ProblemOut}
QUERY = Query(
    "",
    max_length=MAX_QUERY,
    description=(
        "words, and filters by " + ", ".join(FIELDS) + ": "
        '`retry service:notification,crm name:"POST /api/orders"`. Empty: everything.'
    ),
)


ACTOR_PATTERN = "^[0-9a-f]{12}$"
ACTOR = Header(
    "", alias="Inflight-Actor", pattern=f"^$|{ACTOR_PATTERN}",
    description="who asks: a browser tab, or a lesson's run. Recorded with what is changed.",
)  # fmt: skip
OF_ACTORS = Query([], max_length=8, description="only what these actors have switched on")
MERMAID = "text/vnd.mermaid"


def _file(media_type: str) -> dict[str, Any]:
    """The OpenAPI description of a response that is a file."""
    answer = {"description": "The file", "content": {media_type: {"schema": {"type": "string"}}}}
    return {"responses": {200: answer}}


@router.post(
    "/playgrounds",
    auth=None,
    response={201: PlaygroundOut, frozenset({429, 503}): ProblemOut},
)
def create_playground(request: HttpRequest) -> Any:
    """A playground of your own, for curl and scripts."""
    playground = new_playgrounds.for_script(request)
    token = playgrounds.issue_token(playground)
    scheme = "wss" if request.is_secure() else "ws"
    websocket = f"{scheme}://{request.get_host()}/ws/playground/?token={token}"
    return Status(201, PlaygroundOut(id=playground.id, token=token, websocket=websocket))


@router.get("/playground", response={200: StateOut, **ERRORS})
def show_playground(request: HttpRequest) -> Any:
    """Design, connections, faults, queue depths, and the cursor of the newest record."""
    return snapshot.snapshot(_playground(request))


@router.patch("/playground/design", response={200: DesignOut, **ERRORS})
def change_design(request: HttpRequest, choices: DesignIn, actor: str = ACTOR) -> Any:
    """Change some choices of the design and keep the others."""
    chosen = choices.model_dump(exclude_unset=True)
    design = changes.change_design(_playground(request), chosen, actor)
    return {"design": design.as_json(), "connections": snapshot.connections(design)}


@router.post("/playground/faults", response={201: FaultOut, **ERRORS})
def inject_fault(request: HttpRequest, fault: FaultIn, actor: str = ACTOR) -> Any:
    """Switch a fault on. It replaces a fault of the same kind and target."""
    playground = _playground(request)
    injected = faults.inject_fault(playground, FaultRequest(**fault.dict()), actor)
    return Status(201, snapshot.fault_as_json(playground, injected))


@router.delete("/playground/faults", response={204: None, **ERRORS})
def clear_all_faults(
    request: HttpRequest,
    of_actor: list[Annotated[str, Field(pattern=ACTOR_PATTERN)]] = OF_ACTORS,
    actor: str = ACTOR,
) -> Any:
    """Switch all your faults off. Faults that an instructor has switched on stay."""
    faults.clear_faults(_playground(request), of_actors=of_actor, actor=actor)
    return Status(204, None)


@router.delete("/playground/faults/{slug:id}", response={204: None, **ERRORS})
def clear_fault(request: HttpRequest, id: str, actor: str = ACTOR) -> Any:
    """Switch one of your faults off."""
    if not faults.clear_faults(_playground(request), id, actor=actor):
        raise Problem(404, f"You have no active fault {id}.", next="It may have expired.")
    return Status(204, None)


@router.post("/playground/storm", response={202: StormOut, **ERRORS})
def schedule_storm(request: HttpRequest, plan: StormIn) -> Any:
    """Schedule faults at random moments; the same seed gives the same storm.

    Switching all faults off ends the storm.
    """
    if FaultKind.SURGE in plan.kinds:
        raise Problem(422, "A storm cannot contain a surge.", next="Remove surge from kinds.")
    if plan.max_hold_s < plan.min_hold_s:
        raise Problem(
            422, "max_hold_s must not be less than min_hold_s.",
            next="Set max_hold_s to at least min_hold_s.",
        )  # fmt: skip
    if plan.seconds < plan.min_hold_s:
        raise Problem(
            422, "The storm is too short for a fault of min_hold_s.",
            next="Set seconds to at least min_hold_s.",
        )  # fmt: skip
    storm = Storm(**plan.dict(exclude={"kinds"}), kinds=tuple(plan.kinds) or STORMY)
    return Status(202, {"faults": faults.schedule_storm(_playground(request), storm)})


@router.post("/playground/reset", response={200: StateOut, **ERRORS})
def reset(request: HttpRequest, actor: str = ACTOR) -> Any:
    """Reset the playground. Everything in it is deleted."""
    playground = _playground(request)
    lifecycle.reset(playground, actor)
    return snapshot.snapshot(playground)


@router.get("/playground/records", response={200: RecordsOut, **ERRORS})
def list_records(
    request: HttpRequest,
    after: Annotated[str, AfterValidator(cursor.checked)] = Query(
        BEGINNING, pattern=cursor.PATTERN, description="a cursor"
    ),
    limit: int = Query(500, ge=1, le=1000),
) -> HttpResponse:
    """The flow log after a cursor, oldest first."""
    records = parts().log.read(_playground(request).key, after, limit)
    return _records(records, records[-1].id if records else after)


@router.get(
    "/playground/records.jsonl", response=ERRORS, openapi_extra=_file("application/x-ndjson")
)
def export_json_lines(request: HttpRequest, q: str = QUERY) -> StreamingHttpResponse:
    """The stored records (the last 5,000 or so), one JSON object per line, oldest first."""
    playground = _playground(request)
    lines = export.json_lines(parts().log, playground.key, q)
    return _download(lines, f"records-{playground.id}.jsonl", "application/x-ndjson")


@router.get("/playground/records.csv", response=ERRORS, openapi_extra=_file("text/csv"))
def export_csv(request: HttpRequest, q: str = QUERY) -> StreamingHttpResponse:
    """The same as a table. Before what a spreadsheet would take for a formula stands a '."""
    playground = _playground(request)
    rows = export.csv_rows(parts().log, playground.key, q)
    return _download(rows, f"records-{playground.id}.csv", "text/csv; charset=utf-8")


@router.get("/playground/metrics", response={200: MetricsOut, **ERRORS})
def show_metrics(request: HttpRequest) -> Any:
    """The figures of the last minutes, second by second, as far back as the records go."""
    return {"points": snapshot.history_of(_playground(request))}


@router.get("/playground/topology.mmd", response=ERRORS, openapi_extra=_file(MERMAID))
def topology(
    request: HttpRequest, direction: str = Query("LR", pattern="^(LR|TB)$")
) -> HttpResponse:
    """The company as it is connected now, as a Mermaid flowchart."""
    design = Design.of(_playground(request).design)
    return _mermaid(mermaid.topology(design.wiring, direction))


@router.get("/playground/traces/{slug:trace}/records", response={200: RecordsOut, **ERRORS})
def trace_records(request: HttpRequest, trace: str) -> HttpResponse:
    """All records of one trace that the flow log holds, oldest first."""
    records = records_of(parts().log, _playground(request).key, trace)
    if not records:
        raise _no_trace(trace)
    return _records(records, records[-1].id)


@router.get(
    "/playground/handlers/{slug:service}/{slug:message}", response={200: HandlerOut, **ERRORS}
)
def show_handler(request: HttpRequest, service: str, message: str) -> Any:
    """The source code of the function that handles a message at a service."""
    source = handler_source(service, message)
    if source is None:
        raise Problem(
            404, f"{service} has no handler for {message}.",
            next="Use the service and name of a record.",
        )  # fmt: skip
    return source


@router.get(
    "/playground/traces/{slug:trace}/sequence.mmd", response=ERRORS, openapi_extra=_file(MERMAID)
)
def trace_sequence(request: HttpRequest, trace: str) -> HttpResponse:
    """One trace as a Mermaid sequence diagram."""
    records = records_of(parts().log, _playground(request).key, trace)
    if not records:
        raise _no_trace(trace)
    return _mermaid(mermaid.sequence(records))


@router.get("/playground/ledger", response={200: LedgerOut, **ERRORS})
def show_ledger(
    request: HttpRequest, run: str = Query("", max_length=32, description="only this run")
) -> Any:
    """Expected against actual effects, counted in the database, and why they differ."""
    return reconcile(parts(), _playground(request), run)


@router.get("/playground/dead-letters", response={200: DeadLettersOut, **ERRORS})
def list_dead_letters(request: HttpRequest) -> Any:
    """The dead letters, with reasons: the oldest 200 of each subscriber."""
    return dead_letters.listed(_playground(request))


@router.post("/playground/dead-letters/replay", response={200: ReplayedOut, **ERRORS})
def replay_dead_letters(request: HttpRequest, selection: ReplayIn) -> Any:
    """Deliver one dead letter again, or (without an id) all. Remove the cause first."""
    replayed = dead_letters.replay(_playground(request), selection.id)
    if selection.id and not replayed:
        raise _no_dead_letter(selection.id)
    return {"replayed": replayed}


@router.delete("/playground/dead-letters/{str:id}", response={204: None, **ERRORS})
def discard_dead_letter(
    request: HttpRequest,
    id: str,
    reason: Query[Reason],
) -> Any:
    """Delete a dead letter for good, with a reason."""
    if not dead_letters.discard(_playground(request), id, reason):
        raise _no_dead_letter(id)
    return Status(204, None)


@router.post("/playground/rush", response={202: RushOut, frozenset({409}): ProblemOut, **ERRORS})
def start_rush(request: HttpRequest, plan: RushIn) -> Any:
    """Start a rush: customers at a steady rate, answered or not, through the real HTTP path."""
    shown = rushes.start(_playground(request), plan.action, plan.rate, plan.seconds)
    return Status(202, shown)


@router.get("/playground/rush", response={200: RushOut, **ERRORS})
def show_rush(request: HttpRequest) -> Any:
    """The newest rush: its progress, or how it ended."""
    shown = rushes.shown(_playground(request))
    if shown is None:
        raise Problem(404, "There has been no rush yet.", next="POST starts one.")
    return shown


@router.delete("/playground/rush", response={204: None, **ERRORS})
def stop_rush(request: HttpRequest) -> Any:
    """Stop sending customers. Requests that were sent are still answered."""
    rushes.stop(_playground(request))
    return Status(204, None)


def _no_dead_letter(id: str) -> Problem:
    return Problem(404, f"There is no dead letter {id}.", next="It may have been replayed already.")


def _playground(request: HttpRequest) -> Playground:
    playground: Playground = request.auth  # type: ignore[attr-defined]
    return playground


def _download(parts: AsyncIterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _no_trace(trace: str) -> Problem:
    return Problem(404, f"The flow log holds no trace {trace}.", next="Use the trace of a record.")


def _records(records: Sequence[Record], last: str) -> HttpResponse:
    lines = b",".join(encode_with_id(record) for record in records)
    body = b'{"records":[%b],"cursor":"%b"}' % (lines, last.encode())
    return HttpResponse(body, content_type="application/json")


def _mermaid(source: str) -> HttpResponse:
    return HttpResponse(source, content_type="text/vnd.mermaid; charset=utf-8")
