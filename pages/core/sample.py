"""Says on every page that sample data is loaded; takes sample pictures and files away again."""

from wagtail.models import Site

from common.report import Report

from .models import SiteDocument, SiteImage, SiteSettings


def load(report: Report) -> None:
    """Switch the footer's remark on."""
    _remark(True)
    report.step("pages: sample data is marked as such")


def remove(report: Report) -> None:
    """Delete sample pictures and files, which the rooms above have let go of by now, and switch the remark off."""
    SiteImage.objects.filter(is_sample=True).delete()
    SiteDocument.objects.filter(is_sample=True).delete()
    _remark(False)
    report.step("pages: sample data removed")


def _remark(shown: bool) -> None:
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.has_sample_data = shown
    settings.save()
