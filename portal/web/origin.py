"""Which forms are ours: for posts that carry no session, and so no token against forgery."""

from django.http import HttpRequest


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser that posts says that a page of this portal made it.

    What says nothing at all is believed: it is no browser of somebody else's visitor. Our pages
    tell no referrer, so that some browsers name the origin of our own forms "null".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return True
    return origin.partition("://")[2] == request.get_host()
