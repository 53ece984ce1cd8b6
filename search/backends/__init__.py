"""Search backends for Chinese on the databases that the site runs on (WAGTAILSEARCH_BACKENDS, docs/search.md)."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from modelsearch.backends.base import BaseSearchBackend


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:  # noqa: N802 - the name modelsearch looks for
    """The backend for the default database.

    Imported late: modelsearch's modules for one database cannot be imported while another is in use. Raises
    ImproperlyConfigured on a database that has none.
    """
    if connection.vendor == "sqlite":
        from .sqlite import SQLiteBackend

        return SQLiteBackend(params)
    if connection.vendor == "postgresql":
        from .postgres import PostgreSQLBackend

        return PostgreSQLBackend(params)
    raise ImproperlyConfigured("Search runs on SQLite and PostgreSQL.")
