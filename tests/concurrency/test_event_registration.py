"""Many people want few places at once: never more get one than there are, and the others wait in order.

On PostgreSQL fifty connections (a server allows a hundred, and other tests need some) wait for the same row and serve
two hundred people; on SQLite the whole database queues.
"""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page

from network.models import Venue
from pages.events.models import EventKind, EventPage, Occurrence, Registration
from pages.events.registering import registration_cancel, registration_create
from pages.venues.models import VenueIndexPage, VenuePage
from tests.county import load_network

on_postgres = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
on_both = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row():
    """A date tomorrow with ten places."""
    load_network()
    venue = Venue.objects.filter(tier="branch").first()
    Locale.objects.get_or_create(language_code="zh-hans")  # the tests before emptied every table
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    index = root.add_child(instance=VenueIndexPage(title="场馆", slug="venues"))
    page = index.add_child(instance=VenuePage(title=venue.name, slug=venue.slug, venue=venue))
    event = page.add_child(
        instance=EventPage(
            title="音乐会",
            kind=EventKind.objects.create(slug="performance", name="演出"),
            introduction="x",
            first_day=timezone.localdate() + timedelta(days=2),
            starts="19:00",
            ends="21:00",
            takes_registrations=True,
            capacity=10,
            live=False,
        )
    )
    event.save_revision().publish()
    return Occurrence.objects.get()


def at_once(calls, threads):
    """Run the calls on `threads` connections that start together; returns what each returned or was refused with."""
    results, waiting, barrier = [], list(calls), threading.Barrier(threads)

    def work():
        barrier.wait()
        try:
            while waiting:
                try:
                    call = waiting.pop()
                except IndexError:
                    break
                try:
                    results.append(call())
                except ValidationError as error:
                    results.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(240)
    assert not any(worker.is_alive() for worker in workers)
    return results


def register(row, number):
    return lambda: registration_create(occurrence=row.pk, name=f"人{number}", mobile=f"1390000{number:04}")


def check(row, capacity=10):
    """The count is right, nobody is over it, and nobody waits while there is a free place."""
    row.refresh_from_db()
    held = sum(Registration.objects.filter(status="registered").values_list("places", flat=True))
    assert row.taken == held <= capacity
    assert held == capacity or not Registration.objects.filter(status="waiting").exists()


def rush(row, people, threads):
    results = at_once([register(row, number) for number in range(people)], threads)
    assert len(results) == people
    assert not [each for each in results if isinstance(each, Exception)]
    in_order = list(Registration.objects.order_by("created_at", "pk").values_list("status", flat=True))
    assert in_order == ["registered"] * 10 + ["waiting"] * (people - 10)
    check(row)


class TestOnPostgres:
    pytestmark = on_postgres

    def test_two_hundred_for_ten_places(self, row):
        rush(row, people=200, threads=50)

    def test_one_number_sent_fifty_times_is_one_registration(self, row):
        results = at_once([register(row, 1) for _ in range(50)], 25)
        assert sum(isinstance(each, Registration) for each in results) == 1
        check(row)

    def test_one_form_sent_twenty_times_gives_one_link(self, row):
        def send():
            return registration_create(occurrence=row.pk, name="人", mobile="13900000001", token="one-and-the-same")

        assert len({each.pk for each in at_once([send] * 20, 20)}) == 1
        check(row)


@on_both
def test_a_rush_is_served_in_order(row):
    rush(row, people=200, threads=16)


@on_both
def test_cancelling_while_others_register_never_overbooks(row):
    people = [register(row, number)() for number in range(14)]
    cancels = [lambda each=each: registration_cancel(registration=each) for each in people[:12:2]]
    twice = [lambda each=people[0]: registration_cancel(registration=each)] * 3
    arrivals = [register(row, number) for number in range(100, 112)]
    calls = [call for group in zip(cancels * 2, arrivals, strict=True) for call in group] + twice
    results = at_once(calls, 6)
    assert len(results) == len(calls)
    assert sum(each is True for each in results) == len(cancels)  # each was cancelled once
    assert Registration.objects.exclude(status="cancelled").count() == 14 - len(cancels) + 12
    check(row)
