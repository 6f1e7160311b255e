"""How often somebody may try to log in, or have mails sent, so that guessing is slow and nobody else is kept out.

A device on which a person has logged in before is known by a cookie and counted for itself: whoever uses up what an
address may try, or what everybody may try with a person's e-mail, does not keep the person out there. All others are
counted three times: by where they come from, by the account from there, and by the account from everywhere
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies). The rates are
`settings.ACCOUNT_RATE_LIMITS`.
"""

import secrets

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.cookies import cookie_name

COOKIE = "known_device"
COOKIE_AGE = 365 * 24 * 3600  # seconds
SALT = "accounts.login_limits"
# What is counted. A failed log-in has the name that allauth gives it, which counts second factors by it as well.
LOGIN, FAILED_LOGIN, MAIL = "password_login", "login_failed", "account_mail"
# Mails that anybody can have sent to anybody's address.
LIMITED_MAILS = {
    f"account/email/{name}" for name in ("password_reset_code", "unknown_account", "account_already_exists")
}


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the browser be known as one on which the account of this e-mail has been logged in."""
    if _known_device(request, email):
        return
    response.set_cookie(
        cookie_name(COOKIE),
        signing.dumps([_digest(email), secrets.token_urlsafe(12)], salt=SALT),
        COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def use_up(request: HttpRequest, what: str, email: str) -> RateLimitUsage | None:
    """Count one LOGIN, FAILED_LOGIN or MAIL for an e-mail; None when none is left, and nothing may be tried."""
    if device := _known_device(request, email):
        return _use_up(request, f"{what}_known_device", device)
    usage = RateLimitUsage(usage=[])
    for action, key in ((what, f"{ratelimit.get_ip(request)} {_digest(email)}"), (f"{what}_anywhere", _digest(email))):
        used = _use_up(request, action, key)
        if used is None:
            usage.rollback()
            return None
        usage.usage += used.usage
    return usage


def forget_tries(request: HttpRequest, email: str) -> None:
    """Forget the failed log-ins of an e-mail, for whoever has just shown that it is theirs."""
    ratelimit.clear(request, app="allauth.account", action=f"{FAILED_LOGIN}_anywhere", key=_digest(email))
    ratelimit.clear(
        request, app="allauth.account", action=FAILED_LOGIN, key=f"{ratelimit.get_ip(request)} {_digest(email)}"
    )


def _use_up(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    used: RateLimitUsage | None = ratelimit.consume(request, app="allauth.account", action=action, key=key)
    return used


def _known_device(request: HttpRequest, email: str) -> str:
    """The name of the device, where the account of this e-mail was logged in on it; else empty."""
    try:
        digest, device = signing.loads(request.COOKIES.get(cookie_name(COOKIE), ""), salt=SALT, max_age=COOKIE_AGE)
    except (signing.BadSignature, ValueError):
        return ""
    return device if constant_time_compare(digest, _digest(email)) else ""


def _digest(email: str) -> str:
    """Stands for the e-mail in cookies and in Redis, neither of which need to know it."""
    return salted_hmac(SALT, email.strip().casefold(), algorithm="sha256").hexdigest()
