"""Keeps locale/ in step with the texts in code and templates."""

import gettext
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.environment import BASE_DIR

LANGUAGES = ["vi"]
NOT_OURS = [".venv", "build", "data", "node_modules"]
WITHOUT_TEXTS = [*NOT_OURS, "bench", "tests"]


class Command(BaseCommand):
    help = (
        "Collect the texts of code and templates into locale/ and compile the translations."
        " With --check change nothing, and fail if a text is not translated or not compiled."
        " Needs GNU gettext."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, only say")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            self.check_translations()
        else:
            self.update()

    def update(self) -> None:
        call_command(
            "makemessages",
            locale=LANGUAGES,
            ignore_patterns=WITHOUT_TEXTS,
            add_location="file",
            no_obsolete=True,
            verbosity=0,
        )
        call_command("compilemessages", ignore_patterns=WITHOUT_TEXTS, verbosity=0)

    def check_translations(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "portal"
            copy_of_sources(copy)
            update_there(copy)
            problems = [
                problem
                for catalogue in sorted((copy / "locale").glob("*/LC_MESSAGES/*.po"))
                for problem in problems_of(catalogue, BASE_DIR / catalogue.relative_to(copy))
            ]
        if problems:
            problems.append("Run `make messages` and translate what it leaves empty.")
            raise CommandError("\n".join(problems))
        self.stdout.write("All texts are translated and compiled.")


def copy_of_sources(copy: Path) -> None:
    def unneeded(folder: str, names: list[str]) -> set[str]:
        elsewhere = NOT_OURS if Path(folder) == BASE_DIR else []
        return {name for name in names if name.startswith(".") or name in elsewhere}

    shutil.copytree(BASE_DIR, copy, ignore=unneeded)


def update_there(copy: Path) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "update_translations"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise CommandError(run.stderr.strip().removeprefix("CommandError: "))


def problems_of(updated: Path, committed: Path) -> list[str]:
    """What is wrong with a committed catalogue, seen from the same one brought up to date."""
    name = committed.relative_to(BASE_DIR)
    problems = [
        *(f"{name}: not translated: {text}" for text in texts(updated, "--untranslated")),
        *(f"{name}: not checked: {text}" for text in texts(updated, "--only-fuzzy")),
    ]
    if compiled(updated.with_suffix(".mo")) != compiled(committed.with_suffix(".mo")):
        problems.append(f"{name.with_suffix('.mo')}: not compiled from the present texts")
    return problems


def texts(catalogue: Path, selection: str) -> list[str]:
    """The texts that `msgattrib` selects, each cut to its first line."""
    listed = subprocess.run(
        ["msgattrib", "--no-obsolete", "--no-wrap", selection, str(catalogue)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    header_less = listed.partition("\n\n")[2]
    return re.findall(r'^msgid (?:""\n)?"(.+)"$', header_less, re.MULTILINE)


def compiled(path: Path) -> dict[Any, str]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    catalogue.pop("", None)  # the header, which holds dates
    return catalogue
