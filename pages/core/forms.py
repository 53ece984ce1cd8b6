"""The page editor's form."""

from typing import Any

from django.utils.text import slugify
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
        """The given address part, or a free one made from the title.

        While one types a title, Wagtail's script fills in what of it is ASCII: of “第11届读书节” that is “11”.
        """
        slug, title = self.cleaned_data["slug"], self.cleaned_data.get("title") or ""
        base = pinyin_slug(title)
        if not self.instance.pk and not title.isascii() and slug == slugify(title):
            slug = ""
        if slug or not base:
            return slug
        candidate, suffix = base, 1
        while not Page._slug_is_available(candidate, self.parent_page, self.instance):
            suffix += 1
            candidate = f"{base}-{suffix}"
        return candidate
