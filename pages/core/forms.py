"""The page editor's form."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm
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
