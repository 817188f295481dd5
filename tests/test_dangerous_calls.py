"""What the code never does, read from the code itself: Python by its syntax, scripts by pattern."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from portal.environment import BASE_DIR

PYTHON = [
    path
    for folder in ("portal", "alerts", "locations")
    for path in sorted((BASE_DIR / folder).rglob("*.py"))
]
SCRIPTS = sorted((BASE_DIR / "static" / "js").rglob("*.js"))
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
# They make objects, or run programs, of what they read.
DANGEROUS = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "xmlrpc", "telnetlib"}
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
WEAK_HASHES = {"md5", "sha1", "new"}
# Chance that anybody may guess: made-up content, and waits that are only to be spread.
PLAIN_CHANCE = {"locations/made_load.py", "alerts/delivery/sending.py"}
HTTP_CALLS = {"get", "post", "put", "patch", "delete", "request", "head", "options"}


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in `source`, by its name with dots as far as it has one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def text_as_code(source: str) -> list[str]:
    shells = [
        name
        for name, call in calls(source)
        if name in SHELLS or any(k.arg == "shell" for k in call.keywords)
    ]
    run = [name for name, _call in calls(source) if name in RUNS_TEXT]
    return shells + run + sorted(imported(source) & DANGEROUS)


def weak_hashes(source: str) -> list[str]:
    return [name for name, _call in calls(source) if name in {f"hashlib.{h}" for h in WEAK_HASHES}]


def careless_requests(source: str) -> list[str]:
    """Calls of a session of `requests` that may be sent on, or that believe any certificate."""
    if "requests" not in imported(source):
        return []
    found = []
    for name, call in calls(source):
        owner, _dot, method = name.rpartition(".")
        given = {k.arg: ast.unparse(k.value) for k in call.keywords}
        if "verify" in given:
            found.append(f"{name} says verify")
        is_request = method in HTTP_CALLS and ("session" in owner.lower() or owner == "requests")
        if is_request and given.get("allow_redirects") != "False":
            found.append(f"{name} follows redirects")
        if is_request and "timeout" not in given:
            found.append(f"{name} waits for ever")
    return found


def unverified(source: str) -> list[str]:
    return re.findall(r"CERT_NONE|check_hostname\s*=\s*False|_create_unverified_context", source)


CHECKS = [text_as_code, weak_hashes, careless_requests, unverified]


def found_by(check: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """What `check` finds, by file."""
    found = {str(path.relative_to(BASE_DIR)): list(check(path.read_text())) for path in PYTHON}
    return {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_python_does(check):
    assert not found_by(check)


def templates_of_text(source: str) -> list[str]:
    makers = ("Template", "from_string")
    return [name for name, _call in calls(source) if name.rpartition(".")[2] in makers]


def test_no_template_is_made_of_text():
    """But for nginx's configuration, which is a file of ours."""
    command = "portal/web/management/commands/nginx_conf.py"
    assert set(found_by(templates_of_text)) == {command}
    assert "from_string(TEMPLATE.read_text())" in (BASE_DIR / command).read_text()


def test_cryptography_is_that_of_known_libraries():
    """Fernet for what is kept, and no cipher, mode or padding chosen by hand."""
    libraries = {"cryptography", "hmac", "signxml", "pywebpush", "py_vapid"}
    others = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "jwt", "M2Crypto", "pyaes"}
    used: set[str] = set()
    for path in PYTHON:
        source = path.read_text()
        used |= imported(source) & (libraries | others)
        assert not re.search(r"primitives\.(ciphers|padding|asymmetric\.padding)|\bECB\b", source)
    assert used <= libraries
    assert {"cryptography", "hmac"} <= used


def test_only_what_need_not_be_secret_is_left_to_plain_chance():
    users = {str(p.relative_to(BASE_DIR)) for p in PYTHON if "random" in imported(p.read_text())}
    assert users == PLAIN_CHANCE


# What turns text into a page's HTML or into code; textContent and append do not.
OF_TEXT = re.compile(
    r"\.(inner|outer)HTML\s*\+?=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function\("
    r"|set(Timeout|Interval)\(\s*['\"`]|createContextualFragment|javascript:"
)
# Where what a visitor brings could become a property of every object.
POLLUTES = re.compile(
    r"__proto__|\.prototype\s*(\[|\.\w+\s*=[^=])|\bObject\.assign\(|constructor\["
)
MESSAGES = re.compile(r"window\.addEventListener\(\s*['\"]message|window\.postMessage|parent\.post")


@pytest.mark.parametrize("pattern", [OF_TEXT, POLLUTES, MESSAGES], ids=["text", "proto", "message"])
def test_no_script_does(pattern):
    found = {path.name: pattern.findall(path.read_text()) for path in SCRIPTS}
    assert SCRIPTS and not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (text_as_code, "import subprocess\nsubprocess.run('ls ' + name, shell=True)"),
        (text_as_code, "eval(request.GET['q'])"),
        (text_as_code, "from pickle import loads"),
        (weak_hashes, "import hashlib\nhashlib.md5(b'')"),
        (careless_requests, "import requests\nrequests.get(url, timeout=1)"),
        (careless_requests, "import requests\nself._session.post(url, allow_redirects=False)"),
        (careless_requests, "import requests\nrequests.get(url, verify=False)"),
        (unverified, "context.verify_mode = ssl.CERT_NONE"),
        (OF_TEXT.findall, "row.innerHTML = place.name"),
        (OF_TEXT.findall, "setTimeout('go()', 1)"),
        (POLLUTES.findall, "target.__proto__[key] = value"),
        (MESSAGES.findall, "window.addEventListener('message', run)"),
    ],
)
def test_it_would_be_seen(check, source):
    assert check(source)


def test_each_folder_has_something_to_read():
    assert len(PYTHON) > 200 and len(SCRIPTS) > 10
    assert all(Path(path).is_file() for path in PYTHON)
