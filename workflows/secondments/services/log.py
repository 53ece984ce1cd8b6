"""The monthly log, and the reminders before a term ends."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.privatefiles import CheckedFile
from workflows.core.models import Case
from workflows.core.notices import notice_send
from workflows.core.services import case_file_add

from .. import permissions, rules
from ..models import LogEntry, Secondment
from .shared import concerned, text_of

REMIND = (60, 30, 7)  # days before the end
EXPIRED = -1


def log_entry_save(
    *,
    case: Secondment,
    by: Any,
    month: date,
    days: int,
    work: str,
    problems: str = "",
    photos: Iterable[CheckedFile] = (),
) -> LogEntry:
    """Write or correct one month of the log, until the appraisal.

    Raises:
        PermissionDenied: it is not their posting, or it has been appraised.
        ValidationError: by field; a month outside the term or one to come.
    """
    with transaction.atomic():
        case = Secondment.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not permissions.keeps_log(by, case):
            raise PermissionDenied
        if month not in case.months() or month > timezone.localdate():
            raise ValidationError({"month": _("Write about a month of your term that has begun.")})
        entry = LogEntry.objects.filter(secondment=case, month=month).first() or LogEntry(secondment=case, month=month)
        entry.days, entry.problems = days, problems.strip()
        entry.work = text_of(work, "work", _("Write what you did this month."))
        entry.full_clean()
        entry.save()
        photos, count = list(photos), case.files.filter(paper__startswith=f"log-{month:%Y-%m}-").count()
        if len(photos) + count > rules.MAX_PHOTOS:
            more = {"most": rules.MAX_PHOTOS, "count": count}
            raise ValidationError(
                {"photos": _("A month has at most %(most)d pictures, and %(count)d are kept already.") % more}
            )
        for number, photo in enumerate(photos, count + 1):
            with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
                label = _("Log %(month)s") % {"month": f"{month:%Y-%m}"}
            case_file_add(case=case, checked=photo, paper=f"log-{month:%Y-%m}-{number}", label=label, by=by)
    return entry


def secondments_remind(*, day: date | None = None) -> int:
    """Tell the person, the head of the line and the bureau 60, 30 and 7 days before a term ends, and once after it has
    ended without a decision. Returns how many postings were named. Two clocks at once do not tell twice."""
    day, told = day or timezone.localdate(), 0
    due = Secondment.objects.standing().filter(
        state=Case.State.ACTIVE, returned_on=None, last_day__lte=day + timedelta(days=max(REMIND))
    )
    for case in due.select_related("person").order_by("pk"):
        left = (case.last_day - day).days
        stage = EXPIRED if left < 0 else min(mark for mark in REMIND if left <= mark)
        fresh = Secondment.objects.filter(pk=case.pk, reminded=case.reminded)
        if case.reminded is not None and case.reminded <= stage:
            continue
        with transaction.atomic():
            if fresh.update(reminded=stage):
                notice_send(concerned(case), "term", case)
                told += 1
    return told
