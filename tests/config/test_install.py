"""scripts/install on a machine that lacks something: the message must say what, in both languages."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare_machine(tmp_path):
    """A copy of the installer on a PATH whose only Python answers as told: code for the version, for venv."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "scripts/install", tmp_path / "scripts/install")
    (tmp_path / "requirements.txt").touch()
    for tool in ("sh", "dirname", "basename", "cat", "cksum", "rm"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))

    def install(*, version: int, venv: int) -> subprocess.CompletedProcess[str]:
        python = tmp_path / "bin/python3"
        python.write_text(f'#!/bin/sh\ncase "$2" in *version_info*) exit {version} ;; *venv*) exit {venv} ;; esac\n')
        python.chmod(0o755)
        command = ["sh", "scripts/install", "requirements.txt"]
        environment = {"PATH": str(tmp_path / "bin")}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return install


def test_an_old_python_is_named(bare_machine):
    result = bare_machine(version=1, venv=0)
    assert result.returncode == 1
    assert "needs Python 3.11 or later" in result.stderr
    assert "需要 Python 3.11" in result.stderr


def test_debians_missing_venv_is_named(bare_machine):
    result = bare_machine(version=0, venv=1)
    assert result.returncode == 1
    assert "apt-get install python3-venv" in result.stderr
    assert "缺少 Python 的 venv 模块" in result.stderr
