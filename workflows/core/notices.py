"""Telling people: only those whose turn it is, what to do, in their language; in-site and by mail."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.outbox import mail_queue

from .models import Case, Notice, WorkItem
from .nodes import node_title
from .permissions import is_applicant

LINE_LIMIT = 300


def notice_send(users: Iterable[Any], kind: str, case: Case, item: WorkItem | None = None) -> None:
    """Write an in-site notice for each person and queue a mail for those who have an address.

    Args:
        users: who is told.
        kind: a Notice.Kind.
        case: the case it is about.
        item: the step, when it is about one.
    """
    people = [user for user in users if user and user.is_active]
    Notice.objects.bulk_create(Notice(user=user, case_id=case.pk, work_item=item, kind=kind) for user in people)
    for user in people:
        if user.email:
            _mail(user, kind, case, item)


def digest_send(users: Iterable[Any], words: Callable[[], tuple[str, str]], path: str) -> int:
    """Tell each person of many things at once: one in-site notice, and all of it by mail to those with an address.

    Args:
        users: who is told.
        words: gives the line that the notice shows (the mail's subject), and the mail's text, in the active language.
        path: the back office's screen that it speaks of.

    Returns:
        How many people were told.
    """
    people = [user for user in users if user.is_active]
    notices = []
    for user in people:
        language = user.language or settings.LANGUAGE_CODE
        with translation.override(language):
            line, text = words()
        notices.append(Notice(user=user, kind=Notice.Kind.DIGEST, line=line[:LINE_LIMIT], path=path))
        if user.email:
            mail_queue(
                to=user.email,
                subject=line,
                template="digest",
                context={"name": str(user), "text": text, "address": settings.WAGTAILADMIN_BASE_URL + path},
                language=language,
            )
    Notice.objects.bulk_create(notices)
    return len(people)


def notice_line(kind: str, case: Case, item: WorkItem | None) -> str:
    """One sentence that says what happened and what to do, in the active language."""
    step = node_title(item.flow, item.node) if item else ""
    words = {"number": case.number, "title": case.title, "step": step, "due": item.due_on if item else ""}
    texts = {
        Notice.Kind.TURN: _("%(number)s %(title)s: please do “%(step)s”."),
        Notice.Kind.REMINDER: _("%(number)s %(title)s: “%(step)s” is due on %(due)s."),
        Notice.Kind.ESCALATION: _("%(number)s %(title)s: “%(step)s” was due on %(due)s and has not been done."),
        Notice.Kind.REASSIGNED: _("%(number)s %(title)s: “%(step)s” was passed to you."),
        Notice.Kind.MESSAGE: _("%(number)s %(title)s: you have a new message."),
        Notice.Kind.OUTCOME: _("%(number)s %(title)s: the case has come to its end. Read the outcome."),
        Notice.Kind.TERM: _("%(number)s %(title)s: the term is about to end or is over. Please see to what follows."),
        Notice.Kind.CHANGE: _("%(number)s %(title)s: a venue or person it rests on is no longer there."),
    }
    return texts[Notice.Kind(kind)] % words


def _mail(user: Any, kind: str, case: Case, item: WorkItem | None) -> None:
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language):
        line = notice_line(kind, case, item)
    mail_queue(
        to=user.email,
        subject=line,
        template="case_notice",
        context={
            "name": str(user),
            "line": line,
            "address": settings.WAGTAILADMIN_BASE_URL + case_path(user, case, applicant=is_applicant(user, case)),
        },
        language=language,
    )


def case_path(user: Any, case: Case, *, applicant: bool) -> str:
    """Where this person reads the case: applicants at the desk, others where the flow says."""
    if applicant:
        return reverse("desk_case", args=[case.number])
    return case.flow_class.instance.address(case, user)


def notices_for(user: Any, count: int = 8) -> list[tuple[Notice, str, str]]:
    """The newest unread notices, each with its words in the active language and the path at which to read on."""
    rows = list(Notice.objects.filter(user=user, read_at=None).select_related("case", "work_item")[:count])
    own = set(Case.objects.of_applicant(user).filter(notices__in=rows).values_list("pk", flat=True))
    return [
        (row, notice_line(row.kind, row.case, row.work_item), case_path(user, row.case, applicant=row.case_id in own))
        if row.case
        else (row, row.line, row.path)
        for row in rows
    ]


def notices_mark_read(user: Any) -> None:
    """Put a person's notices away."""
    Notice.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
