"""A sample acceptance in the middle of its way: both reports and self-checks are in, the county has pre-accepted with
two things to put right. The library's is ticked off; the demo township's waits in its inbox.

Everything goes through the services; its texts and papers say that they are 示例.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.privatefiles import private_files_delete
from common.report import Report
from network.permissions import township_of_official
from workflows.core.models import Case
from workflows.core.samples import sample_cases_delete
from workflows.core.services import case_start, task_act
from workflows.milestones.models import MilestoneCase, Programme
from workflows.milestones.sample import NAMES, sample_paper

from .flows import AcceptanceFlow
from .models import Acceptance, Dossier, Inspection, Rectification, RectificationItem, Snapshot, Statement
from .services import item_add, start_problem

WHY_NOW = "演示：边补录边验收（示例）。"
REPORTS = {
    "library": "两年来，各乡镇分馆陆续挂牌，图书统一采购、编目、配送逐步铺开；村级服务点的台账仍需补录（示例）。",
    "culture": "文艺骨干下派、节目巡演和非遗传习带动了村级活动；部分服务点的活动记录不全（示例）。",
}
CHECKS = {
    "library": "全域覆盖：达标。运转规范：六统一得分偏低，村级挂牌照片未交齐。服务高效：场次不足（示例）。",
    "culture": "全域覆盖：达标。运转规范：统一服务规范公示待补。服务高效：部分服务点近一年没有活动（示例）。",
}
OPINION = "基本具备迎检条件；所列两项整改完成后，报请上级验收（示例）。"
OF_THE_LIBRARY = ("补齐统采统编的配送清单（示例）", "R51")
OF_THE_TOWNSHIP = ("补交村级服务点的挂牌照片（示例）", "R31")
ANSWER = "已补齐近两年的配送清单，见附件（示例）。"
DAYS = 20


def load(report: Report) -> None:
    """Take one acceptance of the running programme to its rectification. Loading again adds nothing."""
    people: dict[str, Any] = {name: User.objects.filter(email=f"{name}@example.org").first() for name in NAMES}
    programme = Programme.objects.filter(state=Programme.State.RUNNING).order_by("pk").first()
    if not settings.DEMO or programme is None or not all(people.values()) or start_problem(programme):
        return
    with transaction.atomic():
        case = _until_pre_acceptance(programme, people)
        _rectified_in_part(case, people)
        MilestoneCase.objects.filter(opened_by__in=people.values()).update(is_sample=True)  # the reports' own
    report.step(f"Acceptance: {case.number}, two things to put right, one of them done")


def _until_pre_acceptance(programme: Programme, people: dict[str, Any]) -> Acceptance:
    case = case_start(AcceptanceFlow, by=people["bureau"], programme=programme, why_now=WHY_NOW)
    for line, text in REPORTS.items():
        _act(case, f"{line}_report", people[line], "hand_in", text=text, paper=sample_paper("总结报告（示例）.pdf"))
    for line, text in CHECKS.items():
        _act(case, f"{line}_check", people[line], "hand_in", text=text)
    return case


def _rectified_in_part(case: Acceptance, people: dict[str, Any]) -> None:
    due, township = timezone.localdate() + dt.timedelta(days=DAYS), township_of_official(people["township"])
    wanted = [(OF_THE_LIBRARY, None, "library"), (OF_THE_TOWNSHIP, township, "")]
    done, _open = (
        item_add(acceptance=case, text=text, clause=clause, township=place, line=line, due_on=due, by=people["bureau"])
        for (text, clause), place, line in wanted
    )
    _act(case, "pre_acceptance", people["bureau"], "rectify", opinion=OPINION)
    evidence = {"answer": ANSWER, "done_on": timezone.localdate(), "papers": [sample_paper("配送清单（示例）.pdf")]}
    _act(Rectification.objects.get(item=done), "answer_head", people["library"], "answer", **evidence)
    _act(Rectification.objects.get(item=done), "tick_bureau", people["bureau"], "accept")


def _act(case: Case, node: str, user: User, decision: str, **data: Any) -> None:
    task_act(work_item=case.work_items.open().get(node=node).pk, actor=user, decision=decision, data=data)


# Removing -----------------------------------------------------------------------------------------
def remove(report: Report) -> None:
    """Take the sample acceptances and dossiers away. A programme that only a sample acceptance has accepted runs again.
    The reports go with the sample milestones."""
    cases = Acceptance.objects.filter(is_sample=True)
    items = RectificationItem.objects.filter(acceptance__in=cases)
    answers = list(Rectification.objects.filter(item__in=items).values_list("pk", flat=True))
    found = list(cases.values_list("pk", flat=True))
    accepted = list(cases.filter(state=Case.State.DONE).values_list("programme", flat=True))
    Programme.objects.filter(pk__in=accepted, state=Programme.State.ACCEPTED).update(state=Programme.State.RUNNING)
    made = Dossier.objects.filter(asked_by__is_sample=True)
    private_files_delete(names=list(made.exclude(file="").values_list("file", flat=True)))
    made.delete()
    sample_cases_delete(answers)
    for model in (Statement, Snapshot, Inspection, RectificationItem):
        model._default_manager.filter(acceptance__in=found).delete()
    sample_cases_delete(found)
    report.step(f"Acceptance: {len(found)} sample cases removed")
