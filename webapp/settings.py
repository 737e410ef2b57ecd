"""Every setting, in one place. What a deployment may choose is read from the environment.

Each variable has a default that works on a laptop; docs/deploy.md lists them all.
"""

from pathlib import Path
from urllib.parse import urlsplit

from playground.bounds import MAX_BODY

from .addresses import own_names, public_host
from .embedded import running_redis_url
from .environment import LOG_LEVELS, REDIS_SCHEMES, Environment, private_directory
from .secret import secret_key

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where it is reached, and where it keeps its data
WEB = ("http", "https")
HOST = env.text("HOST", "127.0.0.1")
PORT = env.whole("PORT", 8000, 1, 65535)
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
private_directory(DATA_DIR, "DATA_DIR")
PUBLIC_URL = env.url("PUBLIC_URL", f"http://{public_host(HOST)}:{PORT}", WEB).rstrip("/")
# How this installation's own rush reaches its web process.
INTERNAL_URL = env.url("INTERNAL_URL", f"http://127.0.0.1:{PORT}", WEB).rstrip("/")
IS_TLS = PUBLIC_URL.startswith("https://")
# Whose X-Forwarded-For is believed
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", ["127.0.0.1", "::1"] if IS_TLS else [])

# How long what nobody uses is kept: a playground with its session and tokens, and what a learner
# has said and done, with the resume code
PLAYGROUND_DAYS = env.whole("PLAYGROUND_DAYS", 30, 1, 3650)
LEARNER_DAYS = env.whole("LEARNER_DAYS", 365, 1, 3650)

# Safety
DEBUG = env.truth("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "") or secret_key(DATA_DIR)
ALLOWED_HOSTS = env.texts(
    "ALLOWED_HOSTS", [*own_names(HOST), urlsplit(PUBLIC_URL).hostname or HOST]
)
# Health probes and this installation's own rushes use these addresses
ALLOWED_HOSTS += ["127.0.0.1", urlsplit(INTERNAL_URL).hostname or "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = env.texts("CSRF_TRUSTED_ORIGINS", [PUBLIC_URL])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * PLAYGROUND_DAYS
SECURE_SSL_REDIRECT = env.truth("SECURE_SSL_REDIRECT", IS_TLS)
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_TLS else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_TLS else 0
# These two speak for the whole domain, so its owner decides.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.truth("HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.truth("HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # these recommend them nevertheless
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# What it is made of
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "ninja",
    "webapp",
    "playground",
    "lessons",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Compression tells the length of a secret that stands beside what an attacker may choose (BREACH).
    # Here the secret on every page is the CSRF token, which is masked anew for each answer; Django
    # pads each answer by a random length; and a page that shows a code repeats nothing of its address.
    "webapp.compression.Compression",
    "csp.middleware.CSPMiddleware",
    "webapp.head.HeadIsGet",
    "webapp.errors.ApiProblems",
    "webapp.nul.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
# The first hashes new passwords, the second reads those of earlier versions
PASSWORD_HASHERS = [
    "webapp.hashers.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
CSRF_FAILURE_VIEW = "webapp.errors.csrf_failure"
LOGIN_URL = "classroom:how-to-enter"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Servers: an own Redis and SQLite, unless the environment names others
REDIS_URL = env.url("REDIS_URL", running_redis_url(DATA_DIR), REDIS_SCHEMES)
REDIS_MEMORY_MB = env.whole("REDIS_MEMORY_MB", 1024, 64, 1_000_000)  # of the own one
EVENT_BROKER = env.text("EVENT_BROKER", "redis-streams")
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "inflight.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        # A connection per thread, kept: opening one costs more than a query.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": env.text("TEST_DATABASE", str(DATA_DIR / "test.sqlite3"))},
    }
else:
    # Many threads share few connections; each is given back at the end of its step.
    DATABASES["default"] |= {
        "ENGINE": "playground.storage.postgresql",
        "CONN_MAX_AGE": 0,
        # The URL's own options, such as sslmode, stay.
        "OPTIONS": DATABASES["default"].get("OPTIONS", {})
        | {
            "pool": {
                "min_size": 1,
                "max_size": env.whole("DATABASE_POOL", 20, 1, 1000),
                "timeout": 8,
            }
        },
    }

# Celery: the engine that runs the consumers. Losing a task is harmless (playground/messaging/recovery.py).
CELERY_BROKER_URL = env.url(
    "CELERY_BROKER_URL", REDIS_URL, (*REDIS_SCHEMES, "amqp", "amqps", "pyamqp")
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "serve"
CELERY_TASK_PUBLISH_RETRY = False  # a request must not hang because the broker is away
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 5, "socket_connect_timeout": 1}
    if CELERY_BROKER_URL.startswith("redis")
    # kombu's default for other brokers is to try for ever.
    else {"max_retries": 1, "interval_start": 0, "interval_step": 0.5, "interval_max": 0.5}
)
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# After a reconnect Celery would raise it step by step, from the threads that have taken a task.
# On RabbitMQ that reads the connection which the main thread reads: the worker got broken frames,
# lost the connection again, and then waited for ever for a lock.
CELERY_WORKER_ENABLE_PREFETCH_COUNT_REDUCTION = False
WORKER_THREADS = env.whole("WORKER_THREADS", 128, 1, 2000)
# Two, so that both sides of a twin run die side by side, neither waiting for the other
KILLABLE_WORKERS = env.whole("KILLABLE_WORKERS", 2, 0, 200)

# Pages
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static"))).resolve()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "webapp.static.ModuleStaticFilesStorage"},
}
# Cached for ever: what collectstatic has hashed, and Mermaid's chunks, which are named by their
# content when Mermaid is built, and import each other by these names.
WHITENOISE_IMMUTABLE_FILE_TEST = (
    r"\.[0-9a-f]{12}(\.\w+)?$|/vendor/mermaid/chunks/.+-[0-9A-Z]{8}\.mjs$"
)
LESSON_FOLDERS = env.folders("LESSON_FOLDERS")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)-7s %(name)s  %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "WARNING", LOG_LEVELS)},
}
