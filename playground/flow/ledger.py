"""The ledger: expected against actual effects of promises, counted in the database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cloudevents.core.v1.event import CloudEvent

from ..company.envelope import from_json, message_name
from ..company.topology import possible_subscribers
from ..models import Effect, OutboxMessage
from .promises import Promise

# How many messages of each queue are read to find those still on their way.
PEEKED = 20_000


class Abandoned(Protocol):
    """A dead letter."""

    @property
    def event(self) -> CloudEvent: ...


class Queues(Protocol):
    """The part of a broker that the ledger reads."""

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        """The messages of a subscriber that are ready, unacked or delayed."""

    def dead_letters(self, playground: str, group: str, limit: int) -> Sequence[Abandoned]:
        """The subscriber's dead letters."""


# The effect that turns a promised order into one that is owed an apology instead.
TURNED_DOWN = "OrderTurnedDown"


class Owed(StrEnum):
    """Which promises require an effect."""

    USER = "every registration"
    ORDER = "every order"
    COOKED = "every order that was not turned down"
    REJECTED = "every order that was turned down"


Way = tuple[str, str]  # a subscriber, and the name of the text that makes it cause the effect


@dataclass(frozen=True, slots=True)
class Entry:
    """An effect that some promises require, and the texts that lead to it."""

    effect: str
    says: str
    owed: Owed
    service: str
    ways: tuple[Way, ...] = ()

    def counted(self, n: int) -> str:
        """In words: "1 receipt", "2 receipts"."""
        one, many = NOUNS[self.effect]
        return f"{n} {one if n == 1 else many}"


NOUNS = {
    "OrderStored": ("order", "orders"),
    "CardAuthorized": ("charge", "charges"),
    "TicketPrinted": ("kitchen ticket", "kitchen tickets"),
    "EmailSent": ("receipt", "receipts"),
    "CourierAssigned": ("courier", "couriers"),
    "PaymentRefunded": ("refund", "refunds"),
    "ApologySent": ("apology", "apologies"),
    "UserStored": ("registration", "registrations"),
    "WelcomeSent": ("welcome mail", "welcome mails"),
    "ContactAdded": ("CRM contact", "CRM contacts"),
    "SignupCounted": ("sign-up count", "sign-up counts"),
    "AccountOpened": ("loyalty account", "loyalty accounts"),
    "PointsGiven": ("gift of points", "gifts of points"),
}

ENTRIES = (
    Entry("OrderStored", "orders stored", Owed.ORDER, "orders"),
    Entry("CardAuthorized", "charges", Owed.ORDER, "payments"),
    Entry(
        "TicketPrinted", "tickets in the kitchen", Owed.COOKED, "restaurant",
        (("restaurant", "OrderPlaced"),),
    ),
    Entry(
        "EmailSent", "receipts mailed", Owed.ORDER, "notification",
        (("notification", "OrderPlaced"),),
    ),
    Entry(
        "CourierAssigned", "couriers assigned", Owed.COOKED, "dispatch",
        (("dispatch", "OrderPlaced"),),
    ),
    Entry(
        "PaymentRefunded", "refunds", Owed.REJECTED, "payments",
        (("payments", "OrderRejected"),),
    ),
    Entry(
        "ApologySent", "apologies mailed", Owed.REJECTED, "notification",
        (("payments", "OrderRejected"), ("notification", "PaymentRefunded")),
    ),
    Entry("UserStored", "registrations stored", Owed.USER, "users"),
    Entry(
        "WelcomeSent", "welcome mails", Owed.USER, "notification",
        (("notification", "UserRegistered"),),
    ),
    Entry("ContactAdded", "CRM contacts", Owed.USER, "crm", (("crm", "UserRegistered"),)),
    Entry(
        "SignupCounted", "sign-ups counted", Owed.USER, "analytics",
        (("analytics", "UserRegistered"),),
    ),
    Entry(
        "AccountOpened", "loyalty accounts", Owed.USER, "loyalty",
        (("loyalty", "UserRegistered"),),
    ),
    Entry(
        "PointsGiven", "loyalty points", Owed.ORDER, "loyalty", (("loyalty", "OrderPlaced"),)
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    effect: str
    says: str
    expected: int  # promises that require the effect
    actual: int  # of these, how many have it
    lost: int  # do not have it, and no message is left that would cause it
    doubled: int  # effects beyond the first
    pending: int  # do not have it yet: a message is on the way
    dead: int  # do not have it: the message is a dead letter
    unasked: int  # effects without a promise: the customer got an error, or no answer


@dataclass(frozen=True, slots=True)
class Line:
    """A row, and the subjects behind those of its numbers that are differences."""

    entry: Entry
    row: Row
    behind: dict[str, dict[str, int]]  # column -> subject ("order/7Q2K") -> count


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """The subjects of messages that are on their way, and of those that are dead letters."""

    on_the_way: dict[Way, set[str]]
    dead: dict[Way, set[str]]


def ledger(playground: str, promises: Iterable[Promise], queues: Queues) -> list[Row]:
    """One row per effect of the catalogue (ENTRIES), for these promises."""
    return [line.row for line in lines(playground, promises, queues)]


def lines(
    playground: str,
    promises: Iterable[Promise],
    queues: Queues,
    in_work: Callable[[], Iterable[tuple[Way, str]]] = tuple,
    *,
    run: str = "",
) -> list[Line]:
    """The rows with the subjects behind their numbers.

    `run`: the promises are those of this run; effects promised in other runs do not count as
    unasked.  `in_work` returns (way, subject) of the texts that workers have acknowledged
    early and still work on, and that no queue therefore holds.
    """
    promised = list(promises)
    # Read in the order in which a message moves (queue, work, effect): a message that moves on
    # meanwhile is seen twice at worst, but never missed.
    whereabouts = _find_messages(playground, queues)
    for way, subject in in_work():
        whereabouts.on_the_way[way].add(subject)
    counts, of_run = defaultdict[str, Counter[str]](Counter), defaultdict[str, set[str]](set)
    effects = Effect.objects.filter(playground=playground).values_list("name", "subject", "run")
    for name, subject, effect_run in effects.iterator():
        counts[name][subject] += 1
        if run in ("", effect_run):
            of_run[name].add(subject)
    return [
        _line(entry, promised, counts, whereabouts, caused=of_run[entry.effect])
        for entry in ENTRIES
    ]


def _line(
    entry: Entry,
    promises: list[Promise],
    counts: dict[str, Counter[str]],
    whereabouts: _Whereabouts,
    *,
    caused: set[str],
) -> Line:
    """`caused`: the subjects that have the effect, of the run (or of all runs)."""
    counted = counts[entry.effect]
    owed = _owed(entry, promises, counts[TURNED_DOWN])
    served = {subject for subject in owed if counted[subject]}
    missing = owed - served
    pending = missing & _among(whereabouts.on_the_way, entry.ways)
    dead = (missing - pending) & _among(whereabouts.dead, entry.ways)
    lost = missing - pending - dead
    doubled = {subject: counted[subject] - 1 for subject in served if counted[subject] > 1}
    subjects = {promise.subject for promise in promises}
    unasked = {subject: counted[subject] for subject in caused - subjects}
    row = Row(
        effect=entry.effect,
        says=entry.says,
        expected=len(owed),
        actual=len(served),
        lost=len(lost),
        doubled=sum(doubled.values()),
        pending=len(pending),
        dead=len(dead),
        unasked=sum(unasked.values()),
    )
    behind = {
        "lost": dict.fromkeys(sorted(lost), 1), "doubled": doubled, "unasked": unasked,
        "pending": dict.fromkeys(sorted(pending), 1), "dead": dict.fromkeys(sorted(dead), 1),
    }  # fmt: skip
    return Line(entry, row, behind)


def _owed(entry: Entry, promises: list[Promise], turned_down: Counter[str]) -> set[str]:
    kind = "user/" if entry.owed is Owed.USER else "order/"
    candidates = {
        p.subject for p in promises if p.subject.startswith(kind) and entry.service not in p.absent
    }
    match entry.owed:
        case Owed.COOKED:
            return {subject for subject in candidates if not turned_down[subject]}
        case Owed.REJECTED:
            return {subject for subject in candidates if turned_down[subject]}
        case _:
            return candidates


def _among(subjects: dict[Way, set[str]], ways: Iterable[Way]) -> set[str]:
    return {subject for way in ways for subject in subjects[way]}


def _find_messages(playground: str, queues: Queues) -> _Whereabouts:
    on_the_way: dict[Way, set[str]] = defaultdict(set)
    dead: dict[Way, set[str]] = defaultdict(set)

    def note(subjects: dict[Way, set[str]], service: str, event: CloudEvent) -> None:
        subjects[service, message_name(event)].add(event.get_subject() or "")

    for row in OutboxMessage.objects.filter(playground=playground).iterator():
        event = from_json(row.event.encode())
        for service in row.groups:
            note(on_the_way, service, event)
    for service in possible_subscribers():
        for event in queues.peek(playground, service, PEEKED):
            note(on_the_way, service, event)
        for dead_letter in queues.dead_letters(playground, service, PEEKED):
            note(dead, service, dead_letter.event)
    return _Whereabouts(on_the_way, dead)
