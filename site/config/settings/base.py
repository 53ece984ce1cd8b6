"""Settings that every installation shares. What differs comes from the environment (docs/operations.md)."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
HOLIDAYS_FILE = ROOT / "data" / "holidays.csv"  # what the State Council arranged for years that no package knows yet
VAR = ROOT / "var"  # everything the running site writes: database, uploads, collected static files

env = environ.Env()

DEMO = False  # the style guide and demo accounts are for development
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=False)  # uploads are the proxy's work (docs/operations.md)

INSTALLED_APPS = [
    "home",
    "search",
    "workflows.diversions",
    "workflows.acceptance",
    "workflows.milestones",
    "workflows.secondments",
    "workflows.applications",
    "workflows.core",
    "pages.events",
    "pages.news",
    "pages.disclosure",
    "pages.venues",
    "pages.core",
    "network",
    "accounts",
    "common",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.routable_page",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.users_app.UsersAppConfig",  # wagtail.users with our pages for people
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "post_office",
    "taggit",
    "viewflow",
    "viewflow.workflow",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.staticfiles.StaticFilesConfig",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.SitePolicyMiddleware",  # below WhiteNoise: a style sheet needs no policy, and weighs less without
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "common.preferences.PreferencesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pages.venues.middleware.EditorGroupsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.BackOfficeTwoFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "common.forms.SiteFormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Data -------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'wenshu.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue instead of failing: without IMMEDIATE the loser of a race gets "database is locked" at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # The cache (64 MB at most) halves a search's time: its hits are looked up all over the table of pages.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# Language, time ---------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# The second: words of the back office that Wagtail's own Chinese does not have yet.
LOCALE_PATHS = [ROOT / "locale", ROOT / "locale" / "wagtail"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "network.backends.AppointmentBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "account_login"  # one sign-in for all three faces
LOGIN_REDIRECT_URL = "/account/"
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=True)  # closed: administrators invite
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
BACK_OFFICE_TWO_FACTOR = env.bool("BACK_OFFICE_TWO_FACTOR", default=False)
SMS_BACKEND = env("SMS_BACKEND", default="")  # common/outbox/sms.py; empty: no SMS service


def sign_in_settings(sms_backend: str) -> dict[str, Any]:
    """E-mail and password; where text messages can be sent, also a mobile number, with a password or a code."""
    passwords = ["password1*", "password2*"]
    if not sms_backend:
        return {
            "SMS_BACKEND": "",
            "ACCOUNT_LOGIN_METHODS": {"email"},
            "ACCOUNT_SIGNUP_FIELDS": ["email*", *passwords],
            "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
            "ACCOUNT_LOGIN_BY_CODE_ENABLED": False,
        }
    return {
        "SMS_BACKEND": sms_backend,
        "ACCOUNT_LOGIN_METHODS": {"email", "phone"},
        "ACCOUNT_SIGNUP_FIELDS": ["phone*", "email", *passwords],
        "ACCOUNT_EMAIL_VERIFICATION": "optional",  # a number is always verified, and enough
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
    }


vars().update(sign_in_settings(SMS_BACKEND))
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupFields"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_CHANGE_EMAIL = True  # one address per person; a new one replaces it once it is proven
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed" …
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
MFA_TOTP_ISSUER = "Wenshu"
MFA_TOTP_TOLERANCE = 1  # telephones' clocks drift

# Files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR / "static"))
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR / "media"))
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "outbox": {  # attachments of queued mail: never below MEDIA_ROOT, which the web server hands out
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.path("OUTBOX_ROOT", default=str(VAR / "outbox"))},
    },
    "private": {  # papers of cases (common/privatefiles): a view checks who asks before it hands one out
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.path("PRIVATE_ROOT", default=str(VAR / "private")), "base_url": None},
    },
}

CLAMD_ADDRESS = env("CLAMD_ADDRESS", default="")  # "host:port" or a socket's path; empty: uploads are not scanned


# Mail, SMS (common/outbox) ----------------------------------------------------------------------
def mail_settings(default: str) -> dict[str, Any]:
    """EMAIL_URL names what the worker sends with; whatever else sends a mail only queues it."""
    transport = env.email_url("EMAIL_URL", default=default)
    return transport | {
        "OUTBOX_EMAIL_BACKEND": transport["EMAIL_BACKEND"],
        "EMAIL_BACKEND": "common.outbox.backend.QueueBackend",
    }


vars().update(mail_settings("consolemail://"))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="wenshu@localhost")
OUTBOX_KEEP_DAYS = env.int("OUTBOX_KEEP_DAYS", default=90)
BATCH_KEEP_DAYS = env.int("BATCH_KEEP_DAYS", default=90)  # drafts and spreadsheets of batches
REGISTRATION_KEEP_DAYS = env.int("REGISTRATION_KEEP_DAYS", default=90)  # names and numbers, after the event
POST_OFFICE = {"FILE_STORAGE": "outbox"}

# Timers -----------------------------------------------------------------------------------------
TIMERS = {  # command: seconds between two runs (`run_timers`)
    "publish_scheduled": 60,
    "run_batches": 3,
    "workflow_clock": 60,
    "make_dossiers": 15,
    "extract_texts": 60,
    "remind_events": 600,
    "end_appointments": 3_600,
    "extend_events": 21_600,
    "purge_registrations": 21_600,
    "purge_batches": 21_600,
    "clearsessions": 86_400,
}

# Wagtail ----------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "文枢 Wenshu"
WAGTAILADMIN_BASE_URL = env("BASE_URL", default="http://localhost:8000")
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.backends"}}
WAGTAILIMAGES_IMAGE_MODEL = "pages_core.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.core.image_forms.SiteImageForm"
WAGTAILDOCS_DOCUMENT_MODEL = "pages_core.SiteDocument"
WAGTAILDOCS_EXTENSIONS = ["pdf", "doc", "docx", "xls", "xlsx", "wps", "et", "ofd", "txt", "zip", "jpg", "png"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # everybody works in the county
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # the account pages do that
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "common.approval.publish_approved"
WAGTAIL_I18N_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no request leaves the site
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Viewflow: the engine only. Its screens, its site and its middleware stay out (docs/adr/).
VIEWFLOW = {"AUTOREGISTER": False}

# Safety -----------------------------------------------------------------------------------------
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail's own previews say SAMEORIGIN for themselves
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": [], "microphone": [], "geolocation": [], "payment": [], "usb": []}
CONTENT_SECURITY_POLICY = {
    # The public site's policy. config/csp.py loosens it for the back office.
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
