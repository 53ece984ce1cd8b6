"""`make run`: prepare the site once, then serve it with its mail worker and timers. Ctrl-C ends all of them.

PORT (8000) and HOST (127.0.0.1: the demo accounts are for this machine) say where. What was prepared is remembered in
var/prepared.json by what it was made from, so that a second start repeats nothing.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
PREPARED = VAR / "prepared.json"
ACCOUNTS = VAR / "demo-accounts.txt"
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
DATABASE_URL = os.environ.get("DATABASE_URL", "")
MANAGE = [sys.executable, "manage.py"]
COMPILE = [sys.executable, "-m", "babel.messages.frontend", "-q", "compile"]
STARTUP_SECONDS = 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Step(NamedTuple):
    """One thing to prepare: what to say, what to run, and the files it is made from (globs below the root)."""

    name: str
    say: str
    command: list[str]
    made_from: list[str]


STEPS = [
    Step(
        "messages",
        "Compiling the Chinese texts · 编译中文界面文本",
        [*COMPILE, "-d", "locale", "-D", "django"],
        ["locale/*/LC_MESSAGES/*.po"],
    ),
    Step(
        "wagtail messages",
        "Compiling the back office's Chinese texts · 编译后台中文文本",
        [*COMPILE, "-d", "locale/wagtail", "-D", "django djangojs"],
        ["locale/wagtail/**/*.po"],
    ),
    Step(
        "migrate",
        "Making the database · 建立数据库",
        [*MANAGE, "migrate", "--no-input"],
        ["requirements.txt", "*/migrations/*.py", "*/*/migrations/*.py"],
    ),
    Step(
        "county",
        "Loading Nanhua County · 载入南华县数据",
        [*MANAGE, "load_county", "data/nanhua"],
        ["data/**/*", "*/loading.py", "*/*/loading.py"],
    ),
    Step(
        "sample",
        "Loading sample data · 载入示例数据",
        [*MANAGE, "load_sample", "--accounts", str(ACCOUNTS)],
        ["*/sample.py", "*/*/sample.py"],
    ),
]
SERVICES = {
    "web": [*MANAGE, "runserver", f"{HOST}:{PORT}"],
    "mail": [*MANAGE, "send_outbox", "--loop"],
    "timers": [*MANAGE, "run_timers"],
}


def main() -> None:
    started = time.monotonic()
    for number in STOP_SIGNALS:
        signal.signal(number, stop)
    refuse_a_taken_port()
    try:
        prepare()
        with services() as children:
            wait_until_served(children)
            print(f"\n文枢 Wenshu: http://{HOST}:{PORT}/   ({time.monotonic() - started:.0f} s)")
            print("Demo accounts, for development only · 演示账号，仅供开发：")
            print(ACCOUNTS.read_text(encoding="utf-8"))
            print("Ctrl-C stops everything · 按 Ctrl-C 停止", flush=True)
            watch(children)
    except KeyboardInterrupt:
        print("\nStopped · 已停止")


def stop(*_: object) -> NoReturn:
    """End by the first signal; the terminal and make both send one, and a second must not interrupt the tidying up."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def refuse_a_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            fail(
                f"Port {PORT} cannot be used ({error.strerror}). Choose another: make run PORT={PORT + 1}",
                f"端口 {PORT} 无法使用。请换一个：make run PORT={PORT + 1}",
            )


def prepare() -> None:
    """Run each step whose sources changed since it last succeeded."""
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    VAR.mkdir(exist_ok=True)
    done = json.loads(PREPARED.read_text()) if PREPARED.exists() else {}
    if DATABASE_URL or not (VAR / "wenshu.sqlite3").exists():
        done = {}  # another database, or one that was deleted: nothing is known about it
    for step in STEPS:
        wanted = fingerprint(step)
        if done.get(step.name) == wanted:
            continue
        print(f"\n{step.say}", flush=True)
        if subprocess.run(step.command, cwd=ROOT, check=False).returncode:
            fail(f"This step failed: {step.name}. Its message stands above.", f"步骤失败：{step.name}，原因见上。")
        done[step.name] = wanted
        PREPARED.write_text(json.dumps(done, indent=1))


def fingerprint(step: Step) -> str:
    digest = hashlib.sha256()
    for pattern in step.made_from:
        for path in sorted(path for path in ROOT.glob(pattern) if path.is_file() and ".venv" not in path.parts):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def services() -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The running services by name. Each leads a group of processes, so that stopping it leaves no child behind."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in SERVICES.items():
            children[name] = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        yield children
    finally:
        for child in children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
        for child in children.values():
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def wait_until_served(children: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        fail_if_one_ended(children)
        try:
            with urllib.request.urlopen(f"http://{HOST}:{PORT}/healthz/", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.3)
    fail(f"The site did not answer within {STARTUP_SECONDS} seconds.", f"网站在 {STARTUP_SECONDS} 秒内没有响应。")


def watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Return never; one service that ends takes the others with it, because half a site misleads."""
    while True:
        fail_if_one_ended(children)
        time.sleep(1)


def fail_if_one_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            fail(f"“{name}” ended by itself; everything was stopped.", f"“{name}”意外退出，已全部停止。")


def fail(english: str, chinese: str) -> NoReturn:
    sys.exit(f"{english}\n{chinese}")


if __name__ == "__main__":
    main()
