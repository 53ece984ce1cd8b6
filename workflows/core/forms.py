"""Forms of the officials' screens."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.privatefiles import CheckedFile, check_upload

from .models import DeadlineRule, Delegation
from .nodes import HumanTask


def date_input() -> forms.DateInput:
    """The browser's own date field, in the format it sends."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def long_text(rows: int = 4) -> forms.Textarea:
    """Room for a paragraph."""
    return forms.Textarea(attrs={"rows": rows})


class PhotosInput(forms.ClearableFileInput):
    """Several pictures at once, from a phone's camera too."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A few checked pictures; cleans to a list of CheckedFile.

    Args:
        limit: how many at most.
    """

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(
            label=_("Pictures"),
            required=False,
            widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
            help_text=format_lazy(
                _("Up to {count} pictures (JPEG, PNG). Where they were taken is removed."), count=limit
            ),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > self.limit:
            raise forms.ValidationError(_("At most %(count)s pictures.") % {"count": self.limit})
        checked = [check_upload(upload) for upload in uploads]
        if any(not file.content_type.startswith("image/") for file in checked):
            raise forms.ValidationError(_("Only pictures (JPEG, PNG) here."))
        return checked


class TaskForm(forms.Form):
    """The form of a step: its decisions and, where one needs it, the reason. Steps with more to fill in subclass it.

    Args:
        node: the HumanTask.
        case: the flow's own case.

    Attributes:
        asks_reason: False for a step that records something and decides nothing.
    """

    asks_reason = True

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, node: HumanTask, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.node, self.case = node, case
        if self.asks_reason:
            self.fields["reason"].help_text = self.reason_help(node.flow_class.reason_readers)
        else:
            del self.fields["reason"]
        self.fields["decision"].choices = [(name, choice.label) for name, choice in node.decisions.items()]  # type: ignore[attr-defined]
        if len(node.decisions) == 1:
            self.fields["decision"].initial = next(iter(node.decisions))
        # A step's own fields come first: one reads, then decides.
        own = [name for name in self.fields if name not in ("decision", "reason")]
        self.order_fields([*own, "decision", "reason"])

    def reason_help(self, readers: Any) -> str:
        """Who reads the reason, and for which decisions it must be there."""
        needing = " / ".join(str(choice.label) for choice in self.node.decisions.values() if choice.needs_reason)
        if not needing:
            return str(readers)
        mandatory = _("Mandatory for: %(decisions)s.") % {"decisions": needing}
        return f"{readers} {mandatory}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        choice = self.node.decisions.get(cleaned.get("decision", ""))
        if choice and choice.needs_reason and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: whoever reads it must be able to understand it."))
        return cleaned

    def step_data(self) -> dict[str, Any]:
        """The step's own cleaned fields, for the service."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("decision", "reason")}


class ReasonForm(forms.Form):
    """One reason, for what must be explained."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReassignForm(ReasonForm):
    """Pass a task to a colleague."""

    to: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Colleague"), queryset=None)

    field_order = ["to", "reason"]

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class DelegationForm(forms.ModelForm):
    """Arrange holiday cover for oneself."""

    class Meta:
        model = Delegation
        fields = ["delegate", "first_day", "last_day", "reason"]
        widgets = {
            "first_day": forms.DateInput(attrs={"type": "date"}),
            "last_day": forms.DateInput(attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, principal: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.principal = self.instance.created_by = principal
        self.fields["delegate"].queryset = colleagues  # type: ignore[attr-defined]


class DeadlineForm(forms.ModelForm):
    """One step's deadline."""

    class Meta:
        model = DeadlineRule
        fields = ["workdays", "remind_before", "escalate_after"]


class TextForm(forms.Form):
    """A comment or a message."""

    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class InboxFilter(forms.Form):
    """What the inbox shows. Nonsense in the address is ignored."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    flow = forms.ChoiceField(label=_("Kind of case"), required=False)
    node = forms.ChoiceField(label=_("Step"), required=False)
    township: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Township"), queryset=None, required=False)
    age = forms.ChoiceField(
        label=_("Waiting"),
        required=False,
        choices=[
            ("", _("any time")),
            ("overdue", _("overdue")),
            ("3", _("more than 3 days")),
            ("7", _("more than a week")),
            ("30", _("more than a month")),
        ],
    )

    def __init__(self, *args: Any, townships: Any, **kwargs: Any) -> None:
        from .nodes import all_flows

        super().__init__(*args, **kwargs)
        flows = all_flows()
        anything = [("", _("all"))]
        self.fields["flow"].choices = anything + [(flow.label(), flow.case_title) for flow in flows]  # type: ignore[attr-defined]
        self.fields["node"].choices = anything + [  # type: ignore[attr-defined]
            (f"{flow.label()}/{node.name}", node.task_title) for flow in flows for node in flow.human_nodes()
        ]
        self.fields["township"].queryset = townships  # type: ignore[attr-defined]
        self.fields["township"].empty_label = _("all")  # type: ignore[attr-defined]
