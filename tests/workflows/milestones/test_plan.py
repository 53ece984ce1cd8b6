"""Programmes and plans: one milestone for every item at every venue it is meant for."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from network.models import Division
from network.services import venue_create, venue_delete
from workflows.milestones.models import Milestone, PlanItem, Programme
from workflows.milestones.services.plan import StageDraft, plan_make, programme_copy, programme_create

from .plan import PLAN, item, milestone


def test_every_item_stands_at_the_venues_it_is_meant_for(world, programme):
    counted = {code: Milestone.objects.filter(item__code=code).count() for code in ("survey", "measures", "summary")}
    assert counted == {"survey": 6, "measures": 1, "summary": 2}


def test_a_milestone_belongs_to_the_township_that_carries_it_out(world, programme):
    point, head, county = (
        milestone(programme, "signage", world.points[0]),
        milestone(programme, "signage", world.library),
        milestone(programme, "measures"),
    )
    assert (point.township, point.office.kind) == (world.township, "township")
    assert (head.township, head.office) == (None, None)
    assert (county.township, county.office.kind) == (None, "bureau")


def test_making_the_plan_again_adds_only_what_is_missing(world, programme):
    milestone(programme, "signage", world.branch).delete()
    seen = []
    assert plan_make(programme=programme, progress=lambda made, total: seen.append((made, total))) == 1
    assert seen == [(1, 1)]
    assert plan_make(programme=programme) == 0


def test_the_database_keeps_one_milestone_a_place(world, programme):
    for venue in (world.branch, None):
        row = milestone(programme, "signage" if venue else "measures", venue)
        row.pk = row.case = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_a_venue_that_joins_gets_its_milestones_and_one_made_by_mistake_takes_them_away(world, programme):
    division = Division.objects.create(
        code="990001009", name="新村村民委员会", level="village", slug="xin", parent=world.township
    )
    venue = venue_create(
        by=None, name="新村", tier="point", kind="village_centre", division=division, parent=world.branch,
        library=True, culture=True,
    )  # fmt: skip
    assert Milestone.objects.filter(venue=venue).count() == 3
    venue_delete(venue=venue, by=None)
    assert not Milestone.objects.filter(venue_id=venue.pk).exists()


def test_a_copy_keeps_stages_items_and_order_and_moves_every_date(world, programme):
    copy = programme_copy(programme=programme, by=None, slug="next", name="二期", first_day=date(2027, 1, 1))
    assert copy.state == Programme.State.DRAFT
    old, new = (list(PlanItem.objects.filter(stage__programme=row).order_by("code")) for row in (programme, copy))
    assert [row.code for row in old] == [row.code for row in new]
    assert {b.last_day - a.last_day for a, b in zip(old, new, strict=True)} == {date(2027, 1, 1) - date(2026, 4, 1)}
    assert [row.code for row in new[4].after.all()] == ["survey"]
    assert not copy.milestones.exists()


def test_a_template_that_names_an_unknown_item_makes_nothing(world):
    with pytest.raises(ValidationError):
        programme_create(by=None, slug="bad", name="坏", stages=[StageDraft(PLAN[0].fields, [item("a", after=["b"])])])
    assert not Programme.objects.exists()


def test_the_command_says_what_it_made_and_names_what_there_is(world, programme, capsys):
    call_command("make_plan", "test")
    assert "0 milestones added, 21 in all" in capsys.readouterr().out
    with pytest.raises(CommandError, match="test"):
        call_command("make_plan", "nothing")
