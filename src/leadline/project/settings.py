"""Django's settings. Everything an installation may change is an environment variable LEADLINE_*, listed in
docs/reference/settings.md; the rest is decided here."""

import os
from typing import Any

from leadline.kernel.errors import ConfigurationError
from leadline.kernel.log_lines import NAMING
from leadline.privacy.keys import derive_keys
from leadline.project.environment import (
    currency,
    data_folder,
    hour_of_day,
    seconds_of_hours,
    setting,
    share,
    time_zone,
    whole_number,
)
from leadline.project.mail import mail_settings
from leadline.project.records import database_settings
from leadline.project.sign_in_settings import ACCOUNTS, DAY, cookie_settings, require_second_factor
from leadline.project.single_sign_on_settings import single_sign_on, single_sign_on_settings
from leadline.tracking.collector.options import trusted_proxies
from leadline.tracking.consent import DEFAULT_CATEGORIES, consent_rules


def _django_secrets() -> list[str]:
    """The first signs sessions, the others are believed still: a rotation of the keys signs nobody out. Before the
    first start there is no key yet, and nothing to sign either."""
    try:
        return [key.hex() for key in derive_keys(DATA, "django")]
    except ConfigurationError:
        return [os.urandom(32).hex()]


DATA = data_folder()
RULESET = setting("RULESET", "offshore-staffing")
PLAN = setting("PLAN")
PUBLISH_CONFIRM_SHARE = share("PUBLISH_CONFIRM_SHARE", "0.1")
CURRENCY = currency("CURRENCY", "USD")
REPORTING_ZONE = time_zone("ZONE", "UTC")
MAIL = setting("MAIL")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = setting("MAIL_FROM", "Leadline <leadline@localhost>")
PUBLIC_URL = setting("URL", "http://localhost:8000").rstrip("/")
PRIVACY_NOTICE = setting("PRIVACY_NOTICE")
CONSENT = consent_rules(setting("CONSENT_CATEGORIES", DEFAULT_CATEGORIES), setting("GPC", "sharing"))
BACKUPS = setting("BACKUPS")
BACKUPS_KEPT = whole_number("BACKUPS_KEPT", "7") or 1
BACKUPS_RECIPIENT = setting("BACKUPS_RECIPIENT")
RETENTION_HOUR = hour_of_day("RETENTION_HOUR", "3")
KEEP_EVENTS_DAYS = whole_number("KEEP_EVENTS_DAYS", "0")
UNUSUAL_LEADS = whole_number("UNUSUAL_LEADS", "200")
TRUSTED_PROXIES = trusted_proxies()
REQUIRE_SECOND_FACTOR = require_second_factor(setting("REQUIRE_MFA", "nobody"))

SECRET_KEY, *SECRET_KEY_FALLBACKS = _django_secrets()
DEBUG = setting("DEBUG") == "1"
ALLOWED_HOSTS = setting("HOSTS", "localhost 127.0.0.1 [::1]").split()
CSRF_TRUSTED_ORIGINS = setting("ORIGINS").split()

INSTALLED_APPS = [
    "leadline.web",  # first: its sign-in templates stand in for allauth's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "ninja",  # the assets of /api/docs
    "leadline.privacy",
    "leadline.accounts",
    "leadline.tracking",
    "leadline.scoring",
    "leadline.qualification",
    "leadline.crm",
    "leadline.notifications",
    "leadline.analytics",
    "leadline.pipeline",
]

MIDDLEWARE = [
    "leadline.web.request_id.with_request_id",
    "leadline.web.client_address.behind_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "leadline.web.answer_headers.with_headers",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "leadline.web.audit_trail.recorded",
    "leadline.web.signed_in.SessionsInUse",
    "leadline.web.sign_in_first.SignInFirst",
    "leadline.web.admission.Admission",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "leadline.web.signed_in.SecondFactorAsked",
    "django_htmx.middleware.HtmxMiddleware",
    "leadline.web.locale.numbers_in_locale",
]

ROOT_URLCONF = "leadline.project.urls"
ASGI_APPLICATION = "leadline.project.asgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadline.web.context.shell",
            ]
        },
    }
]

DATABASES = {"default": database_settings(setting("RECORDS"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "leadline.accounts.password_length.LongestPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CACHES = {
    "default": {"BACKEND": "leadline.accounts.attempts.AttemptsCache", "LOCATION": str(DATA / "attempts.sqlite3")}
}
globals().update(ACCOUNTS)  # ACCOUNT_*, MFA_*, USERSESSIONS_*
SINGLE_SIGN_ON = single_sign_on()
globals().update(single_sign_on_settings(SINGLE_SIGN_ON))  # SOCIALACCOUNT_*
globals().update(mail_settings(MAIL))  # EMAIL_*

FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 21 << 20  # more than any form that is asked for: none lies in a file in clear

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_IDLE_SECONDS = seconds_of_hours("SESSION_HOURS", "12")
SESSION_MOST_SECONDS = seconds_of_hours("SESSION_MOST_HOURS", "12")
SESSION_REMEMBERED_MOST_SECONDS: int = whole_number("STAY_SIGNED_IN_DAYS", "30") * DAY
ACCOUNT_SESSION_REMEMBER = None if SESSION_REMEMBERED_MOST_SECONDS else False  # None: it can be ticked
globals().update(cookie_settings(PUBLIC_URL))  # SESSION_*, CSRF_*, SECURE_HSTS_*
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "leadline.web.log_lines.OneLine",
            "fmt": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s",
            "quoting": DEBUG,
        }
    },
    "filters": {
        "request_id": {"()": "leadline.web.request_id.RequestId"},
        "refusals": {"()": "leadline.web.log_lines.RefusalsInALine"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "refusals"]}
    },
    "loggers": {name: {"level": "WARNING"} for name in NAMING},
    "root": {"handlers": ["stderr"], "level": setting("LOG_LEVEL", "WARNING")},
}
