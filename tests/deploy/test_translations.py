"""Every text of the portal has its Vietnamese, and what is compiled is what was translated."""

from pathlib import Path

from tests.deploy.conftest import Run

CHECK = [".venv/bin/python", "manage.py", "update_translations", "--check"]


def test_nothing_is_left_to_translate(built_tree: Path, run: Run) -> None:
    checked = run(CHECK, cwd=built_tree, DEMO="1")
    assert checked.returncode == 0, checked.stderr


def test_a_new_text_is_found(built_tree: Path, run: Run) -> None:
    template = built_tree / "templates" / "new.html"
    template.write_text('{% load i18n %}{% translate "A text that is not translated" %}')
    checked = run(CHECK, cwd=built_tree, DEMO="1")
    assert checked.returncode == 1
    assert "not translated: A text that is not translated\n" in checked.stderr


def test_a_stale_compilation_is_found(built_tree: Path, run: Run) -> None:
    catalogue = built_tree / "locale/vi/LC_MESSAGES/django.po"
    catalogue.write_text(catalogue.read_text() + '\nmsgid "Old"\nmsgstr "Cũ"\n')
    template = built_tree / "templates" / "new.html"
    template.write_text('{% load i18n %}{% translate "Old" %}')
    checked = run(CHECK, cwd=built_tree, DEMO="1")
    assert checked.returncode == 1
    assert "django.mo: not compiled from the present texts\n" in checked.stderr
