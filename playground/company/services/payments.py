"""payments: charges the customer's card, and refunds rejected orders."""

import re

from ..commands import AuthorizePayment
from ..errors import Refused
from ..events import OrderRejected, PaymentRefunded
from ..work import UnitOfWork

# The bank always declines this card, so that a learner can see a refusal.
EMPTY_CARD = "4000000000000002"


def authorize(command: AuthorizePayment, work: UnitOfWork) -> str:
    """Charge a customer's card for an order. Returns the authorization's id.

    The order's id is the idempotency key: two requests for one order charge once.
    """
    work.repository.user(command.user)
    if re.sub("[ -]", "", command.card) == EMPTY_CARD:
        raise Refused("The bank has declined this card.", field="card")
    authorization = work.new_id()
    about = f"order/{command.order}"
    work.record_effect("CardAuthorized", about, _euros(command.amount_cents), key=about)
    return authorization


def refund(event: OrderRejected, work: UnitOfWork) -> None:
    """Undo the charge: the compensation of `authorize`. Once per order, at any redelivery."""
    about = f"order/{event.order}"
    work.record_effect("PaymentRefunded", about, _euros(event.total_cents), key=about)
    work.publish(
        PaymentRefunded(event.order, event.user, event.email, event.total_cents, event.reason)
    )


def _euros(cents: int) -> str:
    return f"{cents / 100:.2f}"
