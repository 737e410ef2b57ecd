"""Reset and delete playgrounds, and delete what is left of those that have gone.

A reset gives the playground a new key. Work that was under way goes on under the former one,
where nobody looks, and what it leaves there is deleted when it must have ended (docs/adr/0023).
"""

import logging
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.dispatch import Signal

from ..bootstrap import parts, redis_client, require_store
from ..company.errors import StartedOver
from ..company.topology import possible_subscribers
from ..flow.records import Kind, Record
from ..messaging.parts import UNAVAILABLE
from ..models import Playground, RetiredKey
from ..rush.service import rushes
from ..storage import playgrounds
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

logger = logging.getLogger(__name__)

# No request and no consumer session lasts as long as this.
WORK_ENDS_WITHIN_S = 600
DELETE_EXPIRED_EVERY_S = 30
_EXPIRED_KEY = "inflight:twins:tidied"
_MOST_AT_ONCE = 50
# For what the rooms above store. Argument: `now`, a datetime.
has_an_age = Signal()


def reset(playground: Playground, actor: str = "") -> None:
    """Begin a new generation: the first users, the design as built, no faults, an empty log.

    Of two resets at once, one does it for both. `actor`: who asks for it, for the record.
    Raises StoreUnavailable or BrokerUnavailable (then nothing was reset), and StartedOver if the
    playground has been deleted.
    """
    require_store()
    parts().broker.depths(playground.key, possible_subscribers())  # is it there?
    log, former, key = parts().log, playground.key, playgrounds.new_key(playground)
    # First, so that no record of the new generation comes before it.
    log.append(key, [_reset_record(actor)])
    if playgrounds.replace_key(playground, key, _delete_at()):
        _abandon(former)
    else:
        log.delete(key)
    try:
        playground.refresh_from_db()
    except Playground.DoesNotExist:
        raise StartedOver from None


def delete(playground: Playground) -> None:
    """Delete a playground altogether.

    Raises StoreUnavailable; then nothing was deleted.
    """
    require_store()
    for key in playgrounds.remove(playground, _delete_at()):
        playgrounds.delete_rows(key)
        _delete_now_or_later(key)


def delete_expired() -> None:
    """Delete what has come to its age, in small steps.

    The sides of twins, playgrounds that nobody uses any more, what late work has left under
    retired keys (at most _MOST_AT_ONCE of each), sessions and tokens, and what the receivers of
    the signal `has_an_age` delete. Raises StoreUnavailable, BrokerUnavailable.
    """
    now = parts().clock.now()
    expired = Playground.objects.filter(expires_at__lte=now)
    for side in expired.exclude(twin_of=None)[:_MOST_AT_ONCE]:
        delete(side)
    for playground in playgrounds.no_longer_used(now)[:_MOST_AT_ONCE]:
        delete(playground)
    for retired in RetiredKey.objects.filter(delete_at__lte=now)[:_MOST_AT_ONCE]:
        playgrounds.delete_rows(retired.key)
        _delete_from_stores(retired.key)
        retired.delete()
    playgrounds.delete_in_steps(Session.objects.filter(expire_date__lte=_moment(now)))
    playgrounds.delete_old_tokens(now)
    has_an_age.send(None, now=_moment(now))


@raises_instead_of_redis_errors(StoreUnavailable)
def may_delete_expired() -> bool:
    """True for one caller among all workers every DELETE_EXPIRED_EVERY_S."""
    return bool(redis_client().set(_EXPIRED_KEY, 1, nx=True, ex=DELETE_EXPIRED_EVERY_S))


def _abandon(former: str) -> None:
    """Start no more work under a former key. What is in hand ends, and finds what it needs there."""
    playgrounds.delete_outbox(former)
    try:
        parts().log.append(former, [_reset_record()])  # the pumps go on with the new log
        rushes().stop(former)
        parts().broker.delete(former, possible_subscribers())
    except UNAVAILABLE as error:
        logger.warning("messages under %s are deleted later: %s", former, error)


def _delete_now_or_later(key: str) -> None:
    try:
        _delete_from_stores(key)
    except UNAVAILABLE as error:
        logger.warning("what the stores hold under %s is deleted later: %s", key, error)


def _delete_from_stores(key: str) -> None:
    """Delete what broker and store hold: messages, hits, breakers, rush, promises, records.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    parts().broker.delete(key, possible_subscribers())
    parts().hits.delete(key)
    parts().breakers.delete(key)
    rushes().delete(key)
    parts().log.delete(key)


def _reset_record(actor: str = "") -> Record:
    return Record(Kind.NOTE, "Reset", parts().clock.now(), actor=actor)


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def _delete_at() -> float:
    return parts().clock.now() + WORK_ENDS_WITHIN_S
