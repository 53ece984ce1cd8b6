"""Two workers at once: every message goes out exactly once."""

import threading

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from common.outbox import mail_queue, worker

MESSAGES = 60
sent: list[str] = []


class CollectingBackend(BaseEmailBackend):
    def send_messages(self, messages):
        sent.extend(message.to[0] for message in messages)
        return len(messages)


def run_workers(count):
    barrier = threading.Barrier(count)
    outcomes = []

    def run():
        try:
            barrier.wait()
            outcomes.append(worker.send_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def check_once(settings):
    settings.OUTBOX_EMAIL_BACKEND = f"{__name__}.CollectingBackend"
    sent.clear()
    expected = [f"p{number}@example.org" for number in range(MESSAGES)]
    for address in expected:
        mail_queue(to=address, subject="x", template="plain", context={"body": "x"}, language=None)
    outcomes = run_workers(4)
    assert sorted(sent) == sorted(expected)
    assert sum(outcome.sent for outcome in outcomes) == MESSAGES
    return outcomes


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_workers_share_the_queue_on_postgresql(settings):
    assert connection.vendor == "postgresql"
    outcomes = check_once(settings)
    assert sum(outcome.sent > 0 for outcome in outcomes) > 1  # they worked side by side, nobody waited for a lock


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_message_once(settings):
    check_once(settings)
