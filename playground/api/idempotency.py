"""Idempotency-Key: requests with the same key mean the same order.

After draft-ietf-httpapi-idempotency-key-header: the same key with another body gets a 422, and
a second request while the first is still being processed gets a 409.
"""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from ..bootstrap import parts
from ..design.choices import Design
from ..models import AnsweredRequest, Playground
from .problems import Problem

HEADER = "Idempotency-Key"
MAX_KEY = 128


def order_id_for(request: HttpRequest, body: Any) -> str:
    """The id of the order that this request means; "" without a key, or if the design ignores keys.

    Every attempt with one key gets the same id, so that it finds the order of an earlier
    attempt.  Raises Problem (422, 409).
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return ""
    playground: Playground = request.auth  # type: ignore[attr-defined]
    design = Design.of(playground.design)
    if not design.idempotency_key:
        return ""
    if len(key) > MAX_KEY or not key.isprintable():
        raise Problem(422, f"{HEADER}: at most {MAX_KEY} printable characters.", next="Shorten it.")
    fingerprint = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    now = parts().clock.now()
    # By then the process that works on the request has given up, or has died.
    busy_until = now + 2 * design.timeout_s
    try:
        with transaction.atomic():
            row = AnsweredRequest.objects.create(
                playground=playground, key=key, fingerprint=fingerprint,
                order=parts().runtime.new_id(), busy_until=busy_until,
            )  # fmt: skip
        return row.order
    except IntegrityError:
        return _repeated(playground, key, fingerprint, now, busy_until)


def _repeated(
    playground: Playground, key: str, fingerprint: str, now: float, busy_until: float
) -> str:
    row = AnsweredRequest.objects.get(playground=playground, key=key)
    if row.fingerprint != fingerprint:
        raise Problem(422, f"This {HEADER} was used for another order.", next="Use a new key.")
    taken_up = AnsweredRequest.objects.filter(pk=row.pk, busy_until__lte=now)
    if not taken_up.update(busy_until=busy_until):
        raise Problem(
            409, "The first request with this key is still being processed.",
            next="Send it again in a moment.", headers={"Retry-After": "1"},
        )  # fmt: skip
    return row.order


def finished(request: HttpRequest) -> None:
    """The attempt has ended, successfully or not: the next one need not wait."""
    key = request.headers.get(HEADER, "")
    if key:
        playground: Playground = request.auth  # type: ignore[attr-defined]
        AnsweredRequest.objects.filter(playground=playground, key=key).update(busy_until=0)
