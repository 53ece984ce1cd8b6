from django.db import models
from viewflow.workflow.models import Process


class BareProcess(Process):
    """A case with one field for each thing that a step writes."""

    outcome = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return f"bare {self.pk}"
