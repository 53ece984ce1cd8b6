"""Reports of diversion 挪用: filed by anybody in the network, handled by the bureau, the reporter protected."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from workflows.core.agreement import disagreements
from workflows.core.models import Case, Notice
from workflows.core.notices import work_items_announce
from workflows.core.selectors import inbox_of
from workflows.core.services import case_start, task_act
from workflows.diversions.flows import DiversionFlow
from workflows.diversions.models import Diversion

from .posting import hold
from .world import act, item, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def reporter(world):
    return hold(world, "witness", world.branch, "branch_staff")


def report(world, by, **more):
    facts = {"venue": world.branch, "who": "王某", "since": timezone.localdate(), "account": "长期抽调到镇政府"} | more
    return case_start(DiversionFlow, by=by, facts=facts)


def refused(case, user, decision):
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(case).pk, actor=user, decision=decision, reason="x", data={"findings": "x"})


def test_from_report_to_closure(world, reporter, client):
    client.force_login(reporter)
    data = {"venue": world.branch.pk, "who": "王某", "since": "2026-01-05", "account": "抽调", "evidence": upload()}
    assert client.post(reverse("report_diversion"), data).status_code == 302
    case = Diversion.objects.get()
    assert case.files.count() == 1
    act(case, world.bureau1, "founded", findings="属实")
    refused(case, world.bureau1, "order")  # not two steps in a row
    with pytest.raises(ValidationError):
        act(case, world.bureau2, "dismiss", reason="算了")
    act(case, world.bureau2, "order", reason="一周内返岗")
    case = Diversion.objects.get()
    assert (case.state, case.decision) == ("done", "order")
    page = client.get(reverse("desk_case", args=[case.number])).content.decode()
    assert "一周内返岗" in page
    assert Notice.objects.filter(user=reporter, kind="outcome").exists()
    assert disagreements() == []


def test_unfounded_gets_no_measure(world, reporter):
    case = report(world, reporter)
    act(case, world.bureau1, "unfounded", findings="不属实")
    with pytest.raises(ValidationError):
        act(case, world.bureau2, "order", reason="x")
    act(case, world.bureau2, "dismiss", reason="不属实")


def test_nobody_but_the_bureau_sees_report_or_reporter(world, reporter, client):
    case = report(world, reporter)
    for name in ("lib1", "cul1", "town", "elsewhere"):
        user = getattr(world, name)
        assert not Case.objects.visible_to(user).exists(), name
        assert not inbox_of(user).upcoming.exists(), name
        refused(case, user, "founded")
        client.force_login(user)
        assert client.get(reverse("workflows_case", args=[case.number])).status_code == 404, name
        assert client.get(reverse("desk_case", args=[case.number])).status_code == 404, name
    client.force_login(world.bureau1)
    assert "witness" in client.get(reverse("workflows_case", args=[case.number])).content.decode()


def test_mails_to_the_bureau_do_not_name_the_reporter(world, reporter):
    report(world, reporter)
    work_items_announce()
    sent = list(Email.objects.all())
    assert sent
    assert not any("witness" in f"{mail.subject}{mail.message}{mail.html_message}{mail.context}" for mail in sent)


def test_a_bureau_official_does_not_handle_their_own_report(world):
    case = report(world, world.bureau1)
    refused(case, world.bureau1, "founded")
    act(case, world.bureau2, "founded", findings="属实")


@pytest.mark.parametrize("name", ["teacher", "stranger", "idle"])
def test_who_is_not_in_the_network_cannot_report(world, client, name):
    client.force_login(getattr(world, name))
    assert client.get(reverse("report_diversion")).status_code == 403
    with pytest.raises(PermissionDenied):
        report(world, getattr(world, name))


@pytest.mark.parametrize(
    "change", [{"since": "2999-01-01"}, {"since": ""}, {"who": " "}, {"venue": "0"}, {"account": "x" * 4001}]
)
def test_mistakes_stand_beside_the_field_and_what_was_typed_stays(world, reporter, client, change):
    client.force_login(reporter)
    data = {"venue": world.branch.pk, "who": "王某", "since": "2026-01-05", "account": "抽调到镇里"} | change
    page = client.post(reverse("report_diversion"), data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(change)
    assert not Diversion.objects.exists()


def test_the_service_checks_the_day_again(world, reporter):
    with pytest.raises(ValidationError):
        report(world, reporter, since=timezone.localdate() + timedelta(days=1))
