"""Django settings; what differs between installations is read in `portal.environment`."""

from datetime import timedelta
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import encrypted, environment
from portal.environment import BASE_DIR, DEMO, env
from portal.web import shared_cache

DATA_DIR = environment.data_dir()
SECRET_KEY = environment.secret_key(DATA_DIR)
PUBLIC_BASE_URL = environment.public_base_url()
CLOCK_START = environment.clock_start()
HTTPS = PUBLIC_BASE_URL.startswith("https://")

DEBUG = environment.flag("DEBUG")
if DEBUG and not DEMO:
    raise ImproperlyConfigured("DEBUG is for a demonstration; remove it or set DEMO=1")
ALLOWED_HOSTS = environment.hosts(
    "ALLOWED_HOSTS", in_demo=f"localhost,127.0.0.1,[::1],{urlsplit(PUBLIC_BASE_URL).hostname}"
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

INSTALLED_APPS = [
    "alerts",
    "locations",
    "portal.operating",
    "portal.pages",
    "portal.publishing",
    "portal.web",
    "axes",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "portal.publishing.accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # Those that set headers come first, before the one that may answer: with the way to HTTPS.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.headers.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.web.https_only.HttpsOnlyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.compression.CompressionMiddleware",
    "portal.web.language.LanguageFromPathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.publishing.replicas.ReadFromReplica",
    "portal.publishing.snapshots.ReadFromOneSnapshot",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "portal.web.context.page",
            ],
        },
    }
]

DATABASES = {
    "default": environment.parsed(
        "DATABASE_URL",
        in_demo=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}",
        parse=env.db_url_config,
    )
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Seconds that a thread keeps its connection: SQLite reads its whole schema for a new one.
DATABASES["default"]["CONN_MAX_AGE"] = 60
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Readers never wait for a writer (WAL); a writer takes its lock when its transaction
    # begins (IMMEDIATE) and waits for its turn instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = environment.for_short_questions(DATABASES["default"])
# Public pages are read from these; see `portal.publishing.replicas`.
REPLICAS = environment.replicas()
DATABASES |= REPLICAS
DATABASE_ROUTERS = ["portal.publishing.replicas.Router"] if REPLICAS else []
REPLICA_LAG_SECONDS = environment.whole_number("REPLICA_LAG_SECONDS", default=5)

CACHES = {
    "default": environment.parsed(
        "CACHE_URL", default="locmemcache://", parse=env.cache_url_config
    ),
    # While the shared one is away.
    "of this process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "of this process",
    },
}
# Redis or Valkey, which then also tells all boxes what is current; "" if there is none.
SHARED_CACHE = environment.redis_url(CACHES["default"])
if SHARED_CACHE:
    CACHES["default"]["OPTIONS"] = shared_cache.OPTIONS
for memory in (one for one in CACHES.values() if "locmem" in one["BACKEND"]):
    # Of so many networks it is counted how often they ask; of Django's 300 an attacker with more of
    # them would make it forget the count of each.
    memory["OPTIONS"] = {"MAX_ENTRIES": 100_000}
# Memory of each process for finished pages (`portal.web.page_cache`); 0 switches it off.
PAGE_CACHE_MB = environment.whole_number("PAGE_CACHE_MB", default=64)
if REPLICAS and not PAGE_CACHE_MB:
    raise ImproperlyConfigured(
        "REPLICA_URL needs the page cache, which knows how far a replica must be:"
        " remove it or PAGE_CACHE_MB=0"
    )
EMAIL = environment.parsed("EMAIL_URL", default="consolemail://", parse=env.email_url_config)
vars().update(EMAIL)
EMAIL_TIMEOUT = vars().get("EMAIL_TIMEOUT") or 20
# Without a mail server letters are printed, which is of use to who tries the demonstration only.
EMAIL_REACHES_PEOPLE = DEMO or "console" not in vars()["EMAIL_BACKEND"]
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default=f"no-reply@{urlsplit(PUBLIC_BASE_URL).hostname}")

if not DEMO:
    encrypted.refuse_plain_connections(
        databases={"DATABASE_URL": DATABASES["default"]}
        | {f"REPLICA_URL ({name})": replica for name, replica in REPLICAS.items()},
        cache=CACHES["default"],
        email=EMAIL,
        networks=env.list("ENCRYPTED_NETWORKS", default=[]),
    )

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "publishing.Officer"
# What publishes, and what officers are scoped by; `portal.publishing` knows it by this name only.
PUBLISHER_MODEL = "locations.Province"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "portal.publishing.accounts.passwords.PredictableValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
OTP_TOTP_ISSUER = urlsplit(PUBLIC_BASE_URL).hostname
# Codes of the minute only, however far a phone's clock is off.
OTP_TOTP_SYNC = False

# Guesses are counted by account and address together, see `portal.publishing.accounts.lockout`.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
TRUSTED_PROXIES = environment.whole_number("TRUSTED_PROXIES", default=0)
AXES_HANDLER = "portal.publishing.accounts.lockout.CountFirst"
AXES_CLIENT_IP_CALLABLE = "portal.web.client.stand_in"
AXES_LOCKOUT_CALLABLE = "portal.publishing.accounts.lockout.locked_out_page"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.web.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = environment.folder("STATIC_DIR") or DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.web.static_files.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
# Where `manage.py backup` puts its backups, and `check_portal` looks for the newest.
BACKUP_DIR = environment.folder("BACKUP_DIR")

# Pictures behind the map; without them it shows the outlines of the provinces, which are ours.
MAP_TILES_URL = environment.map_tiles_url()
MAP_TILES_ATTRIBUTION = env.str("MAP_TILES_ATTRIBUTION", default="").strip()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, *([environment.origin(MAP_TILES_URL)] if MAP_TILES_URL else [])],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
    }
}
SECURE_SSL_REDIRECT = HTTPS and environment.flag("SSL_REDIRECT", default=True)
# The operator's monitor asks these on the machine itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
# Django's usual one is a cookie of its own, readable where it lies: some messages hold a link.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Idle for so long, or signed in for so long altogether: see `portal.publishing.accounts.sessions`.
SESSION_COOKIE_AGE = 60 * environment.whole_number("SESSION_IDLE_MINUTES", default=30, least=1)
SESSION_LONGEST = timedelta(hours=12)

# Without it the worker that earlier pages installed removes itself, see `portal.web.offline`.
SERVICE_WORKER = environment.flag("SERVICE_WORKER", default=True)

# Hosts that a printed code may lead to, beside this portal itself.
FOLLOW_HOSTS = env.list("FOLLOW_HOSTS", default=["zalo.me", "www.zalo.me", "oa.zalo.me"])

# What subscribers' addresses are sealed with, the newest first; see `alerts.delivery.sealing`.
SUBSCRIPTION_KEYS = environment.subscription_keys(DATA_DIR)
# Who sends Web Push, and through whose services; without a key nobody can subscribe to it.
PUSH_KEY = environment.push_key(DATA_DIR)
PUSH_SERVICES = environment.push_services()
# Messages a second of each channel that has a limit, over all workers together.
DELIVERY_RATES = {
    "email": environment.whole_number("EMAILS_PER_SECOND", default=0),
    "zalo-followers": environment.whole_number("ZALO_MESSAGES_PER_SECOND", default=10),
}
# Without it everything is done for Zalo but the call; see `alerts.delivery.channels.zalo`.
ZALO_SEND = environment.flag("ZALO_SEND")
ZALO_API_URL = environment.service_url("ZALO_API_URL", default="https://openapi.zalo.me")
ZALO_OAUTH_URL = environment.service_url("ZALO_OAUTH_URL", default="https://oauth.zaloapp.com")
# Whether `serve` runs the worker that sends; no if it is a service of its own.
DELIVERY_WORKER = environment.flag("DELIVERY_WORKER", default=True)
# Signs CAP messages; without it they are published unsigned.
CAP_SIGNING = environment.signing_pair("CAP_KEY", "CAP_CERTIFICATE")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without tokens": {"()": "portal.web.logs.WithoutTokens"}},
    "formatters": {"json": {"()": "portal.web.logs.JsonLines"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["without tokens"],
            "formatter": "json",
        }
    },
    "root": {"handlers": ["console"], "level": environment.log_level()},
    # It names the addresses that it calls, which are subscribers' own.
    "loggers": {"urllib3": {"level": "CRITICAL"}},
}
