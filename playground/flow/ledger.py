"""The ledger: what customers were promised against what became true, counted in the database."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from ..company.envelope import from_json, message_name
from ..company.ports import EventBroker
from ..company.topology import possible_subscribers
from ..models import Effect, OutboxMessage

# Messages looked at per queue to tell what is still on the way.
PEEKED = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An effect that every promise of a kind must have, and what brings it about."""

    effect: str
    says: str
    subject: str  # "order" or "user"
    message: str  # the text that brings it about, if it comes by text
    service: str


ENTRIES = (
    Entry("OrderStored", "orders stored", "order", "", "orders"),
    Entry("CardAuthorized", "cards authorized", "order", "", "payments"),
    Entry("TicketPrinted", "tickets in the kitchen", "order", "OrderPlaced", "restaurant"),
    Entry("EmailSent", "receipts mailed", "order", "OrderPlaced", "notification"),
    Entry("CourierAssigned", "couriers assigned", "order", "OrderPlaced", "dispatch"),
    Entry("UserStored", "registrations stored", "user", "", "users"),
    Entry("WelcomeSent", "welcome mails", "user", "UserRegistered", "notification"),
    Entry("ContactAdded", "CRM contacts", "user", "UserRegistered", "crm"),
    Entry("SignupCounted", "sign-ups counted", "user", "UserRegistered", "analytics"),
)


@dataclass(frozen=True, slots=True)
class Row:
    effect: str
    says: str
    expected: int  # promises made
    actual: int  # promises whose effect is there
    lost: int  # promises without effect, and nothing on the way to bring it
    doubled: int  # effects beyond the first, for promises
    pending: int  # promises whose effect is still on the way


def ledger(playground: str, promised: Collection[str], broker: EventBroker) -> list[Row]:
    """One row per effect.  `promised` are the subjects whose answer was 202 or 201."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    effects = Effect.objects.filter(playground=playground).values_list("name", "subject")
    for name, subject in effects.iterator():
        counts[name][subject] += 1
    on_the_way = _on_the_way(playground, broker)
    return [_row(entry, promised, counts[entry.effect], on_the_way) for entry in ENTRIES]


def _row(
    entry: Entry,
    promised: Collection[str],
    counted: Counter[str],
    on_the_way: dict[tuple[str, str], set[str]],
) -> Row:
    owed = {s for s in promised if s.startswith(f"{entry.subject}/")}
    there = {s for s in owed if counted[s]}
    pending = (owed - there) & on_the_way[entry.service, entry.message]
    return Row(
        effect=entry.effect,
        says=entry.says,
        expected=len(owed),
        actual=len(there),
        lost=len(owed - there - pending),
        doubled=sum(counted[s] - 1 for s in there),
        pending=len(pending),
    )


def _on_the_way(playground: str, broker: EventBroker) -> dict[tuple[str, str], set[str]]:
    """The subjects of the messages in each queue and in the outbox, by (service, message)."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for service in possible_subscribers():
        for event in broker.peek(playground, service, PEEKED):
            found[service, message_name(event)].add(event.get_subject() or "")
    for row in OutboxMessage.objects.filter(playground=playground).iterator():
        event = from_json(row.event.encode())
        for service in row.groups:
            found[service, message_name(event)].add(event.get_subject() or "")
    return found
