"""The bare Django app: a view inserts a row and starts three tasks that do nothing.

Settings, model, view and ASGI application in one file; the same server and the same SQLite
settings as ours. BARE_QUEUE names the module that has the tasks: bench.rivals.on_celery.
"""

import os
from importlib import import_module
from typing import Any

import django
import environ
from django.conf import settings


def database() -> dict[str, Any]:
    """SQLite as we set it up, or the PostgreSQL that BARE_POSTGRESQL names."""
    if url := os.environ.get("BARE_POSTGRESQL"):
        return {**environ.Env.db_url_config(url), "OPTIONS": {"pool": True}}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["BARE_DATABASE"],
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": database()},
)
django.setup()

from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

queue = import_module(os.environ["BARE_QUEUE"])


class Order(models.Model):
    body = models.TextField()

    class Meta:
        app_label = "bare"


@csrf_exempt
def place(request: HttpRequest) -> JsonResponse:
    order = Order.objects.create(body=request.body.decode())
    for _ in range(3):
        queue.start_noop(order.pk)
    return JsonResponse({"id": order.pk}, status=202)


urlpatterns = [path("orders", place)]
application = get_asgi_application()


def create_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Order)
    if hasattr(queue, "create_tables"):
        queue.create_tables()
