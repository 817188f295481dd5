"""English pages keep the Vietnamese order of a date: the reader is in Vietnam."""

from portal.web.formats.vi.formats import *  # noqa: F403

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
