"""Tests: fast password hashing, mail kept in memory, files in a temporary folder."""

import tempfile

from .base import *  # noqa: F403

DEBUG = False
SECRET_KEY = "tests-only-" + "0" * 40
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Django's test runner sets EMAIL_BACKEND to locmem; the outbox's worker sends there too.
vars().update(sign_in_settings("common.outbox.sms.LocmemBackend"))
OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = tempfile.mkdtemp(prefix="wenshu-media-")
STORAGES["outbox"]["OPTIONS"] = {"location": tempfile.mkdtemp(prefix="wenshu-outbox-")}
STORAGES["private"]["OPTIONS"] = {"location": tempfile.mkdtemp(prefix="wenshu-private-"), "base_url": None}
# A file, so that threads of a race test share it and `--reuse-db` can keep it.
DATABASES["default"]["TEST"] = {"NAME": f"{env('TEST_DATABASE_NAME', default=str(VAR / 'test.sqlite3'))}"}
if DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {}
