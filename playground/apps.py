from django.apps import AppConfig


class PlaygroundConfig(AppConfig):
    name = "playground"
    verbose_name = "The company, and the live view of it"
    default_auto_field = "django.db.models.BigAutoField"
