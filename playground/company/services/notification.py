"""notification: tells the customer, through an e-mail company that is not ours.

We may be interrupted after the mail has left and before we have said so. Then we
are given the same message again. Its id goes along as idempotency key, so that
the provider sends one mail, not two.
"""

from ..commands import SendEmail
from ..events import OrderPlaced, PaymentRefunded, UserRegistered
from ..work import UnitOfWork


def send_welcome_mail(event: UserRegistered, work: UnitOfWork) -> None:
    about = f"user/{event.user}"
    work.call("email-provider", SendEmail(event.email, "welcome", about, work.message))


def send_receipt(event: OrderPlaced, work: UnitOfWork) -> None:
    about = f"order/{event.order}"
    work.call("email-provider", SendEmail(event.email, "receipt", about, work.message))


def send_apology(event: PaymentRefunded, work: UnitOfWork) -> None:
    """Bad news after a yes: it has to reach the customer by another way than the answer."""
    about = f"order/{event.order}"
    work.call("email-provider", SendEmail(event.email, "apology", about, work.message))
