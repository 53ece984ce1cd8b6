import logging
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the commands of settings.TIMERS, each when it is due, for ever. --once runs all of them now (for cron)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run every timer now and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            failed = [name for name in settings.TIMERS if not self.run(name)]
            if failed:
                raise SystemExit(f"failed: {', '.join(failed)}")
            return
        due = dict.fromkeys(settings.TIMERS, 0.0)
        while True:
            for name, seconds in settings.TIMERS.items():
                if time.monotonic() >= due[name]:
                    close_old_connections()  # a database that was restarted meanwhile must not end the timers
                    self.run(name)
                    due[name] = time.monotonic() + seconds
            time.sleep(1)

    def run(self, name: str) -> bool:
        """Run one command; a failure is logged and stops neither the other timers nor its own next turn."""
        try:
            call_command(name)
        except Exception:
            logger.exception("timer %s failed", name)
            return False
        return True
