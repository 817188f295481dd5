"""Progress of long work: a bar on a terminal, plain lines anywhere else."""

from django.core.management.base import OutputWrapper

BAR_WIDTH = 40
LINES = 4


class Progress:
    """Call it with what is done and the total; it writes no more than there is to say."""

    def __init__(self, out: OutputWrapper, label: str) -> None:
        self.out = out
        self.label = label
        self.written = 0

    def __call__(self, done: int, total: int) -> None:
        if self.out.isatty():
            filled = BAR_WIDTH * done // max(total, 1)
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            end = "\n" if done >= total else ""
            self.out.write(f"\r{self.label} {bar} {done}/{total}", ending=end)
            self.out.flush()
        elif (part := LINES * done // max(total, 1)) > self.written:
            self.written = part
            self.out.write(f"{self.label}: {done} of {total}")
