"""Many steps in one transaction: what they share is read once, and their log is written together.

Outside of a chunk every step reads for itself. Inside, a person's mandate and the county's deadlines are those of the
chunk's transaction, which is as long as one step's would be if it waited for its lock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from .models import Decision


class Chunk:
    """What the steps of one transaction share."""

    def __init__(self) -> None:
        self.kept: dict[Any, Any] = {}
        self.log: list[Decision] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """One step, in its own savepoint: what fails takes its lines of the log with it."""
        written = len(self.log)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del self.log[written:]
            raise


_open: ContextVar[Chunk | None] = ContextVar("chunk", default=None)


@contextmanager
def chunk_open() -> Iterator[Chunk]:
    """The steps inside are taken together; the caller's transaction holds them. Their log is written at the end."""
    chunk = Chunk()
    token = _open.set(chunk)
    try:
        yield chunk
    finally:
        _open.reset(token)
    Decision.objects.bulk_create(chunk.log, batch_size=500)


def once(key: Any, read: Callable[[], Any]) -> Any:
    """What `read` answers; in a chunk it is asked once for each key."""
    chunk = _open.get()
    if chunk is None:
        return read()
    if key not in chunk.kept:
        chunk.kept[key] = read()
    return chunk.kept[key]


def forget(key: Any) -> None:
    """What `once` keeps under this key is no longer so."""
    if chunk := _open.get():
        chunk.kept.pop(key, None)


def line_write(line: Decision) -> None:
    """Write a line of the decision log: now, or with the others of the chunk."""
    chunk = _open.get()
    if chunk is None:
        line.save()
    else:
        chunk.log.append(line)
