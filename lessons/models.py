"""What is kept of the course: who teaches, who learns. What learners did is in tables beside."""

from django.db import models


class InstructorLink(models.Model):
    """A link that lets one person in once. Only the SHA-256 of its secret is kept."""

    hash = models.CharField(primary_key=True, max_length=64)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Learner(models.Model):
    """Somebody who learns, without a name: a browser session, or several that share a code."""

    code = models.CharField(max_length=40, unique=True, help_text="opens the progress elsewhere")
    created_at = models.DateTimeField(auto_now_add=True)


class WrongCode(models.Model):
    """Somebody typed a resume code that nobody has: counted, so that nobody can guess."""

    address = models.CharField(max_length=45, db_index=True)
    at = models.DateTimeField()
