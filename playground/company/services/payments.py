"""payments: is the card good for this amount?"""

from ..commands import AuthorizePayment
from ..errors import Refused
from ..work import UnitOfWork

# The one card that is always turned down, so that a learner can see a refusal.
EMPTY_CARD = "4000000000000002"


def authorize(command: AuthorizePayment, work: UnitOfWork) -> str:
    """Reserve the amount on a customer's card. Returns the authorization's id."""
    work.books.user(command.user)
    if command.card.replace(" ", "") == EMPTY_CARD:
        raise Refused("The bank has declined this card.", field="card")
    authorization = work.new_id()
    euros = f"{command.amount_cents / 100:.2f}"
    work.record_effect("CardAuthorized", f"order/{command.order}", euros)
    return authorization
