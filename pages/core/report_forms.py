"""Forms of the public site that belong to no other room."""

from django import forms

from .models import ErrorReport


class ErrorReportForm(forms.ModelForm):
    """A reader says what is wrong on a page. `website` is a trap: people do not see it, robots fill it in."""

    website = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ErrorReport
        fields = ["page", "message", "contact"]
        widgets = {"page": forms.HiddenInput, "message": forms.Textarea(attrs={"rows": 6, "maxlength": 2000})}

    @property
    def is_robot(self) -> bool:
        """Whether the trap was filled in."""
        return bool(self.data.get("website"))
