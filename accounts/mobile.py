"""Mobile numbers of mainland China."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

validate_mobile = RegexValidator(r"^1[3-9]\d{9}\Z", _("Give a mobile number of 11 digits, for example 13800138000."))


def normalise_mobile(value: str) -> str:
    """A number as people type it (full width, blanks, hyphens, +86) as 11 digits, where it can be one."""
    plain = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", value))
    return re.sub(r"^(\+?86|0086)(?=1\d{10}\Z)", "", plain)


class MobileField(forms.CharField):
    """A mobile number in a form; empty is None, so that two people without one do not collide."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("mobile number"))
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "tel"})
        defaults: dict[str, Any] = {"widget": widget, "validators": [validate_mobile], "max_length": 30}
        super().__init__(**(defaults | kwargs))

    def to_python(self, value: Any) -> Any:
        return normalise_mobile(super().to_python(value) or "")

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None
