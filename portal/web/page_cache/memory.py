"""Pages in a bounded number of bytes: those that were not asked for the longest give way."""

import threading
from operator import attrgetter

from portal.web.page_cache.declaring import Address
from portal.web.page_cache.page import Page

# The part of the memory that one page may take.
LARGEST = 1 / 8
# The part that is left when it was full: seldom and much, instead of often and little.
LEFT = 7 / 8


class Slot:
    """The place of one page: what is known of it, and the lock of whoever renders it."""

    def __init__(self, address: Address, province: str | None) -> None:
        self.address = address
        self.province = province
        self.rendering = threading.Lock()
        # Replaced whole, so that it is read without a lock.
        self.page: Page | None = None
        # Rendering failed, or takes too long, since then (by the monotonic clock).
        self.failed_at: float | None = None

    @property
    def used_at(self) -> float:
        return self.page.used_at if self.page else 0.0


class Memory:
    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        # Read without a lock, which a dict allows.
        self.slots: dict[tuple[str, str], Slot] = {}
        self._writing = threading.Lock()

    def slot(self, address: Address, province: str | None) -> Slot:
        """That of the page at `address`; a new one if there is none."""
        return self.slots.get(address) or self.slots.setdefault(address, Slot(address, province))

    def forget(self, slot: Slot) -> None:
        slot.page = None
        with self._writing:
            if self.slots.get(slot.address) is slot:
                del self.slots[slot.address]

    def has_room_for(self, page: Page) -> bool:
        return page.size <= self.most_bytes * LARGEST

    def used(self) -> int:
        """Bytes of all pages; what they are, and not what was once counted."""
        pages = [slot.page for slot in list(self.slots.values())]
        return sum(page.size for page in pages if page)

    def make_room(self) -> None:
        """Called when a page was put in, or got another encoding."""
        with self._writing:
            used = self.used()
            if used <= self.most_bytes:
                return
            for slot in sorted(self.slots.values(), key=attrgetter("used_at")):
                page = slot.page
                if page is None:  # somebody is rendering it for the first time
                    continue
                used -= page.size
                del self.slots[slot.address]
                if used <= self.most_bytes * LEFT:
                    return
