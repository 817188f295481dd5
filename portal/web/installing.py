"""The portal as an app on the home screen of a phone: its web app manifest."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.web.language import in_language

# As in templates/base.html and static/css/portal.css.
TOP_COLOUR = "#0b3d56"
GROUND_COLOUR = "#f2f5f7"
# Made of static/images/mark.svg by `make icons`: file, size in pixels, purpose.
ICONS = (
    ("images/mark-192.png", 192, "any"),
    ("images/mark-512.png", 512, "any"),
    ("images/mark-maskable-512.png", 512, "maskable"),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """One app for each language: who installs it goes on reading in that language."""
    home = reverse("home")
    description = _("Urgent notices, places and flights linked to cases, from the health office.")
    return JsonResponse(
        {
            "id": home,
            "name": _("Public health notices"),
            "short_name": _("Health notices"),
            "description": description,
            "lang": get_language(),
            "dir": "ltr",
            "start_url": home,
            "scope": "/",
            # With the address in sight, where the browser can: it is what makes a page genuine.
            "display": "standalone",
            "display_override": ["minimal-ui", "standalone"],
            "theme_color": TOP_COLOUR,
            "background_color": GROUND_COLOUR,
            "categories": ["health", "government"],
            "icons": [
                {
                    "src": static(name),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, size, purpose in ICONS
            ],
            "shortcuts": [
                {"name": _("Was I there?"), "url": in_language("/kiem-tra/", get_language())},
                {"name": _("Search"), "url": reverse("search")},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
