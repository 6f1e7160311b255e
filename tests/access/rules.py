"""What each person must get at each kind of address."""

import re
from urllib.parse import quote, urlsplit

from django.http import HttpResponse

from tests.access.cast import CANARY, OWNERS_EMAIL, Cast, Person
from tests.access.routes import Kind

LOGIN = "/accounts/login/"
PRIVATE = {Kind.OWN, Kind.OBJECT, Kind.API, Kind.API_OBJECT, Kind.APP, Kind.ADMIN, Kind.ADMIN_MODEL}
OBJECTS = {Kind.OBJECT, Kind.API_OBJECT}
ADMIN = {Kind.ADMIN, Kind.ADMIN_MODEL}
# What differs between two answers that say the same.
VOLATILE = ("X-Request-ID", "Date", "Expires", "Content-Length", "Set-Cookie")


def fault_of(cast: Cast, kind: Kind, who: str, method: str, response: HttpResponse) -> str:
    """What is wrong with an answer; empty for one that is as it should be."""
    status = response.status_code
    if status >= 500:
        return "an error of ours"
    is_empty = status == 405 or (method == "OPTIONS" and status in (200, 204) and not response.getvalue())
    if headers := _missing_headers(response, is_private=kind in PRIVATE and status == 200 and not is_empty):
        return headers
    if who != "owner" and _tells_of_the_owner(response):
        return "tells of the owner"
    if is_empty:
        return ""  # the address has no such method, whoever asks; OPTIONS names those that it has
    return _wrong_status(cast, kind, who, response)


def _wrong_status(cast: Cast, kind: Kind, who: str, response: HttpResponse) -> str:
    status = response.status_code
    if kind in {Kind.NOTHING, Kind.METRICS}:
        return "" if status == 404 else "is there"
    if kind in ADMIN and who != "staff":
        # Addresses of the admin lead to each other, and all of them are walked.
        is_refused = status == 403 or (status == 302 and response["Location"].startswith((LOGIN, "/admin/")))
        return "" if is_refused else "the admin is open to who is no staff"
    if kind is Kind.ADMIN_MODEL:
        return "" if _status_in_the_end(cast.staff, response) in (403, 404) else "staff without rights gets in"
    if who == "visitor" and kind in PRIVATE:
        if kind in {Kind.OWN, Kind.OBJECT}:
            return "" if _leads_to_login(cast.visitor, response) else "visitors are not led to the log-in"
        return "" if status == 401 else "visitors do not get 401"
    if who in {"outsider", "staff"} and kind in OBJECTS:
        person = getattr(cast, who)
        # Whoever comes back to a form by GET is led home: a page that names no object.
        is_led_home = status == 302 and response["Location"] == "/"
        is_none = is_led_home or _status_in_the_end(person, response) in (404, 405)
        return "" if is_none else "another person's object is there"
    return ""


def _status_in_the_end(person: Person, response: HttpResponse) -> int:
    """The status where redirects within the site lead, as a browser follows them."""
    for _ in range(5):
        if response.status_code not in (301, 302):
            break
        response = person.ask("GET", response["Location"].partition("#")[0])
    return response.status_code


def _leads_to_login(person: Person, response: HttpResponse) -> bool:
    for _ in range(5):
        if response.status_code != 302:
            return False
        if urlsplit(response["Location"]).path == LOGIN:
            return True
        response = person.ask("GET", response["Location"])
    return False


def _tells_of_the_owner(response: HttpResponse) -> bool:
    told = response.getvalue().decode(errors="replace")
    return CANARY in told or OWNERS_EMAIL in told


def _missing_headers(response: HttpResponse, *, is_private: bool) -> str:
    policy = response.get("Content-Security-Policy", "")
    wrong = [
        name
        for name, value in {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
        }.items()
        if response.get(name) != value
    ]
    needed = ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'")
    if "unsafe" in policy or any(directive not in policy for directive in needed):
        wrong.append("Content-Security-Policy")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if is_private and "no-store" not in response.get("Cache-Control", ""):
        wrong.append("Cache-Control")
    return f"wrong headers: {', '.join(wrong)}" if wrong else ""


def same(one: HttpResponse, other: HttpResponse, path: str, other_path: str) -> bool:
    """Whether two answers to two addresses say the same, but for what the addresses differ by."""
    return one.status_code == other.status_code and _told(one, path) == _told(other, other_path)


def _told(response: HttpResponse, path: str) -> tuple[dict[str, str], str]:
    headers = {name: _without_names(value, path) for name, value in response.headers.items() if name not in VOLATILE}
    return headers, _without_names(response.getvalue().decode(), path)


def _without_names(text: str, path: str) -> str:
    """Without the address, ids of entries, and tokens of forms, which are masked anew every time."""
    text = text.replace(path, "").replace(quote(path, safe=""), "")
    return re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=csrfmiddlewaretoken" value=")\w+', "", text)
