"""Rows of entries in lists, and parts of pages, that are rendered once."""

from functools import partial
from typing import Any

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.utils.safestring import SafeString

from portal import clock
from portal.publishing.rows import Rows, kept_part, names_known_to

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: dict[str, Any], entries: Rows, name: str, row_template: str) -> SafeString:
    """Every one of `entries` by `row_template`, which knows it by `name`.

    Of the page it knows `province` and `now`, and nothing else: see `portal.publishing.rows`.
    """
    names = names_known_to(context["request"])
    return entries.html(name, row_template, province=context.get("province"), names=names)


@register.tag
def kept(parser: Parser, token: Token) -> "KeptNode":
    """A part of a page that is the same whenever it is rendered: {% kept "name" %} … {% endkept %}.

    Nothing is in it but words, addresses and settings. With {% kept "name" province %} also what
    is known of that province: it holds for the day, and for as long as `versions.names` does.
    """
    _tag, name, *about = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, [parser.compile_filter(one) for one in about], nodes)


class KeptNode(template.Node):
    def __init__(self, name: str, about: list[Any], nodelist: template.NodeList) -> None:
        self.name, self.about, self.nodelist = name, about, nodelist

    def render(self, context: Context) -> SafeString:
        render = partial(self.nodelist.render, context)
        if not self.about:
            return kept_part(0, render, self.name)
        about = [one.resolve(context).pk for one in self.about]
        names = names_known_to(context["request"])
        return kept_part(names, render, self.name, clock.today(), *about)
