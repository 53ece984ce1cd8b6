from typing import Any

from django.core.management.base import BaseCommand

from pages.events.upkeep import events_remind


class Command(BaseCommand):
    help = "Remind people of tomorrow's events, each once. For the timers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{events_remind()} people reminded")
