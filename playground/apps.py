from django.apps import AppConfig
from django.core.checks import register


class PlaygroundConfig(AppConfig):
    name = "playground"
    verbose_name = "The company, and the live view of it"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .messaging.brokers.checks import check_event_broker

        register(check_event_broker)
