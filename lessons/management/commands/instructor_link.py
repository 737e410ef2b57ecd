from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from lessons.classroom.links import issue_link


class Command(BaseCommand):
    help = "Print a link that lets an instructor in once, within 24 hours."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{settings.PUBLIC_URL}{issue_link()}")
