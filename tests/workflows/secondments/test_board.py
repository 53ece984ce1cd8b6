"""The rotation board by person and by branch, and the year's report: figures, red, filters, queries."""

import csv
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Appointment, Post, Venue
from workflows.core.permissions import mandate_of
from workflows.secondments import board, report
from workflows.secondments.flows import SecondmentFlow
from workflows.secondments.models import LogEntry, Secondment
from workflows.secondments.planning import plan_rows
from workflows.secondments.selectors import visible

from ..world import act, person, venue
from .posting import appointed, day, nominate, reviewed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def second_branch(staffed):
    return venue("yi", "branch", "township_centre", staffed.other_township, library=True, culture=True)


def made(world, place, first, last, *, line="library", direction="down", standing=True, **more):
    """A posting as it stands in the database, without its way there."""
    number = Secondment.objects.count()
    user = more.pop("person", None) or person(f"员工{number}")
    post = Post.objects.create(venue=world.library, title="head_staff")
    held = Appointment.objects.create(post=post, person=user, since=first, until=last) if standing else None
    branch = place if direction == "down" else world.branch
    return Secondment.objects.create(
        flow_class=SecondmentFlow, number=f"X{number:04}", check_word="x", title="x", person=user, direction=direction,
        line=line, home=post, venue=place, branch=branch, township=place.division, need="x", first_day=first,
        last_day=last, standing=standing, appointment=held, opened_by=world.lib1, nominated_by=world.lib1,
        **{line: True}, **more,
    )  # fmt: skip


def shown(client, page="secondments_board", **query):
    return client.get(reverse(page), query).context["rows"]


def numbers(client, **query):
    return [row["bar"].case.number for row in shown(client, **query)]


# Queries ------------------------------------------------------------------------------------------
def many(world, count):
    """Trainees in the year, of whom there may be any number at once, and deputies one after the other."""
    for number in range(count):
        month = 1 + Secondment.objects.count() % 12
        if number % 10:
            made(world, world.library, date(2026, month, 1), date(2026, month, 28), direction="up")
        else:
            year = 2000 + Secondment.objects.count()
            made(world, world.branch, date(year, 1, 1), date(year, 12, 31), returned_on=date(2000, 1, 1))


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", ["lib1", "bureau1", "town", "chief"])
@pytest.mark.parametrize(
    "page", ["secondments_board", "secondments_branches", "secondments_report", "secondments_report_csv"]
)
def test_each_page_takes_the_same_queries_however_many(staffed, client, page, name):
    client.force_login(getattr(staffed, name))
    many(staffed, 5)
    url = reverse(page)
    client.get(url)
    few = queries(client, url)
    many(staffed, 70)
    assert queries(client, url) == few


def test_the_board_is_paged(staffed, client):
    many(staffed, 60)
    client.force_login(staffed.bureau1)
    first, second = numbers(client), numbers(client, p=2)
    assert len(first) == 50
    assert len(first) + len(second) == Secondment.objects.filter(first_day__year=2026).count()
    assert not set(first) & set(second)


# By person ----------------------------------------------------------------------------------------
def test_board_says_what_is_red(staffed, client):
    case = appointed(staffed)
    client.force_login(staffed.bureau1)
    assert not shown(client, year=2026)[0]["warnings"]
    Venue.objects.filter(pk=staffed.branch.pk).update(status="closed")
    staffed.able.is_active = False
    staffed.able.save()
    assert shown(client, year=2026)[0]["bar"].warnings == ["gone", "closed"]
    with time_machine.travel(datetime(2026, 12, 1, 4, tzinfo=UTC), tick=False):
        client.force_login(staffed.bureau1)  # the session of March is over
        row = shown(client, year=2026)[0]["bar"]
    assert (row.state, row.warnings, row.case) == ("expired", ["expired"], case)


def test_what_was_neglected_last_year_stays_on_this_year_s_board(staffed, client):
    old = made(staffed, staffed.branch, date(2025, 1, 1), date(2025, 6, 30))
    client.force_login(staffed.lib1)
    assert numbers(client, year=2026) == [old.number]
    assert shown(client, year=2026)[0]["bar"].width == 0
    assert numbers(client, year=2027) == []
    Secondment.objects.update(returned_on=date(2025, 6, 30))
    assert numbers(client, year=2026) == []


def test_a_nomination_whose_first_day_is_past_is_red(staffed):
    case = nominate(staffed)
    assert board.warnings_of(case, TODAY) == []
    assert board.warnings_of(case, date(2026, 3, 3)) == ["late"]


DAYS = [date(2026, 3, 1), TODAY, date(2026, 3, 3), date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2)]


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("standing", [True, False])
@pytest.mark.parametrize("returned", [None, date(2026, 3, 1)])
@pytest.mark.parametrize(("active", "status"), [(True, "open"), (False, "open"), (True, "closed")])
def test_filters_say_the_same_as_the_rules_for_one_row(staffed, today, standing, returned, active, status):
    """Every filter of the board beside the rule that words a row: a term from 2 March to 30 April on days around it."""
    user = person("甲")
    case = made(staffed, staffed.branch, TODAY, date(2026, 4, 30), standing=standing, returned_on=returned, person=user)
    user.is_active = active
    user.save()
    Venue.objects.filter(pk=staffed.branch.pk).update(status=status)
    case = Secondment.objects.select_related("person", "venue").get(pk=case.pk)
    found = [name for name, rule in board.states(today).items() if Secondment.objects.filter(rule).exists()]
    assert found == [board.state_of(case, today)]
    assert Secondment.objects.filter(board.to_see_to(today)).exists() == bool(board.warnings_of(case, today))


def test_figures_count_what_the_filters_show(staffed, client):
    for first, last, more in (
        (date(2026, 1, 1), date(2026, 12, 31), {}),
        (date(2026, 1, 1), date(2026, 3, 31), {}),
        (date(2026, 5, 1), date(2026, 6, 30), {}),
        (date(2025, 5, 1), date(2025, 6, 30), {}),
        (date(2025, 5, 1), date(2026, 1, 30), {"returned_on": date(2026, 1, 30)}),
        (date(2026, 5, 1), date(2026, 6, 30), {"standing": False}),
        (date(2026, 5, 1), date(2026, 6, 30), {"standing": False, "state": "refused"}),
    ):
        made(staffed, staffed.library, first, last, direction="up", **more)
    client.force_login(staffed.bureau1)
    figures = client.get(reverse("secondments_board")).context["figures"]
    assert figures == {"running": 1, "soon": 1, "planned": 2, "expired": 1, "red": 1, "gaps": 2}
    for name in ("running", "soon", "planned", "expired", "red"):
        assert len(numbers(client, state=name)) == figures[name]
    assert len(numbers(client, state="over")) == 1


def test_filters_by_line_township_name_and_number(staffed, client, second_branch):
    one = made(staffed, staffed.branch, TODAY, date(2026, 9, 1), person=person("杨文华"))
    two = made(staffed, second_branch, TODAY, date(2026, 9, 1), line="culture", person=person("李秀英"))
    client.force_login(staffed.bureau1)
    assert numbers(client, line="culture") == [two.number]
    assert numbers(client, township=staffed.township.pk) == [one.number]
    assert numbers(client, q="文华") == [one.number]
    assert numbers(client, q=two.number) == [two.number]
    assert numbers(client, q="文华", line="culture") == []


@pytest.mark.parametrize(
    "query",
    [{"year": text} for text in ("", "x", "0000", "99999", "-1", "9999", "²026")]
    + [{"p": "x"}, {"p": "-3"}, {"line": "x"}, {"township": "9" * 30}, {"township": "x"}, {"state": "x"}, {"q": "\0"}],
)
def test_nonsense_in_the_address_is_ignored(staffed, client, query):
    made(staffed, staffed.branch, TODAY, date(2026, 9, 1))
    client.force_login(staffed.bureau1)
    for page in ("secondments_board", "secondments_branches", "secondments_report", "secondments_report_csv"):
        assert client.get(reverse(page), query).status_code == 200
    if "year" not in query:
        assert len(numbers(client, **query)) == 1


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (date(2028, 2, 29), date(2028, 2, 29), 28 / 29, 1),
        (date(2026, 2, 28), date(2026, 2, 28), 27 / 28, 1),
        (date(2025, 7, 1), date(2026, 1, 31), -1, 0),
        (date(2026, 12, 31), date(2027, 3, 1), 10 + 30 / 31, 11),
        (date(2026, 12, 1), date.max, 10, 11),
    ],
)
def test_a_bar_stands_where_its_days_are(staffed, first, last, start, end):
    """Measured in months of the year, from February on; a leap day, the turns of a year."""
    year = 2028 if first.year == 2028 else 2026
    row = board.bar(made(staffed, staffed.branch, first, last), year, TODAY)
    assert row.start == pytest.approx((start + 1) * 100 / 12, abs=0.01)
    assert row.start + row.width == pytest.approx((end + 1) * 100 / 12, abs=0.02)


# By branch ----------------------------------------------------------------------------------------
def test_gaps_name_branch_and_line_within_the_scope(staffed, second_branch):
    def found(name):
        return board.gaps(mandate_of(getattr(staffed, name)), TODAY)

    both = [(staffed.branch, "library"), (staffed.branch, "culture")]
    other = [(second_branch, "library"), (second_branch, "culture")]
    assert found("bureau1") == [*both, *other]
    assert found("lib1") == [both[0], other[0]]
    assert found("town") == found("chief") == both
    appointed(staffed)
    assert found("town") == [both[1]]


def test_a_branch_is_free_from_the_day_after_its_last_deputy(staffed, client):
    """One follows the other without a gap; a third comes later; a nomination alone covers nothing."""
    made(staffed, staffed.branch, date(2026, 1, 1), date(2026, 4, 30))
    made(staffed, staffed.branch, date(2026, 5, 1), date(2026, 8, 31))
    made(staffed, staffed.branch, date(2026, 10, 1), date(2026, 12, 31))
    made(staffed, staffed.branch, date(2026, 9, 1), date(2026, 9, 30), standing=False)
    client.force_login(staffed.lib1)
    (row,) = shown(client, "secondments_branches")
    assert row["row"].free_from == date(2026, 9, 1)
    assert len(row["bars"]) == 4
    assert not row["vacant"]


def test_a_deactivated_deputy_leaves_a_gap(staffed, client):
    gone = made(staffed, staffed.branch, date(2026, 1, 1), date(2026, 12, 31)).person
    gone.is_active = False
    gone.save()
    client.force_login(staffed.lib1)
    assert shown(client, "secondments_branches")[0]["vacant"]


def test_nominating_from_a_gap_brings_branch_line_and_day(staffed, client):
    made(staffed, staffed.branch, date(2026, 1, 1), date(2026, 3, 31))
    client.force_login(staffed.lib1)
    page = client.get(reverse("secondments_branches")).content.decode()
    query = f"direction=down&amp;line=library&amp;venue={staffed.branch.pk}&amp;first_day=2026-04-01"
    assert query in page
    form = client.get(f"{reverse('secondments_nominate')}?{query.replace('&amp;', '&')}").context["form"]
    assert form["first_day"].value() == "2026-04-01"
    client.force_login(staffed.bureau1)  # looks, but does not nominate
    assert query not in client.get(reverse("secondments_branches")).content.decode()


def test_a_plan_begins_with_rotations_and_branches_that_fall_free(staffed, client, second_branch):
    case = reviewed(staffed, last_day=day(90))
    act(case, staffed.lib1, "rotate", next_venue=second_branch)
    assert plan_rows(staffed.lib1, "library") == [{"person": staffed.able.pk, "venue": second_branch.pk}]
    with time_machine.travel(datetime(2026, 5, 1, 4, tzinfo=UTC), tick=False):
        rows = plan_rows(staffed.lib1, "library")
    assert rows == [{"person": staffed.able.pk, "venue": second_branch.pk}, {"venue": staffed.branch.pk}]
    client.force_login(staffed.lib1)
    page = client.get(reverse("secondments_plan"), {"line": "library"})
    assert page.context["rows"].forms[0]["venue"].value() == second_branch.pk
    # The person is away until then, and offered all the same; who nominates and the other line's people are not.
    offered = {str(label) for _value, label in page.context["rows"].forms[0].fields["person"].choices}
    assert offered == {"---------", "able", "lib2", "lib3"}
    assert f'value="{staffed.able.pk}" selected' in str(page.context["rows"].forms[0]["person"])
    assert [value for value, _label in page.context["form"].fields["line"].choices] == ["library"]
    sent = {
        "line": "library", "full_time": "on", "first_day": f"{day(92):%Y-%m-%d}", "last_day": f"{day(200):%Y-%m-%d}",
        "need": "轮换", "cover_plan": "同事代管", "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "1",
        "row-0-person": staffed.able.pk, "row-0-venue": second_branch.pk,
    }  # fmt: skip
    assert client.post(reverse("secondments_plan"), sent).status_code == 302
    assert Secondment.objects.filter(person=staffed.able, venue=second_branch).exists()


def test_a_trainee_is_not_sent_on_as_the_head_s_own(staffed, client):
    appointed(staffed, "up")
    client.force_login(staffed.lib1)
    page = client.get(reverse("secondments_plan"), {"line": "library"})
    assert "junior" not in {str(label) for _v, label in page.context["rows"].forms[0].fields["person"].choices}


def test_a_branch_without_a_name_is_left_out_of_the_plan(staffed, client, second_branch):
    sent = {
        "line": "library", "full_time": "on", "first_day": "2026-04-01", "last_day": "2026-09-30", "need": "轮换",
        "cover_plan": "同事代管", "row-TOTAL_FORMS": "2", "row-INITIAL_FORMS": "2",
        "row-0-person": staffed.able.pk, "row-0-venue": staffed.branch.pk,
        "row-1-person": "", "row-1-venue": second_branch.pk,
    }  # fmt: skip
    client.force_login(staffed.lib1)
    assert client.post(reverse("secondments_plan"), sent).status_code == 302
    assert [case.venue for case in Secondment.objects.all()] == [staffed.branch]
    Secondment.objects.update(state="refused")
    page = client.post(reverse("secondments_plan"), sent | {"row-0-venue": ""})
    assert "venue" in page.context["rows"].forms[0].errors


# Report -------------------------------------------------------------------------------------------
@pytest.fixture
def a_year(staffed, second_branch):
    """Counted by hand on 20 May 2026: see the table in the test."""
    first = made(staffed, staffed.branch, date(2025, 11, 10), date(2026, 2, 9), returned_on=date(2026, 2, 9))
    later = made(staffed, staffed.branch, date(2026, 3, 1), date(2026, 8, 31))
    other = made(staffed, second_branch, date(2026, 4, 30), date(2026, 5, 1), line="culture")
    made(staffed, second_branch, date(2026, 9, 1), date(2026, 12, 31))  # appointed, not begun
    made(staffed, second_branch, date(2025, 1, 1), date(2025, 12, 31))  # another year
    made(staffed, second_branch, date(2026, 1, 1), date(2026, 3, 31), standing=False)  # nobody came
    up = made(staffed, staffed.library, date(2026, 1, 15), date(2026, 6, 30), direction="up")
    home = Post.objects.create(venue=staffed.branch, title="branch_staff")
    Secondment.objects.filter(pk=up.pk).update(home=home, township=staffed.township)
    months = {first: [(2025, 11), (2025, 12), (2026, 1)], later: [(2026, 3), (2026, 4)], other: [(2026, 4)], up: []}
    for case, kept in months.items():
        for year, month in kept:
            LogEntry.objects.create(secondment=case, month=date(year, month, 1), days=20, work="x")
    return staffed


def test_report_counts_postings_months_and_logs(a_year, client, second_branch):
    with time_machine.travel(datetime(2026, 5, 20, 4, tzinfo=UTC), tick=False):
        lines = report.year_report(visible(a_year.bureau1), 2026)
        client.force_login(a_year.bureau1)
        page = client.get(reverse("secondments_report"), {"year": 2026})
        text = client.get(reverse("secondments_report_csv"), {"year": 2026}).content.decode("utf-8-sig")
    one, two = str(a_year.branch), str(second_branch)
    figures = {(row.branch, row.line, row.direction): (row.postings, row.months, row.logs) for row in lines}
    library, culture = Secondment.Line("library").label, Secondment.Line("culture").label
    down, up = Secondment.Direction("down").label, Secondment.Direction("up").label
    assert figures == {
        (one, library, down): (2, 2 + 3, 1 + 2),  # January, February; March, April, May
        (one, library, up): (1, 5, 0),  # January to May
        (two, culture, down): (1, 2, 1),  # one day in April, one in May
        (two, library, down): (1, 0, 0),  # begins in September
    }
    total = page.context["total"]
    assert (total.postings, total.months, total.logs) == (5, 12, 4)
    by_line = {(row.line, row.direction): row.months for row in page.context["by_line"]}
    assert by_line == {(library, down): 5, (library, up): 5, (culture, down): 2}
    by_township = {row.township: (row.postings, row.months, row.logs) for row in page.context["by_township"]}
    assert by_township == {str(a_year.township): (3, 10, 3), str(a_year.other_township): (2, 2, 1)}
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == 1 + len(figures)
    assert [[int(cell) for cell in row[-3:]] for row in rows[1:]] == [list(found) for found in figures.values()]


def test_report_keeps_to_the_scope_and_the_year(a_year, client):
    for name, year, postings in (("cul1", 2026, 1), ("town", 2026, 3), ("elsewhere", 2026, 2), ("bureau1", 2025, 2)):
        client.force_login(getattr(a_year, name))
        page = client.get(reverse("secondments_report"), {"year": year})
        assert page.context["total"].postings == postings, name


def test_a_name_is_never_a_formula_in_a_spreadsheet(staffed, client):
    Venue.objects.filter(pk=staffed.branch.pk).update(plaque="=1+1")
    made(staffed, staffed.branch, TODAY, date(2026, 9, 1))
    client.force_login(staffed.bureau1)
    text = client.get(reverse("secondments_report_csv"), {"year": 2026}).content.decode("utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1][1] == "'=1+1"
