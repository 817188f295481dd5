"""Where an address leads, as browsers read it."""

import re
from urllib.parse import urljoin, urlsplit

HERE = "http://testserver"


def leads_elsewhere(target: str, base: str = HERE + "/") -> bool:
    """Whether a browser would leave the portal for `target`, as browsers read addresses."""
    read = re.sub(r"[\t\r\n]", "", target.strip("".join(map(chr, range(33))))).replace("\\", "/")
    try:
        parts = urlsplit(urljoin(base, read))
    except ValueError:
        return False  # nothing that leads anywhere
    return (parts.scheme, parts.hostname) not in (("http", "testserver"), ("https", "testserver"))
