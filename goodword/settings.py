"""Settings of the machine, read from the environment (`docs/settings.md` is the table).

All else lives in the database and is set on screen.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from goodword.core import environment as env

BASE_DIR = Path(__file__).resolve().parent
TESTING = "pytest" in sys.modules

# The folder of data: database, files, keys. Backed up whole by `goodword backup`.
DATA_DIR = Path(env.text("GOODWORD_DATA", "data")).resolve()
FILES_DIR = DATA_DIR / "files"
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"GOODWORD_DATA is {str(DATA_DIR)!r}, which can't be made: {error.strerror}"
    ) from error
# An example says so by a file in its folder: nothing leaves it, and nothing real comes in.
EXAMPLE_MARK = "this-is-an-example"
EXAMPLE = (DATA_DIR / EXAMPLE_MARK).exists()

HOST = env.text("GOODWORD_HOST", "127.0.0.1")
PORT = env.whole_number("GOODWORD_PORT", 8000, least=1, most=65535)
URL = env.web_address("GOODWORD_URL", f"http://127.0.0.1:{PORT}")
TRUSTED_PROXIES = env.names("GOODWORD_TRUSTED_PROXIES")
SMTP_HOST = env.text("GOODWORD_SMTP_HOST", "127.0.0.1")
SMTP_PORT = env.whole_number("GOODWORD_SMTP_PORT", 2525, most=65535)  # 0: no SMTP intake
SMTP_RATE = env.whole_number("GOODWORD_SMTP_RATE", 120, least=1)  # mails a minute and address
LMTP_HOST = env.text("GOODWORD_LMTP_HOST", "127.0.0.1")
LMTP_PORT = env.whole_number("GOODWORD_LMTP_PORT", 0, most=65535)  # 0: no LMTP intake
LEAST_DISK_MB = env.whole_number("GOODWORD_LEAST_DISK_MB", 200)
MAX_UPLOAD_MB = 25
MAX_SENT_MB = 25  # all files of one message: more is refused by most mail servers


def _key(name: str) -> str:
    """A secret of this installation, made on first start; only the owner of the folder reads it."""
    path = DATA_DIR / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        spare = path.with_name(f".{name}-{secrets.token_hex(4)}")
        spare.touch(mode=0o600)
        spare.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process began at the same moment
            os.link(spare, path)
        spare.unlink()
    key = path.read_text().strip()
    if not key:  # a start that was cut short, or a full disk: anyone could guess this key
        raise ImproperlyConfigured(f"{path} is empty; take it from a backup, or remove it")
    return key


SECRET_KEY = env.text("GOODWORD_SECRET_KEY") or _key("secret")
MAILBOX_KEY = env.text("GOODWORD_MAILBOX_KEY") or _key("mailboxes")

_address = urlsplit(URL)
_secure = _address.scheme == "https"
DEBUG = False
ALLOWED_HOSTS = sorted({str(_address.hostname), "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_ENGINE = "goodword.accounts.signed_in"
# A name of its own, so that who looks around in the example stays signed in at home.
SESSION_COOKIE_NAME = "goodword_example_session" if EXAMPLE else "goodword_session"
CSRF_COOKIE_NAME = "goodword_csrf"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# The reverse proxy's word counts only from GOODWORD_TRUSTED_PROXIES: uvicorn checks the peer and
# drops the headers otherwise (goodword/cli/serving.py).

INSTALLED_APPS = [
    "goodword.ui",
    "goodword.events",
    "goodword.files",
    "goodword.accounts",
    "goodword.fields",
    "goodword.inboxes",
    "goodword.people",
    "goodword.plan",
    "goodword.notices",
    "goodword.conversations",
    "goodword.promises",
    "goodword.desk",
    "goodword.tasks",
    "goodword.canned",
    "goodword.channels.email",
    "goodword.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "goodword",  # last: wires the rooms together, once all others are ready
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "goodword.web.middleware.content_security_policy",
    "goodword.web.middleware.local_time",
    "goodword.web.middleware.something_to_see",
]
ROOT_URLCONF = "goodword.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "goodword.web.shell.shell",
            ],
            "builtins": [
                "goodword.ui.templatetags.ui",
                "goodword.web.templatetags.acts",
                "django.templatetags.i18n",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

_database = env.text("GOODWORD_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'goodword.sqlite3'}"
try:
    DATABASES = {"default": dj_database_url.parse(_database)}
except (ValueError, dj_database_url.ParseError, dj_database_url.UnknownSchemeError) as error:
    raise ImproperlyConfigured(
        "GOODWORD_DATABASE_URL can't be read; give postgres://user:password@host/name"
    ) from error
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 3600,  # what core.statistics finds is read when a connection opens
        # A file as in earnest: in memory, who reads is refused while somebody else writes.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was accepted must survive a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000; PRAGMA secure_delete=ON;",
        },
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
else:
    raise ImproperlyConfigured("GOODWORD_DATABASE_URL must name PostgreSQL or SQLite")
# Pages apart from the counts of tries: asking for one in each zone there is lets no count be
# forgotten.
_in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    "default": _in_memory | {"OPTIONS": {"MAX_ENTRIES": 10_000}},
    "pages": _in_memory | {"LOCATION": "pages"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Teammate"
AUTHENTICATION_BACKENDS = ["goodword.accounts.signed_in.Backend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "goodword.accounts.adapter.Adapter"
MFA_ADAPTER = "goodword.accounts.adapter.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # who was invited by mail has shown that the address is theirs
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # or a stranger could make us mail any address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _address.scheme
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Goodword"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "goodword.web.settings.codes.SignInWithCodeForm",
    "reauthenticate": "goodword.web.settings.codes.GiveCodeAgainForm",
    "add_webauthn": "goodword.web.settings.passkeys.AddPasskeyForm",
    "login_webauthn": "goodword.web.settings.passkeys.SignInWithPasskeyForm",
    "authenticate_webauthn": "goodword.web.settings.passkeys.ShowPasskeyForm",
    "reauthenticate_webauthn": "goodword.web.settings.passkeys.ShowPasskeyAgainForm",
}
# Browsers know no passkeys without https but at localhost, and the library would refuse that.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _address.hostname == "localhost"
SOCIALACCOUNT_ADAPTER = "goodword.accounts.adapter.ProviderAdapter"
# Nothing is begun there that a stranger's page could finish, and a form may lead nowhere else.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}

EMAIL_BACKEND = "goodword.channels.email.notices.NoticeBackend"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# In tests every client is a server of its own, and each would read all files when it begins.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"},
    },
    "filters": {"without keys": {"()": "goodword.core.masking.WithoutKeys"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without keys"],
        }
    },
    "root": {
        "handlers": ["console"],
        "level": env.one_of("GOODWORD_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {"mail.log": {"level": "WARNING"}},
}
