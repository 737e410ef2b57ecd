"""notification: sends e-mails to customers, through an outside provider.

If this service crashes after the mail has left but before it acknowledges the
message, the broker delivers the same message again. So it passes the message's id
to the provider as idempotency key, and the provider sends one mail, not two.
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
    """The customer was told yes long ago, so the apology has to come by e-mail."""
    about = f"order/{event.order}"
    work.call("email-provider", SendEmail(event.email, "apology", about, work.message))
