"""Sample applications at several places of their way, so that inbox, desk and statistics have something to show."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.sample import PASSWORD, make_person
from common.privatefiles import check_upload, private_files_delete
from common.report import Report
from network.models import Division, Post, Venue
from network.permissions import BUREAU_GROUP
from network.services import appointment_create
from workflows.core.samples import sample_cases_delete
from workflows.core.services import case_start, task_act

from . import rules, services
from .flows import ApplicationFlow
from .models import ApplicantKind, Application, Correction, Draft
from .presentation import CHECKS

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)
ROOMS = ("书香阅览室", "学生图书馆", "家长书屋", "校园文化活动室", "晨读书吧")
# How far each goes: steps as (who, decision, reason).
WAYS: list[list[tuple[str, str, str]]] = [
    [],
    [("library", "accept", ""), ("township", "support", "")],
    [("library", "correct", "请补正下列材料。")],
    [("library", "accept", ""), ("township", "support", ""), ("library", "approve", ""), ("library2", "visited", "")],
    [("library", "refuse", "场地不向社会开放，暂不符合条件。")],
]


def load(report: Report) -> None:
    """Submit sample applications through the services and take them some way. Loading again adds nothing."""
    applicant = User.objects.filter(email="applicant@example.org").first()
    if not settings.DEMO or applicant is None or not ApplicantKind.objects.filter(code="school").exists():
        return
    people = _officials(report)
    if len(people) < 5 or Application.objects.filter(is_sample=True).exists():
        return
    with transaction.atomic():
        for room, way in zip(ROOMS, WAYS, strict=True):
            case = _submit(applicant, people["division"], room)
            for who, decision, reason in way:
                _act(case, people[who], decision, reason)
    report.step(f"Applications: {len(ROOMS)} at several places of their way")


def _officials(report: Report) -> dict[str, Any]:
    """The demo officials, and colleagues: nobody may decide two steps in a row."""
    names = {name: f"{name}@example.org" for name in ("library", "township", "bureau")}
    people: dict[str, Any] = {name: User.objects.filter(email=email).first() for name, email in names.items()}
    library = Venue.objects.filter(kind=Venue.Kind.COUNTY_LIBRARY).first()
    if not all(people.values()) or library is None:
        return {}
    people["library2"] = make_person("library2@example.org", "图书馆总馆同事（示例）")
    _appoint(people["library2"], library)
    colleague = make_person("bureau2@example.org", "局同事（示例）")
    colleague.groups.add(Group.objects.get(name=BUREAU_GROUP))
    report.account("Their colleague, library · 图书馆总馆同事", "library2@example.org", PASSWORD)
    report.account("Their colleague, bureau · 文旅局同事", "bureau2@example.org", PASSWORD)
    held = people["township"].appointments.select_related("post__office__division").first()
    return people | {"division": held.post.office.division} if held else {}


def _appoint(person: User, head: Venue) -> None:
    if person.appointments.exists():
        return
    title = Post.Title.HEAD_STAFF
    post = Post.objects.filter(venue=head, title=title, appointments=None).first()
    post = post or Post.objects.create(venue=head, title=title, published=False, is_sample=True)
    since = timezone.localdate().replace(month=1, day=1)
    appointment_create(post=post, person=person, since=since, by=None, is_sample=True)


def _submit(applicant: User, division: Division, room: str) -> Application:
    organisation = applicant.organisations.get(is_sample=True)
    draft = services.draft_create(organisation=organisation, by=applicant, data={"venue_name": room})
    for paper in rules.papers_for("school", "self"):
        checked = check_upload(SimpleUploadedFile(f"{paper.name}.pdf", PDF))
        services.draft_file_set(draft=draft, by=applicant, paper=paper.code, checked=checked)
    facts = {
        "venue_name": f"{room}（示例）",
        "kind": "school",
        "operator": "self",
        "wanted": "branch",
        "library": True,
        "culture": False,
        "division": division,
        "address": "示例路1号",
        "floor_area": Decimal(120),
        "seats": 48,
        "stock": 6200,
        "hours": "周一至周五 16:30–20:30，周六、周日 9:00–17:00",
        "contact_name": "王芳（示例）",
        "contact_phone": "0000-0000000",
        "staff": ["王芳（示例）", "周明（示例），兼职"],
        "free_will": True,
    }
    return case_start(ApplicationFlow, by=applicant, draft=draft, facts=facts)


def _act(case: Application, user: User, decision: str, reason: str) -> None:
    data: dict[str, Any] = {}
    if decision == "correct":
        data = {"corrections": {"premises": "扫描件不清楚，请重新上传。"}}
    if decision == "visited":
        data = {
            "visited_on": timezone.localdate(),
            "visitors": "图书馆总馆两人（示例）",
            "visit_note": "",
            "photos": [],
        }
        data["checklist"] = dict.fromkeys(CHECKS, "yes")
    item = case.work_items.open().get()
    task_act(work_item=item.pk, actor=user, decision=decision, reason=reason, data=data)


def remove(report: Report) -> None:
    """Take the sample applications away, log and papers included: they never were real."""
    cases = list(Application.objects.filter(is_sample=True).values_list("pk", flat=True))
    Correction.objects.filter(application__in=cases).delete()
    sample_cases_delete(cases)
    drafts = Draft.objects.filter(organisation__is_sample=True)
    private_files_delete(names=list(drafts.exclude(files=None).values_list("files__file", flat=True)))
    drafts.delete()
    report.step(f"Applications: {len(cases)} sample applications removed")
