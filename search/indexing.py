"""Indexing anew what others' changes touch: a venue's page when the venue changes, a page when its file is read."""

from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import ReferenceIndex
from wagtail.search.index import Indexed, insert_or_update_object

from .kinds import kinds


def index_carriers(document: Model) -> None:
    """Index every object that refers to `document`."""
    for obj, _ in ReferenceIndex.get_grouped_references_to(document):
        if isinstance(obj, Indexed):
            insert_or_update_object(obj)


def connect_followers() -> None:
    """Listen to the objects that searchable models follow (`search_follows`)."""
    for kind in kinds():
        for path in kind.model.search_follows:  # type: ignore[attr-defined]
            related, through = _end_of(kind.model, path)
            # dispatch_uid keeps the receiver single; weak references would let a partial go at once.
            name = f"search.{kind.key}.{path}"
            on_save = partial(_on_save, kind.model, path)
            post_save.connect(on_save, sender=related, weak=False, dispatch_uid=name)
            post_delete.connect(on_save, sender=related, weak=False, dispatch_uid=name)
            if through:
                receiver = partial(_on_link, kind.model, path.rpartition("__")[0])
                m2m_changed.connect(receiver, sender=through, weak=False, dispatch_uid=name)


def _end_of(model: type[Model], path: str) -> tuple[type[Model], Any]:
    """The model at the end of a path of relations, and the table between if the last one is many-to-many."""
    through = None
    for name in path.split("__"):
        field: Any = model._meta.get_field(name)
        model = field.related_model
        through = getattr(field, "remote_field", None) and getattr(field.remote_field, "through", None)
    return model, through


def _index(queryset: QuerySet) -> None:
    for obj in queryset:
        insert_or_update_object(obj)


def _on_save(carrier: Any, path: str, sender: Any, instance: Model, **kwargs: Any) -> None:
    del sender
    if not kwargs.get("raw"):
        _index(carrier.objects.filter(**{path: instance}))


def _on_link(carrier: Any, path: str, sender: Any, instance: Model, action: str, reverse: bool, **_: Any) -> None:
    del sender
    if action.startswith("post_") and not reverse:
        _index(carrier.objects.filter(**{path or "pk": instance.pk}))
