"""Taking an acceptance from step to step."""

from datetime import date, timedelta

from django.utils import timezone

from tests.workflows.world import act, checked
from workflows.acceptance import services
from workflows.acceptance.flows import AcceptanceFlow
from workflows.acceptance.models import Acceptance
from workflows.core.services import case_start
from workflows.milestones.models import Milestone

WORDS = {"organ": "州文化和旅游局", "document_number": "楚文旅验〔2020〕3号", "on": date(2020, 10, 20)}


def finish_all(programme, world):
    """Every milestone done on paper: no flow, just the rows."""
    Milestone.objects.filter(programme=programme).update(
        state=Milestone.State.DONE, done_on=date(2026, 2, 1), confirmed_on=date(2026, 2, 2)
    )


def start(world, programme, **more):
    return case_start(AcceptanceFlow, by=world.bureau1, **{"programme": programme, "why_now": "示例"} | more)


def until_pre_acceptance(world, case):
    act(case, world.lib1, "hand_in", "library_report", text="总结", paper=checked("l.pdf"))
    act(case, world.cul1, "hand_in", "culture_report", text="总结", paper=checked("c.pdf"))
    act(case, world.lib1, "hand_in", "library_check", text="自查")
    act(case, world.cul1, "hand_in", "culture_check", text="自查")


def add_item(world, case, **more):
    values = {"text": "补挂牌子", "clause": "R31", "township": world.township, "line": ""}
    values |= {"due_on": timezone.localdate() + timedelta(days=10)} | more
    return services.item_add(acceptance=fresh(case), by=world.bureau1, **values)


def answer(item, user):
    act(item.case, user, "answer", answer="已补挂", done_on=timezone.localdate(), papers=[checked("photo.pdf")])


def fresh(case):
    return Acceptance.objects.get(pk=case.pk)
