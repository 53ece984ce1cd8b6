"""An application while it is written, and how it becomes a case."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.outbox import mail_queue
from common.privatefiles import CheckedFile, private_files_delete
from workflows.core.models import CaseFile

from .. import permissions, rules
from ..models import Application, Draft, DraftFile

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
    with transaction.atomic():
        private_files_delete(names=list(draft.files.filter(paper=paper).values_list("file", flat=True)))
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
    with transaction.atomic():
        private_files_delete(names=_papers(draft))
        draft.delete()


def _papers(draft: Draft) -> list[str]:
    return list(draft.files.values_list("file", flat=True))


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
    private_files_delete(names=_papers(draft))
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
