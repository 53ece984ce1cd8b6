"""Production settings, started as a county would start them: in a process of their own, configured by environment."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def production(tmp_path):
    """Run Python with production settings; keyword arguments change the environment (None removes)."""

    def run(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "site",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": "x1!" * 20 + "abcdefgh",
            "ALLOWED_HOSTS": "wenshu.example",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
            "STATIC_ROOT": str(tmp_path / "static"),
        } | changes
        kept = {name: value for name, value in environment.items() if value is not None}
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_production_does_not_start_without(production, name, value):
    result = production("manage.py", "check", **{name: value})
    assert result.returncode != 0
    assert f"Production needs {name} in the environment" in result.stderr


def test_production_is_clean_under_the_deployment_check(production):
    result = production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


def test_a_weak_secret_key_fails_the_deployment_check(production):
    result = production("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="short")
    assert "security.W009" in result.stderr


def test_static_files_are_hashed_compressed_and_cached_for_long(production, tmp_path):
    collected = production("manage.py", "collectstatic", "--no-input")
    assert collected.returncode == 0, collected.stderr
    manifest = json.loads((tmp_path / "static/staticfiles.json").read_text())["paths"]
    assert not [name for name in manifest if "node_modules" in name]
    name = manifest["wagtailadmin/css/core.css"]
    assert re.search(r"core\.[0-9a-f]{12}\.css$", name)
    assert gzip.decompress((tmp_path / "static" / f"{name}.gz").read_bytes())

    script = (
        "from django.test import Client; import django; django.setup();"
        "browser = Client(headers={'accept-encoding': 'br', 'host': 'wenshu.example'});"
        f"r = browser.get('/static/{name}', secure=True);"
        "print(r.status_code, r.headers['Cache-Control'], r.headers['Content-Encoding'])"
    )
    served = production("-c", script)
    assert served.stdout.strip() == "200 max-age=315360000, public, immutable br", served.stderr


def test_services_come_from_the_environment(production):
    script = (
        "from django.conf import settings as s; import django; django.setup();"
        "print(s.DATABASES['default']['ENGINE'], s.CACHES['default']['BACKEND'], s.EMAIL_HOST, s.EMAIL_USE_TLS,"
        " s.WAGTAILADMIN_BASE_URL)"
    )
    result = production(
        "-c",
        script,
        DATABASE_URL="postgres://postgres@127.0.0.1/wenshu",
        CACHE_URL="redis://127.0.0.1:6379/5",
        EMAIL_URL="smtp+tls://user:secret@mail.example:587",
    )
    assert result.stdout.split() == [
        "django.db.backends.postgresql",
        "django.core.cache.backends.redis.RedisCache",
        "mail.example",
        "True",
        "https://wenshu.example",
    ], result.stderr


def test_errors_are_logged_to_standard_output(production):
    script = "import django, logging; django.setup(); logging.getLogger('django.request').error('it broke')"
    result = production("-c", script)
    assert result.stdout.strip().endswith("ERROR django.request it broke")
