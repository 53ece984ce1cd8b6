"""What the two backends share: reading objects, finding entries, and answers in modelsearch's manner.

An entry is the row of one object in the table search_entry. The stock table is not used: it has no room for what makes
`fields=`, dates and long texts right (docs/adr, “A search index of its own”).
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Value
from django.db.models.expressions import RawSQL
from modelsearch.index import AutocompleteField, RelatedFields, SearchField, get_indexed_models
from modelsearch.utils import get_content_type_pk, get_descendants_content_types_pks

from ..attachments import texts_of
from ..terms import Every, Node, Some, Term, Without, read

Sql = tuple[str, list[Any]]
ATTACHMENTS = "*files"  # the texts of an object's files, beside its search fields


def flat(value: Any) -> Iterator[str]:
    """The texts in a field's value; each item of a list or mapping on its own, so that no phrase spans two."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set)):
        for item in value:
            yield from flat(item)
    elif value is not None and value != "":
        yield str(value)


@dataclass
class Document:
    """The texts of one object by field name; a related object's fields are named `relation__field`."""

    object_id: str
    date: datetime.date | None
    rank: int
    searchable: dict[str, list[str]]
    names: list[str]

    @classmethod
    def of(cls, obj: models.Model) -> "Document":
        """Read `obj`, an instance of an indexed model, through its search fields."""
        document = cls(object_id_of(obj), search_date(obj), getattr(obj, "search_rank", 0), {}, [])
        document._read(obj, obj.get_search_fields(), "")  # type: ignore[attr-defined]
        if texts := texts_of(obj):
            document.searchable[ATTACHMENTS] = texts
        return document

    def _read(self, obj: models.Model, fields: Iterable[Any], prefix: str) -> None:
        for field in fields:
            if isinstance(field, RelatedFields):
                for related in related_objects(field.get_value(obj)):
                    self._read(related, field.fields, f"{prefix}{field.field_name}__")
            elif isinstance(field, SearchField):
                self.searchable.setdefault(prefix + field.field_name, []).extend(flat(field.get_value(obj)))
            elif isinstance(field, AutocompleteField):
                self.names.extend(flat(field.get_value(obj)))


def related_objects(value: Any) -> Iterable[models.Model]:
    """The objects that a relation leads to: none, one or several."""
    if value is None:
        return []
    if isinstance(value, models.Manager):
        return value.all()
    return [value() if callable(value) else value]


def search_date(obj: models.Model) -> datetime.date | None:
    """The day that “newest first” and the date filter go by, if the model declares one (common/searchable.py)."""
    kind = getattr(obj, "search_kind", None)
    value = getattr(obj, kind.date_field, None) if kind and kind.date_field else None
    return value.date() if isinstance(value, datetime.datetime) else value


def plain_key(model: type[models.Model]) -> models.Field:
    """The primary key's own field, behind any parent links."""
    key: Any = model._meta.pk
    while key.remote_field:
        key = key.target_field
    return key


def object_id_of(obj: models.Model) -> str:
    """An object's key as the database writes it, so that a cast brings it back."""
    return str(plain_key(type(obj)).get_db_prep_value(obj.pk, connection))


def key_sql(model: type[models.Model]) -> str:
    """SQL that turns an entry's object_id into the model's key."""
    return f"CAST(e.object_id AS {plain_key(model).rel_db_type(connection)})"


def content_types(model: type[models.Model]) -> Sql:
    """SQL that keeps entries of `model` and of the models below it."""
    keys = sorted(get_descendants_content_types_pks(model))
    return f"e.content_type_id IN ({', '.join(['%s'] * len(keys))})", keys


def among(queryset: models.QuerySet) -> Sql:
    """A condition on entries `e`: of the queryset's model, and in it.

    The object is looked up for each hit. A list of all that is in the queryset would cost more than most searches.
    """
    of_model, keys = content_types(queryset.model)
    key = RawSQL(f"CASE WHEN {of_model} THEN {key_sql(queryset.model)} END", keys)  # noqa: S611 - no input in it
    matching = queryset.order_by().filter(pk=key).annotate(_found=Value(1)).values("_found")
    try:
        sql, params = matching.query.get_compiler(using=queryset.db).as_sql()
    except EmptyResultSet:
        return "1 = 0", []
    return f"EXISTS ({sql})", list(params)


def rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """What a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


class Finder:
    """Turns terms into SQL over search_entry. One subclass for each database."""

    def hits(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        """The source of a SELECT over entries `e` that match: `FROM … WHERE …`, and below `score` what they are worth.

        `fields` limits the search to fields of the model; `names` searches the texts for suggestions instead.
        """
        raise NotImplementedError

    def score(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        """An SQL expression over `hits`: the higher, the better the match."""
        raise NotImplementedError

    def term(self, term: Term, fields: list[str] | None, *, names: bool) -> Sql:
        """A condition on `e` for one term."""
        raise NotImplementedError

    def condition(self, node: Node, fields: list[str] | None, *, names: bool) -> Sql:
        """A condition on `e` for any terms."""
        if isinstance(node, Term):
            return self.term(node, fields, names=names)
        if isinstance(node, Without):
            sql, params = self.condition(node.part, fields, names=names)
            return f"NOT ({sql})", params
        if not node.parts:
            return ("1 = 1" if isinstance(node, Every) else "1 = 0"), []
        parts = [self.condition(part, fields, names=names) for part in node.parts]
        glue = " AND " if isinstance(node, Every) else " OR "
        return f"({glue.join(sql for sql, _ in parts)})", [value for _, params in parts for value in params]


class FindingCompiler:
    """Mixed into modelsearch's query compilers: the queryset and its checks are theirs, the finding is ours."""

    finder: Finder
    searches_names = False

    queryset: models.QuerySet
    query: Any
    fields: list[str] | None
    order_by_relevance: bool

    @property
    def node(self) -> Node:
        """The query as terms."""
        return read(self.query)

    @property
    def _fields(self) -> list[str] | None:
        return list(self.fields) if self.fields is not None else None

    def found(self) -> models.QuerySet:
        """The queryset limited to what matches, in the order asked for; best first is left to `search`."""
        node = self.node
        if node == Every(()):
            return self.queryset
        if node in (Some(()), Without(Every(()))):
            return self.queryset.none()
        source, params = self.finder.hits(node, self._fields, names=self.searches_names)
        of_model, keys = content_types(self.queryset.model)
        matching = f"SELECT {key_sql(self.queryset.model)} {source} AND {of_model}"
        queryset = self.queryset.filter(pk__in=RawSQL(matching, [*params, *keys]))  # noqa: S611 - values are parameters
        return queryset if queryset.query.order_by or self.order_by_relevance else queryset.order_by("-pk")

    def ranked(self, start: int, stop: int | None) -> list[tuple[Any, float]]:
        """Key and score of the best matches from `start` to `stop` (None: all)."""
        node = self.node
        if node in (Some(()), Without(Every(()))):
            return []
        source, params = self._source(node)
        score, score_params = self.finder.score(node, self._fields, names=self.searches_names)
        key = key_sql(self.queryset.model)
        limit = "" if stop is None else f" LIMIT {int(stop) - int(start)}"
        if start:
            limit = (limit or _unlimited()) + f" OFFSET {int(start)}"
        return rows(
            f"SELECT {key}, {score} AS score {source} ORDER BY score DESC, {key} DESC{limit}", [*score_params, *params]
        )

    def counted(self) -> int:
        """How many match."""
        node = self.node
        if node == Every(()):
            return self.queryset.count()
        if node in (Some(()), Without(Every(()))):
            return 0
        source, params = self._source(node)
        return int(rows(f"SELECT COUNT(*) {source}", params)[0][0])

    def _source(self, node: Node) -> Sql:
        source, params = self.finder.hits(node, self._fields, names=self.searches_names)
        inside, inside_params = among(self.queryset)
        return f"{source} AND {inside}", [*params, *inside_params]

    def search(self, _config: Any, start: int, stop: int | None, score_field: str | None = None, **_: Any) -> Any:
        """A queryset of what matches from `start` to `stop`; what modelsearch's facets and counts are made of."""
        del score_field  # scores are set on the objects (FindingResults)
        return self.found()[start:stop]


def _unlimited() -> str:
    return " LIMIT -1" if connection.vendor == "sqlite" else ""


class FindingResults:
    """Mixed into modelsearch's results: the best matches are ranked among keys first, and only those are read whole."""

    query_compiler: FindingCompiler
    start: int
    stop: int | None
    _score_field: str | None

    def _do_search(self) -> list[models.Model]:
        compiler = self.query_compiler
        if not compiler.order_by_relevance and self._score_field is None:
            return list(compiler.found()[self.start : self.stop])
        if compiler.node == Every(()):
            return list(compiler.queryset[self.start : self.stop])
        scores = dict(compiler.ranked(self.start, self.stop))
        objects = {obj.pk: obj for obj in compiler.queryset.filter(pk__in=list(scores))}
        for key, obj in objects.items():
            if self._score_field:
                setattr(obj, self._score_field, scores[key])
        return [objects[key] for key in scores if key in objects]

    def _do_count(self) -> int:
        count = max(0, self.query_compiler.counted() - self.start)
        return count if self.stop is None else min(count, self.stop - self.start)


class EntryIndex:
    """Mixed into modelsearch's indexes: entries instead of the stock rows."""

    def write(self, content_type: int, documents: list[Document]) -> None:
        """Insert or replace the entries of `documents`."""
        raise NotImplementedError

    def add_items(self, model: type[models.Model], objs: Iterable[models.Model]) -> None:
        """Index `objs`, instances of `model`."""
        documents = [Document.of(obj) for obj in objs] if model.get_search_fields() else []  # type: ignore[attr-defined]
        if documents:
            self.write(get_content_type_pk(model), documents)

    def delete_item(self, item: models.Model) -> None:
        """Forget one object."""
        of_model, keys = content_types(type(item))
        self._delete(f"e.object_id = %s AND {of_model}", [object_id_of(item), *keys])

    def delete_stale_model_entries(self, model: type[models.Model]) -> None:
        """Forget objects of `model` that no longer exist."""
        of_model, keys = content_types(model)
        existing, params = among(model._default_manager.all())
        self._delete(f"{of_model} AND NOT {existing}", [*keys, *params])

    def delete_stale_entries(self) -> None:
        """Forget objects that no longer exist, of all models."""
        for model in get_indexed_models():
            if not model._meta.parents:
                self.delete_stale_model_entries(model)

    def reset(self) -> None:
        """Forget everything."""
        self._delete("1 = 1", [])

    def _delete(self, condition: str, params: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM search_entry AS e WHERE {condition}", params)  # noqa: S608 - built above

    def _refresh_title_norms(self, full: bool = False) -> None:
        """modelsearch's rebuilders call this at the end; lengths of titles are part of the score already."""
        if full:
            self.settle()

    def settle(self) -> None:
        """Let the database tidy up after a rebuild."""
        raise NotImplementedError
