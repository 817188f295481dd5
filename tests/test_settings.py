"""A missing or senseless setting stops the start with one clear line; production refuses a demo."""

import os
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.environment import BASE_DIR, refuse_if_others_read

SECRET = "q8vLx2mN4pR6tY9wZ3bC5dF7gH1jK0aSeUiOnP-_q8vLx2mN4p"


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """What a real installation sets."""
    return {
        "ALLOWED_HOSTS": "portal.test",
        "CLOCK_START": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3",
        "DATA_DIR": str(tmp_path),
        "DEBUG": "0",
        "DEMO": "0",
        "PUBLIC_BASE_URL": "https://portal.test",
        "SECRET_KEY": SECRET,
        "SUBSCRIPTION_KEYS": SECRET,
    }


def manage(environment: dict[str, str], *arguments: str) -> CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR, env=bare | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_production_settings_start(production):
    started = manage(production, "check")
    assert started.returncode == 0, started.stderr


# The setting, its bad value (None: not set at all), and what the one line says.
BAD = [
    ("SECRET_KEY", None, "SECRET_KEY is not set"),
    ("SECRET_KEY", "", "SECRET_KEY is not set"),
    ("SECRET_KEY", "short", "SECRET_KEY must be at least 40 random characters"),
    ("SECRET_KEY", "changeme" * 8, "SECRET_KEY must be at least 40 random characters"),
    ("SECRET_KEY", "django-insecure-" + SECRET, "SECRET_KEY must be at least 40 random"),
    ("SECRET_KEY", "a" * 50, "SECRET_KEY must be at least 40 random characters"),
    ("SUBSCRIPTION_KEYS", None, "SUBSCRIPTION_KEYS is not set"),
    ("SUBSCRIPTION_KEYS", " , ", "SUBSCRIPTION_KEYS must be one or more keys"),
    ("SUBSCRIPTION_KEYS", f"{SECRET},short", "SUBSCRIPTION_KEYS must be one or more keys"),
    ("PUSH_KEY", "secret", "PUSH_KEY is no key; leave it empty and make one with"),
    ("PUSH_KEY", "ữ" * 43, "PUSH_KEY is no key; leave it empty and make one with"),
    ("PUSH_KEY", "A" * 43, "PUSH_KEY is no key; leave it empty and make one with"),
    ("PUSH_SERVICES", "https://push.test/", "PUSH_SERVICES must be hosts like push.example.vn"),
    ("PUSH_SERVICES", "*", "PUSH_SERVICES must be hosts like push.example.vn"),
    ("PUSH_SERVICES", "push.test, *.test", "PUSH_SERVICES must be hosts like push.example.vn"),
    ("PUSH_SERVICES", "http://push.test", "PUSH_SERVICES must be hosts like push.example.vn"),
    ("EMAILS_PER_SECOND", "many", "EMAILS_PER_SECOND must be a whole number from 0"),
    ("ZALO_SEND", "maybe", "ZALO_SEND must be 1 or 0"),
    ("ZALO_MESSAGES_PER_SECOND", "-1", "ZALO_MESSAGES_PER_SECOND must be a whole number from 0"),
    ("ZALO_API_URL", "http://zalo.test", "ZALO_API_URL must look like https://host"),
    ("ZALO_OAUTH_URL", "https://zalo.test/v4", "ZALO_OAUTH_URL must look like https://host"),
    ("PUBLIC_BASE_URL", None, "PUBLIC_BASE_URL is not set"),
    ("PUBLIC_BASE_URL", "portal.test", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://portal.test/sub", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://portal.test?x=1", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "ftp://portal.test", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://a:b@portal.test", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://portal.test:x", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "https://[::1", "PUBLIC_BASE_URL must look like https://host"),
    ("PUBLIC_BASE_URL", "http://portal.test", "PUBLIC_BASE_URL must begin with https://"),
    ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS is not set"),
    ("ALLOWED_HOSTS", " ", "ALLOWED_HOSTS is not set"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
    ("ALLOWED_HOSTS", "portal.test, *", "ALLOWED_HOSTS must name the hosts"),
    ("DATABASE_URL", None, "DATABASE_URL is not set"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    ("DATABASE_URL", "portal.sqlite3", "DATABASE_URL cannot be understood: 'portal.sqlite3'"),
    ("DATABASE_URL", "oranges://portal", "DATABASE_URL cannot be understood"),
    ("CACHE_URL", "nowhere", "CACHE_URL cannot be understood: 'nowhere'"),
    ("REPLICA_URL", "oranges://portal", "REPLICA_URL cannot be understood: 'oranges'"),
    ("REPLICA_URL", "sqlite:////tmp/copy", "REPLICA_URL must name replicas of PostgreSQL"),
    ("REPLICA_LAG_SECONDS", "soon", "REPLICA_LAG_SECONDS must be a whole number from 0"),
    ("EMAIL_URL", "nowhere", "EMAIL_URL cannot be understood: 'nowhere'"),
    ("DATA_DIR", "/proc/portal", "DATA_DIR /proc/portal cannot be made"),
    ("BACKUP_DIR", "backups", "BACKUP_DIR must be a full path like /var/backups, not 'backups'"),
    ("DEMO", "maybe", "DEMO must be 1 or 0, not 'maybe'"),
    ("DEBUG", "1", "DEBUG is for a demonstration"),
    ("DEBUG", "perhaps", "DEBUG must be 1 or 0, not 'perhaps'"),
    ("SSL_REDIRECT", "perhaps", "SSL_REDIRECT must be 1 or 0, not 'perhaps'"),
    ("CLOCK_START", "2021-03-26T08:00:00+07:00", "CLOCK_START is for a demonstration"),
    ("TRUSTED_PROXIES", "nginx", "TRUSTED_PROXIES must be a whole number from 0"),
    ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a whole number from 0"),
    ("SESSION_IDLE_MINUTES", "0", "SESSION_IDLE_MINUTES must be a whole number from 1"),
    ("ENCRYPTED_NETWORKS", "wg0", "ENCRYPTED_NETWORKS must be networks like 10.8.0.0/24"),
    ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of"),
    ("MAP_TILES_URL", "tiles.test/{z}/{x}/{y}.png", "MAP_TILES_URL must look like https://tiles"),
    ("MAP_TILES_URL", "http://tiles.test/{z}/{x}/{y}.png", "MAP_TILES_URL must look like https"),
    ("MAP_TILES_URL", "https://tiles.test/{z}/{x}.png", "MAP_TILES_URL must look like https://"),
    ("MAP_TILES_URL", "https://tiles.test/{z}/{x}/{x}.png", "MAP_TILES_URL must look like https"),
    ("MAP_TILES_URL", "https://tiles.test/{q}/{z}/{x}/{y}", "MAP_TILES_URL must look like https"),
    ("MAP_TILES_URL", "https://{s}.tiles.test/{z}/{x}/{y}", "MAP_TILES_URL must look like https"),
    ("MAP_TILES_URL", "https://tiles.test {z}/{x}/{y}", "MAP_TILES_URL must look like https://"),
    ("MAP_TILES_URL", "https://a:b@tiles.test/{z}/{x}/{y}", "MAP_TILES_URL must look like https"),
    ("MAP_TILES_URL", "https:///{z}/{x}/{y}.png", "MAP_TILES_URL must look like https://tiles"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD)
def test_a_bad_setting_stops_the_start_with_one_line(name, value, said, production):
    production.pop(name, None)
    if value is not None:
        production[name] = value
    stopped = manage(production, "check")
    assert stopped.returncode == 1
    assert stopped.stderr.count("\n") == 1, stopped.stderr
    assert said in stopped.stderr


# To another machine, and without TLS or with one that takes anybody's certificate; the way out.
PLAIN = [
    ("DATABASE_URL", "postgres://u:key@db.test/portal", "say ?sslmode=verify-full after it"),
    ("DATABASE_URL", "postgres://u:key@10.8.0.21/portal?sslmode=require", "sslmode=verify-full"),
    ("REPLICA_URL", "postgres://u:key@10.8.0.22/portal", "say ?sslmode=verify-full after it"),
    ("CACHE_URL", "redis://:key@10.8.0.31:6379/0", "begin it with rediss://"),
    ("EMAIL_URL", "smtp://u:key@mail.test:25", "begin it with smtp+tls:// or smtp+ssl://"),
    ("EMAIL_URL", "smtp://u:key@[2001:db8::1]:25", "begin it with smtp+tls:// or smtp+ssl://"),
]


@pytest.mark.parametrize(("name", "value", "way_out"), PLAIN)
def test_nothing_goes_to_another_machine_in_the_clear(name, value, way_out, production):
    stopped = manage(production | {name: value}, "check")
    assert stopped.returncode == 1
    assert stopped.stderr.count("\n") == 1, stopped.stderr
    assert f"{name} " in stopped.stderr and way_out in stopped.stderr
    assert "key" not in stopped.stderr, "a password is in no message"
    in_demo = manage(production | {"DEMO": "1", name: value}, "check")
    assert in_demo.returncode == 0, in_demo.stderr


SAFE = {
    "TLS": {
        "DATABASE_URL": "postgres://u:key@db.test/portal?sslmode=verify-full",
        "REPLICA_URL": "postgres://u:key@copy.test/portal?sslmode=verify-ca",
        "CACHE_URL": "rediss://:key@10.8.0.31:6379/0",
        "EMAIL_URL": "smtp+tls://u:key@mail.test:587",
    },
    "this machine": {
        "DATABASE_URL": "postgres://u:key@localhost/portal",
        "REPLICA_URL": "postgres://u:key@127.0.0.1:5433/portal",
        "CACHE_URL": "redis://[::1]:6379/0",
        "EMAIL_URL": "smtp://127.0.0.1:25",
    },
    "a socket": {"DATABASE_URL": "postgres://u:key@%2Fvar%2Frun%2Fpostgresql/portal"},
    "an encrypted network": {
        "DATABASE_URL": "postgres://u:key@10.8.0.21/portal",
        "REPLICA_URL": "postgres://u:key@10.8.0.22/portal,postgres://u:key@10.8.0.23/portal",
        "CACHE_URL": "redis://:key@10.8.0.31:6379/0",
        "EMAIL_URL": "smtp://u:key@10.9.0.1:25",
        "ENCRYPTED_NETWORKS": "10.8.0.0/24,10.9.0.0/24",
    },
}


@pytest.mark.parametrize("kind", SAFE)
def test_what_is_encrypted_or_stays_here_starts(kind, production):
    code = "from django.conf import settings; print(settings.DATABASES['default']['HOST'])"
    started = manage(production | SAFE[kind], "shell", "-v0", "-c", code)
    assert started.returncode == 0, started.stderr


TILES = [
    ("", "'self'"),
    ("https://tiles.test/{z}/{x}/{y}.png", "'self' https://tiles.test"),
    ("https://tiles.test:8443/v2/{z}/{y}/{x}{r}.png?key=1", "'self' https://tiles.test:8443"),
]


@pytest.mark.parametrize(("url", "sources"), TILES)
def test_only_a_tile_server_that_is_set_may_send_pictures(url, sources, production):
    """And even that nothing else: scripts, styles and requests stay with the portal."""
    code = (
        "from django.conf import settings as s; d = s.CONTENT_SECURITY_POLICY['DIRECTIVES'];"
        "print(*d['img-src'], d['connect-src'], d['script-src'], d['style-src'])"
    )
    shown = manage(production | {"MAP_TILES_URL": url}, "shell", "-v0", "-c", code)
    assert shown.stdout == f"""{sources} ["'self'"] ["'self'"] ["'self'"]\n""", shown.stderr


def test_replicas_are_read_beside_the_page_cache_only(production):
    urls = "postgres://p:s@/portal?host=/one, postgres://p:s@10.0.0.2/portal?sslmode=verify-full"
    show = "from django.conf import settings as s; print(*s.REPLICAS, *s.DATABASE_ROUTERS)"
    shown = manage(production | {"REPLICA_URL": urls}, "shell", "-v0", "-c", show)
    assert shown.stdout.split() == ["replica-1", "replica-2", "portal.publishing.replicas.Router"]
    stopped = manage(production | {"REPLICA_URL": urls, "PAGE_CACHE_MB": "0"}, "check")
    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    assert "REPLICA_URL needs the page cache" in stopped.stderr


def test_postgresql_compiles_no_question_unless_the_operator_says_so(production):
    urls = {
        "DATABASE_URL": "postgres://p:s@127.0.0.1/portal",
        "REPLICA_URL": "postgres://p:s@127.0.0.1/portal?options=-c%20jit%3Don",
    }
    show = (
        "from django.conf import settings as s;"
        "print(*(one['OPTIONS']['options'] for one in s.DATABASES.values()), sep=chr(10))"
    )
    shown = manage(production | urls, "shell", "-v0", "-c", show)
    assert shown.stdout.splitlines() == ["-c jit=off", "-c jit=off -c jit=on"], shown.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "REPLICA_URL", "CACHE_URL", "EMAIL_URL"])
def test_a_password_is_never_repeated(name, production):
    stopped = manage(production | {name: "oranges://portal:hunter2@db.test/portal"}, "check")
    assert stopped.returncode == 1
    assert f"{name} cannot be understood" in stopped.stderr
    assert "hunter2" not in stopped.stderr


def test_a_key_for_web_push_is_printed_and_taken(production, tmp_path):
    """Without one the portal starts too, and sends none; a demonstration makes its own."""
    show = "from django.conf import settings as s; print(s.PUSH_KEY, *s.PUSH_SERVICES)"
    without = manage(production, "shell", "-v0", "-c", show)
    assert without.stdout.startswith(" fcm.googleapis.com"), without.stderr
    made = manage(production, "make_push_keys")
    line = made.stdout.splitlines()[-1]
    name, _sign, key = line.partition("=")
    assert (made.returncode, name, len(key)) == (0, "PUSH_KEY", 43)
    assert manage(production, "make_push_keys").stdout != made.stdout
    services = "push.test, *.push.test, http://127.0.0.1:9000"
    taken = production | {"PUSH_KEY": key, "PUSH_SERVICES": services}
    shown = manage(taken, "shell", "-v0", "-c", show).stdout.split()
    assert shown[0] == key and shown[-3:] == services.split(", ")
    demo = {"DEMO": "1", "DATA_DIR": str(tmp_path / "demo")}
    [first, second] = [manage(demo, "shell", "-v0", "-c", show).stdout.split()[0] for _ in "12"]
    assert first == second == (tmp_path / "demo" / "push-key").read_text()
    assert (tmp_path / "demo" / "push-key").stat().st_mode & 0o077 == 0


def test_a_wrong_key_is_never_repeated(production):
    stopped = manage(production | {"PUSH_KEY": "hunter2" * 6}, "check")
    assert stopped.returncode == 1 and "hunter2" not in stopped.stderr


def test_secrets_that_others_may_read_stop_the_start(tmp_path):
    """What `cp .env.example .env` leaves behind; a demonstration has none."""
    file = tmp_path / ".env"
    refuse_if_others_read(file)
    file.touch(mode=0o600)
    refuse_if_others_read(file)
    for mode in (0o640, 0o604, 0o644):
        file.chmod(mode)
        with pytest.raises(ImproperlyConfigured, match=f"chmod 600 {file}"):
            refuse_if_others_read(file)


BAD_IN_A_DEMO = [
    ("CLOCK_START", "26/03/2021", "CLOCK_START must look like 2021-03-26T08:00:00+07:00"),
    ("CLOCK_START", "2021-03-26T08:00:00", "CLOCK_START must look like 2021-03-26T08:00:00+07:00"),
    ("PUBLIC_BASE_URL", "localhost:8000", "PUBLIC_BASE_URL must look like https://host"),
    ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
    ("SECRET_KEY", "short", "SECRET_KEY must be at least 40 random characters"),
]


@pytest.mark.parametrize(("name", "value", "said"), BAD_IN_A_DEMO)
def test_a_demonstration_has_settings_that_make_sense_too(name, value, said, tmp_path):
    stopped = manage({"DEMO": "1", "DATA_DIR": str(tmp_path), name: value}, "check")
    assert stopped.returncode == 1
    assert stopped.stderr.count("\n") == 1, stopped.stderr
    assert said in stopped.stderr


def test_a_demonstration_needs_no_settings_and_keeps_its_secret(tmp_path):
    demo = {"DEMO": "1", "DATA_DIR": str(tmp_path)}
    assert manage(demo, "check").returncode == 0
    key = tmp_path / "secret-key"
    secret = key.read_text()
    assert len(secret) >= 50
    assert key.stat().st_mode & 0o077 == 0
    assert manage(demo, "check").returncode == 0
    assert key.read_text() == secret


COMMANDS = [["make_demo_accounts"], ["load_story"], ["make_load", "--locations", "1"]]


def test_production_refuses_what_is_made_up(production):
    assert manage(production, "migrate", "--verbosity", "0").returncode == 0
    loaded = manage(production, "load_divisions", "--verbosity", "0")
    assert loaded.returncode == 0, loaded.stderr
    for command in COMMANDS:
        refused = manage(production, *command)
        assert refused.returncode == 1
        assert refused.stderr == (
            "CommandError: this is for a demonstration only; DEMO is not set\n"
        )
    count = (
        "from portal.publishing.models import *; from locations.models import *;"
        "print(Officer.objects.count(), Province.objects.count(), ExposureLocation.objects.count())"
    )
    assert manage(production, "shell", "-v0", "-c", count).stdout == "0 0 0\n"
