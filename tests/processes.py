"""Processes of this machine."""

import subprocess


def descendants(pid: int) -> list[int]:
    """The processes that it started, and those that they started."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    found = [pid]
    for one in found:  # grows while it is read
        found.extend(child for child, parent in parents.items() if parent == one)
    return found[1:]
