"""An officer's work: TIMES corrections of one place of the province at PATH, each approved PAUSE
seconds after the last and up to one more. Prints a line when all is ready, and then the moment of
each commit (of the machine's monotonic clock) and what the place is called since.

    python -m bench.spike.approving PATH TIMES PAUSE
"""

import sys
import time

import django


def main(path: str, times: int, pause: float) -> None:
    from locations.models import Province
    from tests import factories

    province = Province.objects.get(slug=path.strip("/"))
    place = factories.location(province)
    say("ready")
    for number in range(times):
        # At another moment of the second each time.
        time.sleep(pause + number / times)
        name = f"Chợ đổi tên lần {number} lúc {time.time():.0f}."
        factories.correct(place, name=name)
        say(f"{time.monotonic()} {name}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
