"""PDF files from the site's own templates."""

from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _


class PdfUnavailableError(RuntimeError):
    """WeasyPrint's system libraries are not there. The message says what to install."""


def pdf_of(html: str, *, style: str, base_url: str = "/") -> bytes:
    """A page as PDF.

    Args:
        html: the whole page. Nothing that it names is fetched.
        style: the static path of its style sheet.
        base_url: where relative addresses start, so that links in the file lead somewhere.

    Raises:
        PdfUnavailableError: WeasyPrint or Pango is not installed.
    """
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError) as error:
        raise PdfUnavailableError(
            _("PDF files cannot be made on this server: WeasyPrint needs libpango-1.0-0 and libpangoft2-1.0-0.")
        ) from error
    fetch: Any = _fetch_nothing
    page = HTML(string=html, base_url=base_url, url_fetcher=fetch)
    return page.write_pdf(stylesheets=[CSS(filename=finders.find(style))])


def _fetch_nothing(url: str, **_options: Any) -> Any:
    """A page holds everything it shows: text that people typed must not make the server fetch an address."""
    raise ValueError(f"not fetched: {url}")
