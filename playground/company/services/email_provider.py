"""email-provider: another company, which sends our e-mails."""

from ..commands import SendEmail
from ..work import UnitOfWork

EFFECTS = {"welcome": "WelcomeSent", "receipt": "EmailSent", "apology": "ApologySent"}


def send_email(command: SendEmail, work: UnitOfWork) -> str:
    """Send one mail per idempotency key. Returns the provider's id of the mail."""
    work.record_effect(
        EFFECTS[command.template], command.about, command.to, key=command.idempotency_key
    )
    return work.new_id()
