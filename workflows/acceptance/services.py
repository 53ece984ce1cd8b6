"""All writes of an acceptance. The steps' services run under the case's lock; the start locks the programme."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import Changes, log_change
from common.privatefiles import CheckedFile
from network.models import NetworkSettings
from workflows.core.fields import case_set
from workflows.core.models import Case, CaseFile
from workflows.core.services import case_close, case_file_add, case_stop
from workflows.milestones.models import Milestone, Programme
from workflows.milestones.services.plan import programme_accept

from . import criteria, permissions
from .models import Acceptance, Inspection, Rectification, RectificationItem, Snapshot, Statement, Threshold
from .reports import report_take

LAST_STAGES = 1  # the last stage of a programme is the acceptance itself


# Thresholds -------------------------------------------------------------------------------------
@transaction.atomic
def thresholds_set(*, wanted: Mapping[str, tuple[Decimal | None, str]], reason: str, by: Any) -> int:
    """Set or take away the least values of figures (R40). What stays as it was is neither written nor logged.

    Args:
        wanted: FigureName → (at least, basis). At least: per cent, number or hours as the figure has it; None: it is no
            longer judged. Basis: the document or decision that the value comes from.
        reason: why they change.
        by: an official of the bureau.

    Returns:
        How many changed.

    Raises:
        PermissionDenied: it is not theirs.
        ValidationError: by field: a figure's name, its name with `_basis`, or `reason`.
    """
    if not permissions.sets_thresholds(by):
        raise PermissionDenied
    NetworkSettings.objects.select_for_update().first()  # the lock: a figure without a threshold has no row of its own
    rows = {row.figure: row for row in Threshold.objects.all()}
    differing = {name: new for name, new in wanted.items() if new != _asked(rows.get(name))}
    if problems := _threshold_problems(differing, reason):
        raise ValidationError(problems)
    for name, (at_least, basis) in differing.items():
        _threshold_write(rows.get(name), name, at_least, basis, reason.strip(), by)
    return len(differing)


def _asked(row: Threshold | None) -> tuple[Decimal | None, str]:
    return (row.at_least, row.basis) if row else (None, "")


def _threshold_problems(differing: Mapping[str, tuple[Decimal | None, str]], reason: str) -> dict[str, str]:
    problems = {}
    for name, (at_least, basis) in differing.items():
        if at_least is not None and not basis:
            problems[f"{name}_basis"] = _("Say where the figure comes from: a document, or a decision of the county.")
        if at_least is None and basis:
            problems[name] = _("Fill in the value, or take its source away too.")
    if differing and not reason.strip():
        problems["reason"] = _("Say why.")
    return problems


def _threshold_write(
    row: Threshold | None, name: str, at_least: Decimal | None, basis: str, reason: str, by: Any
) -> None:
    before = _asked(row)
    kept = row or Threshold(figure=name)
    if at_least is not None:
        kept.at_least, kept.basis = at_least, basis
        try:
            kept.full_clean()
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from error
        kept.save()
    changes = {"at_least": (before[0], at_least), "basis": (before[1], basis)}
    log_change(kept, action="acceptance.threshold", by=by, changes=changes, reason=reason, deleted=at_least is None)
    if at_least is None:
        kept.delete()


# Start ------------------------------------------------------------------------------------------
def unfinished_before(programme: Programme) -> int:
    """How many milestones of the stages before the last one are not done: what the start warns of."""
    numbers = list(programme.stages.order_by("number").values_list("number", flat=True))
    early = numbers[:-LAST_STAGES] if len(numbers) > LAST_STAGES else numbers
    return Milestone.objects.filter(programme=programme, item__stage__number__in=early).unfinished().count()


def start_problem(programme: Programme) -> str:
    """Why no acceptance of this programme can be started now, or empty text."""
    if programme.state != Programme.State.RUNNING:
        return _("Only a running programme can be accepted.")
    if Acceptance.objects.filter(programme=programme, state__in=Case.RUNNING).exists():
        return _("An acceptance of this programme is running.")
    return ""


def acceptance_fill(case: Acceptance, *, programme: Programme, why_now: str, by: Any) -> None:
    """Fill a new case. One runs at a time: the programme's row is the lock.

    Args:
        case: unsaved, with number and check word.
        programme: a running one.
        why_now: mandatory while milestones of the stages before the last are unfinished.
        by: an official of the bureau.

    Raises:
        PermissionDenied: it is not theirs to start.
        ValidationError: it cannot start, or the reason is missing.
    """
    if not permissions.starts(by):
        raise PermissionDenied
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if problem := start_problem(programme):
        raise ValidationError(problem)
    case.programme, case.unfinished, case.why_now = programme, unfinished_before(programme), why_now.strip()
    if case.unfinished and not case.why_now:
        raise ValidationError({"why_now": _("Milestones of earlier stages are unfinished: say why it starts now.")})
    case.library = case.culture = True
    case.opened_by, case.is_sample = by, programme.is_sample or by.is_sample
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        case.title = (_("Acceptance: %(programme)s") % {"programme": programme.name})[:200]


def acceptance_stopped(case: Acceptance) -> None:
    """An administrator cancelled it: what it asked townships and heads to put right is no longer asked for."""
    with override(settings.LANGUAGE_CODE):
        reason = _("The acceptance %(number)s was cancelled.") % {"number": case.number}
    for row in Rectification.objects.filter(item__acceptance=case, state__in=Case.RUNNING).order_by("pk"):
        with row.flow_class.lock(row.pk):
            case_stop(case=Rectification.objects.get(pk=row.pk), actor=None, reason=reason)


# Steps ------------------------------------------------------------------------------------------
def snapshot_take(case: Acceptance, *, node: str, by: Any) -> Snapshot:
    """Freeze the criteria as they are now, with a decision."""
    figures = criteria.measure(case.programme, timezone.localdate()).as_json()
    return Snapshot.objects.create(acceptance=case, node=node, figures=figures, by=by)


def statement_save(case: Acceptance, *, kind: str, line: str, text: Any, paper: CheckedFile | None, by: Any) -> Changes:
    """A head's summary report (with its document: `reports.report_take`) or self-check. Raises ValidationError by
    field."""
    text = _text(text, "text")
    if kind == Statement.Kind.REPORT:
        file: CaseFile | None = report_take(case, line=line, checked=paper, by=by)
    else:
        with override(settings.LANGUAGE_CODE):
            label = f"{Statement.Kind(kind).label} · {Statement.Line(line).label}"
        file = _file(case, f"{kind}-{line}", label, paper, by)
    Statement.objects.create(acceptance=case, kind=kind, line=line, text=text, by=by, paper=file)
    return {}


def pre_acceptance_record(case: Acceptance, *, decision: str, opinion: str) -> Changes:
    """The county's pre-acceptance: `pass`, or `rectify` with at least one item on the list."""
    if decision == "rectify" and not items_waiting(case):
        raise ValidationError({"decision": _("Write the rectification list first: it has no new item.")})
    if decision == "pass" and (items_waiting(case) or unfinished_items(case)):
        raise ValidationError({"decision": _("There are items on the rectification list: take them off first.")})
    case_set(case, outcome=decision)
    return {"opinion": (None, opinion)} if opinion else {}


def rectification_check(case: Acceptance, *, decision: str) -> Changes:
    """After the list went out: `more` sends out further items; `finish` needs every item done (R41)."""
    if decision == "more" and not items_waiting(case):
        raise ValidationError({"decision": _("Add an item to the rectification list first.")})
    if decision == "finish":
        if items_waiting(case):
            raise ValidationError({"decision": _("There are items that have not been sent out yet.")})
        if left := unfinished_items(case):
            raise ValidationError(
                {"decision": _("%(n)s items are not put right yet.") % {"n": left}}, code="unfinished"
            )
    case_set(case, outcome=decision)
    return {}


def inspection_record(
    case: Acceptance,
    *,
    passed: bool,
    reasons: str,
    organ: Any,
    document_number: Any,
    on: dt.date | None,
    paper: CheckedFile | None,
    by: Any,
) -> Changes:
    """Record what the superior decided (R41). Raises ValidationError by field."""
    if items_waiting(case) or unfinished_items(case):
        raise ValidationError({"decision": _("The rectification list has unfinished items.")})
    if on is None or on > timezone.localdate():
        raise ValidationError({"on": _("Give the day of the document; it cannot lie in the future.")})
    if paper is None:
        raise ValidationError({"paper": _("Add the superior's document.")})
    if not passed and not reasons.strip():
        raise ValidationError({"reason": _("Say why: whoever reads it must be able to understand it.")})
    organ, number = _text(organ, "organ"), _text(document_number, "document_number")
    with override(settings.LANGUAGE_CODE):
        label = _("The superior's decision")
    file = _file(case, "inspection", label, paper, by)
    row = Inspection(
        acceptance=case, organ=organ, document_number=number, on=on, passed=passed, reasons=reasons, paper=file, by=by
    )
    row.full_clean()
    row.save()
    case_set(case, outcome="passed" if passed else "failed")
    return {"inspection": (None, str(row))}


def acceptance_close(case: Acceptance, *, by: Any) -> None:
    """The superior accepted: the programme is accepted, the case completed."""
    programme_accept(programme=case.programme, by=by)
    case.decided_at = timezone.now()
    case.save(update_fields=["decided_at"])
    case_close(case, Case.State.DONE)


# The rectification list -------------------------------------------------------------------------
def items_waiting(case: Acceptance) -> int:
    """How many items are on the list but not sent out."""
    return case.items.filter(case=None).count()


def unfinished_items(case: Acceptance) -> int:
    """How many items were sent out and are not put right yet."""
    return Rectification.objects.filter(item__acceptance=case, state__in=Case.RUNNING).count()


def may_write_list(case: Acceptance) -> bool:
    """Whether the case stands where the list is written: at the pre-acceptance or at the rectification."""
    nodes = ["pre_acceptance", "rectification"]
    return case.state == Case.State.ACTIVE and case.work_items.open().filter(node__in=nodes).exists()


@transaction.atomic
def item_add(
    *, acceptance: Acceptance, text: str, clause: str, township: Any, line: str, due_on: dt.date, by: Any
) -> RectificationItem:
    """Put an item on the list; it goes out with the decision.

    Args:
        acceptance: stands at the pre-acceptance or at the rectification.
        text: what is to be put right.
        clause: R-number.
        township: the responsible township, or None.
        line: "library" or "culture" for a head institution, else empty. One of the two.
        due_on: not in the past.
        by: an official of the bureau.

    Raises:
        PermissionDenied: it is not theirs.
        ValidationError: by field.
    """
    if not permissions.starts(by):
        raise PermissionDenied
    case = Acceptance.objects.select_for_update().get(pk=acceptance.pk)
    if not may_write_list(case):
        raise ValidationError(_("The list can be written only at the pre-acceptance and during rectification."))
    if (township is None) == (not line):
        raise ValidationError({"township": _("Name one responsible: a township or a head institution.")})
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": _("The day is over.")})
    item = RectificationItem(
        acceptance=case, text=text.strip(), clause=clause, township=township, line=line, due_on=due_on, added_by=by
    )
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def item_remove(*, item: RectificationItem, by: Any) -> None:
    """Take an item off the list again, as long as it has not gone out."""
    if not permissions.starts(by):
        raise PermissionDenied
    Acceptance.objects.select_for_update().get(pk=item.acceptance_id)
    if Rectification.objects.filter(item=item).exists():
        raise ValidationError(_("The item has gone out to its responsible: it can be ticked off, not removed."))
    item.delete()


def rectification_fill(case: Rectification, *, item: RectificationItem, by: Any) -> None:
    """Fill the case of an item: its scope follows from who is responsible."""
    case.item, case.opened_by, case.is_sample = item, by, item.acceptance.is_sample
    case.township = item.township
    case.library, case.culture = item.line in ("", "library"), item.line in ("", "culture")
    with override(settings.LANGUAGE_CODE):
        case.title = _("Rectification %(clause)s: %(text)s") % {"clause": item.clause, "text": item.text[:120]}


def answer_save(
    case: Rectification, *, answer: Any, done_on: dt.date | None, papers: list[CheckedFile], by: Any
) -> Changes:
    """The responsible's answer with evidence. Raises ValidationError by field."""
    if done_on is None or done_on > timezone.localdate():
        raise ValidationError({"done_on": _("Give the day on which it was put right; it cannot lie in the future.")})
    if not papers:
        raise ValidationError({"papers": _("Add evidence: a document or photos.")})
    for number, paper in enumerate(papers, start=case.files.count() + 1):
        with override(settings.LANGUAGE_CODE):
            label = _("Evidence %(n)s") % {"n": number}
        _file(case, f"evidence-{number}", label, paper, by)
    return case_set(case, answer=_text(answer, "answer"), done_on=done_on)


def tick_record(case: Rectification, *, decision: str) -> Changes:
    """`accept` the answer, or `return` it."""
    case_set(case, outcome=decision)
    return {}


def rectification_close(case: Rectification) -> None:
    """The item is put right."""
    case_close(case, Case.State.DONE)


# Small helps ------------------------------------------------------------------------------------
def _text(value: Any, field: str) -> str:
    if not (text := str(value or "").strip()):
        raise ValidationError({field: _("Fill this in.")})
    return text


def _file(case: Any, paper: str, label: Any, checked: CheckedFile | None, by: Any) -> CaseFile | None:
    return case_file_add(case=case, checked=checked, paper=paper, label=str(label), by=by) if checked else None
