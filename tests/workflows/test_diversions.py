"""Reports of diversion 挪用: filed by anybody in the network, handled by the bureau, the reporter protected."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from wagtail.models import ModelLogEntry

from workflows.core.agreement import disagreements
from workflows.core.models import Case, Notice
from workflows.core.selectors import inbox_of
from workflows.core.services import case_start, task_act
from workflows.core.turns import work_items_announce
from workflows.diversions import selectors
from workflows.diversions.flows import DiversionFlow
from workflows.diversions.models import Diversion

from .secondments.posting import hold
from .world import act, checked, item, upload

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


OTHERS = ("lib1", "cul1", "town", "elsewhere", "chief", "diverted")


@pytest.fixture
def diverted(world, reporter):
    """Who holds the post that the report is about, and the head of the branch."""
    hold(world, "chief", world.branch, "branch_head")
    return hold(world, "diverted", world.branch, "liaison")


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


@pytest.mark.parametrize("name", OTHERS)
def test_every_way_to_the_case_is_closed(world, reporter, diverted, client, name):
    """Case page, step, paper, dossier, desk, letter box: not there. Lists, figures, exports, search: not in them."""
    case = report(world, reporter, evidence=checked())
    act(case, world.bureau1, "founded", findings="属实")
    act(case, world.bureau2, "order", reason="一周内返岗")
    case = Diversion.objects.get()
    paper, step = case.files.get().pk, case.work_items.first().pk
    client.force_login(getattr(world, name))
    for url in (
        reverse("workflows_case", args=[case.number]),
        reverse("workflows_step", args=[step]),
        reverse("workflows_file", args=[case.number, paper]),
        reverse("workflows_dossier", args=[case.number]),
        reverse("desk_case", args=[case.number]),
        reverse("desk_file", args=[case.number, paper]),
        reverse("diversions_by_venue"),
    ):
        assert client.get(url).status_code in (302, 403, 404), url
    for url in (
        reverse("workflows_cases"),
        reverse("workflows_cases") + "?q=plaque",
        *(reverse("workflows_inbox") + f"?tab={tab}" for tab in ("mine", "office", "upcoming", "done")),
        reverse("workflows_statistics_csv"),
        reverse("network_person_history", args=[reporter.pk]),
        reverse("network_post_history", args=[diverted.appointments.get().post_id]),
        reverse("desk"),
        "/search/?q=plaque",
    ):
        page = client.get(url, follow=True).content.decode()
        assert not any(secret in page for secret in (case.number, "一周内返岗", case.account)), url
    assert not Notice.objects.filter(user=getattr(world, name), case=case).exists()
    assert not Email.objects.filter(to=getattr(world, name).email).exists()


def test_the_whole_site_s_log_does_not_name_the_reporter(world, reporter):
    report(world, reporter)
    assert not ModelLogEntry.objects.filter(user=reporter).exists()


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
    "change", [{"since": "2999-01-01"}, {"since": ""}, {"who": " "}, {"account": "x" * 4001}, {"post": "0"}]
)
def test_mistakes_stand_beside_the_field_and_what_was_typed_stays(world, reporter, client, change):
    client.force_login(reporter)
    data = {"venue": world.branch.pk, "who": "王某", "since": "2026-01-05", "account": "抽调到镇里"} | change
    page = client.post(reverse("report_diversion"), data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(change)
    assert not Diversion.objects.exists()


# Where and who --------------------------------------------------------------------------------------
def test_first_the_venue_then_its_posts_with_their_holders(world, reporter, diverted, client):
    client.force_login(reporter)
    url = reverse("report_diversion")
    page = client.get(url)
    assert "who" not in page.context["form"].fields
    page = client.get(url, {"venue": world.branch.pk})
    assert "diverted" in page.content.decode()
    post = diverted.appointments.get().post
    data = {"venue": world.branch.pk, "post": post.pk, "since": "2026-01-05", "account": "抽调"}
    assert client.post(url, data).status_code == 302
    case = Diversion.objects.get()
    assert (case.post, case.who, selectors.holders(case)) == (post, "", [diverted])
    client.force_login(world.bureau1)
    page = client.get(reverse("workflows_case", args=[case.number])).content.decode()
    assert "diverted" in page


def test_a_place_that_is_not_in_the_register_is_told_in_words(world, reporter, client):
    client.force_login(reporter)
    url = reverse("report_diversion")
    assert "place" in client.get(url, {"venue": ""}).context["form"].fields
    data = {"venue": "", "place": "甲镇老文化站", "who": "王某", "since": "2026-01-05", "account": "抽调"}
    assert client.post(url, data).status_code == 302
    case = Diversion.objects.get()
    assert case.venue is None
    assert "甲镇老文化站" in case.title
    client.force_login(world.bureau1)
    assert "甲镇老文化站" in client.get(reverse("diversions_by_venue")).content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"venue": "", "place": " "}, "place"), ({"venue": "0"}, "venue"), ({"venue": "x"}, "venue")],
)
def test_a_report_says_where(world, reporter, client, change, field):
    client.force_login(reporter)
    data = {"venue": world.branch.pk, "who": "王某", "since": "2026-01-05", "account": "抽调到镇里"} | change
    page = client.post(reverse("report_diversion"), data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert "抽调到镇里" in page.content.decode()


def test_a_post_of_another_venue_is_refused(world, reporter):
    post = world.lib1.appointments.get().post
    with pytest.raises(ValidationError) as error:
        report(world, reporter, post=post)
    assert set(error.value.message_dict) == {"post"}


@pytest.mark.parametrize("venue", ["x", "0", "9" * 40, "-1"])
def test_nonsense_in_the_address_offers_the_list_again(world, reporter, client, venue):
    client.force_login(reporter)
    page = client.get(reverse("report_diversion"), {"venue": venue})
    assert page.status_code == 200
    assert "place" in page.context["form"].fields


def test_what_was_typed_after_the_session_ended_comes_back_with_the_venue(world, reporter, diverted, client):
    url = reverse("report_diversion")
    client.post(url, {"venue": world.branch.pk, "who": "王某", "account": "抽调到镇里"})
    client.force_login(reporter)
    session = client.session
    session["typed_before_sign_in"] = {"path": url, "typed": {"venue": str(world.branch.pk), "account": "抽调到镇里"}}
    session.save()
    page = client.get(url)
    assert "抽调到镇里" in page.content.decode()
    assert "diverted" in page.content.decode()


def test_who_works_at_the_venue_concerned_does_not_handle_it(world, reporter):
    hold(world, "both", world.branch, "liaison", full_time=False)
    world.both.groups.add(world.bureau1.groups.get())
    refused(report(world, reporter), world.both, "founded")


def test_reports_by_venue_in_figures(world, reporter, client):
    case = report(world, reporter)
    act(case, world.bureau1, "founded", findings="属实")
    report(world, reporter)
    (row,) = selectors.reports_by_venue()
    assert (row.reports, row.running, row.founded) == (2, 2, 1)
    client.force_login(world.bureau1)
    assert client.get(reverse("diversions_by_venue")).status_code == 200
    client.force_login(world.idle)
    assert client.get(reverse("diversions_by_venue")).status_code in (302, 403)


def test_the_service_checks_the_day_again(world, reporter):
    with pytest.raises(ValidationError):
        report(world, reporter, since=timezone.localdate() + timedelta(days=1))
