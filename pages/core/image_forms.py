"""The form of a picture in the back office. Apart from forms.py, because Wagtail's image forms need loaded models."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm


class SiteImageForm(BaseImageForm):
    """A picture needs words for those who cannot see it (WCAG 1.1.1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        description = self.fields["description"]
        description.required = True
        description.help_text = _(
            "What the picture shows, in one sentence, as you would tell it on the telephone. Screen readers speak it."
        )
