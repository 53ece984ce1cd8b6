from typing import Any

from django.core.management.base import BaseCommand

from pages.events.upkeep import registrations_purge


class Command(BaseCommand):
    help = "Delete names, numbers and addresses of registrations REGISTRATION_KEEP_DAYS after the event."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{registrations_purge()} registrations emptied")
