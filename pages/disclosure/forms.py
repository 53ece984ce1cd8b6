"""The document editor's form."""

from typing import Any

from pages.core.forms import BasePageForm


class DocumentPageForm(BasePageForm):
    """Publishing (or handing in for publication) asks for the decision; a draft does not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.parent_page and not self.instance.pk and "issuer" in self.fields:
            self.initial["issuer"] = self.parent_page.specific.office.pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.is_deferred_validation:
            for name in ("decision", "decision_basis"):
                setattr(self.instance, name, cleaned.get(name) or "")
            for name in ("catalogue", "issuer"):
                setattr(self.instance, name, cleaned.get(name))
            for name, problem in self.instance.publication_problems().items():
                if name not in self.errors:
                    self.add_error(name, problem)
        return cleaned
