#!/usr/bin/env python3
"""Django's command line for the portal."""

import os
import sys

ASKS_FOR_HELP = {"help", "--help", "-h", "--version", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if not ASKS_FOR_HELP & set(sys.argv):
            # Read now, so that a bad setting is one line and not whatever fails for the lack of it.
            _ = settings.INSTALLED_APPS
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"portal: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
