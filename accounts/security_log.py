"""What happens to accounts, one line of JSON each: who came in, who did not, and what was changed.

An account is its number, which tells nothing outside of the database. No e-mail address, no IP address, no device and
no word of anybody's ever stands here: these lines are kept by whoever collects the logs, for as long as they like.
"""

import logging
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa_signals
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

SUCCESS, FAILURE, REFUSED = "success", "failure", "refused"

logger = logging.getLogger("moduhyu.security")


def tell(event: str, *, account: int | None, outcome: str = SUCCESS, **details: Any) -> None:
    """Log an event of an account, None for one that nobody knows; details are names and numbers, never texts."""
    level = logging.INFO if outcome == SUCCESS else logging.WARNING
    logger.log(level, event, extra={"account": account, "outcome": outcome, **details})


def account_of(request: HttpRequest) -> int | None:
    """The number of who is logged in."""
    user = getattr(request, "user", None)  # a request that a middleware has refused has none
    return user.pk if user is not None and user.is_authenticated else None


def methods_of(request: HttpRequest, user: Any) -> str:
    """How a session of a user was begun: `password+totp`, `webauthn`, `kakao`; empty where nothing is known."""
    records = get_authentication_records(request, user)
    return "+".join(str(record.get("type") or record.get("provider") or record["method"]) for record in records)


def listen() -> None:
    """Connect what allauth and Django tell by signals alone: no adapter and no service of ours passes by there."""
    user_logged_out.connect(_logged_out)
    account_signals.user_signed_up.connect(_signed_up)
    account_signals.email_added.connect(_email_added)
    account_signals.password_reset_code_rejected.connect(_reset_code_rejected)
    mfa_signals.authentication_failed.connect(_second_factor_failed)


def _logged_out(user: Any, **_: Any) -> None:
    if user is not None and user.pk is not None:  # not at the end of an account, which has an event of its own
        tell("logout", account=user.pk)


def _signed_up(request: HttpRequest, user: Any, **_: Any) -> None:
    tell("signup", account=user.pk, method=methods_of(request, user))


def _email_added(user: Any, **_: Any) -> None:
    tell("email_added", account=user.pk)


def _reset_code_rejected(user: Any, **_: Any) -> None:
    tell("password_reset", account=user.pk if user else None, outcome=FAILURE)


def _second_factor_failed(user: Any, authenticator: Any, reauthentication: bool, **_: Any) -> None:
    event = "reauthentication" if reauthentication else "login"
    tell(event, account=user.pk, outcome=FAILURE, method=authenticator.type)
