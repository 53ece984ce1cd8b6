"""The appointment letter 任职通知 and, after the appraisal, the certificate 挂职证明, as PDF in the form of 公文."""

import datetime as dt
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from common.pdf import pdf_of
from network.models import Office, Post
from workflows.core.models import Decision

from .models import Secondment


class Renewal(NamedTuple):
    """A longer term that was approved: until when, and on which day it was decided."""

    until: dt.date
    decided: dt.date


def letter_html(case: Secondment) -> str:
    """The letter as HTML; always in the county's own language, whoever prints it."""
    with translation.override(settings.LANGUAGE_CODE):
        context = _certificate(case) if is_certificate(case) else _notice(case)
        return render_to_string("secondments/letter.html", context)


def is_certificate(case: Secondment) -> bool:
    """Whether there is something to certify: the term is over and was appraised."""
    return bool(case.appraisal_grade) and case.last_day <= timezone.localdate()


def _notice(case: Secondment) -> dict[str, Any]:
    """The letter says what was decided on its day: an early return does not change it, a renewal stands below it."""
    appointed = Decision.objects.filter(case=case, action="appoint").order_by("pk").last()
    moved = [row for row in Decision.objects.filter(case=case).order_by("pk") if "last_day" in row.changes]
    later = [row for row in moved if row.action != "appoint"]
    last_day = dt.date.fromisoformat(later[0].changes["last_day"][0]) if later else case.last_day
    renewals = [
        Renewal(dt.date.fromisoformat(row.changes["last_day"][1]), timezone.localdate(row.at))
        for row in later
        if row.node == "renewal"
    ]
    dated = appointed.at if appointed else case.created
    return _common(case) | {"last_day": last_day, "renewals": renewals, "dated": timezone.localdate(dated)}


def _certificate(case: Secondment) -> dict[str, Any]:
    appraised = Decision.objects.filter(case=case, action="appraised").order_by("pk").last()
    dated = timezone.localdate(appraised.at) if appraised else case.last_day
    return _common(case) | {"certificate": True, "last_day": case.last_day, "dated": dated}


def _common(case: Secondment) -> dict[str, Any]:
    assert case.home is not None  # it stands, so it was nominated  # noqa: S101
    governments = Office.objects.filter(kind=Office.Kind.TOWNSHIP, division=case.township_id)
    return {
        "case": case,
        "post": Post.Title(case.post_title).label,
        "home_title": case.home.get_title_display(),
        "issuer": Office.objects.filter(kind=Office.Kind.BUREAU).order_by("pk").first() or "",
        "copies": [str(place) for place in (case.home.venue, case.venue, *governments) if place],
    }


def letter_pdf(case: Secondment) -> bytes:
    """The letter as PDF.

    Raises:
        PdfUnavailableError: WeasyPrint or Pango is not installed.
    """
    return pdf_of(letter_html(case), style="wenshu/css/letter-print.css")
