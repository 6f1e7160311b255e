"""What cookies are called."""

from django.conf import settings


def cookie_name(name: str) -> str:
    """With `__Host-` before it where the site is served over HTTPS: a browser takes such a cookie from this very host
    alone, and no neighbour on a subdomain can plant one.
    """
    return f"{settings.COOKIE_PREFIX}{name}"
