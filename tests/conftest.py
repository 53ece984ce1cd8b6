"""Every test run starts from a migrated database, without migrating it every time.

Wagtail's migrations take many seconds and every xdist worker needs a database of its own. So an SQLite template is
migrated once per set of migrations and then copied: a changed migration makes a new template by itself.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connections
from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config):
    """Compile the Chinese texts, which a fresh copy lacks; workers find them done."""
    if not hasattr(config, "workerinput"):
        compile_messages = [sys.executable, "-m", "babel.messages.frontend", "-q", "compile"]
        for folder, domains in (("locale", "django"), ("locale/wagtail", "django djangojs")):
            subprocess.run([*compile_messages, "-d", folder, "-D", domains], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings):
    """Put a migrated copy where Django will look for the test database, and have it kept."""
    database = connections["default"]
    if database.vendor != "sqlite":
        return request.config.getvalue("reuse_db")
    target = Path(database.settings_dict["TEST"]["NAME"])
    database.close()
    for leftover in (target, target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copyfile(migrated_template(), target)
    return True


def migrated_template() -> Path:
    """The path of an SQLite file with all migrations applied; built at most once, however many workers ask."""
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    path = folder / f"test-template-{migrations_digest()}.sqlite3"
    with (folder / "test-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in folder.glob("test-template-*.sqlite3*"):
                old.unlink()
            building = path.with_suffix(".building")
            environment = os.environ | {
                "DATABASE_URL": f"sqlite:///{building}",
                "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            }
            migrate = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
            building.rename(path)
    return path


def migrations_digest() -> str:
    """Changes whenever a migration of ours or the version of a library does."""
    digest = hashlib.sha256()
    for file in [ROOT / "requirements.txt", *sorted(ROOT.glob("[!.]*/**/migrations/*.py"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(autouse=True)
def default_language():
    """A request leaves its visitor's language active in the thread: the next test must not inherit it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def sign_in(client, people):
    """Sign in by role, for tests that have a fixture `people`: role → person."""

    def sign_in(role):
        client.logout()
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def redis_url():
    """Address of a running Redis. Skips without one, except in continuous integration, where one must be there."""
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")
    try:
        redis.Redis.from_url(url).ping()
    except redis.ConnectionError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no Redis on this machine (REDIS_URL)")
    return url
