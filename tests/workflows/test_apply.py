"""/apply/ and /desk/ as an applicant meets them, with everything that can go wrong."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from common.privatefiles import MAX_BYTES
from workflows.applications.models import Application, Draft
from workflows.core.models import Case, CaseFile

from .world import PDF, act, item, submit, until_panel

pytestmark = pytest.mark.django_db

ANSWERS = {
    "kind": {"kind": "school", "wanted": "branch", "library": "on"},
    "place": {"venue_name": "第一中学图书馆", "address": "学府路1号"},
    "room": {"floor_area": "120", "seats": "60", "stock": "8000", "hours": "Mon–Fri 8–18"},
    "people": {"contact_name": "李老师", "contact_phone": "13800000000", "staff": "李老师\n王老师 part-time"},
    "operator": {"operator": "self"},
}


@pytest.fixture
def teacher(world, client):
    client.force_login(world.teacher)
    return client


def begin(world, client):
    page = client.post(reverse("apply_start"), {"organisation": world.organisation.pk})
    assert page.status_code == 302
    return Draft.objects.get(organisation=world.organisation)


def fill(world, client, draft, papers=("form", "premises"), **changes):
    for step, answers in ANSWERS.items():
        data = dict(answers) | {k: v for k, v in changes.items() if k in answers or step == "operator"}
        if step == "place":
            data["division"] = world.township.pk
        page = client.post(reverse("apply_step", args=[draft.pk, step]), data)
        assert page.status_code == 302, (step, page.context["form"].errors)
    files = {code: SimpleUploadedFile(f"{code}.pdf", PDF) for code in papers}
    return client.post(reverse("apply_step", args=[draft.pk, "papers"]), files)


def check(draft):
    return reverse("apply_step", args=[draft.pk, "check"])


def test_the_form_from_beginning_to_reference_number(world, teacher):
    draft = begin(world, teacher)
    assert fill(world, teacher, draft).status_code == 302
    page = teacher.get(check(draft))
    text = page.content.decode()
    assert all(word in text for word in ("第一中学图书馆", "120", "李老师", "form.pdf", "甲镇"))
    sent = teacher.post(check(draft), {"free_will": "on"}, follow=True)
    case = Application.objects.get()
    assert case.number in sent.content.decode()
    assert case.check_word in sent.content.decode()
    assert (case.division, case.staff) == (world.township, ["李老师", "王老师 part-time"])
    mail = Email.objects.get(to__contains="teacher@example.org")
    assert case.number in mail.message


def test_a_form_sent_twice_and_a_used_address(world, teacher):
    draft = begin(world, teacher)
    fill(world, teacher, draft)
    teacher.post(check(draft), {"free_will": "on"})
    assert teacher.post(check(draft), {"free_will": "on"}).status_code == 404
    assert Application.objects.count() == 1


def test_nothing_typed_is_lost_when_it_is_wrong(world, teacher):
    draft = begin(world, teacher)
    url = reverse("apply_step", args=[draft.pk, "room"])
    page = teacher.post(url, {"floor_area": "many", "seats": "60", "hours": "always\0"})
    assert page.status_code == 422
    assert "many" in page.content.decode()
    assert "field-error" in page.content.decode()
    again = teacher.get(url).content.decode()
    assert 'value="many"' in again
    assert 'value="60"' in again


def test_a_name_of_500_characters(world, teacher):
    draft = begin(world, teacher)
    url = reverse("apply_step", args=[draft.pk, "place"])
    page = teacher.post(url, {"venue_name": "馆" * 500, "division": world.township.pk, "address": "x"})
    assert page.status_code == 422
    assert Draft.objects.get().data["venue_name"] == "馆" * 500


def test_one_bad_paper_does_not_lose_the_good_ones(world, teacher):
    draft = begin(world, teacher)
    fill(world, teacher, draft, papers=())
    files = {
        "form": SimpleUploadedFile("form.pdf", PDF),
        "premises": SimpleUploadedFile("premises.pdf", b"MZ not a pdf"),
    }
    page = teacher.post(reverse("apply_step", args=[draft.pk, "papers"]), files)
    assert page.status_code == 422
    assert "field-error" in page.content.decode()
    assert list(draft.files.values_list("paper", flat=True)) == ["form"]
    blocked = teacher.get(check(draft)).content.decode()
    assert "场地证明" in blocked
    assert teacher.post(check(draft), {"free_will": "on"}).status_code == 422
    assert not Application.objects.exists()


def test_a_file_that_is_too_large_is_refused_beside_its_field(world, teacher):
    draft = begin(world, teacher)
    fill(world, teacher, draft, papers=())
    big = SimpleUploadedFile("form.pdf", PDF + b"\0" * MAX_BYTES)
    page = teacher.post(reverse("apply_step", args=[draft.pk, "papers"]), {"form": big})
    assert page.status_code == 422
    assert not draft.files.exists()


def test_without_statement_of_free_will_nothing_is_sent(world, teacher):
    draft = begin(world, teacher)
    fill(world, teacher, draft)
    page = teacher.post(check(draft), {})
    assert page.status_code == 422
    assert not Application.objects.exists()
    assert Draft.objects.count() == 1


def test_a_session_that_ended_keeps_what_was_typed(world, teacher):
    draft = begin(world, teacher)
    url = reverse("apply_step", args=[draft.pk, "place"])
    teacher.logout()
    page = teacher.post(url, {"venue_name": "typed for long", "address": "x"})
    assert page.status_code == 302
    assert "login" in page.url
    session = teacher.session
    kept = session["typed_before_sign_in"]
    assert kept["typed"]["venue_name"] == "typed for long"
    teacher.force_login(world.teacher)
    assert 'value="typed for long"' in teacher.get(url).content.decode()
    assert "typed_before_sign_in" not in teacher.session


def test_save_and_come_back_later_needs_nothing_right(world, teacher):
    draft = begin(world, teacher)
    url = reverse("apply_step", args=[draft.pk, "room"])
    assert teacher.post(url, {"seats": "x", "later": "1"}).url == reverse("desk")
    assert Draft.objects.get().data["seats"] == "x"
    assert str(draft.pk) in teacher.get(reverse("desk")).content.decode()


@pytest.mark.parametrize("organisation", ["", "x", "999999", "-1", "9" * 30])
def test_forged_organisation(world, teacher, organisation):
    assert teacher.post(reverse("apply_start"), {"organisation": organisation}).status_code == 404
    assert not Draft.objects.exists()


def test_another_s_draft_case_and_paper_are_not_found(world, teacher):
    draft = begin(world, teacher)
    fill(world, teacher, draft)
    other = Client()
    other.force_login(world.stranger)
    for name in ("kind", "papers", "check"):
        assert other.get(reverse("apply_step", args=[draft.pk, name])).status_code == 404
    assert other.post(reverse("apply_draft_delete", args=[draft.pk])).status_code == 404
    assert other.get(reverse("apply_draft_file", args=[draft.pk, "form"])).status_code == 404
    teacher.post(check(draft), {"free_will": "on"})
    case = Application.objects.get()
    paper = case.files.first()
    for client in (other, official(world.cul1), official(world.lib1)):
        assert client.get(reverse("desk_case", args=[case.number])).status_code == 404
        assert client.get(reverse("desk_file", args=[case.number, paper.pk])).status_code == 404
        assert client.post(reverse("desk_withdraw", args=[case.number])).status_code == 404
        assert client.get(reverse("apply_sent", args=[case.number])).status_code == 404
    assert Case.objects.get().state == "active"


def official(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_paper_is_served_so_that_no_browser_runs_it(world, teacher):
    case = submit(world)
    paper = case.files.first()
    page = teacher.get(reverse("desk_file", args=[case.number, paper.pk]))
    assert page["Content-Disposition"].startswith("attachment")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in page["Cache-Control"]
    assert b"".join(page.streaming_content) == PDF


def test_a_paper_of_another_case_is_not_found_through_one_s_own(world, teacher):
    mine, other = submit(world), submit(world)
    Case.objects.filter(pk=other.pk).update(organisation=world.stranger.organisations.get())
    paper = other.files.first()
    assert teacher.get(reverse("desk_file", args=[mine.number, paper.pk])).status_code == 404
    assert teacher.get(reverse("desk_file", args=[other.number, paper.pk])).status_code == 404


def test_internal_papers_and_comments_stay_internal(world, teacher):
    from workflows.core.services import case_comment, case_message

    case = submit(world)
    until_panel(world, case)
    case_comment(case=case, author=world.lib1, text="between us")
    case_message(case=case, author=world.lib1, text="dear applicant")
    CaseFile.objects.filter(case=case, paper="form").update(internal=True)
    page = teacher.get(reverse("desk_case", args=[case.number])).content.decode()
    assert "dear applicant" in page
    assert "between us" not in page
    assert "申请表" not in page
    assert "lib1" not in page
    hidden = case.files.get(paper="form")
    assert teacher.get(reverse("desk_file", args=[case.number, hidden.pk])).status_code == 404


def test_answering_a_correction_item_by_item(world, teacher):
    case = submit(world)
    act(case, world.lib1, "correct", corrections={"premises": "Cut off", "seats": "How many?"})
    paper, seats = case.corrections.order_by("target")
    row = item(case)
    url = reverse("desk_step", args=[case.number, row.pk])
    assert "Cut off" in teacher.get(url).content.decode()
    page = teacher.post(url, {"decision": "answered", f"answer_{seats.pk}": "Sixty"})
    assert page.status_code == 422
    assert "Sixty" in page.content.decode()
    good = {f"answer_{seats.pk}": "Sixty", f"file_{paper.pk}": SimpleUploadedFile("new.pdf", PDF)}
    assert teacher.post(url, {"decision": "answered", **good}).status_code == 302
    assert item(case).node == "accept"
    assert teacher.post(url, {"decision": "answered"}).status_code == 302  # replayed: told, nothing changes
    assert case.decisions.filter(action="answered").count() == 1


def test_withdrawing(world, teacher):
    case = submit(world)
    url = reverse("desk_withdraw", args=[case.number])
    assert teacher.get(url).status_code == 200
    teacher.post(url, {"reason": "We moved"})
    assert Case.objects.get().state == "withdrawn"
    assert teacher.post(url, follow=True).status_code == 200
    assert case.decisions.filter(action="withdrawn").count() == 1


def test_messages_reach_the_other_side(world, teacher):
    case = submit(world)
    url = reverse("desk_message", args=[case.number])
    assert teacher.post(url, {"text": "  "}).status_code == 422
    assert teacher.post(url, {"text": "A question"}).status_code == 302
    assert case.messages.get().from_applicant


def test_public_pages_set_no_cookie(world, client):
    for name in ("apply", "apply_questionnaire", "apply_status", "apply_notices"):
        page = client.get(reverse(name))
        assert page.status_code == 200
        assert not page.cookies, name
        assert "sessionid" not in page.headers.get("Set-Cookie", "")


def test_the_questionnaire_leads_to_branch_or_point(world, client):
    ask = {"kind": "school", "library": "on", "area": "120", "seats": "40", "stock": "1"}
    url = reverse("apply_questionnaire")
    assert client.get(url, ask).context["answer"]["tier"] == "branch"
    small = client.get(url, ask | {"area": "30"})
    assert small.context["answer"]["tier"] == "point"
    assert "50" in small.content.decode()
    assert client.get(url, ask | {"kind": "internet_venue"}).context["answer"]["tier"] == "point"
    assert client.get(url, {"kind": "x", "area": "-1"}).status_code == 200


def test_status_needs_number_and_word(world, client):
    case = submit(world)
    url = reverse("apply_status")
    right = client.get(url, {"number": case.number.lower(), "word": case.check_word})
    assert case.number in right.content.decode()
    assert "李老师" not in right.content.decode()
    wrong = client.get(url, {"number": case.number, "word": "AAAAAA"})
    assert "case" not in wrong.context
    assert client.get(url, {"number": "\0", "word": "x" * 999}).status_code == 200


def test_only_approved_applications_are_announced(world, client):
    good, bad, open_case = submit(world), submit(world), submit(world)
    until_panel(world, good)
    act(good, world.bureau1, "approve", panel_on=date(2026, 1, 6), panel_members="x")
    act(good, world.bureau2, "approve")
    act(bad, world.lib1, "refuse", reason="no")
    page = client.get(reverse("apply_notices")).content.decode()
    assert good.number in page
    assert bad.number not in page
    assert open_case.number not in page
    assert client.get(reverse("apply_notice", args=[good.number])).status_code == 200
    for case in (bad, open_case):
        assert client.get(reverse("apply_notice", args=[case.number])).status_code == 404


def test_lists_cost_the_same_with_more_rows(world, teacher, django_assert_num_queries):
    for name in ("desk", "apply", "apply_notices"):
        submit(world)
        teacher.get(reverse(name))
        with CaptureQueriesContext(connection) as few:
            teacher.get(reverse(name))
        for _ in range(3):
            submit(world)
        with django_assert_num_queries(len(few)):
            teacher.get(reverse(name))
