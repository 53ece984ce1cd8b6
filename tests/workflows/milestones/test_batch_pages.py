"""The screens of batches: who may, what is shown, that bad input loses nothing."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.workflows.world import picture, upload
from workflows.milestones.models import Batch, Evidence
from workflows.milestones.services.batch_run import batches_run

from .batches import decision, entries, look_at_all, prepared, taken
from .plan import hand_in, milestone

pytestmark = pytest.mark.django_db
GET_PAGES = ["milestones_batch", "milestones_batch_progress", "milestones_batch_report", "milestones_batch_report_csv"]


@pytest.fixture
def town(client, world):
    client.force_login(world.town)
    return client


def grid_of(programme, code="signage"):
    item = milestone(programme, code, programme_branch(programme)).item
    return reverse("milestones_batch_grid", args=[item.pk])


def programme_branch(programme):
    return programme.milestones.get(item__code="signage", venue__tier="branch").venue


def filled(world, programme, **more):
    """The grid as it is sent: the branch has its own day, a point is ticked, every row sends its day."""
    branch, point = (milestone(programme, "signage", venue) for venue in (world.branch, world.points[0]))
    rows = programme.milestones.filter(item__code="signage").values_list("pk", flat=True)
    values = {
        **{f"day-{pk}": "" for pk in rows},
        "same_for": "ticked",
        "same_day": "2026-03-02",
        f"day-{branch.pk}": "2026-03-01",
        f"note-{branch.pk}": "已挂牌",
        f"photo-{branch.pk}": upload("p.jpg", picture()),
        f"tick-{point.pk}": "on",
        "common": upload("q.jpg", picture()),
    }
    return values | more


# Who may ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["milestones_batches", "milestones_batch_new", "milestones_batch_sheet"])
def test_only_officials_enter(client, world, programme, name):
    for who, allowed in (("town", True), ("lib1", True), ("bureau1", True), ("teacher", False), ("idle", False)):
        client.force_login(getattr(world, who))
        assert (client.get(reverse(name)).status_code == 200) is allowed


def test_somebody_else_s_batch_is_not_there(client, world, programme):
    batch = prepared(world, programme)
    for who in ("town2", "elsewhere", "bureau1", "admin"):
        client.force_login(getattr(world, who))
        for name in GET_PAGES:
            assert client.get(reverse(name, args=[batch.pk])).status_code == 404
        for name in ("milestones_batch_take", "milestones_batch_cancel"):
            assert client.post(reverse(name, args=[batch.pk])).status_code == 404
    assert Batch.objects.get().state == "draft"


def test_somebody_else_s_sample_is_not_there(client, world, programme):
    taken(world, programme)
    batch = decision(world, programme, world.cul1)
    client.force_login(world.cul2)
    row = batch.rows.filter(sample=True).first()
    address = reverse("milestones_batch_sample", args=[batch.pk, row.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"fine": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [("cul1", "check", 200), ("cul1", "confirm", 302), ("bureau1", "confirm", 200), ("bureau1", "check", 302),
     ("town", "check", 302), ("bureau1", "hand_in", 404), ("bureau1", "nothing", 404)],
)  # fmt: skip
def test_each_kind_of_decision_has_its_deciders(client, world, programme, who, kind, status):
    client.force_login(getattr(world, who))
    assert client.get(reverse("milestones_batch_decide", args=[kind])).status_code == status


def test_a_sheet_holds_one_s_own_venues_alone(client, world, programme):
    client.force_login(world.elsewhere)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("milestones_batch_sheet")).content))
    assert [sheet.max_row for sheet in book.worksheets] == [2]


# The grid ---------------------------------------------------------------------------------------
def test_the_grid_becomes_a_draft_and_then_evidence(town, world, programme):
    answer = town.post(grid_of(programme), filled(world, programme))
    batch = Batch.objects.get()
    assert answer.url == reverse("milestones_batch", args=[batch.pk])
    assert [row.values["done_on"] for row in batch.rows.all()] == ["2026-03-01", "2026-03-02"]
    assert (batch.left_empty, batch.total, batch.source) == (2, 2, "grid")
    page = town.get(answer.url).content.decode()
    assert "已挂牌" in page
    assert town.post(reverse("milestones_batch_take", args=[batch.pk]), {"how": "right"}).status_code == 302
    progress = town.get(reverse("milestones_batch_progress", args=[batch.pk]))
    assert "<progress" in progress.content.decode()
    assert "HX-Refresh" not in progress
    batches_run()
    assert Evidence.objects.count() == 2
    assert town.get(reverse("milestones_batch_progress", args=[batch.pk]))["HX-Refresh"] == "true"


def test_one_day_for_all_spares_those_with_their_own(town, world, programme):
    town.post(grid_of(programme), filled(world, programme, same_for="all"))
    days = [row.values["done_on"] for row in Batch.objects.get().rows.all()]
    assert days == ["2026-03-01", *["2026-03-02"] * 3]


def test_what_is_wrong_in_the_grid_stands_beside_its_row_and_nothing_typed_is_lost(town, world, programme):
    branch = milestone(programme, "signage", world.branch)
    data = filled(world, programme, **{f"day-{branch.pk}": "2026.2.30", f"photo-{branch.pk}": upload("p.jpg", b"no")})
    answer = town.post(grid_of(programme), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2026.2.30"' in page
    assert 'value="已挂牌"' in page
    assert "checked" in page
    assert not Batch.objects.exists()


def test_rows_stay_what_they_were_when_somebody_else_hands_in_meanwhile(town, world, programme, monkeypatch):
    """The page was shown, then the list above it became shorter: what was typed is not another venue's, nor lost."""
    monkeypatch.setattr("workflows.milestones.views.batches.GRID_PAGE", 1)
    grid = grid_of(programme)
    first, second = (town.get(f"{grid}?p={number}").context["rows"][0].milestone for number in (1, 2))
    hand_in(first, world.town)
    typed = {f"day-{second.pk}": "2026-03-01", f"photo-{second.pk}": upload("p.jpg", picture())}
    assert town.post(f"{grid}?p=2", typed).status_code == 302
    assert Batch.objects.get().rows.get().milestone == second


def test_a_row_that_was_handed_in_meanwhile_says_so(town, world, programme):
    data = filled(world, programme)
    hand_in(milestone(programme, "signage", world.branch), world.town)
    town.post(grid_of(programme), data)
    assert list(Batch.objects.get().rows.values_list("state", flat=True)) == ["refused", "ok"]


@pytest.mark.parametrize("odd", ["\0", "\x0b", "\x1b"])
def test_control_characters_are_left_out(town, world, programme, odd):
    """PostgreSQL keeps no NUL, a spreadsheet none of them."""
    branch = milestone(programme, "signage", world.branch)
    note = {f"note-{branch.pk}": f"甲{odd}乙"}
    assert town.post(grid_of(programme), filled(world, programme, **note)).status_code == 302
    batch = Batch.objects.get()
    assert town.get(reverse("milestones_batch_report", args=[batch.pk])).status_code == 200
    assert batch.rows.get(milestone=branch).values["note"] == "甲乙"


@pytest.mark.parametrize("data", [{}, {"same_day": "nonsense"}, {"same_day": "2999-01-01"}, {"same_for": "?"}])
def test_an_empty_or_senseless_grid_is_refused(town, world, programme, data):
    assert town.post(grid_of(programme), data).status_code == 422
    assert not Batch.objects.exists()


def test_the_rows_of_a_draft_can_be_changed(town, world, programme):
    town.post(grid_of(programme), filled(world, programme))
    page = town.get(grid_of(programme), {"again": Batch.objects.get().pk}).content.decode()
    assert 'value="2026-03-01"' in page
    assert 'value="已挂牌"' in page


def test_another_s_draft_fills_no_grid(client, world, programme):
    batch = prepared(world, programme, entries(world, programme, note="秘密"))
    client.force_login(world.town2)
    for wanted in (batch.pk, "x", "9" * 30):
        assert "秘密" not in client.get(grid_of(programme), {"again": wanted}).content.decode()


def test_the_grid_of_another_programme_s_item_is_not_there(town, world, programme):
    assert town.get(reverse("milestones_batch_grid", args=[999_999])).status_code == 404


# The spreadsheet --------------------------------------------------------------------------------
def test_a_spreadsheet_goes_out_and_comes_back(town, world, programme):
    book = openpyxl.load_workbook(io.BytesIO(town.get(reverse("milestones_batch_sheet")).content))
    sheet = book["signage"]
    day = next(cell.column for cell in sheet[4] if cell.value == "完成日期")
    sheet.cell(5, day).value = "2026.3.1"
    out = io.BytesIO()
    book.save(out)
    data = {"sheet": upload("甲镇.xlsx", out.getvalue()), "common": upload("p.jpg", picture())}
    answer = town.post(reverse("milestones_batch_new"), data)
    batch = Batch.objects.get()
    assert answer.url == reverse("milestones_batch", args=[batch.pk])
    assert (batch.total, batch.left_empty, batch.file_name) == (1, 11, "甲镇.xlsx")
    assert batch.file.read() == out.getvalue()
    report = town.get(reverse("milestones_batch_report", args=[batch.pk]))
    assert openpyxl.load_workbook(io.BytesIO(report.content)).sheetnames == ["signage"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", "村名,做了没\n白衣村,是\n".encode(), "做了没"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        ("a.xlsx", b"PK\x03\x04 nothing", "损坏"),
        ("a.csv", "村名\n".encode() * 50_000, "5,000"),
        ("a.pdf", b"%PDF-1.4", ".xlsx"),
    ],
)
def test_a_spreadsheet_that_cannot_be_read_says_why_beside_its_field(town, world, programme, name, data, says):
    answer = town.post(reverse("milestones_batch_new"), {"sheet": upload(name, data)})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_without_a_spreadsheet_the_form_says_so(town, world, programme):
    assert town.post(reverse("milestones_batch_new"), {}).status_code == 422


def test_a_spreadsheet_in_which_nothing_is_filled_in_says_so(town, world, programme):
    book = town.get(reverse("milestones_batch_sheet")).content
    answer = town.post(reverse("milestones_batch_new"), {"sheet": upload("a.xlsx", book)})
    assert answer.status_code == 422
    assert "尚未填写" in answer.content.decode()


# To its end -------------------------------------------------------------------------------------
def test_a_batch_that_cannot_be_taken_says_why(town, world, programme):
    batch = prepared(world, programme, common=[])
    for data in ({"how": "right"}, {"how": "?"}, {}):
        assert town.post(reverse("milestones_batch_take", args=[batch.pk]), data).status_code == 422


def test_a_batch_is_cancelled_once(town, world, programme):
    batch = prepared(world, programme)
    for _turn in range(2):
        assert town.post(reverse("milestones_batch_cancel", args=[batch.pk])).status_code == 302
    assert Batch.objects.get().state == "cancelled"


def test_the_rows_can_be_narrowed_to_one_state(town, world, programme):
    rows = entries(world, programme)
    rows[0].done_on = None
    batch = prepared(world, programme, rows)
    page = town.get(reverse("milestones_batch", args=[batch.pk]), {"state": "refused"})
    assert len(page.context["page"]["rows"]) == 1


def test_the_queries_of_a_batch_s_page_do_not_grow_with_its_rows(town, world, programme):
    counted = []
    for rows in (entries(world, programme)[:1], entries(world, programme)):
        batch = prepared(world, programme, rows)
        with CaptureQueriesContext(connection) as queries:
            town.get(reverse("milestones_batch", args=[batch.pk]))
        counted.append(len(queries))
    assert counted[0] == counted[1]


# Deciding ---------------------------------------------------------------------------------------
def test_the_head_decides_about_many_after_looking_at_the_samples(client, world, programme):
    taken(world, programme)
    client.force_login(world.cul1)
    address = reverse("milestones_batch_decide", args=["check"])
    page = client.get(address, {"item": milestone(programme, "signage", world.branch).item_id})
    steps = [step.pk for step in page.context["page"]["rows"]]
    data = {"scope": "ticked", "decision": "accept", "percent": "10", "step": steps[:2]}
    client.post(address, data)
    batch = Batch.objects.get(kind="check")
    assert (batch.total, batch.rows.filter(sample=True).count()) == (2, 2)
    assert client.post(reverse("milestones_batch_take", args=[batch.pk]), {"how": "right"}).status_code == 422
    for row in batch.rows.all():
        sample = reverse("milestones_batch_sample", args=[batch.pk, row.pk])
        assert "photo.jpg" in client.get(sample).content.decode()
        client.post(sample, {"fine": "yes"})
    assert client.post(reverse("milestones_batch_take", args=[batch.pk]), {"how": "right"}).status_code == 302
    batches_run()
    assert set(batch.rows.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    "wrong",
    [{"decision": "return"}, {"decision": "?"}, {"percent": "0"}, {"percent": "x"}, {"scope": "?"}, {"step": "0"}],
)
def test_a_senseless_decision_is_refused_and_keeps_what_was_typed(client, world, programme, wrong):
    taken(world, programme)
    client.force_login(world.cul1)
    data = {"scope": "ticked", "decision": "accept", "percent": "10", "reason": ""}
    answer = client.post(reverse("milestones_batch_decide", args=["check"]), data | wrong)
    assert answer.status_code == 422
    assert not Batch.objects.filter(kind="check").exists()


def test_another_township_s_steps_cannot_be_slipped_in(client, world, programme):
    taken(world, programme)
    client.force_login(world.lib1)  # the cultural centre's turn
    step = milestone(programme, "signage", world.branch).case.work_items.open().get().pk
    data = {"scope": "ticked", "decision": "accept", "percent": "10", "step": step}
    assert client.post(reverse("milestones_batch_decide", args=["check"]), data).status_code == 422


def test_a_finished_decision_shows_its_samples_no_more_as_open(client, world, programme):
    taken(world, programme)
    batch = decision(world, programme, world.cul1)
    look_at_all(batch, fine=False)
    client.force_login(world.cul1)
    page = client.get(reverse("milestones_batch", args=[batch.pk])).content.decode()
    assert "没有可受理的行" in page


@pytest.mark.parametrize("nonsense", ["x", "1" * 21, "123456789012x", "-1", "９"])
def test_senseless_numbers_of_steps_decide_nothing(client, world, programme, nonsense):
    taken(world, programme)
    client.force_login(world.cul1)
    data = {"scope": "ticked", "decision": "accept", "percent": "10", "step": [nonsense]}
    assert client.post(reverse("milestones_batch_decide", args=["check"]), data).status_code == 422
