"""The scripts as they are served: under names of their content, which their imports carry."""

import re

from django.core.management import call_command

IMPORT = re.compile(r"""^(?:import|export)\s[^"';]*from "(\.[^"]+)";""", re.MULTILINE)


def test_scripts_import_one_another_by_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "portal.web.static_files.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    scripts = list((tmp_path / "js" / "check").rglob("*.????????????.js"))
    assert scripts
    for script in scripts:
        for address in IMPORT.findall(script.read_text()):
            target = (script.parent / address).resolve()
            assert target in scripts, f"{script.name} asks for {address}"
