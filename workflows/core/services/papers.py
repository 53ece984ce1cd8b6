"""What is said about a case and handed in with it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from common.privatefiles import CheckedFile

from .. import permissions
from ..models import Case, CaseFile, Comment, Message
from ..notices import notice_send
from .shared import reason_given


def case_comment(*, case: Case, author: Any, text: str) -> Comment:
    """A note among officials."""
    if not permissions.may_see_case(author, case):
        raise PermissionDenied
    return Comment.objects.create(case_id=case.pk, author=author, text=reason_given(text))


def case_message(*, case: Case, author: Any, text: str) -> Message:
    """A message between officials and the applicant; the other side is told."""
    from_applicant = permissions.is_applicant(author, case)
    if not from_applicant and not permissions.may_see_case(author, case):
        raise PermissionDenied
    with transaction.atomic():
        message = Message.objects.create(
            case_id=case.pk, author=author, text=reason_given(text), from_applicant=from_applicant
        )
        notice_send(_other_side(case, from_applicant), "message", case)
    return message


def _other_side(case: Case, from_applicant: bool) -> list[Any]:
    if from_applicant:
        return [item.assignee for item in case.work_items.open().exclude(assignee=None).select_related("assignee")]
    if case.organisation is None:
        return [case.person] if case.person else []
    return [row.user for row in case.organisation.memberships.select_related("user")]


def case_file_add(
    *, case: Case, checked: CheckedFile, paper: str, label: str, by: Any, internal: bool = False
) -> CaseFile:
    """Keep a checked file with a case. An earlier file for the same paper stays, marked as replaced."""
    with transaction.atomic():
        CaseFile.objects.filter(case_id=case.pk, paper=paper, replaced=False).update(replaced=True)
        row = _file(case, checked, paper, label, by, internal=internal)
        row.save()
        return row


def case_file_share(*, case: Case, file: CaseFile, paper: str, label: str) -> CaseFile:
    """Let another case refer to a paper that was handed in elsewhere. The bytes are kept once; whoever may see this
    case may read them, and they stay in it whatever becomes of the other."""
    kept = ("name", "content_type", "size", "sha256", "uploaded_by", "internal")
    values = {name: getattr(file, name) for name in kept}
    return CaseFile.objects.create(case_id=case.pk, paper=paper, label=label, file=file.file.name, **values)


class Paper(NamedTuple):
    """A checked file for a case: which paper it is, and its title."""

    case: Case
    checked: CheckedFile
    paper: str
    label: str


def case_files_add(*, files: Iterable[Paper], by: Any) -> list[CaseFile]:
    """Keep checked files for papers that their cases did not have before; one case's or many cases'."""
    return CaseFile.objects.bulk_create(_file(*paper, by) for paper in files)


def _file(case: Case, checked: CheckedFile, paper: str, label: str, by: Any, *, internal: bool = False) -> CaseFile:
    return CaseFile(
        case_id=case.pk,
        paper=paper,
        label=label,
        file=checked.content(),
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=by,
        internal=internal,
    )
