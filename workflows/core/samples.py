"""Taking invented cases away again, log and papers included: they never were real."""

from collections.abc import Collection

from viewflow.workflow.models import Process

from common.privatefiles import private_files_delete

from .models import CaseFile, Comment, Decision, Message, WorkItem


def sample_cases_delete(cases: Collection[int]) -> None:
    """Delete sample cases by primary key. What a flow hangs on its own cases must be gone before."""
    log = Decision.objects.filter(case__in=cases)
    log._raw_delete(log.db)  # the log refuses every other way, on purpose
    private_files_delete(names=list(CaseFile.objects.filter(case__in=cases).values_list("file", flat=True)))
    for model in (CaseFile, Comment, Message):
        model.objects.filter(case__in=cases).delete()
    WorkItem.objects.filter(case__in=cases).delete()
    Process.objects.filter(pk__in=cases).delete()
