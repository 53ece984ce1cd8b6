from typing import Any

from django.core.management.base import BaseCommand

from pages.events.upkeep import events_extend


class Command(BaseCommand):
    help = "Make the dates of repeating events that came within 18 months. For the timers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{events_extend()} events extended")
