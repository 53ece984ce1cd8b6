"""A small template, getting at one milestone of the plan made from it, and taking it through its flow."""

from datetime import date, timedelta

from django.utils import timezone

from tests.workflows.world import act, checked, picture
from workflows.milestones.models import Evidence, Milestone, Programme
from workflows.milestones.services.evidence import evidence_hand_in
from workflows.milestones.services.plan import StageDraft, plan_make, programme_create

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def item(code, level="venue", **more):
    values = {"code": code, "name": code, "clause": "R31", "level": level, "first_day": FIRST, "last_day": LAST}
    return {**values, "checked_by": "library", "township_first": False, **more}


PLAN = [
    StageDraft(
        {"number": 1, "name": "摸底", "last_day": date(2026, 4, 30), "clause": "R33"},
        [item("survey", survey="facilities"), item("measures", "county", needs_file=True, checked_by="")],
    ),
    StageDraft(
        {"number": 2, "name": "推进", "first_day": date(2026, 4, 1), "last_day": LAST, "clause": "R36"},
        [
            item("signage", township_first=True, unified_item="signage", checked_by="culture", needs_photo=True),
            item("training", unified_item="training", checked_by="both", after=["survey"]),
            item("summary", "head", checked_by=""),
        ],
    ),
]


def make_programme(stages, slug="test", **more):
    """A running, public programme with its plan."""
    values = {"name": "总分馆制建设", "state": Programme.State.RUNNING, "public": True, **more}
    programme = programme_create(by=None, stages=stages, slug=slug, **values)
    plan_make(programme=programme)
    return programme


def milestone(programme, code, venue=None):
    """The milestone of the item with this code at a venue (None: the county's)."""
    return Milestone.objects.get(programme=programme, item__code=code, venue=venue)


def later(days=90):
    """A day that may become another last day, whenever the tests run."""
    return timezone.localdate() + timedelta(days=days)


def photo():
    """A checked photo with its title."""
    return checked("photo.jpg", picture()), "照片"


def paper():
    """A checked document with its title."""
    return checked("paper.pdf"), "文件"


def hand_in(row, by, **more):
    """Evidence for a milestone, with whatever its item asks for; the result must be evidence."""
    values = {"done_on": date(2026, 3, 1), "note": "办妥", "files": [photo(), paper()]}
    given = evidence_hand_in(milestone=row, by=by, **(values | more))
    assert isinstance(given, Evidence), given
    return given


def confirmed(row, world):
    """A milestone from evidence to confirmation, by whoever's turn it is. Returns it fresh."""
    venue = row.venue
    by = (
        world.bureau2
        if venue is None
        else {world.library: world.lib1, world.culture: world.cul1}.get(venue, world.town)
    )
    case = hand_in(row, by).case
    nodes = {item.node for item in case.work_items.open()}
    if "check_library" in nodes:
        act(case, world.lib1, "accept", "check_library")
        act(case, world.cul1, "accept", "check_culture")
    elif "check" in nodes:
        act(case, world.lib1 if case.library else world.cul1, "accept")
    act(case, world.bureau1, "confirm")
    return fresh(row)


def fresh(row):
    """The milestone as the database has it now."""
    return Milestone.objects.with_place().get(pk=row.pk)
