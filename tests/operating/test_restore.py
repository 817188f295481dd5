"""A restore gives back what was there, or refuses with every reason and changes nothing."""

import json
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.serializers import serialize
from django.db import connection

from alerts.models import Notice, Subscription
from locations.models import ExposureLocation
from portal.operating.backup import manifest, restoring
from portal.publishing.models import Revision
from tests import factories
from tests.delivery.conftest import subscriber
from tests.operating.commands import Place, backup, environment

# With what takes much of the machine, one after the other.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

OTHER_KEY = "another-key-than-that-of-the-tests-0123456789-0123456789"


@pytest.fixture
def made(hai_phong, author, approver, tmp_path):
    """A backup of a portal with places, a correction, a subscriber and an upload."""
    place = factories.location(hai_phong)
    factories.correct(place, name="Chợ Đổ")
    factories.notice(hai_phong, locations=[place])
    subscriber(hai_phong)
    (settings.DATA_DIR / "media").mkdir()
    (settings.DATA_DIR / "media" / "ảnh.png").write_bytes(bytes(range(256)) * 1000)
    return backup(tmp_path / "backups")


def refused(place, made, **more):
    """What is said, once it is sure that nothing was restored."""
    done = place.manage("restore", made, **more)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def is_empty(place):
    code = "from django.db import connection as c; print(c.introspection.table_names())"
    return not list(place.data.glob("media/*")) and place.ask(code) == "[]"


def test_what_comes_back_is_what_was_there(made, place):
    done = place.manage("restore", made)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    code = """
from django.apps import apps
from django.core.serializers import serialize
print(serialize("json", [row for model in MODELS for row in
    apps.get_model(model)._base_manager.order_by("pk")]))"""
    models = [model._meta.label for model in (ExposureLocation, Notice, Revision, Subscription)]
    here = serialize(
        "json",
        [
            row
            for model in (ExposureLocation, Notice, Revision, Subscription)
            for row in model._base_manager.order_by("pk")
        ],
    )
    assert json.loads(place.ask(code.replace("MODELS", repr(models)))) == json.loads(here)
    picture = (settings.DATA_DIR / "media" / "ảnh.png").read_bytes()
    assert (place.data / "media" / "ảnh.png").read_bytes() == picture


def test_what_was_restored_can_be_served_published_in_and_backed_up(made, place, tmp_path):
    assert place.manage("restore", made).returncode == 0
    assert place.manage("migrate", "--check").returncode == 0
    code = """
from locations.models import Province
from tests import factories
print(factories.location(Province.objects.get(), name="Chợ Ga").code)
print(len(list(__import__("locations").models.ExposureLocation.objects.search("cho ga"))))"""
    new, found = place.ask(code).split()
    assert not ExposureLocation.objects.filter(code=new).exists()
    assert found == "1"
    assert place.manage("verify_ledger").returncode == 0
    assert place.manage("backup", tmp_path / "again").returncode == 0


def test_a_backup_of_what_was_restored_has_the_same_rows(made, place, tmp_path):
    assert place.manage("restore", made).returncode == 0
    assert place.manage("backup", tmp_path / "again").returncode == 0
    (again,) = (tmp_path / "again").iterdir()
    first, second = (manifest.read(folder) for folder in (made, again))
    assert first.tables == second.tables
    assert (first.ledger, first.migrations) == (second.ledger, second.migrations)


def test_of_a_folder_the_newest_is_taken(made, place):
    shutil.copytree(made, made.with_name("portal-20200101T000000"))
    (made.parent / "portal-20200101T000000" / "manifest.json").write_text("{}")
    done = place.manage("restore", made.parent)
    assert done.returncode == 0, done.stderr
    assert str(made) in done.stdout


def test_a_flipped_bit_anywhere_is_found_and_nothing_restored(made, place):
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 2):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert str(path) in reasons(made), (path, at)
        path.write_bytes(whole)
    picture = made / "files" / "media" / "ảnh.png"
    picture.write_bytes(b"\xff" + picture.read_bytes()[1:])
    assert f"{picture} was changed after the backup was made" in refused(place, made)
    assert is_empty(place)


def reasons(made):
    """Why the backup itself is refused."""
    with pytest.raises(manifest.Refused) as refused:
        restoring.check(made, lambda done, total: None)
    return str(refused.value)


def test_what_is_missing_or_was_put_in_is_named_all_at_once(made, place):
    (made / "files" / "media" / "ảnh.png").unlink()
    (made / "files" / "media" / "other.png").write_bytes(b"")
    said = refused(place, made)
    assert f"{made}/files/media/ảnh.png is missing" in said
    assert f"{made}/files/media/other.png is not in the manifest" in said
    assert is_empty(place)


def test_a_file_that_leads_out_of_the_backup_is_refused(made, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes((made / "files" / "media" / "ảnh.png").read_bytes())
    (made / "files" / "media" / "ảnh.png").unlink()
    (made / "files" / "media" / "ảnh.png").symlink_to(outside)
    assert "leads out of the backup" in reasons(made)
    rewrite(made, files=manifest.read(made).files | {"../../outside": manifest.File(0, "")})
    assert "'../../outside' leads out of the backup" in reasons(made)


def rewrite(made, **values):
    """A manifest with other `values`, as another portal would have written it."""
    said = manifest.read(made)
    manifest.Manifest(**vars(said) | values).write(made)


def test_a_format_that_it_does_not_know_is_refused(made):
    said = manifest.read(made)
    for number in (2, 0, None, "1"):
        manifest.Manifest(**vars(said) | {"format": number}).write(made)
        assert f"has format {number!r}, and this portal knows 1 only" in reasons(made)


def test_a_manifest_that_is_none_is_refused(made):
    for text in ("", "[]", "{}", "null", '"text"', "\x00", "{" * 5000, "[" * 100_000):
        (made / "manifest.json").write_text(text)
        assert "manifest.json is no manifest; take another backup" in reasons(made)


def test_the_other_kind_of_database_is_refused(made, place, tmp_path):
    ours, other = ("SQLite", "PostgreSQL")
    url = "postgres://portal:secret@127.0.0.1:9/portal"
    if connection.vendor == "postgresql":
        ours, other = other, ours
        url = f"sqlite:///{tmp_path}/other.sqlite3"
    said = refused(Place(tmp_path / "other", url), made)
    assert f"the backup is of {ours}, and DATABASE_URL names {other}; name an empty {ours}" in said
    assert not (tmp_path / "other.sqlite3").exists()


def test_other_migrations_are_named_with_the_way_out(made, place):
    said = manifest.read(made)
    without = [name for name in said.migrations if not name.startswith("alerts.0005")]
    rewrite(made, migrations=[*without, "alerts.0099_future"])
    text = refused(place, made)
    assert "the backup has migrations that this code does not know: alerts.0099_future" in text
    assert "this code has migrations that the backup does not: alerts.0005_delivery_counts" in text
    assert f"restore it with release {said.portal} of the portal, then update" in text
    assert is_empty(place)


def test_a_place_that_is_in_use_is_left_as_it_is(made, place):
    assert place.manage("restore", made).returncode == 0
    code = "from locations.models import Province; Province.objects.update(name='Khác')"
    place.ask(code)
    said = refused(place, made)
    assert "tables; " in said
    assert "name" in said and "DATABASE_URL" in said
    assert f"{place.data}/media/ảnh.png is here already" in said
    asked = "from locations.models import Province; print(Province.objects.get().name)"
    assert place.ask(asked) == "Khác"


def test_files_that_are_there_are_not_written_over(made, place):
    (place.data / "media").mkdir(parents=True)
    (place.data / "media" / "kept.png").write_bytes(b"kept")
    assert f"{place.data}/media/kept.png is here already" in refused(place, made)
    assert [path.name for path in (place.data / "media").iterdir()] == ["kept.png"]
    (place.data / "media" / "kept.png").unlink()
    assert place.manage("restore", made).returncode == 0


def test_rows_that_did_not_come_as_they_were_are_named(made, place):
    """As if the database had lost or changed something while it was loaded."""
    said = manifest.read(made)
    tables = dict(said.tables)
    fewer, changed, more = "locations_flight", "locations_exposurelocation", "locations_hotline"
    tables[fewer] = manifest.Table(2, tables[fewer].sha256)
    tables[changed] = manifest.Table(1, "0" * 64)
    tables["lost"] = tables.pop(more)
    end = f"99:{'0' * 64}"
    rewrite(made, tables=tables, ledger=end)
    text = refused(place, made)
    assert f"the table {fewer} has 0 rows, in the backup it has 2" in text
    assert f"the rows of the table {changed} are not those of the backup" in text
    assert f"the table {more} is not of the backup" in text
    assert "the table lost is missing" in text
    assert f"the ledger ends at {said.ledger}, in the backup at {end}" in text
    assert "what was loaded is not to be used" in text
    assert not (place.data / "media" / "ảnh.png").exists()
    if connection.vendor == "sqlite":
        assert is_empty(place)


def test_a_ledger_that_was_broken_before_is_found_after(location, place, tmp_path):
    Revision.objects.filter(sequence=1).update(reason="khác")
    made = backup(tmp_path / "backups")
    said = refused(place, made)
    assert "the ledger: record 1" in said
    assert "it was changed after its approval" in said


def test_the_wrong_keys_of_subscribers_are_noticed(made, place):
    done = place.manage("restore", made, SUBSCRIPTION_KEYS=OTHER_KEY)
    assert done.returncode == 0
    assert "WARNING: SUBSCRIPTION_KEYS are not those" in done.stderr


def test_a_full_disk_leaves_nothing(made, place):
    command = f"{sys.executable} manage.py restore {made}"
    limited = subprocess.run(
        ["bash", "-c", f'ulimit -f 100; trap "" XFSZ; exec {command}'],
        cwd=settings.BASE_DIR, env=environment(**place.settings),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert limited.returncode == 1, limited.stdout
    assert "Traceback" not in limited.stderr
    assert "File too large" in limited.stderr
    assert is_empty(place)
    assert place.manage("restore", made).returncode == 0


def test_what_is_no_backup_is_said(place, tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert f"{folder} is no backup, and there is none in it" in refused(place, folder)
    assert place.manage("restore").returncode == 2
