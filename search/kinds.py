"""The kinds of things that are found: every model that declares itself searchable (common/searchable.py)."""

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db.models import Model, QuerySet

from common.searchable import Searchable, SearchKind


@dataclass(frozen=True)
class Kind:
    """A model among the results."""

    model: type[Model]
    spec: SearchKind

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.spec.key

    def visible(self) -> QuerySet:
        """What a visitor may find of it."""
        return self.model.searchable()  # type: ignore[attr-defined]


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of their tabs."""
    found = [
        Kind(model, model.search_kind)
        for model in apps.get_models()
        if issubclass(model, Searchable) and "search_kind" in vars(model)
    ]
    return tuple(sorted(found, key=lambda kind: (kind.spec.order, kind.key)))
