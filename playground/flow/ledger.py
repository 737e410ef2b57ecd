"""The ledger: what customers were promised against what came true, counted in the database."""

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

# Messages that are looked at in each queue to find what is still on the way.
PEEKED = 20_000


class Abandoned(Protocol):
    """A message that was given up."""

    @property
    def event(self) -> CloudEvent: ...


class Queues(Protocol):
    """Where messages wait: the part of a broker that the ledger looks at."""

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        """The messages of a subscriber that are ready, unacked or delayed."""

    def dead_letters(self, playground: str, group: str, limit: int) -> Sequence[Abandoned]:
        """Those that were given up."""


# The effect that turns a promised order into one that is owed an apology instead.
TURNED_DOWN = "OrderTurnedDown"


class Owed(StrEnum):
    """By which promises an effect is owed."""

    USER = "every registration"
    ORDER = "every order"
    COOKED = "every order that was not turned down"
    REJECTED = "every order that was turned down"


Way = tuple[str, str]  # a service, and the text in its queue that brings the effect about


@dataclass(frozen=True, slots=True)
class Entry:
    """An effect that promises of a kind must have, and the texts that bring it about."""

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
    expected: int  # promises that are owed it
    actual: int  # of these, how many have it
    lost: int  # without it, and nothing anywhere that will bring it
    doubled: int  # effects beyond the first
    pending: int  # without it, and still on the way
    dead: int  # without it, and the message is a dead letter: somebody has to decide
    unasked: int  # effects that nobody was promised: an answer did not reach its customer


@dataclass(frozen=True, slots=True)
class Line:
    """A row, and the subjects behind those of its numbers that differ from what was promised."""

    entry: Entry
    row: Row
    behind: dict[str, dict[str, int]]  # column -> subject ("order/7Q2K") -> how many of it


@dataclass(frozen=True, slots=True)
class _Whereabouts:
    """The subjects of messages, by where they are."""

    on_the_way: dict[Way, set[str]]
    dead: dict[Way, set[str]]


def ledger(playground: str, promises: Iterable[Promise], queues: Queues) -> list[Row]:
    """One row per effect, of these promises."""
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
    unasked.  `in_work` gives the texts that no queue holds, with their subjects, because
    workers have acknowledged them early and are still working on them.
    """
    made = list(promises)
    # In the order in which a message moves, from queue to work to effect: one that moves on
    # meanwhile is then seen twice at worst, but never missed.
    whereabouts = _find_messages(playground, queues)
    for way, subject in in_work():
        whereabouts.on_the_way[way].add(subject)
    counts, of_run = defaultdict[str, Counter[str]](Counter), defaultdict[str, set[str]](set)
    effects = Effect.objects.filter(playground=playground).values_list("name", "subject", "run")
    for name, subject, its_run in effects.iterator():
        counts[name][subject] += 1
        if run in ("", its_run):
            of_run[name].add(subject)
    return [
        _line(entry, made, counts, whereabouts, caused=of_run[entry.effect]) for entry in ENTRIES
    ]


def _line(
    entry: Entry,
    promises: list[Promise],
    counts: dict[str, Counter[str]],
    whereabouts: _Whereabouts,
    *,
    caused: set[str],
) -> Line:
    """`caused`: the subjects that have the effect from what is looked at."""
    counted = counts[entry.effect]
    owed = _owed(entry, promises, counts[TURNED_DOWN])
    there = {subject for subject in owed if counted[subject]}
    missing = owed - there
    pending = missing & _among(whereabouts.on_the_way, entry.ways)
    dead = (missing - pending) & _among(whereabouts.dead, entry.ways)
    lost = missing - pending - dead
    doubled = {subject: counted[subject] - 1 for subject in there if counted[subject] > 1}
    subjects = {promise.subject for promise in promises}
    unasked = {subject: counted[subject] for subject in caused - subjects}
    row = Row(
        effect=entry.effect,
        says=entry.says,
        expected=len(owed),
        actual=len(there),
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
    heard = {
        p.subject for p in promises if p.subject.startswith(kind) and entry.service not in p.absent
    }
    match entry.owed:
        case Owed.COOKED:
            return {subject for subject in heard if not turned_down[subject]}
        case Owed.REJECTED:
            return {subject for subject in heard if turned_down[subject]}
        case _:
            return heard


def _among(found: dict[Way, set[str]], ways: Iterable[Way]) -> set[str]:
    return {subject for way in ways for subject in found[way]}


def _find_messages(playground: str, queues: Queues) -> _Whereabouts:
    on_the_way: dict[Way, set[str]] = defaultdict(set)
    dead: dict[Way, set[str]] = defaultdict(set)

    def note(where: dict[Way, set[str]], service: str, event: CloudEvent) -> None:
        where[service, message_name(event)].add(event.get_subject() or "")

    for row in OutboxMessage.objects.filter(playground=playground).iterator():
        event = from_json(row.event.encode())
        for service in row.groups:
            note(on_the_way, service, event)
    for service in possible_subscribers():
        for event in queues.peek(playground, service, PEEKED):
            note(on_the_way, service, event)
        for letter in queues.dead_letters(playground, service, PEEKED):
            note(dead, service, letter.event)
    return _Whereabouts(on_the_way, dead)
