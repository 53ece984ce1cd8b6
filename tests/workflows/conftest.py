import pytest

from common.privatefiles import private_storage

from .world import make_world


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def private_files(monkeypatch, tmp_path):
    """The private storage, empty; call it for the names of what lies there."""
    monkeypatch.setitem(private_storage().__dict__, "location", str(tmp_path))  # the fields keep this very object
    return lambda: {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
