"""The bare Django + Celery app: a view inserts a row and starts three tasks that do nothing.

Settings, model, view, Celery app and ASGI application in one file; the same servers and the
same SQLite settings as ours.
"""

import os

import django
from celery import Celery
from django.conf import settings

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ.get("BARE_DATABASE", "bare.sqlite3"),
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 10,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                },
            }
        },
    )
    django.setup()

from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

app = Celery("bare", broker=REDIS_URL)
app.conf.task_ignore_result = True
app.conf.task_default_queue = "bare"


class Order(models.Model):
    body = models.TextField()

    class Meta:
        app_label = "bare"


@app.task(name="bare.noop")
def noop(order: int) -> None:
    pass


@csrf_exempt
def place(request: HttpRequest) -> JsonResponse:
    order = Order.objects.create(body=request.body.decode())
    for _ in range(3):
        noop.delay(order.pk)
    return JsonResponse({"id": order.pk}, status=202)


urlpatterns = [path("orders", place)]
application = get_asgi_application()


def create_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Order)
