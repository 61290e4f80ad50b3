"""Digi's settings: every one comes from a typed DIGI_* variable or `.env`; see .env.example.

Nothing set is development: SQLite and keys under var/, memory for the layer and the cache.
DIGI_DEBUG=0 is production and refuses to start without its secrets.
"""

import os
from datetime import timedelta
from pathlib import Path

from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from digi.crypto import layer_keys, ring_keys
from digi.environment import Environment, given, kept, patience_with_postgres, read_dotenv
from digi.redis_urls import layer_and_cache
from digi.secrets import LENGTHS, fresh
from digi.socket_urls import sockets_elsewhere

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
read_dotenv(Path(os.environ.get("DIGI_DOTENV") or BASE_DIR / ".env"))
env = Environment(BASE_DIR)

# What kind of start this is. DIGI_BENCH runs production's code on development's keys, on loopback only.

DIGI_BENCH = env.flag("DIGI_BENCH", False)
DEBUG = env.flag("DIGI_DEBUG", True) and not DIGI_BENCH
DEVELOPMENT = DEBUG or DIGI_BENCH
DIGI_DURABLE = env.flag("DIGI_DURABLE", not DEBUG)

if not DEVELOPMENT:
    needed = ("DIGI_SECRET_KEY", "DIGI_ENCRYPTION_KEYS", "DIGI_ALLOWED_HOSTS", "DIGI_PUBLIC_ORIGINS")
    missing = [name for name in needed if not given(name)]
    if missing:
        raise ImproperlyConfigured(
            f"DIGI_DEBUG=0 needs {', '.join(missing)}. Set each, or NAME_FILE to a file that holds it; "
            "`python -m digi.secrets` prints fresh ones."
        )


def _secret(name: str) -> str:
    if given(name) or not DEVELOPMENT:
        return str(env.str(name))
    return kept(VAR / name.removeprefix("DIGI_").lower(), lambda: fresh(LENGTHS[name]))


SECRET_KEY = _secret("DIGI_SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("DIGI_SECRET_KEY_FALLBACKS")  # believed, and never signed with
DIGI_ENCRYPTION_KEYS = [key.strip() for key in _secret("DIGI_ENCRYPTION_KEYS").split(",") if key.strip()]
ring_keys(DIGI_ENCRYPTION_KEYS)  # complains about a wrong key now and not at the first message
DIGI_RECEIPT_KEYS = env.words("DIGI_RECEIPT_KEYS")  # public ones, of keys that have left the ring

# Where it is reached.

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.words("DIGI_ALLOWED_HOSTS", LOOPBACK) if not DIGI_BENCH else LOOPBACK
if DEBUG and not given("DIGI_ALLOWED_HOSTS"):
    ALLOWED_HOSTS = ["*"]
DIGI_PUBLIC_ORIGINS = [origin.rstrip("/") for origin in env.words("DIGI_PUBLIC_ORIGINS")]
if any("://" not in origin for origin in DIGI_PUBLIC_ORIGINS):
    raise ImproperlyConfigured("DIGI_PUBLIC_ORIGINS lists whole origins, such as https://digi.example.")
DIGI_WEBSOCKET_URL = sockets_elsewhere(env.str("DIGI_WEBSOCKET_URL", ""), DIGI_PUBLIC_ORIGINS)
DIGI_TRUSTED_PROXIES = env.count("DIGI_TRUSTED_PROXIES", 0)
_here = "http://localhost:" + env.str("DIGI_PORT", "8000")
DIGI_HOME = DIGI_PUBLIC_ORIGINS[0] if DIGI_PUBLIC_ORIGINS else _here  # where mails lead to
DIGI_ROOT_PATH = env.root_path("DIGI_ROOT_PATH")  # what lies before every path, unless a request says another one
CSRF_TRUSTED_ORIGINS = DIGI_PUBLIC_ORIGINS
CORS_ALLOWED_ORIGINS = env.words("DIGI_CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
_TUS = ["tus-resumable", "upload-length", "upload-metadata", "upload-offset", "upload-checksum"]
CORS_ALLOW_HEADERS = [*default_headers, *_TUS]
CORS_EXPOSE_HEADERS = [*_TUS, "tus-version", "tus-max-size", "tus-extension", "upload-expires", "location"]

HTTPS = bool(DIGI_PUBLIC_ORIGINS) and all(origin.startswith("https://") for origin in DIGI_PUBLIC_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.flag("DIGI_SSL_REDIRECT", False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes speak plain http from inside
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DIGI_TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

if DIGI_WEBSOCKET_URL:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(DIGI_WEBSOCKET_URL)

# Apps and the way through them.

INSTALLED_APPS = [
    "daphne",
    "digi",
    "digi.accounts",
    "digi.audit",
    "digi.files",
    "digi.worker",
    "digi.notifications",
    "digi.webhooks",
    "digi.status",
    "chat",
    "thesis",
    "camera",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "servestatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "digi.accounts.listed.SessionsConfig",  # allauth.usersessions
    "rest_framework",
    "django_filters",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
]

MIDDLEWARE = [
    "digi.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "digi.middleware.SmallPages",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "digi.addresses.KnownAddress",
    "digi.accounts.middleware.Preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "digi.accounts.middleware.Sessions",
    "digi.faults.Faults",
    "digi.sending.Sending",
]

ROOT_URLCONF = "digi.urls"
ASGI_APPLICATION = "digi.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "digi.pages.everywhere",
            ],
        },
    }
]

# Data. SQLite is the embedded default; see docs/operations.md for the servers.

_database = env.database("DIGI_DATABASE_URL", "sqlite:///var/digi.sqlite3")
_database["CONN_MAX_AGE"] = 60
if _database["ENGINE"] == "digi.sqlite":
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=16000; "  # digi.sqlite makes them before
        "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; "
        f"PRAGMA synchronous={'FULL' if DIGI_DURABLE else 'NORMAL'};",
    }
elif _database["ENGINE"] == "mssql":
    _database["OPTIONS"] = {
        "python_driver": "mssql_python",
        "connection_timeout": 10,
        "return_rows_bulk_insert": True,
        "extra_params": env.str("DIGI_DATABASE_EXTRA", "Encrypt=yes;TrustServerCertificate=no"),
    }
    _database["CONN_HEALTH_CHECKS"] = True
    DATABASE_CONNECTION_POOLING = False  # Django keeps connections itself, and looks whether they live
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {**patience_with_postgres(), **_database.get("OPTIONS", {})}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DIGI_REDIS_URL = env.redis_url("DIGI_REDIS_URL")
CHANNEL_LAYERS, CACHES = layer_and_cache(DIGI_REDIS_URL, layer_keys(DIGI_ENCRYPTION_KEYS))

# Files: in a folder, or at s3://bucket/prefix?endpoint=…; what is being made lies on the machine's own disk meanwhile.

DIGI_FILES = env.place("DIGI_FILES", VAR / "files")
DIGI_SPOOL = Path(env.str("DIGI_SPOOL", str(VAR / "spool")))
DIGI_S3_ACCESS_KEY = env.str("DIGI_S3_ACCESS_KEY", "")
DIGI_S3_SECRET_KEY = env.str("DIGI_S3_SECRET_KEY", "")
if isinstance(DIGI_FILES, str) and not (DIGI_S3_ACCESS_KEY and DIGI_S3_SECRET_KEY):
    raise ImproperlyConfigured("DIGI_FILES names a bucket, so DIGI_S3_ACCESS_KEY and DIGI_S3_SECRET_KEY are needed.")

# The worker: `manage.py worker`. Its wake-ups lie in Redis where there is one, else in a file.

DIGI_QUEUE = Path(env.str("DIGI_QUEUE", str(VAR / "queue.sqlite3")))
DIGI_WORKER_THREADS = env.count("DIGI_WORKER_THREADS", 3)
DIGI_WORKER_PULSE = env.str("DIGI_WORKER_PULSE", "")  # a file that the worker touches every minute; empty: none
DIGI_WORKER_LEASE = max(1, env.count("DIGI_WORKER_LEASE", 60))  # seconds after which a killed worker's work is free

# Recordings of cameras: what the worker writes, by a viewer's socket of its own.

DIGI_INTERNAL_URL = env.str("DIGI_INTERNAL_URL", "http://127.0.0.1:" + env.str("DIGI_PORT", "8000")).rstrip("/")
DIGI_CAMERA_RECORDERS = max(1, env.count("DIGI_CAMERA_RECORDERS", 8))  # recordings that one worker writes at once
DIGI_CAMERA_RECORDING_SECONDS = max(1, env.count("DIGI_CAMERA_RECORDING_SECONDS", 3600))  # at most
DIGI_CAMERA_RECORDING_BYTES = env.count("DIGI_CAMERA_RECORDING_BYTES", 2 * 1_073_741_824)  # of one, at most
DIGI_CAMERA_RECORDING_TOTAL = env.count("DIGI_CAMERA_RECORDING_TOTAL", 20 * 1_073_741_824)  # bytes of one camera's
DIGI_CAMERA_RECORDING_DAYS = env.count("DIGI_CAMERA_RECORDING_DAYS", 30)  # then they are deleted

# Webhooks: what the server may call on a person's behalf. Beside public addresses, only what is named here.

DIGI_WEBHOOK_HTTP = env.flag("DIGI_WEBHOOK_HTTP", DEBUG)  # plain http, too
DIGI_WEBHOOK_PORTS = env.ports("DIGI_WEBHOOK_PORTS", "any" if DEBUG else "443,8443")  # empty: any
DIGI_WEBHOOK_INTERNAL = env.places("DIGI_WEBHOOK_INTERNAL")
DIGI_LIMIT_WEBHOOKS = env.count("DIGI_LIMIT_WEBHOOKS", 20)  # of one person; 0: nobody makes any

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DIGI_BODY_LIMIT = env.count("DIGI_BODY_LIMIT", 12 * 1_048_576)  # bytes of one HTTP request, checked before it is read

# Limits: how many, over how many seconds. Only DIGI_BENCH lifts them.

DIGI_LIMITS = {
    "frames": env.rate("DIGI_LIMIT_FRAMES", "600/60s"),  # what one connection may send
    "messages": env.rate("DIGI_LIMIT_MESSAGES", "200/60s"),  # adds, edits and deletes of one person
    "address": env.rate("DIGI_LIMIT_ADDRESS", "6000/10s"),  # frames from one address
    "connects": env.rate("DIGI_LIMIT_CONNECTS", "1000/10s"),  # new sockets from one address
    "sign_in": env.rate("DIGI_LIMIT_SIGN_IN", "100/60s"),  # attempts from one address
    "api": env.rate("DIGI_LIMIT_API", "600/60s"),  # requests of one person
    "examinations": env.rate("DIGI_LIMIT_EXAMINATIONS", "30/60s"),  # files looked into, texts compared, of one person
    "exports": env.rate("DIGI_LIMIT_EXPORTS", "30/3600s"),  # lists and archives that one person takes away
    "confirmations": env.rate("DIGI_LIMIT_CONFIRMATIONS", "10/300s"),  # passwords typed to confirm what is for good
    "anonymous": env.rate("DIGI_LIMIT_ANONYMOUS", "60/60s"),  # requests from one address, signed out
    "camera_frames": env.rate("DIGI_LIMIT_CAMERA_FRAMES", "6000/60s"),  # what one socket of a camera may send
    "camera_bytes": env.rate("DIGI_LIMIT_CAMERA_BYTES", "40000000/10s"),  # bytes that one agent may send
    "camera_changes": env.rate("DIGI_LIMIT_CAMERA_CHANGES", "300/30s"),  # of settings by one person
}
DIGI_LIMIT_SOCKETS = env.count("DIGI_LIMIT_SOCKETS", 30)  # open sockets of one person
DIGI_LIMIT_OUTBOUND = env.count("DIGI_LIMIT_OUTBOUND", 8 * 1_048_576)  # bytes held for one socket that does not read
DIGI_DRAIN_SECONDS = env.count("DIGI_DRAIN_SECONDS", 10)  # for requests and sockets to end in after a SIGTERM
DIGI_FAST = env.choices("DIGI_FAST", frozenset({"send", "receive", "quiet", "slim", "freeze", "stand"}))
DIGI_SHARED = "DIGI_WORKER" in os.environ  # this process is one of several that serve; see digi.server.workers
DIGI_LIMIT_AVATAR = env.count("DIGI_LIMIT_AVATAR", 8 * 1_048_576)  # bytes
DIGI_LIMIT_FILE = env.count("DIGI_LIMIT_FILE", 200 * 1_048_576)  # bytes of one uploaded file
DIGI_LIMIT_UPLOADS = env.count("DIGI_LIMIT_UPLOADS", 10)  # files of one person on their way at once
DIGI_LIMIT_CHUNK = env.count("DIGI_LIMIT_CHUNK", 2 * 1_048_576)  # bytes of one picture of a camera

# Who may read the default camera's settings without a session: the seed's own client. They may never be changed so.

DIGI_CAMERA_PUBLIC = env.str("DIGI_CAMERA_PUBLIC", "loopback" if DEVELOPMENT else "off")
if DIGI_CAMERA_PUBLIC not in {"loopback", "lan", "off"}:
    raise ImproperlyConfigured(f"DIGI_CAMERA_PUBLIC is loopback, lan or off, not {DIGI_CAMERA_PUBLIC}.")

# People.

AUTH_USER_MODEL = "accounts.User"
KNOX_TOKEN_MODEL = "accounts.Token"  # noqa: S105 - a model's name
MIGRATION_MODULES = {"knox": None}  # its own table would stand empty beside ours, and keep it from being truncated
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_PREFIX": "digi_", "AUTH_HEADER_PREFIX": "Bearer"}
AUTHENTICATION_BACKENDS = ["digi.accounts.backends.ByNameOrAddress"]
PASSWORD_HASHERS = [
    "digi.accounts.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "digi.accounts.session_store"
SESSION_COOKIE_AGE = 30 * 24 * 3600
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_ADAPTER = "digi.accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SIGNUP_FORM_CLASS = "digi.accounts.forms.SignUpFields"
ACCOUNT_USERNAME_BLACKLIST = ["admin", "administrator", "digi", "help", "me", "postmaster", "root", "support", "system"]
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_VALIDATORS = "digi.accounts.names.user_name_validators"
ACCOUNT_USER_DISPLAY = "builtins.str"  # mails and pages call people by the name they show
ALLAUTH_TRUSTED_PROXY_COUNT = DIGI_TRUSTED_PROXIES

# Attempts are counted in the cache: by address, by what was typed, by person. Only DIGI_BENCH lifts the limits.
_attempts = f"{DIGI_LIMITS['sign_in']}/ip"
ACCOUNT_RATE_LIMITS = not DIGI_BENCH and {
    "login": _attempts,
    "login_failed": f"{_attempts},10/300s/key",
    "signup": _attempts,
    "reset_password": f"{_attempts},5/m/key",
    "reset_password_from_key": _attempts,
}
MFA_RATE_LIMITS = not DIGI_BENCH and {"webauthn_login": _attempts}
MFA_ADAPTER = "digi.accounts.adapters.TwoFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "digi.accounts.passkeys.Add",
    "authenticate_webauthn": "digi.accounts.passkeys.Authenticate",
    "login_webauthn": "digi.accounts.passkeys.LogIn",
    "reauthenticate_webauthn": "digi.accounts.passkeys.Reauthenticate",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
USERSESSIONS_ADAPTER = "digi.accounts.adapters.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ADAPTER = "digi.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the provider's proved address signs in to the account that has it
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
DIGI_DEMO_PASSWORD = env.str("DIGI_DEMO_PASSWORD", "")  # for `manage.py demo`; empty: generated and kept in var/
DIGI_SIGN_UP = env.flag("DIGI_SIGN_UP", True)

# The university's sign-in by OpenID Connect: shown where an issuer is set.
DIGI_OIDC_ISSUER = env.str("DIGI_OIDC_ISSUER", "").rstrip("/")
DIGI_OIDC_SIGN_UP = env.flag("DIGI_OIDC_SIGN_UP", True)  # its people get accounts, whatever DIGI_SIGN_UP says
SOCIALACCOUNT_PROVIDERS = {}
if DIGI_OIDC_ISSUER:
    if not given("DIGI_OIDC_CLIENT_ID") or not given("DIGI_OIDC_CLIENT_SECRET"):
        raise ImproperlyConfigured("DIGI_OIDC_ISSUER needs DIGI_OIDC_CLIENT_ID and DIGI_OIDC_CLIENT_SECRET.")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.str("DIGI_OIDC_NAME", "") or "OpenID Connect",
                "client_id": env.str("DIGI_OIDC_CLIENT_ID"),
                "secret": env.str("DIGI_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": DIGI_OIDC_ISSUER},
            }
        ],
    }
    # The button is a form, and browsers hold its redirect to the provider against form-action, too.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("/".join(DIGI_OIDC_ISSUER.split("/")[:3]))
DIGI_NAME = env.str("DIGI_NAME", "Digi")  # what the mails and the browser's title call this server
DIGI_IMPRINT_URL = env.link("DIGI_IMPRINT_URL")
DIGI_PRIVACY_URL = env.link("DIGI_PRIVACY_URL")

_email = env.email_url("DIGI_EMAIL_URL", default="consolemail://")
vars().update(_email)
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DIGI_EMAIL_FROM", "Digi <digi@localhost>")

# Words and times.

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["digi.formats"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"
DIGI_TIME_ZONE = env.str("DIGI_TIME_ZONE", "Europe/Berlin")  # a new person's zone

# Static files, served by the same process under names that carry their hash.

STATIC_URL = "/static/"  # digi.static_files puts the root path before it
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("DIGI_STATIC_ROOT", str(VAR / "static")))
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True
SERVESTATIC_USE_FINDERS = DEVELOPMENT
SERVESTATIC_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DIGI_SPOOL}},
    "staticfiles": {
        "BACKEND": "digi.static_files.Sources" if DEVELOPMENT else "digi.static_files.HashedModules",
    },
}

# The API; its parts stand in digi/api.py.

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "digi.accounts.authentication.ScopedToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["digi.accounts.authentication.SignedInWithScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["digi.api.PersonThrottle", "digi.api.AddressThrottle"],
    "EXCEPTION_HANDLER": "digi.api.problem",
    "NUM_PROXIES": DIGI_TRUSTED_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Digi",
    "DESCRIPTION": "Rooms, messages and people. Errors are problem+json (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ApplicationState": "thesis.states.ApplicationState",
        "CameraRole": "camera.models.Role",
        "CameraVisibility": "camera.models.Visibility",
        "DocumentKind": "thesis.models.DocumentKind",
        "ExtensionState": "thesis.models.ExtensionState",
        "MeetingState": "thesis.models.MeetingState",
        "ReadingState": "thesis.models.ReadingState",
        "RecordingState": "camera.models.RecordingState",
        "RequestState": "thesis.models.RequestState",
        "ThesisKind": "thesis.models.Kind",
        "ThesisRole": "thesis.models.MemberRole",
        "ThesisState": "thesis.states.State",
        "ThesisVisibility": "thesis.models.Visibility",
        "ThreadVisibility": "thesis.models.ThreadVisibility",
        "TimingEnum": "digi.notifications.models.wishes.Timing",
        "TopicState": "thesis.models.TopicState",
        "WebhookDeliveryState": "digi.webhooks.models.DeliveryState",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "digi.api.with_problems"],
}

# Logs name request ids and never bodies, tokens or connection ids.

DIGI_LOG_FORMAT = env.str("DIGI_LOG_FORMAT", "lines" if DEBUG else "json")
if DIGI_LOG_FORMAT not in {"lines", "logfmt", "json"}:
    raise ImproperlyConfigured(f"DIGI_LOG_FORMAT is lines, logfmt or json, not {DIGI_LOG_FORMAT}.")
DIGI_SENTRY_DSN = env.str("DIGI_SENTRY_DSN", "")  # empty: faults stand in the log alone
DIGI_SENTRY_ENVIRONMENT = env.str("DIGI_SENTRY_ENVIRONMENT", "development" if DEVELOPMENT else "production")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"digi": {"()": "digi.logs.formatter", "shape": DIGI_LOG_FORMAT}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "digi"}},
    "root": {"handlers": ["console"], "level": env.str("DIGI_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": []},  # the root handler speaks for all
        "daphne": {"level": "WARNING"},
        "channels_redis": {"level": "CRITICAL"},  # a traceback a second while Redis is away; our link says it once
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "huey": {"level": "WARNING"},
    },
}
