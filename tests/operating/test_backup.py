"""A backup is one moment of the portal, is whole or is not there, and holds no secret."""

import json
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import close_old_connections, connection

from portal.keys import new_push_key
from portal.operating.backup import folder, postgresql
from portal.publishing.models import LedgerHead
from portal.web.release import release
from tests import factories
from tests.operating.commands import backup, environment, is_whole, manage, start

# With what takes much of the machine, one after the other.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_it_says_what_it_holds(location, tmp_path):
    media = settings.DATA_DIR / "media" / "posters"
    media.mkdir(parents=True)
    (media / "áp phích.pdf").write_bytes(b"%PDF")
    made = backup(tmp_path / "backups")
    said = json.loads((made / "manifest.json").read_text())
    assert said["format"] == 1
    assert said["database"] == connection.vendor
    assert said["portal"] == release()
    assert said["ledger"] == str(LedgerHead.objects.get())
    assert said["tables"]["locations_exposurelocation"]["rows"] == 1
    assert "locations.0001_initial" in said["migrations"]
    made_at = datetime.fromisoformat(said["made_at"])
    assert said["made_at"].endswith("+07:00")
    assert abs((datetime.now(UTC) - made_at).total_seconds()) < 120
    assert made.name == f"portal-{made_at:%Y%m%dT%H%M%S}"
    database = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}[connection.vendor]
    assert set(said["files"]) == {database, "files/media/posters/áp phích.pdf"}
    assert is_whole(made)


def test_every_table_is_counted_and_summed_but_who_is_signed_in(client, approver, tmp_path):
    client.force_login(approver)
    key = client.session.session_key
    made = backup(tmp_path / "backups")
    tables = set(json.loads((made / "manifest.json").read_text())["tables"])
    with connection.cursor() as cursor:
        here = {
            name
            for name in connection.introspection.table_names(cursor)
            if "_search" not in name and not name.startswith("sqlite")
        }
    assert here - tables == {"django_session"}
    assert tables <= here
    assert key.encode() not in b"".join(read(made))


def test_no_secret_is_in_it_and_nobody_else_may_read_it(location, tmp_path):
    secrets = {name: new_push_key() for name in ("secret-key", "subscription-key", "push-key")}
    for name, secret in secrets.items():
        (settings.DATA_DIR / name).write_text(secret)
    made = backup(tmp_path / "backups")
    content = b"".join(read(made))
    for secret in (*secrets.values(), settings.SECRET_KEY, *settings.SUBSCRIPTION_KEYS):
        assert secret.encode() not in content
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def read(made: Path) -> list[bytes]:
    """The bytes of its files, and the texts of a dump, which is compressed."""
    found = [path.read_bytes() for path in made.rglob("*") if path.is_file()]
    if connection.vendor == "postgresql":
        program = postgresql._program("pg_restore", connection.pg_version // 10_000)
        dump = made / postgresql.FILE
        found.append(subprocess.run([program, "-f-", dump], capture_output=True, check=True).stdout)
    return found


def test_the_newest_are_kept(location, tmp_path):
    backups = tmp_path / "backups"
    backups.mkdir()
    for day in range(1, 6):
        (backups / f"portal-2021030{day}T000000").mkdir()
    (backups / "notes").mkdir()
    made = backup(backups, "--keep", "3")
    assert sorted(path.name for path in backups.iterdir()) == [
        "notes", "portal-20210304T000000", "portal-20210305T000000", made.name,
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["0", "-1", "all"])
def test_to_keep_none_is_no_use(number, tmp_path):
    refused = manage("backup", tmp_path, "--keep", number)
    assert refused.returncode == 2
    assert "a whole number from 1" in refused.stderr


def test_without_a_folder_it_goes_where_the_setting_says(location, tmp_path):
    refused = manage("backup")
    assert refused.returncode == 2
    assert "BACKUP_DIR" in refused.stderr
    assert manage("backup", BACKUP_DIR=str(tmp_path / "set")).returncode == 0
    assert len(folder.whole(tmp_path / "set")) == 1


def test_a_folder_that_cannot_be_written_is_named(location, tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused = manage("backup", tmp_path / "file")
    assert refused.returncode == 1
    assert f"{tmp_path}/file: File exists" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_full_disk_leaves_the_earlier_backups_and_nothing_half(location, tmp_path):
    backups = tmp_path / "backups"
    earlier = backup(backups)
    # The system refuses files of more than so many blocks, as it does when there is no room.
    command = f"{sys.executable} manage.py backup {backups}"
    limited = subprocess.run(
        ["bash", "-c", f'ulimit -f 200; trap "" XFSZ; exec {command}'],
        cwd=settings.BASE_DIR, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert limited.returncode == 1, limited.stdout
    assert "Traceback" not in limited.stderr
    assert [path.name for path in backups.iterdir()] == [earlier.name]


def test_two_at_once_do_not_disturb_each_other(location, tmp_path):
    with folder.alone(tmp_path):
        refused = manage("backup", tmp_path)
    assert refused.returncode == 1
    assert "another backup" in refused.stderr
    assert manage("backup", tmp_path).returncode == 0


def test_one_right_after_another_is_another(location, tmp_path):
    made = [backup(tmp_path) for _time in range(3)]
    assert folder.whole(tmp_path) == made[::-1]


def interrupt(backups: Path, sent: int, *, after: float) -> None:
    """Sends a signal to `manage.py backup` so many seconds after its start."""
    process = start("backup", backups)
    time.sleep(after)
    process.send_signal(sent)
    process.communicate(timeout=60)


def test_one_that_is_killed_at_any_moment_is_never_taken_for_a_backup(location, tmp_path):
    backups = tmp_path / "backups"
    began = time.monotonic()
    assert manage("backup", backups).returncode == 0
    takes = time.monotonic() - began
    for tenth in range(1, 11):
        interrupt(backups, signal.SIGKILL, after=takes * tenth / 10)
        assert all(map(is_whole, folder.whole(backups)))
    backup(backups)
    left = [path.name for path in backups.iterdir()]
    assert all(re.fullmatch(r"portal-\d{8}T\d{6}", name) for name in left), left


def test_one_that_is_killed_while_it_copies_leaves_what_the_next_removes(location, tmp_path):
    """At the moment when its files are there and its name is not yet."""
    backups = tmp_path / "backups"
    process = start("backup", backups)
    wait_for(lambda: list(backups.glob(".partial-*/database.*")) or process.poll() is not None)
    process.kill()
    process.communicate()
    assert folder.whole(backups) == []
    assert len(list(backups.iterdir())) == 1
    refused = manage("restore", backups)
    assert refused.returncode == 1
    assert f"{backups} is no backup, and there is none in it" in refused.stderr
    made = backup(backups)
    assert list(backups.iterdir()) == [made]


def test_while_officers_publish_it_is_one_moment_and_waits_for_nobody(
    hai_phong, author, approver, place, tmp_path
):
    """Four writers publish all the while; what is restored is a state that there was."""
    stop, failures, waits = threading.Event(), [], []

    def write(number):
        try:
            while not stop.is_set():
                began = time.monotonic()
                factories.location(hai_phong, name=f"Chợ {number}")
                waits.append(time.monotonic() - began)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    factories.location(hai_phong)  # the national officers are there before the writers ask
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    try:
        wait_for(lambda: len(waits) > 4)
        before = LedgerHead.objects.get().sequence
        made = backup(tmp_path / "backups")
        after = LedgerHead.objects.get().sequence
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    close_old_connections()
    assert not failures
    assert after > before + 3, "they did publish meanwhile"
    restored = place.manage("restore", made)
    assert restored.returncode == 0, restored.stderr
    sequence = int(json.loads((made / "manifest.json").read_text())["ledger"].partition(":")[0])
    assert before <= sequence <= after
    asked = """
from locations.models import ExposureLocation, ExposureWindow
from portal.publishing.models import ContentVersion, LedgerHead, Revision
public = ExposureLocation.objects.public()
print(
    LedgerHead.objects.get().sequence,
    Revision.objects.approved().count(),
    public.count(),
    ExposureWindow.objects.filter(location__in=public).count(),
    ContentVersion.objects.get(scope="hai-phong").number,
)"""
    head, approved, public, windows, version = map(int, place.ask(asked).split())
    assert head == approved == sequence
    # One record for the province; and what else belongs to one approval came with it.
    assert public == windows == version == sequence - 1
    assert place.manage("verify_ledger").returncode == 0


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
