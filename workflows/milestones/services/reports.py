"""The monthly report 月报: what each township did in a month, as numbers, CSV and PDF (R37, R117)."""

import csv
import datetime as dt
import io
from collections import defaultdict
from dataclasses import astuple, dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.pdf import PdfUnavailableError, pdf_of
from common.workdays import add_workdays
from network.models import Division, NetworkSettings
from workflows.core.notices import digest_send

from .. import permissions
from ..models import DateMove, GroupIssue, Milestone, MonthlyReport, Programme
from ..reminders import people_of_owners

MOST_MISSED = 12  # months that the clock makes up for
FIRST_YEAR = 2000


@dataclass
class Row:
    """One township in one month; the heads and the county have a row of their own."""

    place: str
    total: int = 0
    done: int = 0
    done_this_month: int = 0
    recorded_afterwards: int = 0
    overdue: int = 0
    blocked: int = 0
    moved: int = 0


@dataclass
class Month:
    """What happened in a month, up to a day of it."""

    programme: Programme
    first: dt.date
    as_of: dt.date
    rows: list[Row] = field(default_factory=list)
    issues: list[GroupIssue] = field(default_factory=list)
    moves: list[DateMove] = field(default_factory=list)

    @property
    def total(self) -> Row:
        """The sum of all rows."""
        sums = [sum(values) for values in zip(*(astuple(row)[1:] for row in self.rows), strict=True)]
        return Row(_("All"), *sums)


def month_end(month: dt.date) -> dt.date:
    """The last day of the month that begins on this day."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def month_measure(programme: Programme, month: dt.date, as_of: dt.date) -> Month:
    """The figures of a month. A last day that was moved since counts as it is now; the rest as it was then.

    Args:
        programme: which one.
        month: its first day.
        as_of: the last day that counts: the month's last, or today in a running month.
    """
    found = Month(programme, month, as_of)
    counts: dict[Any, Row] = {}
    rows = _by_owner(programme.milestones.standing())
    over = Q(confirmed_on__lte=as_of)
    this_month = Q(confirmed_on__gte=month, confirmed_on__lte=as_of)
    sums = {
        "total": Count("pk"),
        "done": Count("pk", filter=over),
        "done_this_month": Count("pk", filter=this_month),
        "recorded_afterwards": Count("pk", filter=this_month & Q(back_dated=True)),
        "overdue": Count("pk", filter=Q(last_day__lt=as_of) & (Q(confirmed_on=None) | Q(confirmed_on__gt=as_of))),
    }
    for line in rows.annotate(**sums):
        key = (line.pop("township"), line.pop("county"))
        counts[key] = Row("", **line)
    begin, end = _midnight(month), _midnight(as_of + dt.timedelta(days=1))
    issues = GroupIssue.objects.filter(milestone__programme=programme, raised_at__lt=end)
    found.issues = _with_place(issues.filter(Q(resolved_at=None) | Q(resolved_at__gte=end)))
    moves = DateMove.objects.filter(milestone__programme=programme, approved=True)
    found.moves = _with_place(moves.filter(decided_at__gte=begin, decided_at__lt=end))
    for name, happened in (("blocked", found.issues), ("moved", found.moves)):
        for event in happened:
            key = (event.milestone.township_id, event.milestone.venue_id is None)
            row = counts.setdefault(key, Row(""))
            setattr(row, name, getattr(row, name) + 1)
    found.rows = _named(counts)
    return found


def _by_owner(rows: QuerySet[Milestone]) -> Any:
    county = Case(When(venue=None, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.order_by().annotate(county=county).values("township", "county")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _with_place(rows: Any) -> list[Any]:
    return list(rows.select_related("milestone__item", "milestone__venue", "milestone__township").order_by("pk"))


def _named(counts: dict[Any, Row]) -> list[Row]:
    """The rows in the order of the divisions; then the head institutions, then what is once for the county."""
    names = defaultdict(str, Division.objects.filter(pk__in=[key[0] for key in counts]).values_list("pk", "name"))
    codes = dict(Division.objects.filter(pk__in=names).values_list("pk", "code"))
    for (township, county), row in counts.items():
        row.place = names[township] if township else (_("the county") if county else _("Head institutions"))
    order = sorted(counts, key=lambda key: (key[0] is None, key[1], codes.get(key[0], "")))
    return [counts[key] for key in order]


# Making it --------------------------------------------------------------------------------------
@transaction.atomic
def report_make(*, programme: Programme, month: dt.date, by: Any) -> MonthlyReport:
    """Make the report of a month, or make it again.

    Args:
        programme: not a draft.
        month: any day of the month; not in the future.
        by: an official of the bureau; None for the clock.

    Raises:
        PermissionDenied: it is not theirs.
        ValidationError: field month.
    """
    if by is not None and not permissions.manages_programmes(by):
        raise PermissionDenied
    today, month = timezone.localdate(), month.replace(day=1)
    if month > today or month.year < FIRST_YEAR:
        raise ValidationError({"month": _("Choose a month that has begun, from the year 2000 on.")})
    Programme.objects.select_for_update().get(pk=programme.pk)
    with translation.override(settings.LANGUAGE_CODE):  # a record of the county: in its language, whoever asks
        found = month_measure(programme, month, min(month_end(month), today))
        table, paper = report_csv(found), _pdf_or_nothing(found)
    old = MonthlyReport.objects.filter(programme=programme, month=month).first()
    row = old or MonthlyReport(programme=programme, month=month)
    outdated = [(file.storage, str(file.name)) for file in (row.pdf, row.csv) if file]
    row.as_of, row.made_by = found.as_of, by
    stem = f"{programme.slug}-{month:%Y-%m}"
    row.csv.save(f"{stem}.csv", ContentFile(table), save=False)
    row.pdf = ""
    if paper:
        row.pdf.save(f"{stem}.pdf", ContentFile(paper), save=False)
    row.save()
    transaction.on_commit(lambda: _delete(outdated))
    return row


def _delete(files: list[tuple[Any, str]]) -> None:
    for storage, name in files:
        storage.delete(name)


def _pdf_or_nothing(found: Month) -> bytes:
    """Without the PDF library there is the CSV alone: the clock must not stop for it."""
    try:
        return report_pdf(found)
    except PdfUnavailableError:
        return b""


def report_csv(found: Month) -> bytes:
    """The table as CSV, with the mark that makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(heading())
    for row in (*found.rows, found.total):
        table.writerow(astuple(row))
    return ("\ufeff" + out.getvalue()).encode()


def heading() -> list[str]:
    """The columns of a report."""
    return [
        _("Township"),
        _("Milestones"),
        _("Done so far"),
        _("Done this month"),
        _("Of these recorded afterwards"),
        _("Overdue"),
        _("Blocked"),
        _("Moved this month"),
    ]


def report_pdf(found: Month) -> bytes:
    """The report as PDF. Raises PdfUnavailableError."""
    context = {
        "found": found,
        "county": NetworkSettings.load().county,
        "heading": heading(),
        "rows": [astuple(row) for row in found.rows],
        "total": astuple(found.total) if found.rows else (),
        "now": timezone.localtime(),
    }
    return pdf_of(render_to_string("milestones/report_paper.html", context), style="wenshu/css/report-print.css")


# The clock --------------------------------------------------------------------------------------
def reports_due(programme: Programme, today: dt.date) -> list[dt.date]:
    """The months whose report the clock still has to make: the one before this, from its first working day on; and
    those since the newest report that it missed, a year of them at most."""
    this = today.replace(day=1)
    if today < add_workdays(this - dt.timedelta(days=1), 1):
        this = _month_before(this)
    wanted = [_month_before(this)]
    reports = programme.monthly_reports.values_list("month", "made_by")
    known = {month for month, _by in reports}
    newest = max((month for month, by in reports if by is None), default=None)
    while newest and len(wanted) < MOST_MISSED and (earlier := _month_before(wanted[-1])) > newest:
        wanted.append(earlier)
    return sorted(month for month in wanted if month not in known)


def _month_before(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


def monthly_reports_make() -> int:
    """Make the reports that are due and announce them. Returns how many."""
    made = 0
    for programme in Programme.objects.filter(state=Programme.State.RUNNING):
        for month in reports_due(programme, timezone.localdate()):
            with transaction.atomic():
                Programme.objects.select_for_update().get(pk=programme.pk)
                if MonthlyReport.objects.filter(programme=programme, month=month).exists():
                    continue  # another clock was faster
                report_announce(report_make(programme=programme, month=month, by=None))
            made += 1
    return made


def report_announce(report: MonthlyReport) -> None:
    """Tell the bureau and the township officials that there is a new report."""
    people = people_of_owners(timezone.localdate())
    told = {user.pk: user for (kind, _pk), users in people.items() for user in users if kind in ("bureau", "office")}

    def words() -> tuple[str, str]:
        about = {"programme": report.programme, "month": f"{report.month:%Y-%m}"}
        line = _("%(programme)s: monthly report %(month)s") % about
        return line, _("The report of %(month)s is ready, as PDF and CSV.") % about

    digest_send(told.values(), words, f"{reverse('milestones_reports')}?programme={report.programme.slug}")
