"""The dossier 卷宗 of a case: facts, papers, decision log, messages and comments as one PDF."""

from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from .chart import case_chart
from .timeline import official_timeline


class DossierUnavailableError(RuntimeError):
    """The PDF library or its system libraries are missing; the message says what to install."""


def dossier_html(case: Any) -> str:
    """The dossier as HTML: what the PDF is made of."""
    return render_to_string(
        "workflows/dossier.html",
        {
            "case": case,
            "facts": case.flow_class.instance.facts(case),
            "files": case.files.select_related("uploaded_by"),
            "timeline": official_timeline(case),
            "talk": case.messages.select_related("author"),
            "comments": case.comments.select_related("author"),
            "chart": case_chart(case),
            "now": timezone.localtime(),
        },
    )


def dossier_pdf(case: Any, base_url: str) -> bytes:
    """The dossier as PDF.

    Args:
        case: the flow's own case.
        base_url: where relative addresses in the template start; nothing is fetched from elsewhere.

    Raises:
        DossierUnavailableError: WeasyPrint or Pango is not installed.
    """
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as error:
        raise DossierUnavailableError(
            _("PDF files cannot be made on this server: WeasyPrint needs libpango-1.0-0 and libpangoft2-1.0-0.")
        ) from error
    page = HTML(string=dossier_html(case), base_url=base_url, url_fetcher=_fetch_nothing)
    return page.write_pdf(stylesheets=[CSS(filename=finders.find("wenshu/css/dossier-print.css"))])


def _fetch_nothing(url: str, **_options: Any) -> Any:
    """A dossier holds everything it shows: text that people typed must not make the server fetch an address."""
    raise ValueError(f"not fetched: {url}")
