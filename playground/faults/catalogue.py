"""The catalogue of faults: what each does to a call and to a text, what it teaches, what helps.

Names and mechanisms side by side with Toxiproxy, Chaos Mesh, Envoy and AWS FIS: docs/faults.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..company.topology import CONNECTIONS, possible_subscribers, working_services

BROKER = "broker"


SURGE_RATE = 20  # orders a second


class FaultKind(StrEnum):
    LATENCY = "latency"
    ERRORS = "errors"
    HANG = "hang"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    RESET = "reset"
    SLOW = "slow"
    PAUSED = "paused"
    KILL = "kill"
    POISON = "poison"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    LOSS = "loss"
    ACK_LOST = "ack_lost"
    BROKER_DOWN = "broker_down"
    CRASH = "crash"
    SCHEMA = "schema"
    REJECTION = "rejection"
    SURGE = "surge"


SERVICES = working_services()
SUBSCRIBERS = possible_subscribers()
ARROWS = tuple(dict.fromkeys(c.id for c in CONNECTIONS))
PUBLISHERS = tuple(dict.fromkeys(c.source for c in CONNECTIONS if c.target in SUBSCRIBERS))


class Stage(StrEnum):
    """Where on its way a fault meets a message (or a queue, or the company as a whole)."""

    PUBLISH = "publish"  # between the publisher and a subscriber's queue
    QUEUE = "queue"  # the whole queue: nothing is taken from it
    TRANSIT = "transit"  # on the way to the service
    ARRIVAL = "arrival"  # at the service, before its work
    READING = "reading"  # when the service parses the message
    WORK = "work"  # while the handler works
    COMMITTED = "committed"  # after the work is stored, before it is announced
    CONFIRMATION = "confirmation"  # on the way back: the answer, or the acknowledgement
    LOAD = "load"  # no message at all: the fault brings its own


class Outcome(StrEnum):
    """What becomes of what a fault hits. Of two faults at one stage the earlier here counts."""

    REFUSED = "refused"  # at once, and nothing was done
    FAILED = "failed"  # an error, and nothing was done
    NO_ANSWER = "no answer"  # until the time-out
    KILLED = "killed"  # the process that works on it
    UNREADABLE = "unreadable"  # for this reader, now and for ever
    DELAYED = "delayed"  # by `ms`
    DECIDED_OTHERWISE = "decided otherwise"  # the handler works under the row's `settings`
    UNCONFIRMED = "unconfirmed"  # done, and nobody hears of it
    CRASHED = "crashed"  # the step ends here
    LOST = "lost"
    COPIED = "copied"
    HELD_BACK = "held back"  # by `ms`, while later ones overtake it
    STOPPED = "stopped"  # as long as the fault lasts
    CUSTOMERS = "customers"  # more of them


@dataclass(frozen=True, slots=True)
class Spec:
    title: str
    says: str  # {place}, {ms}: what it does, for the person who has just switched it on
    calls: str  # what a caller notices
    texts: str  # what becomes of a message
    teaches: str
    answers: tuple[str, ...]  # the design choices that answer it
    places: tuple[str, ...]  # what it can be put on
    stage: Stage
    outcome: Outcome
    default_ms: int = 0  # 0: it has no length
    default_status: int = 0  # 0: it has no HTTP status
    is_whole: bool = False  # it holds its place as a whole: no single message is spared
    texts_only: bool = False  # a call is in no queue, so this cannot hit one
    is_sticky: bool = False  # a victim is one at every attempt: the message is the cause
    settings: Mapping[str, int] = field(default_factory=dict)  # of the service, for a victim
    needs: tuple[str, ...] = ()  # fields that the reader asks for and no message has


CATALOGUE: Mapping[FaultKind, Spec] = {
    FaultKind.LATENCY: Spec(
        "Latency",
        "Every call or text takes {ms} ms longer to reach {place}.",
        "The caller waits longer, and gives up at its time-out.",
        "It arrives later; nobody waits for it.",
        "Waiting adds up along a chain of calls, not along a chain of texts.",
        ("timeout_ms", "styles"),
        (*SERVICES, *ARROWS),
        Stage.TRANSIT,
        Outcome.DELAYED,
        default_ms=800,
    ),
    FaultKind.ERRORS: Spec(
        "Errors",
        "{place} answers {status} and does nothing.",
        "The caller gets the error at once.",
        "The delivery fails and is tried again.",
        "An error that goes away by itself is worth a second try; one that does not is not.",
        ("call_retry", "delivery_retry", "breaker"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.FAILED,
        default_status=500,
    ),
    FaultKind.HANG: Spec(
        "Hang",
        "{place} picks up and never answers.",
        "The caller waits until its time-out, and holds its slot for as long.",
        "The consumer is stuck until its time-out, then the message is tried again.",
        "A service that says nothing is worse than one that is gone.",
        ("timeout_ms", "breaker", "request_slots"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.NO_ANSWER,
    ),
    FaultKind.UNREACHABLE: Spec(
        "Unreachable",
        "{place} is unreachable: calls to it fail at once, texts to it wait in its queue.",
        "The connection is refused.",
        "It waits in the queue until the service is back.",
        "A call needs both sides at the same moment; a text does not.",
        ("styles", "call_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.REFUSED,
    ),
    FaultKind.THROTTLED: Spec(
        "Throttled",
        "{place} answers 429, come back later.",
        "The caller is refused.",
        "The delivery is refused and comes again later.",
        "Whoever is told to slow down and retries at once makes it worse.",
        ("call_retry", "delivery_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.REFUSED,
        default_status=429,
    ),
    FaultKind.RESET: Spec(
        "Reset after work",
        "{place} does its work, then the connection breaks before the answer.",
        "The caller gets an error, though the work was done.",
        "The work was done, the acknowledgement is not sent: it is delivered again.",
        "An error does not mean that nothing happened.",
        ("idempotency_key", "idempotent_consumers"),
        (*SERVICES, *ARROWS),
        Stage.CONFIRMATION,
        Outcome.UNCONFIRMED,
    ),
    FaultKind.SLOW: Spec(
        "Slow consumer",
        "{place} needs {ms} ms longer for each piece of work.",
        "The caller waits for it.",
        "The queue grows while it works.",
        "A queue hides slowness until it is long.",
        ("replicas", "queue_bound"),
        SERVICES,
        Stage.WORK,
        Outcome.DELAYED,
        default_ms=1_500,
    ),
    FaultKind.PAUSED: Spec(
        "Paused consumer",
        "{place} takes nothing from its queue; calls to it still work.",
        "Nothing changes.",
        "It waits in the queue.",
        "A durable queue keeps what nobody takes.",
        ("queue_bound",),
        SUBSCRIBERS,
        Stage.QUEUE,
        Outcome.STOPPED,
        is_whole=True,
        texts_only=True,
    ),
    FaultKind.KILL: Spec(
        "Kill",
        "The process that works for {place} is killed in mid-task (SIGKILL).",
        "No answer ever comes: the caller waits until its time-out.",
        "Unacknowledged, it is delivered again; acknowledged early, it is lost.",
        "Durable is what was not yet crossed off.",
        ("ack", "idempotent_consumers"),
        SERVICES,
        Stage.ARRIVAL,
        Outcome.KILLED,
    ),
    FaultKind.POISON: Spec(
        "Poison message",
        "{place} breaks on these messages, every time.",
        "The caller gets a 500, however often it asks.",
        "It fails at every attempt, until it is a dead letter.",
        "What can never work must be put aside, or it blocks and burns for ever.",
        ("dead_letters", "delivery_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.FAILED,
        is_sticky=True,
    ),
    FaultKind.DUPLICATE: Spec(
        "Duplicate",
        "Messages to {place} are put into the queue twice.",
        "Nothing: a call is not in a queue.",
        "The consumer gets the same message twice.",
        "At least once means: sometimes twice.",
        ("idempotent_consumers",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.COPIED,
        texts_only=True,
    ),
    FaultKind.REORDER: Spec(
        "Reorder",
        "Messages to {place} are held back {ms} ms, and later ones overtake them.",
        "Nothing: a caller asks one thing after the other.",
        "It arrives after messages that were sent later.",
        "A queue with retries or replicas promises no order.",
        ("replicas",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.HELD_BACK,
        default_ms=1_500,
        texts_only=True,
    ),
    FaultKind.LOSS: Spec(
        "Loss",
        "Messages published to {place} get lost on the way to the broker.",
        "Nothing: a call that gets lost is an error.",
        "Fire and forget: gone. With an outbox it is published until the broker has it.",
        "Whoever does not wait for the broker's word does not know.",
        ("outbox",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.LOST,
        texts_only=True,
    ),
    FaultKind.ACK_LOST: Spec(
        "Ack lost",
        "{place} does its work, but its acknowledgement gets lost.",
        "Nothing: an answer is its own acknowledgement.",
        "It is delivered again, though its work was done.",
        "The broker cannot tell a lost ack from lost work.",
        ("idempotent_consumers",),
        SUBSCRIBERS,
        Stage.CONFIRMATION,
        Outcome.UNCONFIRMED,
        texts_only=True,
    ),
    FaultKind.BROKER_DOWN: Spec(
        "Broker down",
        "The broker takes nothing and delivers nothing.",
        "Nothing: calls do not need it.",
        "It waits in the outbox; without one it is lost.",
        "The broker is one more thing that can be down.",
        ("outbox",),
        (BROKER,),
        Stage.QUEUE,
        Outcome.STOPPED,
        is_whole=True,
        texts_only=True,
    ),
    FaultKind.CRASH: Spec(
        "Crash before publish",
        "{place} crashes after it has stored its work and before it has announced it.",
        "The caller gets an error, though the work was stored.",
        "Without an outbox the event is lost; with one it is published later.",
        "Two writes are never one: database and broker do not commit together.",
        ("outbox",),
        PUBLISHERS,
        Stage.COMMITTED,
        Outcome.CRASHED,
    ),
    FaultKind.SCHEMA: Spec(
        "Schema break",
        "{place} has come to need a field (locale) that no message has.",
        "The caller gets a 400, however often it asks.",
        "Nobody there can read it: it is a dead letter at once.",
        "A queue holds messages of yesterday's version.",
        ("dead_letters",),
        SUBSCRIBERS,
        Stage.READING,
        Outcome.UNREADABLE,
        is_sticky=True,
        needs=("locale",),
    ),
    FaultKind.REJECTION: Spec(
        "Rejection",
        "{place} says no to the order.",
        "It says no after the customer was told yes.",
        "It says no after the customer was told yes: refund and apology follow.",
        "A no that comes late needs a way to undo.",
        ("kitchen_capacity",),
        ("restaurant",),
        Stage.WORK,
        Outcome.DECIDED_OTHERWISE,
        is_sticky=True,
        settings={"kitchen_capacity": 0},
    ),
    FaultKind.SURGE: Spec(
        "Surge",
        f"{SURGE_RATE} orders a second come to {{place}} on top of yours, for up to half a minute.",
        "Requests wait for a slot, time out, or are refused.",
        "The queues take them, and are worked off later.",
        "A queue saves the orders, not the waiting.",
        ("request_slots", "queue_bound", "replicas"),
        ("gateway",),
        Stage.LOAD,
        Outcome.CUSTOMERS,
        is_whole=True,
    ),
}


def kinds_at(stage: Stage, *, text: bool) -> tuple[FaultKind, ...]:
    """The kinds that can hit a text (or a call) at this stage, in the order in which they count."""
    kinds = _TEXTS_AT if text else _CALLS_AT
    return kinds.get(stage, ())


def _by_stage(*, text: bool) -> dict[Stage, tuple[FaultKind, ...]]:
    in_order = sorted(CATALOGUE, key=lambda kind: list(Outcome).index(CATALOGUE[kind].outcome))
    return {
        stage: tuple(
            kind
            for kind in in_order
            if CATALOGUE[kind].stage is stage and (text or not CATALOGUE[kind].texts_only)
        )
        for stage in Stage
    }


_TEXTS_AT, _CALLS_AT = _by_stage(text=True), _by_stage(text=False)
