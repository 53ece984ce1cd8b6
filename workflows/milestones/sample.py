"""Sample progress of the programme: two townships well on, recorded afterwards; at the demo township's own villages a
block, a moved date and evidence that waits for its check.

Everything goes through the services, so that it looks as real work would; its notes and papers say that it is 示例. The
survey's answers repeat what the register says, and nothing is taken over from them; those that wait for their check
differ from it, for a comparison to look at.
"""

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw
from pypdf import PdfWriter

from accounts.models import User
from accounts.sample import PASSWORD, make_person
from common.privatefiles import CheckedFile, check_upload
from common.report import Report
from network.models import Office, Post, UnifiedItem, Venue
from network.permissions import BUREAU_GROUP
from network.services import appointment_create
from workflows.core.samples import sample_cases_delete
from workflows.core.services import task_act

from .models import DateMove, Evidence, GroupIssue, Milestone, MilestoneCase, PlanItem, Programme
from .services.delays import block_report, date_move_ask
from .services.evidence import evidence_hand_in
from .services.unified import unified_item_clear
from .survey_sample import sample_answers

NAMES = ("library", "culture", "township", "bureau")
COLLEAGUE = ("bureau2@example.org", "局同事（示例）")  # nobody confirms what they handed in
OFFICIALS = (("township2@example.org", "第二乡镇干部（示例）"), ("township3@example.org", "第三乡镇干部（示例）"))
State = Milestone.State
SURVEYS = {"survey-facilities": "2019-04-12", "survey-resources": "2019-04-15", "survey-people": "2019-04-18"}
COUNTY = {"measures": "2019-04-28", "pilot": "2019-05-20"}
BRANCH = {
    **SURVEYS,
    "premises": "2019-07-10",
    "signage": "2019-08-06",
    "staff": "2019-09-02",
    "platform": "2019-11-18",
    "training": "2020-01-08",
}
POINT = {"survey-facilities": "2019-04-20", "premises": "2019-10-15", "signage": "2019-12-03"}
POINTS_DONE, POINTS_WAITING = 3, 3


def load(report: Report) -> None:
    """Take milestones of two townships to different places of their way. Loading again adds nothing."""
    people: dict[str, Any] = {name: User.objects.filter(email=f"{name}@example.org").first() for name in NAMES}
    programme = Programme.objects.filter(state=Programme.State.RUNNING).order_by("pk").first()
    done = MilestoneCase.objects.filter(is_sample=True).exists()
    if not settings.DEMO or done or programme is None or not all(people.values()):
        return
    own = people["township"].appointments.first()
    offices = _other_offices(own.post.office) if own else []
    if len(offices) < len(OFFICIALS) or not set(BRANCH) | set(COUNTY) <= set(_codes(programme)):
        return  # another county's plan
    with transaction.atomic():
        people["bureau2"] = _colleague()
        work = _Work(programme, people)
        work.county()
        for number, (office, who) in enumerate(zip(offices, OFFICIALS, strict=True)):
            people[who[0]] = _official(office, who)
            work.township(office, people[who[0]], points=POINTS_DONE - number)
            report.account(f"Township official · 乡镇政府：{office}", who[0], PASSWORD)
        work.in_hand(own.post.office)
        MilestoneCase.objects.filter(opened_by__in=people.values()).update(is_sample=True)
    report.step(f"Programme: {work.confirmed} milestones done, others in hand, one blocked, one moved")


def _codes(programme: Programme) -> Iterable[str]:
    return PlanItem.objects.filter(stage__programme=programme).values_list("code", flat=True)


def _other_offices(own: Office) -> list[Office]:
    """The next townships that have a branch in service."""
    branches = Venue.objects.active().filter(tier=Venue.Tier.BRANCH, kind=Venue.Kind.TOWNSHIP_CENTRE)
    rows = Office.objects.filter(kind=Office.Kind.TOWNSHIP, division__in=branches.values("division"))
    return list(rows.exclude(pk=own.pk).order_by("division__code")[: len(OFFICIALS)])


def _colleague() -> User:
    person = make_person(*COLLEAGUE)
    person.groups.add(Group.objects.get(name=BUREAU_GROUP))
    return person


def _official(office: Office, who: tuple[str, str]) -> User:
    person = make_person(*who)
    if not person.appointments.exists():
        post = Post.objects.create(office=office, title=Post.Title.OFFICIAL, published=False, is_sample=True)
        since = timezone.localdate().replace(month=1, day=1)
        appointment_create(post=post, person=person, since=since, by=None, is_sample=True)
    return person


class _Work:
    """What the sample people do for a programme."""

    def __init__(self, programme: Programme, people: dict[str, Any]) -> None:
        self.people, self.confirmed = people, 0
        self.photo, self.paper = _checked("示例照片.jpg", _photo()), sample_paper("示例文件.pdf")
        rows = programme.milestones.filter(state=State.NOT_STARTED).select_related("item", "venue", "programme")
        self.rows = {(row.item.code, row.venue_id): row for row in rows}

    def county(self) -> None:
        """What is once for the county."""
        for code, day in COUNTY.items():
            if row := self.rows.get((code, None)):
                self._finish(row, self.people["bureau"], day)

    def township(self, office: Office, by: User, *, points: int) -> None:
        """A township's branch, then a few of its villages."""
        branch = Venue.objects.filter(division=office.division, tier=Venue.Tier.BRANCH).first()
        if branch is None:
            return
        for code, day in BRANCH.items():
            self._step(code, branch, by, day)
        for point in self._points(branch)[:points]:
            for code, day in POINT.items():
                self._step(code, point, by, day)

    def in_hand(self, office: Office) -> None:
        """Handed in and waiting for the check; one blocked before the leading group; one last day moved."""
        branch = Venue.objects.get(division=office.division, tier=Venue.Tier.BRANCH, kind=Venue.Kind.TOWNSHIP_CENTRE)
        later = self._points(branch)[POINTS_DONE:]
        for point in later[:POINTS_WAITING]:
            if row := self.rows.get(("survey-facilities", point.pk)):
                self._hand_in(row, self.people["township"], "2019-04-22", differing=True)
        by, rest = self.people["township"], later[POINTS_WAITING:]
        if rest and (row := self.rows.get(("premises", rest[0].pk))):
            block_report(milestone=row, by=by, problem="活动室产权未移交，需领导小组协调（示例）。")
        if len(rest) > 1 and (row := self.rows.get(("premises", rest[1].pk))):
            new = timezone.localdate() + dt.timedelta(days=92)
            move = date_move_ask(milestone=row, by=by, new=new, reason="危房改造工期顺延（示例）。")
            if isinstance(move, DateMove):
                self._act(move.case, "move_decision", self.people["bureau"], "approve")

    def _points(self, branch: Venue) -> list[Venue]:
        """Its service points with facts in the register: the survey repeats them."""
        rows = branch.points.exclude(status=Venue.Status.CLOSED).exclude(address="")
        return list(rows.order_by("division__code", "pk"))

    def _step(self, code: str, venue: Venue, by: User, day: str) -> None:
        if row := self.rows.get((code, venue.pk)):
            self._finish(row, by, day)

    def _finish(self, row: Milestone, by: User, day: str) -> None:
        evidence = self._hand_in(row, by, day)
        if evidence is None:
            return
        for item in evidence.case.work_items.open().filter(node__startswith="check"):
            checker = self.people[item.line or ("library" if evidence.case.library else "culture")]
            task_act(work_item=item.pk, actor=checker, decision="accept")
        confirmer = self.people["bureau2" if by == self.people["bureau"] else "bureau"]
        self._act(evidence.case, "confirm", confirmer, "confirm", take_over=[])
        self.confirmed += 1

    def _hand_in(self, row: Milestone, by: User, day: str, *, differing: bool = False) -> Evidence | None:
        files = [(self.photo, f"{row.item.asks[:30]}（示例）")] if row.item.needs_photo else []
        files += [(self.paper, f"{row.item.asks[:30]}（示例）")] if row.item.needs_file else []
        answers = sample_answers(row, differing=differing)
        if row.item.survey and not answers:
            return None
        done_on, note = dt.date.fromisoformat(day), "补录（示例）。"
        made = evidence_hand_in(milestone=row, by=by, done_on=done_on, note=note, answers=answers, files=files)
        return made if isinstance(made, Evidence) else None

    def _act(self, case: MilestoneCase, node: str, user: User, decision: str, **data: Any) -> None:
        item = case.work_items.open().get(node=node)
        task_act(work_item=item.pk, actor=user, decision=decision, data=data)


def _checked(name: str, data: bytes) -> CheckedFile:
    return check_upload(SimpleUploadedFile(name, data))


def sample_paper(name: str) -> CheckedFile:
    """A document of one blank page that says in its title that it is a sample. Other rooms use it too."""
    return _checked(name, _pdf())


def _photo() -> bytes:
    picture = Image.new("RGB", (480, 320), "#e8e2d2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 90, 420, 230), fill="#1d5a4b", outline="#d6a23e", width=8)
    draw.text((210, 150), "SAMPLE", fill="#fbfaf6")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def _pdf() -> bytes:
    paper, out = PdfWriter(), io.BytesIO()
    paper.add_blank_page(595, 842)
    paper.add_metadata({"/Title": "示例文件"})
    paper.write(out)
    return out.getvalue()


# Removing -----------------------------------------------------------------------------------------
def remove(report: Report) -> None:
    """Take the sample cases away; unified items and milestones are again as if nothing had been handed in. What the
    sample people did by hand in a demonstration goes too."""
    cases = MilestoneCase.objects.filter(opened_by__is_sample=True) | MilestoneCase.objects.filter(is_sample=True)
    found = list(cases.select_related("milestone__item", "milestone__venue").order_by("-pk"))
    for case in found:
        unified_item_clear(case.milestone, case=case, by=None)
    venues = {case.milestone.venue_id for case in found}
    blank = UnifiedItem.objects.filter(venue__in=venues, evidence="", checked_by__is_sample=True)
    blank.update(checked_on=None, checked_by=None)
    pks = [case.pk for case in found]
    rows = Milestone.objects.filter(cases__in=pks)
    touched = list(rows.values_list("pk", flat=True))
    for model in (Evidence, DateMove, GroupIssue):
        model._default_manager.filter(case__in=pks).delete()
    _back(Milestone.objects.filter(pk__in=touched))
    sample_cases_delete(pks)
    report.step(f"Programme: {len(pks)} sample cases removed")


def _back(rows: Any) -> None:
    """As the plan made them; what a closed venue made void stays void."""
    for row in rows:
        row.case, row.done_on, row.confirmed_on, row.back_dated = None, None, None, False
        row.last_day, row.unified_was = row.planned_last_day, ""
        if row.state != State.VOID:
            row.state = State.NOT_STARTED
    Milestone.objects.bulk_update(
        rows, ["case", "done_on", "confirmed_on", "back_dated", "last_day", "unified_was", "state"], batch_size=200
    )
