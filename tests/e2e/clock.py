"""The site with a clock that a test moves: `gunicorn tests.e2e.clock:application`.

A server is a process of its own, so the test cannot travel for it. The server looks into the file that CLOCK names
before every request and travels to noon of the day written there, or back when the file is gone. Everything else is
the site as it is: no job runs, nothing is called but addresses.
"""

import os
from datetime import datetime, time
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import time_machine

from config.wsgi import application as site

CLOCK = Path(os.environ["CLOCK"])
ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """Keeps the process at the day that was asked for."""

    def __init__(self) -> None:
        self.lock, self.day = Lock(), ""
        self.travel: time_machine.travel | None = None

    def look(self) -> None:
        """Travel when the file says another day than the last time."""
        asked = CLOCK.read_text().strip() if CLOCK.exists() else ""
        with self.lock:
            if asked == self.day:
                return
            if self.travel:
                self.travel.stop()
            self.travel, self.day = None, asked
            if asked:
                noon = datetime.combine(datetime.fromisoformat(asked), time(12), ZONE)
                self.travel = time_machine.travel(noon, tick=True)
                self.travel.start()


clock = Clock()


def application(environ, start_response):
    """The site, on the day that the clock shows."""
    clock.look()
    return site(environ, start_response)
