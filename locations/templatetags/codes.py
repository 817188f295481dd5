"""Addresses of QR codes, for pages: see `portal.web.pictures` for why they are long."""

from django import template

from locations.models import Province
from locations.qr import pictures

register = template.Library()


@register.simple_tag
def province_code(province: Province, purpose: str, extension: str) -> str:
    return pictures.province_code(province, purpose).address(extension)


@register.simple_tag
def entry_code(code: str, extension: str) -> str:
    return pictures.entry_code(code).address(extension)
