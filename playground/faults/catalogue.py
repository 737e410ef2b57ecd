"""The catalogue of faults: what each does to a call and to a text, and which choices answer it.

docs/faults.md compares names and mechanisms with Toxiproxy, Chaos Mesh, Envoy and AWS FIS.
"""

from collections.abc import Mapping
from enum import StrEnum

from ..company.topology import CONNECTIONS, possible_subscribers, working_services
from .spec import Outcome, Spec, Stage

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


CATALOGUE: Mapping[FaultKind, Spec] = {
    FaultKind.LATENCY: Spec(
        "Latency",
        "Every call or text takes {ms} ms longer to reach {place}.",
        "The caller waits longer, and gives up at its time-out.",
        "The message arrives later; nobody waits for it.",
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
        "The delivery fails and is retried.",
        "Retry an error that goes away by itself; do not retry one that stays.",
        ("call_retry", "delivery_retry", "breaker"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.FAILED,
        default_status=500,
    ),
    FaultKind.HANG: Spec(
        "Hang",
        "{place} accepts the request and never answers.",
        "The caller waits until its time-out, and holds its request slot all that time.",
        "The consumer is stuck until its time-out, then the message is redelivered.",
        "A service that never answers is worse than one that is down.",
        ("timeout_ms", "breaker", "request_slots"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.NO_ANSWER,
    ),
    FaultKind.UNREACHABLE: Spec(
        "Unreachable",
        "{place} is unreachable: calls to it fail at once.",
        "The connection is refused.",
        "The message waits in the queue until the service is back.",
        "A call needs both sides at the same moment; a text does not.",
        ("styles", "call_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.REFUSED,
        says_of_texts="Texts to it wait in its queue.",
    ),
    FaultKind.THROTTLED: Spec(
        "Throttled",
        "{place} answers 429 Too Many Requests.",
        "The caller is refused at once.",
        "The delivery is refused and retried later.",
        "A client that retries at once after a 429 makes the overload worse.",
        ("call_retry", "delivery_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.REFUSED,
        default_status=429,
    ),
    FaultKind.RESET: Spec(
        "Reset after work",
        "{place} does its work, then the connection breaks before it answers.",
        "The caller gets an error, though the work was done.",
        "The work was done but not acknowledged: the message is redelivered.",
        "An error does not mean that nothing happened.",
        ("idempotency_key", "idempotent_consumers"),
        (*SERVICES, *ARROWS),
        Stage.CONFIRMATION,
        Outcome.UNCONFIRMED,
    ),
    FaultKind.SLOW: Spec(
        "Slow consumer",
        "{place} takes {ms} ms longer for each message.",
        "The caller waits that much longer.",
        "The queue grows while the consumer works.",
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
        "No effect.",
        "The message waits in the queue.",
        "A durable queue keeps messages that nobody consumes.",
        ("queue_bound",),
        SUBSCRIBERS,
        Stage.QUEUE,
        Outcome.STOPPED,
        is_whole=True,
        texts_only=True,
    ),
    FaultKind.KILL: Spec(
        "Kill",
        "The process that works for {place} is killed mid-task (SIGKILL).",
        "No answer ever comes: the caller waits until its time-out.",
        "With late ack the message is redelivered; with early ack it is lost.",
        "A message survives a crash only until it is acknowledged.",
        ("ack", "idempotent_consumers"),
        SERVICES,
        Stage.ARRIVAL,
        Outcome.KILLED,
    ),
    FaultKind.POISON: Spec(
        "Poison message",
        "{place} fails on these messages, every time.",
        "The caller gets a 500, however often it retries.",
        "Every attempt fails, until the message is dead-lettered.",
        "A message that can never succeed must be set aside, or it is retried for ever.",
        ("dead_letters", "delivery_retry"),
        (*SERVICES, *ARROWS),
        Stage.ARRIVAL,
        Outcome.FAILED,
        is_sticky=True,
    ),
    FaultKind.DUPLICATE: Spec(
        "Duplicate",
        "Messages to {place} are queued twice.",
        "No effect: a call is not queued.",
        "The consumer gets the same message twice.",
        "At least once means sometimes twice.",
        ("idempotent_consumers",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.COPIED,
        texts_only=True,
    ),
    FaultKind.REORDER: Spec(
        "Reorder",
        "Messages to {place} are held back for {ms} ms, and later ones overtake them.",
        "No effect: a caller sends one request after another.",
        "The message arrives after messages that were sent later.",
        "A queue with retries or replicas does not guarantee order.",
        ("replicas",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.HELD_BACK,
        default_ms=1_500,
        texts_only=True,
    ),
    FaultKind.LOSS: Spec(
        "Loss",
        "Messages published to {place} are lost on the way to the broker.",
        "No effect: a call that is lost is an error.",
        "Without an outbox it is lost; with one it is published until the broker confirms it.",
        "Without the broker's confirmation, a publisher cannot know that a message arrived.",
        ("outbox",),
        (*SUBSCRIBERS, BROKER),
        Stage.PUBLISH,
        Outcome.LOST,
        texts_only=True,
    ),
    FaultKind.ACK_LOST: Spec(
        "Ack lost",
        "{place} does its work, but its acknowledgement is lost.",
        "No effect: the answer is the acknowledgement.",
        "The message is redelivered, though its work was done.",
        "The broker cannot tell a lost ack from lost work.",
        ("idempotent_consumers",),
        SUBSCRIBERS,
        Stage.CONFIRMATION,
        Outcome.UNCONFIRMED,
        texts_only=True,
    ),
    FaultKind.BROKER_DOWN: Spec(
        "Broker down",
        "The broker accepts nothing and delivers nothing.",
        "No effect: calls do not use the broker.",
        "The message waits in the outbox; without an outbox it is lost.",
        "The broker is one more component that can be down.",
        ("outbox",),
        (BROKER,),
        Stage.QUEUE,
        Outcome.STOPPED,
        is_whole=True,
        texts_only=True,
    ),
    FaultKind.CRASH: Spec(
        "Crash before publish",
        "{place} crashes after it has stored its work and before it publishes the event.",
        "The caller gets an error, though the work was stored.",
        "Without an outbox the event is lost; with one it is published later.",
        "Two writes are not atomic: database and broker do not commit together.",
        ("outbox",),
        PUBLISHERS,
        Stage.COMMITTED,
        Outcome.CRASHED,
    ),
    FaultKind.SCHEMA: Spec(
        "Schema break",
        "{place} now requires a field (locale) that no message has.",
        "The caller gets a 400, however often it retries.",
        "The consumer cannot read the message: it is dead-lettered at once.",
        "A queue still holds messages in the previous version of the schema.",
        ("dead_letters",),
        SUBSCRIBERS,
        Stage.READING,
        Outcome.UNREADABLE,
        is_sticky=True,
        needs=("locale",),
    ),
    FaultKind.REJECTION: Spec(
        "Rejection",
        "{place} rejects the order.",
        "The rejection comes after the customer was told yes.",
        "The rejection comes after the customer was told yes: a refund and an apology follow.",
        "A rejection that comes late needs a compensating action.",
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
        "Requests wait for a slot, time out or are refused.",
        "The queues absorb the orders, and the consumers work them off later.",
        "A queue saves the orders; the customers still wait.",
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

# Wherever a fault of any kind can be
PLACES = tuple(dict.fromkeys(place for spec in CATALOGUE.values() for place in spec.places))
