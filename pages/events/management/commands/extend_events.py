from typing import Any

from django.core.management.base import BaseCommand

from pages.events.upkeep import events_extend, withdrawals_complete


class Command(BaseCommand):
    help = "Make the dates that came within 18 months; complete interrupted withdrawals. For the timers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{events_extend()} events extended, {withdrawals_complete()} withdrawals completed")
