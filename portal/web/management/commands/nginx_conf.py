"""Writes the configuration of the nginx that stands in front of the portal."""

from argparse import ArgumentParser
from html import escape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from portal.environment import BASE_DIR, env

TEMPLATE = BASE_DIR / "deploy" / "nginx.conf.template"
UNSAFE = set("\"';{}$\\\n\r")


class Said(NamedTuple):
    """What nginx says itself: a heading and what to do, to be translated."""

    heading: str
    advice: str


SAID = {
    "too_large": Said(
        gettext_noop("This file is too large"),
        gettext_noop("Lists to import may have 10 MB. Divide it, and send the parts."),
    ),
    "too_many": Said(
        gettext_noop("Too many requests came from your network"),
        gettext_noop(
            "Wait ten seconds and try again. If you sent a form, go back first: nothing was lost."
        ),
    ),
    "away": Said(
        gettext_noop("This page cannot be shown at the moment"),
        gettext_noop("Load it again in a minute. In an emergency call 115."),
    ),
}


class Command(BaseCommand):
    help = (
        "Print the configuration for an nginx in front of the portal at PUBLIC_BASE_URL, with the"
        " static files in DATA_DIR. Write it to /etc/nginx/conf.d/portal.conf, try it with"
        " `nginx -t`, and say TRUSTED_PROXIES=1 in .env."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        host = urlsplit(settings.PUBLIC_BASE_URL).hostname
        parser.add_argument(
            "--server",
            action="append",
            metavar="HOST:PORT",
            help="where the portal listens, once for each box; LISTEN:PORT unless said",
        )
        folder = f"/etc/letsencrypt/live/{host}"
        for name, default, what in (
            ("--certificate", f"{folder}/fullchain.pem", "chain of certificates"),
            ("--key", f"{folder}/privkey.pem", "private key"),
            ("--acme", "/var/www/acme", "folder of the challenges of a certificate authority"),
            ("--cache", "/run/nginx-portal", "folder for pages, in memory: up to 128 MB"),
            ("--log", "/var/log/nginx/portal.log", "what was asked for, by nobody; or: off"),
            ("--errors", "/var/log/nginx/error.log", "what is wrong with nginx itself"),
        ):
            parser.add_argument(name, default=default, help=f"{what} ({default})")
        parser.add_argument(
            "--ipv4-only", action="store_false", dest="ipv6", help="the machine has no IPv6"
        )
        parser.add_argument(
            "--brotli",
            action="store_true",
            help="nginx has the module for it: apt-get install libnginx-mod-http-brotli-static",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        public = urlsplit(settings.PUBLIC_BASE_URL)
        tls = public.scheme == "https"
        names = ("certificate", "key", "acme", "cache", "log", "errors", "brotli", "ipv6")
        context: dict[str, Any] = {name: options[name] for name in names}
        context |= {
            "base_url": settings.PUBLIC_BASE_URL,
            "host": public.hostname,
            "netloc": public.netloc,
            "port": public.port or (443 if tls else 80),
            "tls": tls,
            "servers": options["server"] or [listening()],
            "static": Path(settings.STATIC_ROOT),
        }
        for name, value in context.items():
            if UNSAFE & set("".join(value) if name == "servers" else str(value)):
                raise CommandError(f"nginx would not take {name} {value!r} for what it is")
        context |= {name: page(said) for name, said in SAID.items()}
        template = Engine().from_string(TEMPLATE.read_text())
        self.stdout.write(
            template.render(Context(context, autoescape=False, use_l10n=False)).lstrip()
        )


def listening() -> str:
    """Where `serve` listens, as who is on the same machine reaches it."""
    listen = env.str("LISTEN", default="127.0.0.1")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen, listen)  # noqa: S104
    return f"{f'[{host}]' if ':' in host else host}:{env.str('PORT', default='8000')}"


def page(said: Said) -> str:
    """What it says in every language, as templates/_alone.html looks, in a string of nginx's: no
    double quotes, no dollars."""
    parts: list[str] = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            heading, advice = escape(gettext(said.heading)), escape(gettext(said.advice))
        rank = "h2" if parts else "h1"
        parts.append(
            f"<section lang='{language}'><{rank}>{heading}</{rank}>"
            f"<p class='lead'>{advice}</p></section>"
        )
    with translation.override(settings.LANGUAGE_CODE):
        title = escape(gettext(said.heading))
    return (
        f"<!doctype html><html lang='{settings.LANGUAGE_CODE}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{title}</title><link rel='stylesheet' href='{settings.STATIC_URL}css/portal.css'>"
        f"</head><body><main class='wrap alone'>{''.join(parts)}</main></body></html>"
    )
