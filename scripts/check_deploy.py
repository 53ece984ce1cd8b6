"""`check --deploy` as a county would run it: production settings, secrets from the environment, no warning allowed."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "wenshu.example",
    "DATABASE_URL": "sqlite:///:memory:",
}

if __name__ == "__main__":
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    sys.exit(subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, check=False).returncode)
