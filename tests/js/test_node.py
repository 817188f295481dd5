"""The tests of the scripts, which Node.js runs: each `*.test.mjs` of this folder is one here."""

import re
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
FILES = sorted(FOLDER.glob("*.test.mjs"))


def test_there_are_tests():
    assert len(FILES) >= 7


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_scripts_do_what_their_tests_say(path):
    # One file each time, by its name: Node.js 18 knows no patterns.
    ended = subprocess.run(
        ["node", "--test", "--test-reporter=tap", path],
        cwd=FOLDER.parent.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = ended.stdout + ended.stderr
    assert ended.returncode == 0, output
    passed = re.findall(r"^# pass (\d+)$", ended.stdout, re.MULTILINE)
    # Node.js calls a file without tests a passed one.
    written = len(re.findall(r"^ *test\(", path.read_text(), re.MULTILINE))
    assert written, f"{path.name} holds no test"
    assert passed and int(passed[0]) >= written, output
