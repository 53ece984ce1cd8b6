"""The site as production serves it, for a real browser on this machine: no TLS, demo accounts, mail kept in files."""

from .base import *  # noqa: F403

DEBUG = False
DEMO = True
SERVE_MEDIA = True
SECRET_KEY = "e2e-only-" + "0" * 40
ALLOWED_HOSTS = ["127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.path("EMAIL_FILE_PATH", default=str(VAR / "mail"))
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
