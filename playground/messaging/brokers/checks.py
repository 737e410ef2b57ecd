"""A system check: EVENT_BROKER names a broker that web and worker processes can share."""

from typing import Any

from django.conf import settings
from django.core.checks import Error

from . import BROKERS, FOR_TESTS


def check_event_broker(app_configs: Any = None, **options: Any) -> list[Error]:
    shared = [name for name in BROKERS if name not in FOR_TESTS]
    if settings.EVENT_BROKER in shared:
        return []
    message = f"EVENT_BROKER={settings.EVENT_BROKER} is no broker that several processes share."
    hint = f"Choose one of these: {', '.join(shared)}."
    return [Error(message, hint=hint, id="playground.E001")]
