"""The dossier 卷宗 of a case: facts, papers, decision log, messages and comments as one PDF."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from common.pdf import pdf_of

from .chart import case_chart
from .timeline import official_timeline


def dossier_html(case: Any) -> str:
    """The dossier as HTML: what the PDF is made of."""
    return render_to_string(
        "workflows/dossier.html",
        {
            "case": case,
            "facts": case.flow_class.instance.facts(case),
            "files": case.files.select_related("uploaded_by"),
            "timeline": official_timeline(case),
            "partner": case.flow_class.partner,
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
        PdfUnavailableError: WeasyPrint or Pango is not installed.
    """
    return pdf_of(dossier_html(case), style="wenshu/css/dossier-print.css", base_url=base_url)
