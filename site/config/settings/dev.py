"""Development: debug pages, plain static files, demo accounts."""

from .base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "development-only-" + "0" * 40
ALLOWED_HOSTS = ["*"]
DEMO = True
SERVE_MEDIA = True
vars().update(sign_in_settings(env("SMS_BACKEND", default="common.outbox.sms.ConsoleBackend")))
