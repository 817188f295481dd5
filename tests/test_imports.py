"""Imports point one way, downwards: portal.pages → alerts → locations → the rest of portal."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.environment import BASE_DIR

# What the modules under each name may not know; the longest name that fits decides.
FORBIDDEN = {
    "portal": ("alerts", "locations", "portal.operating", "portal.pages"),
    "locations": ("alerts", "portal.operating", "portal.pages"),
    "alerts": ("portal.operating", "portal.pages"),
    "portal.pages": ("portal.operating",),
    # It looks at every app, and none knows of it.
    "portal.operating": ("portal.pages",),
    # How it is put together.
    "portal.settings": (),
    "portal.urls": (),
    "portal.wsgi": (),
}
# A model is named by its app, and a template or static file by its folder: only in strings.
REFERENCES = ("alerts.", "locations.", "portal.pages.")


def module_of(path: Path) -> str:
    parts = path.relative_to(BASE_DIR).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_of(path): path
    for package in ("portal", "locations", "alerts")
    for path in sorted((BASE_DIR / package).rglob("*.py"))
}


def is_of(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def forbidden_to(module: str) -> tuple[str, ...]:
    return FORBIDDEN[max((name for name in FORBIDDEN if is_of(module, name)), key=len)]


def imported_by(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in `tree`, also inside functions, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def named_by(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every string in `tree` that names something of the apps, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text.startswith(REFERENCES) and text.replace(".", "").replace("_", "").isalnum():
                yield text, node.lineno


def against_the_direction(module: str, source: str, *, strings: bool) -> list[str]:
    tree = ast.parse(source)
    known = [*imported_by(tree), *(named_by(tree) if strings else ())]
    return [
        f"{module}:{line} knows {name}"
        for name, line in known
        if any(is_of(name, package) for package in forbidden_to(module))
    ]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_knows_nothing_above_it(module):
    is_migration = ".migrations." in module  # which Django writes, with the names of models
    source = MODULES[module].read_text()
    assert not against_the_direction(module, source, strings=not is_migration)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("portal.clock", "import locations"),
        ("portal.publishing.workflow", "from locations.models import Province"),
        ("portal.web.health", "def f():\n    from alerts import models"),
        ("portal.publishing.views", "if x:\n    from portal import pages"),
        ("portal.publishing.views", "import_module('alerts.models')"),
        ("portal.web.context", "apps.get_model('locations.Province')"),
        ("locations.views", "from portal.pages.home import home"),
        ("locations.models.flight", "class A:\n    import alerts.models"),
        ("alerts.views", "from portal.pages import home"),
    ],
)
def test_an_import_against_the_direction_is_noticed(module, source):
    assert against_the_direction(module, source, strings=True)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("alerts.models", "from locations.models import Flight\nfrom portal import clock"),
        ("portal.pages.home", "from alerts.models import Notice"),
        ("portal.urls", "from portal.pages.sitemaps import robots"),
        ("portal.publishing.views", "from portal.publishing.models import Code"),
    ],
)
def test_an_import_downwards_is_fine(module, source):
    assert not against_the_direction(module, source, strings=True)


def test_the_top_level_has_no_further_app():
    apps = {path.parent.name for path in BASE_DIR.glob("*/apps.py")}
    assert apps == {"alerts", "locations"}
