from typing import Any

from django.core.management.base import BaseCommand

from network.services import appointments_end_deactivated, appointments_end_due


class Command(BaseCommand):
    help = "End the appointments whose last day has passed, or whose person was deactivated. For the daily timer."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{appointments_end_due() + appointments_end_deactivated()} appointments ended")
