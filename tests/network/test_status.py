"""The status of a venue: first the branch, then its points (R23)."""

import pytest

from network import services
from network.models import Venue

from .steps import TODAY, errors, log_of, set_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]
Status = Venue.Status


@pytest.mark.parametrize("status", [Status.TRIAL, Status.OPEN])
def test_a_point_does_not_open_before_its_branch(branch, point, status):
    assert "status" in errors(lambda: set_status(point, status))
    set_status(branch, Status.TRIAL)
    assert set_status(point, status).status == status


def test_a_point_may_be_prepared_before_its_branch_opens(point):
    assert set_status(point, Status.PREPARING).status == Status.PREPARING


@pytest.mark.parametrize("status", [Status.PLANNED, Status.PREPARING, Status.SUSPENDED, Status.CLOSED])
def test_a_branch_does_not_stop_under_its_open_points(branch, point, status):
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    assert "status" in errors(lambda: set_status(branch, status, reason="修缮"))
    point.refresh_from_db()
    assert point.status == Status.OPEN


def test_a_branch_takes_its_points_along(branch, point, heard):
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    heard.clear()
    set_status(branch, Status.SUSPENDED, reason="修缮", with_points=True)
    point.refresh_from_db()
    assert point.status == Status.SUSPENDED
    assert [(name, data["venue"].pk, data["old"], data["new"]) for name, data in heard] == [
        ("venue_status_changed", point.pk, "open", "suspended"),
        ("venue_status_changed", branch.pk, "open", "suspended"),
    ]
    assert set(branch.points.values_list("status", flat=True)) == {"suspended", "planned"}  # only the active ones


def test_suspending_and_closing_need_a_reason(branch):
    set_status(branch, Status.OPEN)
    for status in (Status.SUSPENDED, Status.CLOSED):
        assert "reason" in errors(lambda status=status: set_status(branch, status, reason="  "))


def test_a_status_that_does_not_exist_is_refused(branch):
    assert "status" in errors(lambda: set_status(branch, "burnt"))


def test_the_first_opening_is_remembered_and_logged(branch, bureau):
    services.venue_change_status(venue=branch, status=Status.TRIAL, by=bureau, reason="验收合格")
    branch.refresh_from_db()
    assert branch.opened_on == TODAY
    (entry,) = log_of(branch)
    assert entry.user == bureau
    assert entry.data == {"changes": {"status": ["preparing", "trial"]}, "reason": "验收合格"}
    assert entry.message == "状态变更：状态：筹备 → 试运行（理由：验收合格）"


def test_the_same_status_again_is_no_change(branch, heard):
    set_status(branch, Status.PREPARING)
    assert log_of(branch) == []
    assert heard == []
