import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from common.outbox import worker


class Command(BaseCommand):
    help = "Send the mails and text messages that wait in the outbox; delete old ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument("--pause", type=float, default=5, help="seconds between two looks (default: 5)")

    def handle(self, *args: Any, loop: bool, pause: float, **options: Any) -> None:
        next_purge = 0.0
        while True:
            if time.monotonic() >= next_purge:
                worker.purge(days=settings.OUTBOX_KEEP_DAYS)
                next_purge = time.monotonic() + 3600
            outcome = worker.send_due()
            if outcome != worker.Outcome() or not loop:
                self.stdout.write(f"sent {outcome.sent}, put off {outcome.put_off}, given up {outcome.given_up}")
            if not loop:
                return
            close_old_connections()
            time.sleep(pause)
