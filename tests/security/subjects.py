"""What the addresses of the matrix are about: one object of each kind in the county with its sample data."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import MemberInvitation, Membership, User
from accounts.tokens import make_token
from common.outbox.models import Mail, Sms
from network.models import Post, Venue
from pages.events.models import Occurrence, Registration
from tests.workflows.world import checked
from workflows.acceptance.models import Acceptance, Dossier, RectificationItem
from workflows.applications.models import Application
from workflows.applications.services import draft_create, draft_file_set
from workflows.core.models import DeadlineRule, Delegation, WorkItem
from workflows.core.services import item_claim
from workflows.milestones.models import Batch, BatchRow, Evidence, Milestone, MonthlyReport
from workflows.milestones.services.plan import programme_copy
from workflows.secondments.models import Secondment

PEOPLE = ("member", "applicant", "seconded", "editor", "township", "township2", "library", "culture", "bureau", "admin")
REGISTERS = {  # the registers' addresses by model
    "applications_applicantkind": "applications.ApplicantKind",
    "applications_paper": "applications.Paper",
    "events_audience": "events.Audience",
    "events_eventkind": "events.EventKind",
    "milestones_surveyquestion": "milestones.SurveyQuestion",
    "network_accessibilityfeature": "network.AccessibilityFeature",
    "network_appointment": "network.Appointment",
    "network_division": "network.Division",
    "network_office": "network.Office",
    "network_post": "network.Post",
    "network_service": "network.Service",
    "network_staffingnorm": "network.StaffingNorm",
    "network_venue": "network.Venue",
    "organisations": "accounts.Organisation",
    "outbox_mail": "common.Mail",
    "outbox_sms": "common.Sms",
}


def one(rows: Any) -> Any:
    """The first row; the sample data has at least one."""
    row = rows.first()
    assert row
    return row


def people() -> dict[str, User | None]:
    """Everybody by role: the demo accounts, and a visitor who is nobody."""
    return {"visitor": None} | {name: User.objects.get(email=f"{name}@example.org") for name in PEOPLE}


def arguments(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What goes into each address that asks for something, by the address's name."""
    Sms.objects.create(to="13900000000", text="x")
    return {
        **registers(),
        **rooms(),
        **accounts(who),
        **events(who),
        **cases(who),
        **secondments(),
        **programme(who),
        **batches(who),
        **acceptance(who),
    }


def registers() -> dict[str, tuple[Any, ...]]:
    rows = {name: apps.get_model(label).objects.first() for name, label in REGISTERS.items()}
    made = {name: row.pk if row else 1 for name, row in rows.items()}
    actions = ("edit", "delete", "inspect", "history")
    return {f"{name}_modeladmin_{action}": (pk,) for name, pk in made.items() for action in actions}


def rooms() -> dict[str, tuple[Any, ...]]:
    branch = Venue.objects.get(slug="longchuan")
    post = one(Post.objects.filter(venue=branch))
    sections = dict.fromkeys(
        [f"network_venue_{name}" for name in ("hours", "closures", "items", "status")], (branch.pk,)
    )
    return sections | {
        "network_post_history": (post.pk,),
        "network_post_chooser:chosen": (post.pk,),
        "pattern": ("longchuan",),
        "township_feed": ("longchuan",),
        "venue_feed": ("longchuan",),
    }


def accounts(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    own = Membership.objects.get(user=who["applicant"])
    asked = MemberInvitation.objects.create(
        organisation=own.organisation, email=who["member"].email, invited_by=who["applicant"]
    )
    organisation = dict.fromkeys(
        ["organisation", "organisation_edit", "member_add", "organisation_members"], (own.organisation_id,)
    )
    return organisation | {
        "invitation_withdraw": (own.organisation_id, asked.pk),
        "invitation_answer": (asked.pk,),
        "member_change": (own.organisation_id, own.pk),
        "set_password": (make_token(who["member"]),),
        "network_person_history": (who["editor"].pk,),
        "network_person_chooser:chosen": (who["editor"].pk,),
        "wagtailusers_users:edit": (who["member"].pk,),
        "wagtailusers_users:delete": (who["member"].pk,),
        "wagtailusers_users:step": (who["member"].pk, "deactivate"),
        "outbox_retry_mail": (one(Mail.objects).pk,),
        "outbox_retry_sms": (one(Sms.objects).pk,),
    }


def events(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    branch = Venue.objects.get(slug="longchuan")
    offered = Occurrence.objects.filter(event__takes_registrations=True, event__venue=branch)
    row = one(offered.order_by("-starts_at"))
    place = Registration.objects.create(
        occurrence=row, name="读者", mobile="13900000000", status=Registration.Status.REGISTERED
    )
    own = dict.fromkeys(["events_occurrence", "events_add", "events_check_in", "events_list_csv"], (row.pk,))
    return own | {
        "events_duplicate": (row.event_id,),
        "events_cancel": (row.pk, place.pk),
        "event_file": (row.event_id,),
        "event_register": (row.pk,),
        "event_registration": (place.token,),
        "event_registration_calendar": (place.token,),
    }


def cases(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """An application that the library has taken up, one refused, and a draft."""
    case = Application.objects.get(number__endswith="-0001")
    corrected = WorkItem.objects.open().get(node="correct")
    step = case.work_items.open().get()
    item_claim(work_item=step.pk, actor=who["library"])
    draft = draft_create(organisation=case.organisation, by=who["applicant"], data={})
    draft_file_set(draft=draft, by=who["applicant"], paper="form", checked=checked())
    day = timezone.localdate()
    cover = Delegation.objects.create(
        principal=who["library"],
        delegate=User.objects.get(email="library2@example.org"),
        first_day=day + timedelta(days=9),
        last_day=day + timedelta(days=10),
        reason="休假",
        created_by=who["library"],
    )
    of_case = ("case", "comment", "message", "dossier", "suspend", "resume", "cancel")
    of_step = ("step", "claim", "release", "reassign")
    paper = case.files.first()
    return {
        **{f"workflows_{name}": (case.number,) for name in of_case},
        **{f"workflows_{name}": (step.pk,) for name in of_step},
        "workflows_file": (case.number, paper.pk),
        "workflows_cover_end": (cover.pk,),
        "workflows_deadline": (one(DeadlineRule.objects).pk,),
        **{f"desk_{name}": (case.number,) for name in ("case", "message", "withdraw")},
        "desk_step": (corrected.case.number, corrected.pk),
        "desk_file": (case.number, paper.pk),
        "apply_notice": (Application.objects.get(number__endswith="-0005").number,),
        "apply_sent": (case.number,),
        "apply_draft_delete": (draft.pk,),
        "apply_draft_file": (draft.pk, "form"),
        "apply_step": (draft.pk, "room"),
    }


def secondments() -> dict[str, tuple[Any, ...]]:
    running = Secondment.objects.get(person__email="seconded@example.org", handover_on__isnull=False)
    return {
        "secondments_need_withdraw": (Secondment.objects.get(person=None).number,),
        **dict.fromkeys(["secondments_letter", "posting", "posting_letter"], (running.number,)),
        "posting_log": (running.number, f"{timezone.localdate():%Y-%m}"),
    }


def programme(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """A milestone of the second township that was handed in and confirmed."""
    evidence = one(Evidence.objects.filter(case__milestone__item__code="signage"))
    row = evidence.case.milestone
    plan = row.item.stage.programme
    content = ContentFile(b"x", name="x")
    report = MonthlyReport.objects.create(
        programme=plan, month=timezone.localdate().replace(day=1), as_of=timezone.localdate(), pdf=content, csv=content
    )
    programme_copy(programme=plan, by=who["bureau"], slug="next", name="二期", first_day=timezone.localdate())
    of_plan = ("programme", "copy", "programme_edit", "start", "publish", "hide", "plan")
    return {
        **{f"milestones_{name}": (plan.slug,) for name in of_plan},
        "milestones_stage": (plan.slug, 1),
        "milestones_draft_delete": ("next",),
        "milestones_item_add": ("next", 1),
        "milestones_item_remove": ("next", row.item.code),
        "milestones_item": (plan.slug, row.item.code),
        **{f"milestones_{name}": (row.pk,) for name in ("milestone", "hand_in", "move", "block")},
        "milestones_withdraw": (row.pk, evidence.pk),
        "milestones_matrix_place": (row.township.slug,),
        "milestones_survey_blank": ("branch",),
        "milestones_survey_table": ("totals", "csv"),
        "milestones_survey_place": (row.township.pk,),
        "milestones_report_pdf": (report.pk,),
        "milestones_report_csv": (report.pk,),
        "programme_picture": (plan.slug, "timeline"),
        "programme_picture_newest": ("timeline",),
    }


def batches(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """A batch of the second township, and a check of many by the library with one row to look at."""
    row = one(Milestone.objects.filter(item__code="premises", township__slug="shaqiao"))
    handed = Batch.objects.create(
        programme=row.item.stage.programme, item=row.item, kind="hand_in", source="venue", made_by=who["township2"]
    )
    check = Batch.objects.create(
        programme=row.item.stage.programme, kind="check", decision="accept", made_by=who["library"]
    )
    drawn = BatchRow.objects.create(batch=check, number=1, milestone=row, sample=True)
    of_batch = ("batch", "batch_progress", "batch_take", "batch_cancel", "batch_report", "batch_report_csv")
    return {
        **{f"milestones_{name}": (handed.pk,) for name in of_batch},
        "milestones_batch_grid": (row.item_id,),
        "milestones_batch_decide": ("check",),
        "milestones_batch_sample": (check.pk, drawn.pk),
    }


def acceptance(who: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The sample's acceptance with one thing more to put right, and a dossier to be had."""
    case = Acceptance.objects.get()
    plan = case.programme
    wrong = RectificationItem.objects.create(
        acceptance=case,
        text="x",
        clause="R31",
        line="library",
        due_on=timezone.localdate(),
        added_by=who["bureau"],
    )
    dossier = Dossier.objects.create(
        programme=plan, asked_by=who["bureau"], state="done", file=ContentFile(b"PK", name="x.zip"), size=2
    )
    return {
        "acceptance_gaps": ("settlements",),
        "acceptance_items": (case.number,),
        "acceptance_snapshots": (case.number,),
        "acceptance_item_remove": (case.number, wrong.pk),
        "acceptance_dossier_file": (dossier.pk,),
    }
