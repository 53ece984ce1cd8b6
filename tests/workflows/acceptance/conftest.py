from datetime import date, timedelta

import pytest
from wagtail.models import Page

from common.report import Report
from pages.events.models import EventKind, EventPage, Occurrence, Registration
from tests.workflows.milestones.conftest import programme, world  # noqa: F401
from workflows.core.deadlines import deadline_rules_create


@pytest.fixture
def running(world, programme):  # noqa: F811
    """The small county with its programme, and the deadlines of the acceptance's steps."""
    deadline_rules_create()
    return programme


@pytest.fixture
def report():
    return Report()


@pytest.fixture
def make_held(db):
    """A function that writes one event date of a venue, with who came: rows only, no page below the venue's."""
    root = Page.objects.get(depth=1)
    kind = EventKind.objects.create(slug="course", name="培训")

    def make(venue, ends_at, *, walk_ins=0, came=0, absent=0, status="scheduled"):
        number = Occurrence.objects.count()
        page = EventPage(title=f"活动{number}", slug=f"event-{number}", kind=kind, introduction="x", venue=venue)
        page.first_day, page.all_day = date(2026, 1, 1), True
        root.add_child(instance=page)
        row = Occurrence.objects.create(
            event=page, venue=venue, key=ends_at.date(), starts_at=ends_at - timedelta(hours=1), ends_at=ends_at,
            walk_ins=walk_ins, status=status,
        )  # fmt: skip
        for state, places in (("attended", came), ("absent", absent)):
            if places:
                Registration.objects.create(
                    occurrence=row, name="李", mobile=f"1380000{number:02d}{places:02d}", places=places, status=state
                )
        return row

    return make
