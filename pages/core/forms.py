"""The page editor's form."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.images.forms import BaseImageForm
from wagtail.models import Page

from common.pinyin import pinyin_slug


class BasePageForm(WagtailAdminPageForm):
    """An editor need not think of the address: left empty, it becomes the title in pinyin."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """The given address part, or a free one made from the title."""
        slug = self.cleaned_data["slug"]
        base = pinyin_slug(self.cleaned_data.get("title") or "")
        if slug or not base:
            return slug
        candidate, suffix = base, 1
        while not Page._slug_is_available(candidate, self.parent_page, self.instance):
            suffix += 1
            candidate = f"{base}-{suffix}"
        return candidate


class SiteImageForm(BaseImageForm):
    """A picture needs words for those who cannot see it (WCAG 1.1.1)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        description = self.fields["description"]
        description.required = True
        description.help_text = _(
            "What the picture shows, in one sentence, as you would tell it on the telephone. Screen readers speak it."
        )
