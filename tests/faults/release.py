"""The next version of the code: a copy of this one, with one more column, an index over it, and
another stylesheet."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.environment import BASE_DIR

# Beside what begins with a dot; of the top level.
NOT_DEPLOYED = {"node_modules", "data", "build", "tests", "bench", "docs"}
MODEL, BEFORE = "locations/models/exposure_location.py", "    class Kind(models.TextChoices):\n"
COLUMN = "    entrance = models.CharField(max_length=50, null=True, editable=False)\n\n"
MIGRATION = """
from django.db import migrations, models

from portal.publishing.migrating import AddLiveIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("locations", "{after}")]
    operations = [
        migrations.AddField(
            "exposurelocation",
            "entrance",
            models.CharField(max_length=50, null=True, editable=False),
        ),
        AddLiveIndex("exposurelocation", models.Index(fields=["entrance"], name="entrances")),
    ]
"""


def next_release(folder: Path) -> Path:
    shutil.copytree(BASE_DIR, folder, ignore=_not_deployed)
    folder.chmod(0o755)
    model = folder / MODEL
    text = model.read_text()
    assert text.count(BEFORE) == 1
    model.write_text(text.replace(BEFORE, COLUMN + BEFORE))
    migrations = folder / "locations" / "migrations"
    last = sorted(path.stem for path in migrations.glob("0*.py"))[-1]
    (migrations / "9999_entrance.py").write_text(MIGRATION.format(after=last))
    with (folder / "static" / "css" / "portal.css").open("a") as css:
        css.write("\n.entrance {\n  margin: 0;\n}\n")
    return folder


def _not_deployed(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".") or name == "__pycache__"}
    return hidden | (NOT_DEPLOYED if Path(folder) == BASE_DIR else set())


def collect_static_files(code: Path, data: Path) -> None:
    """As on the machine of nginx, which has the code and a DATA_DIR of its own."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
        cwd=code,
        env={"PATH": os.environ["PATH"], "DEMO": "1", "DATA_DIR": str(data)},
        check=True,
    )
