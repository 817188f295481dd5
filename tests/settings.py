"""What the tests run with. Said here whole, so that neither the shell nor a .env file decides."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = tempfile.mkdtemp(prefix="portal-tests-")
(Path(FOLDER) / "static").mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ |= {
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "BACKUP_DIR": "",
    "CACHE_URL": "locmemcache://",
    "CLOCK_START": "",
    "DATA_DIR": FOLDER,
    "DEBUG": "0",
    "DEMO": "1",
    "EMAILS_PER_SECOND": "0",
    "EMAIL_URL": "memorymail://",
    "FOLLOW_HOSTS": "zalo.me,www.zalo.me,oa.zalo.me",
    "LOG_LEVEL": "WARNING",
    "MAP_TILES_ATTRIBUTION": "",
    "MAP_TILES_URL": "",
    "PAGE_CACHE_MB": "64",
    "PUBLIC_BASE_URL": "http://testserver",
    "PUSH_KEY": "",
    "PUSH_SERVICES": "",
    "REPLICA_URL": "",
    "SERVICE_WORKER": "1",
    "SESSION_IDLE_MINUTES": "30",
    "TRUSTED_PROXIES": "0",
    "SUBSCRIPTION_KEYS": "subscriptions-in-the-tests-only-0123456789-0123456789",
    "ZALO_API_URL": "http://127.0.0.1:9",
    "ZALO_MESSAGES_PER_SECOND": "0",
    "ZALO_OAUTH_URL": "http://127.0.0.1:9",
    "ZALO_SEND": "0",
    "SECRET_KEY": "for-the-tests-only-0123456789-0123456789-0123456789",
}
# The one choice that is left: tests/run names a PostgreSQL here.
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER}/portal.sqlite3")

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, STORAGES  # noqa: E402

if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file and not memory, so that threads and browsers meet the locks of a real installation.
    DATABASES["default"]["TEST"] = {"NAME": f"{FOLDER}/test.sqlite3"}
    # No replica, and no router asks it: tests/publishing/test_replicas.py puts a copy in its place.
    DATABASES["replica-1"] = {**DATABASES["default"], "TEST": {"MIRROR": "default"}}

# Passwords need no protection here, and static files need not be collected first.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
