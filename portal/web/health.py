"""For the operator's monitor: is the process alive, and can it serve?"""

import shutil

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

# Below this much free disk neither a backup nor an upload is safe.
MIN_FREE_BYTES = 200 * 1024 * 1024


def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations and disk; 503 names what is wrong, without details of the machine."""
    checks = {"database": _database(), "migrations": _migrations(), "disk": _disk()}
    ready = all(checks.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable"}
        | {name: "ok" if good else "failed" for name, good in checks.items()},
        status=200 if ready else 503,
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises, the answer is the same
        return False
    return True


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception:  # the database is not there to be asked
        return False


def _disk() -> bool:
    return shutil.disk_usage(settings.DATA_DIR).free > MIN_FREE_BYTES
