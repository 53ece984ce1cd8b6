"""A real server with the county and the sample data, and the system's Chromium.

The data is loaded once per run. Every worker then serves a copy of its own, so that tests which write do not meet.
Screenshots are left in var/screenshots/.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, migrated_template

PREPARED = ROOT / "var/e2e"
SCREENSHOTS = ROOT / "var/screenshots"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
STARTUP_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """The running site: its `url` without a closing slash, its demo `accounts` by role, the folder of sent `mail`."""

    url: str
    accounts: dict[str, tuple[str, str]]
    mail: Path


def pytest_collection_modifyitems(items):
    """All of this folder is `make e2e`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium (or the one CHROMIUM names), kept from talking to its maker."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        pytest.fail("Chromium is missing. On Debian: apt-get install chromium fonts-noto-cjk", pytrace=False)
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    # Chromium's sandbox refuses to run as root, and /dev/shm is small in containers.
    container = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": found, "args": [*quiet, *container]}


@pytest.fixture(scope="session")
def site(testrun_uid, worker_id, tmp_path_factory) -> Iterator[Site]:
    """The site, served by a process of its own from this worker's copy of the data."""
    prepare_once(testrun_uid)
    with served(tmp_path_factory.mktemp(f"site-{worker_id}")) as running:
        yield running


@contextmanager
def served(folder: Path, *application: str, **more: str) -> Iterator[Site]:
    """Serve a copy of the prepared data in a folder.

    `application` names another application than the site's own for gunicorn; `more` adds to the environment.
    """
    shutil.copyfile(PREPARED / "wenshu.sqlite3", folder / "wenshu.sqlite3")
    for files in ("media", "private"):
        shutil.copytree(PREPARED / files, folder / files)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *application],
            cwd=ROOT,
            env=environment(folder) | {"PORT": str(port), "WEB_CONCURRENCY": "1", "WEB_THREADS": "8"} | more,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_served(f"http://127.0.0.1:{port}/healthz/", server, folder / "server.log")
        yield Site(f"http://127.0.0.1:{port}", read_accounts(), folder / "mail")
    finally:
        server.terminate()
        server.wait(timeout=20)


def environment(folder: Path) -> dict[str, str]:
    """What the processes of the site are told: everything they write goes into this folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.e2e",
        "DATABASE_URL": f"sqlite:///{folder / 'wenshu.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_ROOT": str(folder / "private"),
        "EMAIL_FILE_PATH": str(folder / "mail"),
        "STATIC_ROOT": str(PREPARED / "static"),
    }


def prepare_once(run: str) -> None:
    """Load the county and the sample data and collect static files, once for all workers of this test run."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var/e2e.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = PREPARED / "run"
        if marker.exists() and marker.read_text() == run:
            return
        shutil.rmtree(PREPARED)
        for files in ("media", "private"):
            (PREPARED / files).mkdir(parents=True)
        shutil.rmtree(SCREENSHOTS, ignore_errors=True)
        SCREENSHOTS.mkdir()
        shutil.copyfile(migrated_template(), PREPARED / "wenshu.sqlite3")
        for command in (
            ["collectstatic", "--no-input", "-v0"],
            ["load_county", "data/nanhua"],
            ["load_sample", "--accounts", str(PREPARED / "accounts.txt")],
        ):
            manage = [sys.executable, "manage.py", *command]
            done = subprocess.run(
                manage, cwd=ROOT, env=environment(PREPARED), capture_output=True, text=True, check=False
            )
            if done.returncode:
                pytest.fail(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}", pytrace=False)
        marker.write_text(run)


def read_accounts() -> dict[str, tuple[str, str]]:
    """The demo accounts by role, as `load_sample` wrote them: role, address and password in columns."""
    lines = (PREPARED / "accounts.txt").read_text(encoding="utf-8").splitlines()
    cells = [line.rsplit(maxsplit=2) for line in lines if line.strip()]
    return {role.strip(): (email, password) for role, email, password in cells}


def wait_until_served(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the server did not answer:\n{log.read_text()}", pytrace=False)
