"""Totals by township, gaps below the norms, tables to take away, blank forms: right figures, for the right people."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from network.models import Division
from tests.workflows.world import act, venue
from workflows.milestones.models import Milestone
from workflows.milestones.permissions import visible_milestones
from workflows.milestones.selectors.survey import Results
from workflows.milestones.services.plan import plan_make
from workflows.milestones.services.withdrawal import evidence_withdraw

from .plan import hand_in, milestone
from .survey import GOOD, make_questions

HOME, GAPS = reverse("milestones_survey"), reverse("milestones_survey_gaps")


@pytest.fixture
def questions(programme):
    return make_questions()


@pytest.fixture
def elsewhere(world, programme, questions):
    """A branch in the other township, with its survey."""
    place = venue("yi", "branch", "township_centre", world.other_township, library=True, culture=True)
    plan_make(programme=programme)
    return place


@pytest.fixture
def answered(world, programme, questions, elsewhere):
    """Two points and both branches have answered; the first point has too few seats and no stage."""
    first, second = world.points[:2]
    given = {
        first: (world.town, GOOD | {"seats": "2", "stage": "无", "state": "危房"}),
        second: (world.town, GOOD | {"state": "完好"}),
        world.branch: (world.town, GOOD | {"area": "300"}),
        elsewhere: (world.elsewhere, GOOD | {"area": "50"}),
    }
    return {
        place: hand_in(milestone(programme, "survey", place), by, answers=answers)
        for place, (by, answers) in given.items()
    }


def results(user, programme, **more):
    return Results(visible_milestones(user), programme=programme, form="facilities", **more)


def totals(row):
    return {total.question.key: (total.text, total.given, total.asked, total.short) for total in row.totals}


def test_a_township_is_added_up_by_the_kind_of_question(world, programme, answered):
    heads, town, other = results(world.bureau1, programme).rows()
    assert (heads.township, heads.answered, heads.of) == (None, 0, 2)
    assert (town.township, town.answered, town.of, town.short) == (world.township, 3, 4, 2)
    assert totals(town)["area"] == ("541", 3, 4, 0)
    assert totals(town)["stage"] == ("2", 3, 4, 1)
    assert totals(town)["state"][0] in ("危房 1、完好 1", "完好 1、危房 1")
    assert totals(town)["seats"] == ("18", 3, 4, 1)
    assert totals(town)["square"] == ("–", 0, 3, 0)
    assert totals(other)["area"] == ("50", 1, 1, 0)


def test_everything_together_is_the_sum_of_the_townships(world, programme, answered):
    found = results(world.bureau1, programme)
    assert totals(found.all)["area"] == ("591", 4, 7, 0)
    assert (found.all.answered, found.all.of) == (4, 7)


def test_what_does_not_add_up_is_averaged_or_counted(world, programme, answered, questions):
    type(questions["area"]).objects.filter(key="area").update(total="mean")
    type(questions["area"]).objects.filter(key="seats").update(total="count")
    town = totals(results(world.bureau1, programme).rows()[1])
    assert (town["area"][0], town["seats"][0], town["note"][0]) == ("180.3", "3", "–")


def test_a_level_alone(world, programme, answered):
    found = results(world.bureau1, programme, tier="branch")
    assert [row.key for row in found.questions if row.key == "square"] == []
    assert totals(found.all)["area"] == ("350", 2, 2, 0)


def test_only_what_is_confirmed(world, programme, answered):
    assert results(world.bureau1, programme, confirmed=True).all.answered == 0
    evidence = answered[world.branch]
    act(evidence.case, world.lib1, "accept")
    act(evidence.case, world.bureau1, "confirm")
    assert totals(results(world.bureau1, programme, confirmed=True).all)["area"] == ("300", 1, 7, 0)


def test_what_was_returned_or_withdrawn_does_not_count(world, programme, answered):
    act(answered[world.branch].case, world.lib1, "return", reason="面积不实")
    evidence_withdraw(evidence=answered[world.points[0]], by=world.town, reason="填错了")
    assert totals(results(world.bureau1, programme).rows()[1])["area"] == ("120.5", 1, 4, 0)


def test_the_newest_evidence_counts(world, programme, answered):
    act(answered[world.branch].case, world.lib1, "return", reason="面积不实")
    hand_in(milestone(programme, "survey", world.branch), world.town, answers=GOOD | {"area": "310"})
    assert totals(results(world.bureau1, programme, tier="branch").all)["area"] == ("360", 2, 2, 0)


def test_a_gap_is_below_the_norm_of_its_level(world, programme, answered):
    gaps = [
        (place.venue, gap.question.key, gap.value_text, gap.short_text)
        for place, gap in results(world.bureau1, programme).gaps()
    ]
    assert gaps == [(world.points[0], "seats", "2", "4"), (world.points[0], "stage", "否", "–")]


def test_scope_of_the_answers(world, programme, answered):
    def places(user):
        return {place.venue for place in results(user, programme).places}

    town = {world.branch, *world.points}
    assert places(world.town) == town
    assert places(world.elsewhere) == set(answered) - town
    assert places(world.lib1) == places(world.bureau1) - {world.culture}
    assert places(world.idle) == set()


# Screens ----------------------------------------------------------------------------------------
PAGES = [HOME, GAPS, reverse("milestones_survey_place", args=["heads"])]
TABLES = [
    reverse("milestones_survey_table", args=[what, fmt])
    for what in ("totals", "answers", "gaps")
    for fmt in ("csv", "xlsx")
]
BLANK = [reverse("milestones_survey_blank", args=[tier]) for tier in ("head", "branch", "point")]


@pytest.mark.parametrize("url", [*PAGES, *TABLES, *BLANK])
def test_every_page_opens_for_the_bureau_and_not_for_others(client, world, programme, answered, url):
    client.force_login(world.bureau1)
    assert client.get(url).status_code == 200
    for name in ("idle", "teacher"):
        client.force_login(world.people[name])
        assert client.get(url).status_code in (302, 403)
    client.logout()
    assert client.get(url).status_code == 302


def place_url(township):
    return reverse("milestones_survey_place", args=[township.pk])


def test_a_township_sees_its_own_villages_only(client, world, programme, answered):
    client.force_login(world.town)
    assert "白衣村" in client.get(place_url(world.township)).content.decode()
    for url in (place_url(world.other_township), reverse("milestones_survey_place", args=["heads"])):
        assert client.get(url).status_code == 404
    page = client.get(GAPS, {"township": world.other_township.pk}).content.decode()
    assert "yi" not in page.split("<tbody>")[-1]
    assert "乙乡" not in client.get(TABLES[2]).content.decode()


@pytest.mark.parametrize(
    "nonsense", ["form=x&tier=y&answers=z", "p=999999&question=%00&township=abc", "programme=none&township=9"]
)
def test_nonsense_in_the_address_is_ignored(client, world, programme, answered, nonsense):
    client.force_login(world.bureau1)
    for url in (HOME, GAPS, TABLES[4]):
        assert client.get(f"{url}?{nonsense}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["survey/nothing.csv", "survey/totals.doc", "survey/print/county/", "survey/abc/", "survey/999999999999999999999/"],
)
def test_what_is_not_there_is_not_found(client, world, programme, answered, path):
    client.force_login(world.bureau1)
    assert client.get(f"/admin/programme/{path}").status_code == 404


def test_gaps_of_one_township_and_question(client, world, programme, answered):
    client.force_login(world.bureau1)
    page = client.get(GAPS, {"township": world.township.pk, "question": "seats"}).content.decode()
    assert page.split("<tbody>")[-1].count("<tr>") == 1
    page = client.get(GAPS, {"township": "heads"}).content.decode()
    assert "work-empty" in page


def test_before_anybody_answers_the_pages_say_what_to_do(client, world, programme):
    client.force_login(world.bureau1)
    for url in (HOME, GAPS):
        assert "work-empty" in client.get(url).content.decode()


def test_a_table_runs_no_formula_and_keeps_numbers(client, world, programme, answered, questions):
    Division.objects.filter(pk=world.township.pk).update(name="=1+1")
    questions["area"].label = questions["area"].label_en = "@cmd"
    questions["area"].save()
    hostile = answered[world.points[1]]
    type(hostile).objects.filter(pk=hostile.pk).update(
        answers=hostile.answers | {"note": "=HYPERLINK(1)", "phone": "+1\x07"}
    )
    client.force_login(world.bureau1)
    lines = client.get(TABLES[0]).content.decode().splitlines()
    assert any(line.startswith("'=1+1,") for line in lines)
    assert "'=HYPERLINK(1)" in client.get(TABLES[2]).content.decode()
    sheet = load_workbook(io.BytesIO(client.get(TABLES[3]).content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {"=1+1", "=HYPERLINK(1)", "+1"} <= {cell.value for cell in cells}
    assert 120.5 in {cell.value for cell in cells}


def test_the_heading_of_a_csv_runs_no_formula(client, world, programme, answered, questions):
    questions["area"].label = "=1+1"
    questions["area"].unit = ""
    questions["area"].save()
    client.force_login(world.bureau1)
    assert ",'=1+1," in client.get(TABLES[0]).content.decode().splitlines()[0]


def test_a_blank_form_asks_what_its_level_is_asked(client, world, questions):
    client.force_login(world.town)
    asked = {url: client.get(url).content.decode() for url in BLANK}
    assert "square" in asked[BLANK[2]]
    assert "square" not in asked[BLANK[0]]
    assert "□ 完好" in asked[BLANK[0]]


def test_questions_are_the_bureaus(client, world, questions):
    urls = ["/admin/milestones/surveyquestion/", "/admin/milestones/surveyquestion/create/",
            f"/admin/milestones/surveyquestion/edit/{questions['area'].pk}/"]  # fmt: skip
    for url in urls:
        client.force_login(world.bureau1)
        assert client.get(url).status_code == 200
        for name in ("lib1", "town"):
            client.force_login(world.people[name])
            assert client.get(url).status_code in (302, 403)


def test_a_question_with_answers_keeps_its_kind(client, world, programme, answered, questions):
    row = questions["area"]
    url = f"/admin/milestones/surveyquestion/edit/{row.pk}/"
    client.force_login(world.bureau1)
    data = {name: value for name, value in vars(row).items() if not name.startswith("_") and value not in (None, False)}
    answer = client.post(url, data | {"kind": "whole", "label": "新面积"})
    assert answer.status_code == 200
    assert "已有填报" in answer.content.decode()
    assert client.post(url, data | {"label": "新面积"}).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.label) == ("decimal", "新面积")
    client.post(f"/admin/milestones/surveyquestion/delete/{row.pk}/")
    client.post(f"/admin/milestones/surveyquestion/delete/{questions['square'].pk}/")
    assert set(type(row).objects.filter(key__in=["area", "square"]).values_list("key", flat=True)) == {"area"}


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_pages_and_tables_ask_the_database_as_often_for_many_venues(client, world, programme, answered):
    client.force_login(world.bureau1)
    urls = [HOME, GAPS, place_url(world.township), *TABLES]
    before = {url: queries(client, url) for url in urls}
    for number in range(20, 32):
        place = Division.objects.create(
            code=f"9900010{number}",
            name=f"{number}村民委员会",
            level="village",
            slug=f"w{number}",
            parent=world.township,
        )
        venue(f"q{number}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
    plan_make(programme=programme)
    for row in Milestone.objects.filter(item__code="survey", venue__name__startswith="q").select_related("venue"):
        hand_in(row, world.town, answers=GOOD | {"seats": "1"})
    assert len(results(world.bureau1, programme).gaps()) == 14
    assert {url: queries(client, url) for url in urls} == before


def test_a_confirmed_survey_stays_counted(world, programme, questions):
    confirmed_one = hand_in(milestone(programme, "survey", world.library), world.lib1, answers=GOOD)
    act(confirmed_one.case, world.bureau1, "confirm")
    assert totals(results(world.lib1, programme).rows()[0])["area"] == ("120.5", 1, 1, 0)
    assert Decimal("120.5") == world.library.__class__.objects.get(pk=world.library.pk).floor_area
