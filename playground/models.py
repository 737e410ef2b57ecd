"""The database models: storage and constraints. Rules live in the other rooms.

What a playground holds is stored under its key, which a reset replaces (docs/adr/0023). The
database does not insist that the key is still in use: work that a reset has overtaken may end.

Each table has an index or constraint that begins with the playground, so the foreign key needs
no index of its own: one index less to write per row. (The outbox has none, but is nearly empty.)
"""

import time
from typing import Any

from django.db import models
from django.db.models import F, Q

from .bounds import MAX_IDEMPOTENCY_KEY

MAX_KEY = 24


def held_by_playground(**options: Any) -> "models.ForeignKey[Any, Any]":
    """A field for the playground that a row belongs to, by its present key.

    Rows outlive their playground until they are deleted in small steps (storage/playgrounds.py).
    """
    return models.ForeignKey(
        "Playground", models.DO_NOTHING, to_field="key", db_constraint=False, **options
    )


class Playground(models.Model):
    """One isolated running copy of the company."""

    id = models.CharField(primary_key=True, max_length=12)
    key = models.CharField(
        max_length=MAX_KEY, unique=True,
        help_text="names this generation: all that it holds, here and in Redis, is stored under it",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)
    design = models.JSONField(default=dict, help_text="what differs from the design as built")
    twin_of = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="twins",
        help_text="the playground whose twin run this is a side of",
    )  # fmt: skip
    expires_at = models.FloatField(
        null=True, db_index=True, help_text="unix seconds; then it is deleted"
    )
    used_at = models.FloatField(
        default=time.time, db_index=True,
        help_text="unix seconds, to the day: what nobody uses any more is deleted",
    )  # fmt: skip

    last_user = models.PositiveIntegerField(
        default=0, help_text="the largest user id that was given out"
    )
    watched_until = models.FloatField(
        default=0, help_text="unix seconds; until then the lines that run are recorded"
    )
    watched = models.JSONField(default=list, help_text="the functions whose lines are recorded")

    def __str__(self) -> str:
        return self.id


class AccessToken(models.Model):
    """Gives a script access to a playground. Only the token's SHA-256 is stored."""

    hash = models.CharField(primary_key=True, max_length=64)
    playground = models.ForeignKey(Playground, models.CASCADE, related_name="tokens")
    key = models.CharField(
        max_length=MAX_KEY, blank=True,
        help_text="if set, the token is valid only while this is the playground's key",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)


class RetiredKey(models.Model):
    """A key that a playground has had. What late work has stored under it is still to be deleted."""

    key = models.CharField(primary_key=True, max_length=MAX_KEY)
    delete_at = models.FloatField(
        db_index=True, help_text="unix seconds; by then no such work is left"
    )


class User(models.Model):
    playground = held_by_playground(db_index=False)
    number = models.PositiveIntegerField(help_text="the user's id within the playground")
    name = models.CharField(max_length=80)
    email = models.CharField(max_length=254)
    city = models.CharField(max_length=80, blank=True)
    password = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("playground", "number", name="one_user_per_number"),
            models.UniqueConstraint("playground", "email", name="one_user_per_email"),
        ]


class Order(models.Model):
    playground = held_by_playground(db_index=False)
    code = models.CharField(max_length=16, help_text="the order's id within the playground")
    user = models.PositiveIntegerField()
    restaurant = models.PositiveSmallIntegerField()
    total_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("playground", "code", name="one_order_per_code")]


class OrderStatus(models.Model):
    """One change of an order's status: the read model behind GET /api/orders/{id}."""

    playground = held_by_playground(db_index=False)
    order = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    at = models.FloatField(help_text="unix seconds")
    by = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint("playground", "order", "status", name="one_line_per_status")
        ]


class Effect(models.Model):
    """Something that was done: a mail sent, a ticket printed. The ledger counts these."""

    playground = held_by_playground(db_index=False)
    service = models.CharField(max_length=32)
    name = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    detail = models.CharField(max_length=254, blank=True)
    key = models.CharField(max_length=64, blank=True, help_text="idempotency key, if it had one")
    run = models.CharField(max_length=32, blank=True)
    at = models.FloatField(help_text="unix seconds")

    class Meta:
        indexes = [models.Index("playground", "name", "subject", name="effects_of_a_subject")]
        constraints = [
            models.UniqueConstraint(
                "playground", "name", "key", condition=~Q(key=""), name="one_effect_per_key"
            )
        ]


class OutboxMessage(models.Model):
    """An event whose work is committed and that the broker has not confirmed (transactional outbox)."""

    playground = held_by_playground(db_index=False)
    event = models.TextField(help_text="CloudEvent as JSON")
    groups = models.JSONField(help_text="the subscribers that get a copy")
    stored_at = models.FloatField(help_text="unix seconds")

    class Meta:
        indexes = [models.Index("stored_at", name="outbox_by_age")]


class AnsweredRequest(models.Model):
    """An Idempotency-Key that a customer has used, and the order that it means."""

    playground = held_by_playground(db_index=False)
    key = models.CharField(max_length=MAX_IDEMPOTENCY_KEY)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request's body")
    order = models.CharField(max_length=16, help_text="its id, chosen before the first try")
    busy_until = models.FloatField(
        help_text="unix seconds; until then the request counts as being processed"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("playground", "key", name="one_request_per_idempotency_key")
        ]


class ProcessedMessage(models.Model):
    """The inbox: a message that a service has handled. The constraint makes consumers idempotent."""

    playground = held_by_playground(db_index=False)
    service = models.CharField(max_length=32)
    message = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "playground", "service", "message", name="a_message_is_processed_once"
            )
        ]


class Fault(models.Model):
    """A fault that is on or scheduled. Without a playground it holds in all playgrounds."""

    id = models.CharField(primary_key=True, max_length=12)
    playground = held_by_playground(null=True, related_name="faults")
    kind = models.CharField(max_length=16)
    target = models.CharField(max_length=64)
    ms = models.PositiveIntegerField(default=0)
    jitter_ms = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(default=0)
    percentage = models.PositiveSmallIntegerField(default=100)
    limit = models.PositiveIntegerField(default=0, help_text="hits after which it is spent")
    seed = models.PositiveIntegerField(default=0)
    actor = models.CharField(
        max_length=12, default="", help_text="the tab or the lesson's run that switched it on"
    )
    starts_at = models.FloatField(help_text="unix seconds")
    ends_at = models.FloatField(help_text="unix seconds")
    is_recorded = models.BooleanField(
        default=True,
        db_column="is_told",
        help_text="false for a storm's fault until the sweep has recorded that it began",
    )

    class Meta:
        indexes = [models.Index("ends_at", name="faults_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(percentage__gte=1, percentage__lte=100), name="a_true_percentage"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="faults_last"),
            # Those that have begun; a storm may have scheduled more for later.
            models.UniqueConstraint(
                "playground", "kind", "target", condition=Q(is_recorded=True),
                name="one_fault_on_per_kind_and_target",
            ),
            models.UniqueConstraint(
                "kind", "target", condition=Q(is_recorded=True, playground=None),
                name="one_fault_for_all_per_kind_and_target",
            ),
        ]  # fmt: skip
