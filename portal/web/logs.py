"""What is kept out of the logs."""

import logging
import re

# Parts of an address that give access by themselves: the links of invitations and of letters to
# subscribers. No other part of an address is that long.
TOKEN = re.compile(r"(?<=/)[\w:=-]{24,}")


class WithoutTokens(logging.Filter):
    """Hides such parts in the addresses that Django's log of refused requests names."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                TOKEN.sub("…", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True
