"""The appointment letter 任职通知 and, after the appraisal, the certificate 挂职证明, as PDF in the official form."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from network.models import Office, Post
from workflows.core.dossier import DossierUnavailableError, _fetch_nothing
from workflows.core.models import Decision

from .models import Secondment


def letter_html(case: Secondment) -> str:
    """The letter as HTML; always in the county's own language, whoever prints it."""
    appointed = Decision.objects.filter(case=case, action="appoint").order_by("pk").last()
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "case": case,
            "post": Post.Title(case.post_title).label,
            "issuer": Office.objects.filter(kind=Office.Kind.BUREAU).order_by("pk").first(),
            "dated": appointed.at if appointed else case.created,
            "certificate": bool(case.appraisal_grade),
        }
        return render_to_string("secondments/letter.html", context)


def letter_pdf(case: Secondment) -> bytes:
    """The letter as PDF.

    Raises:
        DossierUnavailableError: WeasyPrint or Pango is not installed.
    """
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as error:
        raise DossierUnavailableError(
            translation.gettext(
                "PDF files cannot be made on this server: WeasyPrint needs libpango-1.0-0 and libpangoft2-1.0-0."
            )
        ) from error
    fetch: Any = _fetch_nothing
    page = HTML(string=letter_html(case), base_url="/", url_fetcher=fetch)
    return page.write_pdf(stylesheets=[CSS(filename=finders.find("wenshu/css/letter-print.css"))])
