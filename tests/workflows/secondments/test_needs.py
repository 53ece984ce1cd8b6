"""A need that a township or a branch states: who may, who answers, and what becomes of it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Post, Venue
from workflows.core.agreement import disagreements
from workflows.core.models import Notice
from workflows.core.selectors import inbox_of
from workflows.core.services import task_act
from workflows.core.turns import work_items_announce
from workflows.secondments.models import Secondment
from workflows.secondments.needs import needs_of
from workflows.secondments.services import need_withdraw

from ..world import act, item
from .posting import appointed, day, fresh, hold, need_facts, nominate, problem, refused, state_need

pytestmark = pytest.mark.django_db


def answer(world, case, by=None, **more):
    data = {"person": world.able, "first_day": day(0), "last_day": day(180), "full_time": True, "cover_plan": "代管"}
    act(case, by or world.lib1, "nominate", **(data | more))
    return fresh(case)


# From a need to an appointment --------------------------------------------------------------------
def test_down_from_a_need_to_the_appointment(staffed):
    case = state_need(staffed)
    assert (case.person, case.home, case.nominated_by, case.from_need) == (None, None, None, True)
    assert inbox_of(staffed.lib1).waiting.filter(case=case).exists()
    assert not inbox_of(staffed.cul1).waiting.filter(case=case).exists()
    case = answer(staffed, case)
    assert (case.person, case.home.venue, case.nominated_by) == (staffed.able, staffed.library, staffed.lib1)
    assert "able" in case.title
    act(case, staffed.able, "agree", publish=True)
    act(case, staffed.town, "support")
    act(case, staffed.bureau1, "approve")
    act(case, staffed.lib1, "appoint")
    assert fresh(case).standing
    assert disagreements() == []


def test_up_from_a_need_the_head_names_somebody_of_the_branch(staffed):
    case = state_need(staffed, "up")
    assert (case.venue, case.branch) == (staffed.library, staffed.branch)
    problem(lambda: answer(staffed, case, person=staffed.able), "person")
    case = answer(staffed, case, person=staffed.junior)
    act(case, staffed.junior, "agree")
    act(case, staffed.lib1, "accept", mentor=staffed.lib3, study_plan="编目")
    act(case, staffed.bureau1, "approve")
    act(case, staffed.lib1, "appoint")
    assert fresh(case).standing


def test_up_nobody_of_another_branch_is_named(staffed):
    from ..world import venue

    other = venue("yi", "branch", "township_centre", staffed.other_township, library=True, culture=True)
    far = hold(staffed, "far", other, Post.Title.BRANCH_STAFF)
    problem(lambda: answer(staffed, state_need(staffed, "up"), person=far), "person")


def test_a_need_that_cannot_be_met_is_answered_with_a_reason(staffed, client):
    case = state_need(staffed, by=staffed.chief)
    with pytest.raises(ValidationError):
        task_act(work_item=item(case).pk, actor=staffed.lib1, decision="unmet")
    act(case, staffed.lib1, "unmet", reason="今年无人可派")
    assert fresh(case).state == "refused"
    assert Notice.objects.filter(user=staffed.chief, kind="outcome").exists()
    client.force_login(staffed.chief)  # no official: reads the answer in the list
    assert "今年无人可派" in client.get(reverse("secondments_needs")).content.decode()


def test_declined_by_the_person_the_need_goes_back_to_the_head(staffed):
    able2 = hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    case = answer(staffed, state_need(staffed))
    act(case, staffed.able, "decline", reason="家中有事")
    case = fresh(case)
    assert (case.state, case.person, case.home, item(case).node) == ("active", None, None, "nominate")
    assert answer(staffed, case, person=able2).person == able2
    assert disagreements() == []


# Refusals -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["lib1", "cul1", "bureau1", "junior", "elsewhere", "idle", "teacher"])
def test_who_does_not_speak_for_the_branch_states_no_need(staffed, name):
    with pytest.raises(PermissionDenied):
        state_need(staffed, by=getattr(staffed, name))


@pytest.mark.parametrize("name", ["lib1", "bureau1", "junior", "idle", "teacher"])
def test_the_form_of_a_need_is_closed_to_them(staffed, client, name):
    client.force_login(getattr(staffed, name))
    assert client.get(reverse("secondments_need")).status_code in (302, 403)


def test_a_township_states_needs_of_its_own_branches_only(staffed, client):
    client.force_login(staffed.elsewhere)
    page = client.post(reverse("secondments_need"), posted(staffed))
    assert "branch" in page.context["form"].errors
    assert not Secondment.objects.exists()


@pytest.mark.parametrize("name", ["town", "chief", "bureau1", "cul1", "able"])
def test_only_the_line_s_head_answers(staffed, name):
    case = state_need(staffed)
    if name == "able":  # of the head too, but would nominate themselves
        problem(lambda: answer(staffed, case, by=staffed.able), "person")
    else:
        refused(case, getattr(staffed, name), "nominate", person=staffed.able)


def test_neither_who_stated_nor_who_nominated_approves(staffed):
    bureau = staffed.bureau1.groups.get()
    staffed.town.groups.add(bureau)
    staffed.lib1.groups.add(bureau)
    case = answer(staffed, state_need(staffed))
    act(case, staffed.able, "agree")
    act(case, staffed.town2, "support")
    refused(case, staffed.town, "approve")
    refused(case, staffed.lib1, "approve")
    act(case, staffed.bureau1, "approve")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": None}, "last_day"),
        ({"last_day": date(2026, 3, 1)}, "last_day"),
        ({"first_day": date(2026, 3, 1)}, "first_day"),
        ({"need": "  "}, "need"),
    ],
)
def test_a_need_is_refused_beside_the_field(staffed, change, field):
    problem(lambda: state_need(staffed, **change), field)
    assert not Secondment.objects.exists()


def test_a_need_that_is_open_or_met_is_not_stated_twice(staffed):
    state_need(staffed)
    problem(lambda: state_need(staffed, by=staffed.chief), "need")
    Secondment.objects.all()
    state_need(staffed, "up")  # another thing
    state_need(staffed, line="culture")
    Secondment.objects.filter(direction="down", line="library").update(state="refused")
    appointed(staffed)
    problem(lambda: state_need(staffed), "branch")  # it has a deputy of this line then


def test_a_branch_out_of_service_or_of_another_line_states_nothing(staffed):
    Venue.objects.filter(pk=staffed.branch.pk).update(culture=False)
    staffed.branch.refresh_from_db()
    problem(lambda: state_need(staffed, line="culture"), "line")
    Venue.objects.filter(pk=staffed.branch.pk).update(status="closed")
    staffed.branch.refresh_from_db()
    problem(lambda: state_need(staffed), "branch")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": None}, "person"),
        ({"last_day": None}, "last_day"),
        ({"first_day": date(2026, 3, 1)}, "first_day"),
        ({"cover_plan": " "}, "cover_plan"),
    ],
)
def test_the_answer_is_refused_beside_the_field(staffed, change, field):
    case = state_need(staffed)
    problem(lambda: answer(staffed, case, **change), field)
    assert fresh(case).person is None


# Withdrawing --------------------------------------------------------------------------------------
def withdraw(case, by, reason="分馆已自行解决"):
    return need_withdraw(case=case, by=by, reason=reason)


def test_who_stated_a_need_withdraws_it_and_the_head_is_told(staffed):
    case = state_need(staffed)
    withdraw(case, staffed.town)
    case = fresh(case)
    assert (case.state, case.work_items.open().exists()) == ("withdrawn", False)
    line = case.decisions.order_by("pk").last()
    assert (line.action, line.actor, line.reason) == ("need_withdrawn", staffed.town, "分馆已自行解决")
    told = set(Notice.objects.filter(case=case, kind="outcome").values_list("user__name", flat=True))
    assert told == {"lib1", "lib2", "lib3", "able"}
    assert disagreements() == []
    state_need(staffed)  # it may be stated again


def test_a_colleague_of_the_township_withdraws_and_who_stated_it_is_told(staffed):
    case = state_need(staffed)
    withdraw(case, staffed.town2)
    assert Notice.objects.filter(case=case, kind="outcome", user=staffed.town).exists()


@pytest.mark.parametrize("name", ["chief", "elsewhere", "lib1", "bureau1", "junior", "idle"])
def test_what_a_township_stated_others_do_not_withdraw(staffed, name):
    case = state_need(staffed)
    with pytest.raises(PermissionDenied):
        withdraw(case, getattr(staffed, name))
    assert fresh(case).state == "active"


def test_what_a_branch_stated_its_township_withdraws_only_when_nobody_else_is_left(staffed):
    case = state_need(staffed, by=staffed.chief)
    with pytest.raises(PermissionDenied):
        withdraw(case, staffed.town)
    staffed.chief.appointments.update(until=date(2026, 3, 1))
    with pytest.raises(PermissionDenied):
        withdraw(case, staffed.chief)  # no longer the branch's head
    withdraw(case, staffed.town)
    assert fresh(case).state == "withdrawn"


def test_a_need_is_not_withdrawn_without_a_reason_nor_once_somebody_is_nominated(staffed):
    case = state_need(staffed)
    problem(lambda: withdraw(case, staffed.town, " "), "reason")
    answer(staffed, case)
    with pytest.raises(ValidationError):
        withdraw(case, staffed.town)
    act(case, staffed.able, "decline", reason="家中有事")  # open again
    withdraw(case, staffed.town)
    with pytest.raises(ValidationError):
        withdraw(case, staffed.town)
    assert case.decisions.filter(action="need_withdrawn").count() == 1


def test_withdrawn_by_form_with_its_reason_in_the_list(staffed, client):
    case = state_need(staffed, by=staffed.chief)
    url = reverse("secondments_need_withdraw", args=[case.number])
    client.force_login(staffed.chief)
    assert url in client.get(reverse("secondments_needs")).content.decode()
    page = client.post(url, {"reason": ""})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"reason"})
    assert client.post(url, {"reason": "改由志愿者承担"}).status_code == 302
    page = client.get(reverse("secondments_needs")).content.decode()
    assert "改由志愿者承担" in page
    assert url not in page
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("town", 302), ("lib1", 302), ("elsewhere", 404), ("idle", 302)])
def test_the_page_of_withdrawal_is_closed_to_others(staffed, client, name, status):
    case = state_need(staffed, by=staffed.chief)
    client.force_login(getattr(staffed, name))
    url = reverse("secondments_need_withdraw", args=[case.number])
    assert client.get(url).status_code == status
    assert client.post(url, {"reason": "x"}).status_code == status
    assert fresh(case).state == "active"


# Pages --------------------------------------------------------------------------------------------
def posted(world, **more):
    facts = need_facts(world, **more)
    dates = {name: f"{facts[name]:%Y-%m-%d}" for name in ("first_day", "last_day")}
    return facts | dates | {"branch": world.branch.pk, "full_time": "on"}


def test_stated_and_answered_by_form(staffed, client):
    client.force_login(staffed.chief)
    assert client.post(reverse("secondments_need"), posted(staffed)).status_code == 302
    case = Secondment.objects.get()
    client.force_login(staffed.lib1)
    step = reverse("workflows_step", args=[item(case).pk])
    assert step in client.get(reverse("secondments_needs")).content.decode()
    page = client.post(step, {"decision": "nominate", "person": "", "cover_plan": "小李代管"})
    assert page.status_code == 422
    assert "小李代管" in page.content.decode()
    sent = {"decision": "nominate", "person": staffed.able.pk, "full_time": "on", "cover_plan": "小李代管"}
    page = client.post(step, sent | {"first_day": "2026-03-02", "last_day": ""})
    assert set(page.context["form"].errors) == {"last_day"}
    assert client.post(step, sent | {"first_day": "2026-03-02", "last_day": "2026-08-31"}).status_code == 302
    assert fresh(case).person == staffed.able


@pytest.mark.parametrize("change", [{"need": ""}, {"branch": "0"}, {"direction": "x"}, {"first_day": "2026-02-30"}])
def test_mistakes_stand_beside_the_field_and_nothing_typed_is_lost(staffed, client, change):
    client.force_login(staffed.town)
    page = client.post(reverse("secondments_need"), posted(staffed) | change)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(change)
    assert "由同事代管" in page.content.decode()
    assert not Secondment.objects.exists()


def test_needs_are_shown_within_the_scope(staffed, client):
    case = state_need(staffed)
    for name, seen in (("lib1", True), ("town", True), ("chief", True), ("bureau1", True), ("elsewhere", False)):
        client.force_login(getattr(staffed, name))
        assert (case.number in client.get(reverse("secondments_needs")).content.decode()) is seen, name
    client.force_login(staffed.idle)
    assert client.get(reverse("secondments_needs")).status_code in (302, 403)


def test_an_open_need_is_not_on_the_board(staffed, client):
    state_need(staffed)
    client.force_login(staffed.bureau1)
    page = client.get(reverse("secondments_board") + "?year=2026")
    assert page.status_code == 200
    assert page.context["rows"] == []


def test_the_list_takes_the_same_queries_however_many(staffed, client):
    url = reverse("secondments_needs")
    client.force_login(staffed.town)  # who may withdraw them

    def queries(count):
        for number in range(count):
            state_need(
                staffed,
                first_day=date(2027 + number // 12, number % 12 + 1, count),
                last_day=date(2027 + number // 12, number % 12 + 1, count),
            )
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    assert queries(2) == queries(12)
    assert needs_of(Secondment.objects.all()).count() == 14


def test_who_asked_is_told_by_mail_where_they_may_read(staffed, client):
    from post_office.models import Email

    case = state_need(staffed, by=staffed.chief)
    act(case, staffed.lib1, "unmet", reason="无人可派")
    assert reverse("secondments_needs") in Email.objects.get(to=staffed.chief.email).message
    client.force_login(staffed.chief)
    desk = client.get(reverse("desk")).content.decode()
    assert f'<li><a href="{reverse("secondments_needs")}">{case.number}' in desk
    assert reverse("desk_case", args=[case.number]) not in desk
    case = nominate(staffed, "up")
    work_items_announce()
    client.force_login(staffed.junior)
    assert (
        f'<li><a href="{reverse("desk_case", args=[case.number])}">{case.number}'
        in client.get(reverse("desk")).content.decode()
    )
    act(case, staffed.junior, "agree")
    act(case, staffed.lib1, "decline", reason="暂无名额")
    client.force_login(staffed.chief)
    assert "暂无名额" in client.get(reverse("secondments_needs")).content.decode()
