"""How the logs are written, and what is kept out of them."""

import json
import logging
import re
from datetime import datetime
from zoneinfo import ZoneInfo

# Parts of an address that give access by themselves: the links of invitations and of letters to
# subscribers. No other part of an address is that long.
TOKEN = re.compile(r"(?<=/)[\w:=-]{24,}")
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class WithoutTokens(logging.Filter):
    """Hides such parts in the addresses that Django's log of refused requests names."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                TOKEN.sub("…", arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


class JsonLines(logging.Formatter):
    """One line of JSON for each event: when, how grave, who speaks, what, and the traceback.

    The time is the real one, whatever a demonstration's clock shows. What a visitor sends cannot
    begin a new line or move the cursor of a terminal: whatever is not printable is escaped.
    """

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, VIETNAM).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        line = json.dumps(event, ensure_ascii=False)
        return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
