"""What happens to an application at each step. These services know no flow; the flow calls them under its lock."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.outbox import mail_queue
from common.privatefiles import CheckedFile
from network.models import NetworkSettings, Venue
from network.naming import pinyin_slug, plaque_for
from network.services import venue_create
from workflows.core.fields import case_set
from workflows.core.models import Case, CaseFile
from workflows.core.notices import notice_send
from workflows.core.services import case_close, case_file_add

from . import permissions, rules
from .models import Application, Correction, Draft, DraftFile

Changes = dict[str, tuple[Any, Any]]
FACTS = (
    "venue_name",
    "kind",
    "operator",
    "wanted",
    "library",
    "culture",
    "division",
    "address",
    "floor_area",
    "seats",
    "stock",
    "hours",
    "contact_name",
    "contact_phone",
    "staff",
    "licence_number",
    "operator_name",
    "contract_until",
    "performance_goals",
    "exit_terms",
    "free_will",
)
MAX_DRAFTS = 20


# Writing one ------------------------------------------------------------------------------------
def draft_create(*, organisation: Any, by: Any, data: Mapping[str, Any]) -> Draft:
    """Begin an application for an organisation.

    Raises:
        PermissionDenied: the person does not belong to it.
        ValidationError: too many drafts are open.
    """
    if not permissions.may_apply_for(by, organisation):
        raise PermissionDenied
    if organisation.drafts.count() >= MAX_DRAFTS:
        raise ValidationError(_("Your organisation has too many drafts. Finish or delete one first."))
    return Draft.objects.create(organisation=organisation, created_by=by, data=dict(data))


def draft_save(*, draft: Draft, by: Any, data: Mapping[str, Any]) -> None:
    """Keep what was typed, right or wrong: it is checked when it is submitted."""
    if not permissions.may_edit_draft(by, draft):
        raise PermissionDenied
    with transaction.atomic():
        held = Draft.objects.select_for_update().get(pk=draft.pk)
        held.data = {**held.data, **data}
        held.save(update_fields=["data", "changed_at"])
    draft.data = held.data


def draft_file_set(*, draft: Draft, by: Any, paper: str, checked: CheckedFile) -> None:
    """Keep a checked paper; an earlier one for the same purpose is replaced."""
    if not permissions.may_edit_draft(by, draft):
        raise PermissionDenied
    DraftFile.objects.update_or_create(
        draft=draft,
        paper=paper,
        defaults={
            "file": checked.content(),
            "name": checked.name,
            "content_type": checked.content_type,
            "size": checked.size,
            "sha256": checked.sha256,
            "uploaded_by": by,
        },
    )


def draft_delete(*, draft: Draft, by: Any) -> None:
    """Throw a draft away."""
    if not permissions.may_edit_draft(by, draft):
        raise PermissionDenied
    draft.delete()


def draft_take(*, draft: int, by: Any) -> Draft:
    """Lock a draft for submission. Whoever comes second (a form sent twice) finds it gone.

    Raises:
        Draft.DoesNotExist: it was submitted or deleted.
        PermissionDenied: it belongs to another organisation.
    """
    held = Draft.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=draft)
    if not permissions.may_edit_draft(by, held):
        raise PermissionDenied
    return held


def application_fill(application: Application, *, draft: Draft, facts: Mapping[str, Any], by: Any) -> None:
    """Fill a new application from a draft; everything is checked once more.

    Args:
        application: unsaved, with number and check word.
        draft: locked; gives organisation and papers.
        facts: cleaned values by field name.
        by: who submits.

    Raises:
        ValidationError: field → message, as `rules.problems` says.
    """
    if found := rules.problems(facts, draft.files.values_list("paper", flat=True)):
        raise ValidationError(found)
    for name in FACTS:
        setattr(application, name, facts.get(name) if facts.get(name) is not None else _empty(application, name))
    application.tier = application.wanted
    application.organisation, application.opened_by = draft.organisation, by
    application.is_sample = draft.organisation.is_sample
    application.township = rules.township_of(application.division)
    application.title = f"{application.organisation.name} · {application.venue_name}"[:200]
    application.clean_fields(exclude=[field.name for field in application._meta.fields if field.name not in FACTS])


def _empty(application: Application, name: str) -> Any:
    return application._meta.get_field(name).get_default()


def application_receive(application: Application, *, draft: Draft) -> None:
    """Move the draft's papers to the saved application and tell the applicant the number. The draft is gone then."""
    names = {paper.code: paper.name for paper in rules.papers_for(application.kind, application.operator)}
    for row in draft.files.all():
        if row.paper not in names:
            continue  # handed in before the kind was changed: not asked of this one
        CaseFile.objects.create(
            case=application,
            paper=row.paper,
            label=names[row.paper],
            file=row.file.name,
            name=row.name,
            content_type=row.content_type,
            size=row.size,
            sha256=row.sha256,
            uploaded_by=row.uploaded_by,
        )
    draft.delete()
    sender = application.opened_by
    if sender.email:
        mail_queue(
            to=sender.email,
            subject=gettext_lazy("Your application was received"),
            template="application_received",
            context={
                "name": str(sender),
                "title": application.title,
                "number": application.number,
                "word": application.check_word,
            },
            language=sender.language,
        )


# Steps ------------------------------------------------------------------------------------------
def _not_after_today(day: date | None, field: str) -> date:
    if day is None:
        raise ValidationError({field: _("Give the date.")})
    if day > timezone.localdate():
        raise ValidationError({field: _("The day has not come yet.")})
    return day


def acceptance_record(application: Application, *, decision: str, corrections: Mapping[str, str], by: Any) -> Changes:
    """Accept, send back for correction (which items, and what is wrong with each), or refuse."""
    if decision == "correct":
        corrections_ask(application, corrections=corrections, by=by)
    return case_set(application, outcome=decision)


def corrections_ask(application: Application, *, corrections: Mapping[str, str], by: Any) -> None:
    """Ask the applicant to put items right: target → what to do."""
    asked = {target: text.strip() for target, text in corrections.items() if text.strip()}
    if not asked:
        raise ValidationError({"corrections": _("Say which items need a correction, and what is wrong.")})
    Correction.objects.bulk_create(
        Correction(application=application, target=target[:40], request=text, asked_by=by)
        for target, text in asked.items()
    )


def corrections_answer(
    application: Application, *, answers: Mapping[int, str], files: Mapping[int, CheckedFile], by: Any
) -> Changes:
    """Answer every open correction, each in words, with a new paper, or both.

    Args:
        application: locked.
        answers: correction's primary key → words.
        files: correction's primary key → the new paper.
        by: who answers.

    Raises:
        ValidationError: an item is unanswered; the key names it.
    """
    now, changes = timezone.now(), {}
    for row in application.corrections.filter(answered_at=None):
        words, paper = answers.get(row.pk, "").strip(), files.get(row.pk)
        if not words and paper is None:
            raise ValidationError({f"answer_{row.pk}": _("Please answer this, in words or with a new paper.")})
        if paper is not None:
            file = case_file_add(case=application, checked=paper, paper=row.target, label=label_of(row.target), by=by)
            changes[row.target] = ("", file.name)
        row.answer, row.answered_at = words, now
        row.save(update_fields=["answer", "answered_at"])
    return changes


def label_of(target: str) -> str:
    """What a correction is about, in the reader's language: a paper's name or a field's."""
    from .models import Paper

    if paper := Paper.objects.filter(code=target).first():
        return str(paper)
    try:
        return str(Application._meta.get_field(target).verbose_name)
    except ObjectDoesNotExist:
        return _("Other")
    except LookupError:
        return _("Other")


def opinion_record(application: Application, *, decision: str) -> Changes:
    """The township's opinion. It advises; it does not decide."""
    return case_set(application, opinion=decision)


def review_record(
    application: Application, *, line: str, decision: str, corrections: Mapping[str, str], by: Any
) -> Changes:
    """The review of one head institution."""
    if decision == "correct":
        corrections_ask(application, corrections=corrections, by=by)
    return case_set(application, **{f"{line}_review": decision})


def reviews_settle(application: Application) -> None:
    """After the reviews of all lines: one refusal refuses; one correction goes back to the applicant."""
    given = [getattr(application, f"{line}_review") for line in application.lines]
    outcome = next((worst for worst in ("refuse", "correct") if worst in given), "approve")
    case_set(application, outcome=outcome)


def visit_record(
    application: Application,
    *,
    visited_on: date | None,
    visitors: str,
    checklist: Mapping[str, Any],
    note: str,
    photos: list[CheckedFile],
    by: Any,
) -> Changes:
    """The site visit: when, who, what was found, photos."""
    day = _not_after_today(visited_on, "visited_on")
    for number, photo in enumerate(photos, 1):
        paper = f"visit-{timezone.localdate():%Y%m%d}-{number}"
        case_file_add(case=application, checked=photo, paper=paper, label=_("Site visit"), by=by, internal=True)
    return case_set(application, visited_on=day, visitors=visitors, checklist=dict(checklist), visit_note=note)


def panel_record(application: Application, *, decision: str, panel_on: date | None, members: str) -> Changes:
    """The panel: approve, refuse, or a service point instead of a branch (the applicant must consent)."""
    day = _not_after_today(panel_on, "panel_on")
    if decision == "convert" and application.tier == Venue.Tier.POINT:
        raise ValidationError({"decision": _("It already applies to become a service point.")})
    if decision == "convert" and rules.branch_of(application.division) is None:
        raise ValidationError({"decision": _("The township's own branch is not in service yet.")})
    return case_set(application, outcome=decision, panel_on=day, panel_members=members)


def conversion_answer(application: Application, *, decision: str) -> Changes:
    """The applicant agrees to become a service point (all papers are kept), or declines."""
    tier = Venue.Tier.POINT if decision == "agree" else application.tier
    return case_set(application, outcome=decision, tier=tier)


def decision_record(application: Application, *, decision: str) -> Changes:
    """The bureau's decision. From here on the case cannot be withdrawn."""
    return case_set(application, outcome=decision, decided_at=timezone.now())


def agreement_record(
    application: Application, *, agreement_on: date | None, paper: CheckedFile | None, by: Any
) -> Changes:
    """The signed agreement and its date."""
    day = _not_after_today(agreement_on, "agreement_on")
    if paper is None:
        raise ValidationError({"agreement": _("Upload the signed agreement.")})
    case_file_add(case=application, checked=paper, paper="agreement", label=_("Agreement"), by=by)
    return case_set(application, agreement_on=day)


def plaque_proposed(application: Application) -> str:
    """The plaque's text from the county's templates (R90–R92)."""
    text, _local = plaque_for(_venue_of(application), NetworkSettings.load())
    return text


def plaque_record(application: Application, *, plaque: str) -> Changes:
    """The text of the plaque that was put up."""
    plaque = plaque.strip()
    if not plaque:
        raise ValidationError({"plaque": _("Give the exact text of the plaque.")})
    if Venue.objects.filter(plaque=plaque).exists():
        raise ValidationError({"plaque": _("Another venue carries this plaque.")})
    return case_set(application, plaque=plaque)


def trial_record(application: Application, *, trial_until: date | None) -> Changes:
    """The trial run begins, or goes on, until a day."""
    if trial_until is None or trial_until <= timezone.localdate():
        raise ValidationError({"trial_until": _("Give a day to come.")})
    return case_set(application, trial_until=trial_until, outcome="")


def opening_record(application: Application, *, decision: str) -> Changes:
    """The end of the trial run: open, extend it, or refuse."""
    return case_set(application, outcome=decision)


def _venue_of(application: Application) -> Venue:
    """The venue that the application would become, unsaved."""
    return Venue(**_venue_fields(application))


def _venue_fields(application: Application) -> dict[str, Any]:
    point = application.tier == Venue.Tier.POINT
    return {
        "name": application.venue_name,
        "slug": pinyin_slug(application.venue_name) or application.number.lower(),
        "tier": application.tier,
        "kind": application.kind,
        "library": application.library,
        "culture": application.culture,
        "division": application.division,
        "parent": rules.branch_of(application.division) if point else None,
        "operator": application.operator,
        "address": application.address,
        "phone": application.contact_phone,
        "floor_area": application.floor_area,
        "seats": application.seats,
        "stock": application.stock,
        "is_sample": application.is_sample,
    }


def application_open(application: Application, *, by: Any) -> Changes:
    """Open: the venue with its posts, its editors' group and its published page, all or nothing.

    The register's own service makes the venue and its posts; the rooms above it follow in the same transaction.
    Whatever fails rolls all of it back, and the task is still there.
    """
    with transaction.atomic():
        _text, local = plaque_for(_venue_of(application), NetworkSettings.load())
        fields = _venue_fields(application) | {"plaque": application.plaque, "plaque_is_local": local}
        venue = venue_create(**fields, status=Venue.Status.OPEN, by=by)
        if not venue.page.live:
            raise ValidationError(_("The venue's page could not be published."))
        changes = case_set(application, venue=venue, outcome="open")
        case_close(application, Case.State.DONE)
    return changes


def application_refuse(application: Application) -> None:
    """The case ends with a refusal; the reason stands in the decision log."""
    if application.decided_at is None:
        case_set(application, decided_at=timezone.now())
    case_close(application, Case.State.REFUSED)


def outcome_tell(application: Application, *, everyone: bool) -> None:
    """Tell the applicant the outcome; at an opening also everybody who had a part in the case."""
    people = [row.user for row in application.organisation.memberships.select_related("user")]  # type: ignore[union-attr]
    if everyone:
        people += [row.actor for row in application.decisions.select_related("actor")]
    notice_send(dict.fromkeys(people), "outcome", application)
