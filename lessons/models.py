from django.db import models


class InstructorLink(models.Model):
    """A link that lets one person in once. Only the SHA-256 of its secret is kept."""

    hash = models.CharField(primary_key=True, max_length=64)
    issued_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
