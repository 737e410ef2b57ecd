"""Reset and delete playgrounds, and delete the sides of twins that have expired."""

from django.db import transaction

from .. import models
from ..bootstrap import parts, redis_client, require_store
from ..company.topology import possible_subscribers
from ..flow.records import Kind, Record
from ..models import Playground
from ..rush.service import rushes
from ..storage.playgrounds import add_first_users
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

DELETE_EXPIRED_EVERY_S = 30
_EXPIRED_KEY = "inflight:twins:tidied"
_MOST_AT_ONCE = 50


def reset(playground: Playground) -> None:
    """Reset the playground's users, orders, messages, faults, design and log.

    Raises StoreUnavailable or BrokerUnavailable; then nothing was reset.
    """
    require_store()
    # Once more below, for what comes in the meantime; here so that an absent broker stops us.
    parts().broker.delete(playground.id, possible_subscribers())
    with transaction.atomic():
        for model in (
            models.OutboxMessage,
            models.AnsweredRequest,
            models.ProcessedMessage,
            models.Effect,
            models.OrderStatus,
            models.Order,
            models.User,
            models.Fault,
        ):
            model.objects.filter(playground=playground).delete()
        playground.design = {}
        playground.save(update_fields=["design"])
        add_first_users(playground)
    delete_from_stores(playground.id)
    parts().log.append(playground.id, [Record(Kind.NOTE, "Reset", parts().clock.now())])


def delete(playground: Playground) -> None:
    """Delete a playground altogether.

    Raises StoreUnavailable or BrokerUnavailable; then nothing was deleted.
    """
    require_store()
    delete_from_stores(playground.id)
    playground.delete()


def delete_from_stores(playground: str) -> None:
    """Delete what broker and store hold: messages, hits, breakers, rush, promises, records.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    parts().broker.delete(playground, possible_subscribers())
    parts().hits.delete(playground)
    parts().breakers.delete(playground)
    rushes().delete(playground)
    parts().log.delete(playground)


def delete_expired() -> None:
    """Delete the sides of twins that have expired, at most _MOST_AT_ONCE of them."""
    expired = Playground.objects.filter(expires_at__lte=parts().clock.now())
    for side in expired.exclude(twin_of=None)[:_MOST_AT_ONCE]:
        delete_from_stores(side.id)
        side.delete()


@raises_instead_of_redis_errors(StoreUnavailable)
def may_delete_expired() -> bool:
    """True for one caller among all workers every DELETE_EXPIRED_EVERY_S."""
    return bool(redis_client().set(_EXPIRED_KEY, 1, nx=True, ex=DELETE_EXPIRED_EVERY_S))
