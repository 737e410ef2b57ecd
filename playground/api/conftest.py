import json
from typing import Any

import pytest
from django.test import Client
from redis import Redis

from playground import bootstrap
from playground.messaging.consumer import serve
from playground.models import Playground
from playground.testing import NO_SERVICE_TIME


class Caller:
    """A script with a token and a playground without service times. Calling it sends a request."""

    def __init__(self, client: Client) -> None:
        self._client = client
        made = client.post("/api/playgrounds").json()
        self.id, self.token, self.websocket = made["id"], made["token"], made["websocket"]
        Playground.objects.filter(id=self.id).update(design=NO_SERVICE_TIME)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.generic(
            method,
            path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def work(self) -> None:
        """Serve all queues in this process, as workers would, until they are empty."""
        parts, key = bootstrap.parts(), Playground.objects.get(id=self.id).key
        while waiting := [s for pg, s in parts.broker.unfinished() if pg == key]:
            for service in waiting:
                serve(parts, key, service)


@pytest.fixture
def call(transactional_db: None, redis: Redis, client: Client) -> Caller:
    return Caller(client)
