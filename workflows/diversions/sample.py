"""A sample report of diversion, waiting for the bureau."""

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from common.report import Report
from network.models import Venue
from workflows.core.samples import sample_cases_delete
from workflows.core.services import case_start

from .flows import DiversionFlow
from .models import Diversion


def load(report: Report) -> None:
    """File one report through the service. Loading again adds nothing."""
    reporter = User.objects.filter(email="editor@example.org").first()
    if not settings.DEMO or reporter is None or Diversion.objects.filter(is_sample=True).exists():
        return
    venue = Venue.objects.filter(posts__appointments__person=reporter).first()
    if venue is None:
        return
    post = venue.posts.filter(appointments__isnull=False).exclude(appointments__person=reporter).first()
    facts = {
        "venue": venue,
        "post": post,
        "who": "分馆工作人员（示例）",
        "since": timezone.localdate(),
        "account": "每周三天被抽调从事其他工作（示例）。",
    }
    case_start(DiversionFlow, by=reporter, facts=facts)
    report.step("Diversions: one report waits for the bureau")


def remove(report: Report) -> None:
    """Take the sample report away."""
    cases = list(Diversion.objects.filter(is_sample=True).values_list("pk", flat=True))
    sample_cases_delete(cases)
    report.step(f"Diversions: {len(cases)} sample reports removed")
