"""The scripts as they are served: under names of their content, which their imports carry."""

import re

from django.core.management import call_command

# Outside comments, whose lines begin with an asterisk.
IMPORT = re.compile(
    r"""^(?:(?:import|export)\b[^"'*]*?from | *import\()["'](\.[^"']+)["']""", re.MULTILINE
)


def test_scripts_import_one_another_by_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "portal.web.static_files.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    scripts = list((tmp_path / "js").rglob("*.????????????.js"))
    imports = [
        (script, address)
        for script in scripts
        for address in IMPORT.findall(script.read_text(encoding="utf-8"))
    ]
    for script, address in imports:
        target = (script.parent / address).resolve()
        assert target in scripts, f"{script.name} asks for {address}"
    assert {script.name.split(".")[0] for script, _address in imports} >= {"page", "map", "view"}
