"""SMS services.

`SMS_BACKEND` names the class that sends text messages; empty means that no SMS service is configured, and the site then
offers nothing that needs one. To connect a provider write a class and name it in the environment:

    class CountySms(SmsBackend):
        def send(self, *, to: str, text: str) -> None:
            answer = requests.post(settings.COUNTY_SMS_URL, json={"phone": to, "content": text}, timeout=10)
            if answer.status_code == 400:
                raise SmsRefusedError(answer.text)   # never try again
            answer.raise_for_status()           # try again later

    SMS_BACKEND=county.sms.CountySms

The worker makes one instance per run. `to` is a mainland mobile number of 11 digits, without +86. A provider in China
wants a signature 签名 (「【南华文旅】…」) and registered templates: the class adds the one and picks the other.
"""

import sys
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


class SmsRefusedError(Exception):
    """The service will never accept this message (unknown number, forbidden text): it is given up at once."""


class SmsBackend:
    """What a service has to offer."""

    def send(self, *, to: str, text: str) -> None:
        """Hand `text` for the number `to` over to the service.

        Return when the service took it. Raise SmsRefusedError when it never will; any other exception means "later",
        and the worker tries again with growing pauses. Keep timeouts below a minute.
        """
        raise NotImplementedError


class ConsoleBackend(SmsBackend):
    """Development: prints."""

    stream: Any = None

    def send(self, *, to: str, text: str) -> None:
        print(f"SMS to {to}: {text}", file=self.stream or sys.stdout, flush=True)


class LocmemBackend(SmsBackend):
    """Tests: keeps (to, text) in the class attribute `sent`."""

    sent: list[tuple[str, str]] = []

    def send(self, *, to: str, text: str) -> None:
        self.sent.append((to, text))


def get_backend() -> SmsBackend:
    """An instance of SMS_BACKEND. Raises ImportError when it names nothing."""
    return import_string(settings.SMS_BACKEND)()
