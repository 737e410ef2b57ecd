"""Idempotency-Key: requests with the same key mean the same order.

After draft-ietf-httpapi-idempotency-key-header: the same key with another body gets a 422, and
a second request while the first is still being processed gets a 409.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from ..bootstrap import parts
from ..bounds import MAX_IDEMPOTENCY_KEY
from ..design.choices import Design
from ..models import AnsweredRequest, Playground
from .problems import Problem

HEADER = "Idempotency-Key"
PARAMETER = {  # of the operation, in the OpenAPI document
    "in": "header",
    "name": HEADER,
    "description": "requests with the same key create one order",
    "schema": {"type": "string", "maxLength": MAX_IDEMPOTENCY_KEY},
}
FURTHEST_S = 120.0  # more than twice the longest time-out


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at the order that a request means."""

    order: str = ""  # its id; "" without a key, or if the design ignores keys
    row: int | None = None
    busy_until: float = 0.0


def begin(request: HttpRequest, body: Any) -> Attempt:
    """Every attempt with one key gets the same order id, so that it finds the order of an earlier one.

    Raises Problem (422, 409).
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return Attempt()
    playground: Playground = request.auth  # type: ignore[attr-defined]
    design = Design.of(playground.design)
    if not design.idempotency_key:
        return Attempt()
    if len(key) > MAX_IDEMPOTENCY_KEY or not key.isprintable():
        detail = f"{HEADER}: at most {MAX_IDEMPOTENCY_KEY} printable characters."
        raise Problem(422, detail, next="Use another key.")
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
        return Attempt(row.order, row.pk, busy_until)
    except IntegrityError:
        return _repeated(playground, key, fingerprint, now, busy_until)


def _repeated(
    playground: Playground, key: str, fingerprint: str, now: float, busy_until: float
) -> Attempt:
    row = AnsweredRequest.objects.get(playground=playground, key=key)
    if row.fingerprint != fingerprint:
        raise Problem(422, f"This {HEADER} was used for another order.", next="Use a new key.")
    # One further ahead than any was set by a clock that has been set back since.
    is_over = Q(busy_until__lte=now) | Q(busy_until__gt=now + FURTHEST_S)
    taken_up = AnsweredRequest.objects.filter(is_over, pk=row.pk)
    if not taken_up.update(busy_until=busy_until):
        raise Problem(
            409, "The first request with this key is still being processed.",
            next="Send it again in a moment.", headers={"Retry-After": "1"},
        )  # fmt: skip
    return Attempt(row.order, row.pk, busy_until)


def finished(attempt: Attempt) -> None:
    """The attempt has ended, successfully or not: the next one need not wait.

    If it took so long that another attempt has begun, that one is still at work.
    """
    if attempt.row is not None:
        rows = AnsweredRequest.objects.filter(pk=attempt.row, busy_until=attempt.busy_until)
        rows.update(busy_until=0)
