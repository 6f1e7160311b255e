"""Writes of accounts."""

import json
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from accounts.encryption.data_keys import forget_key
from accounts.models import User
from accounts.security_log import FAILURE, tell
from accounts.sessions import session_digests
from accounts.time_zones import validate_time_zone


def change_account(*, user: User, time_zone: str | None = None, shares_corrections: bool | None = None) -> None:
    """Change what is given of a person's settings; None leaves a setting as it is.

    Raises ValidationError for an unknown time zone, and changes nothing then.
    """
    changed = {"time_zone": time_zone, "shares_corrections": shares_corrections}
    changed = {name: value for name, value in changed.items() if value is not None}
    if time_zone is not None:
        validate_time_zone(time_zone)
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))


def is_really(user: User, *, password: str = "", email: str = "") -> bool:
    """Whether who is at the keys is the user: by the password, or by the address where an account has no password."""
    has_password = user.has_usable_password()
    is_theirs = user.check_password(password) if has_password else email.strip().casefold() == user.email.casefold()
    if not is_theirs:
        tell("reauthentication", account=user.pk, outcome=FAILURE, method="password" if has_password else "email")
    return is_theirs


def delete_account(user: User) -> None:
    """Delete a user and everything that hangs on them, in whatever table, at once; all their sessions end.

    The rows of other parts go with the user (on_delete=CASCADE), and so does the key of all that was sealed. Files are
    not this function's.
    """
    addresses = EmailAddress.objects.filter(user=user)
    emails = {user.email.casefold(), *(email.casefold() for email in addresses.values_list("email", flat=True))}
    with transaction.atomic():
        Session.objects.filter(pk__in=list(_sessions_of(user, emails))).delete()
        # What admins did to the account is noted under its address.
        about_user = _log_of(User, [str(user.pk)]) | _log_of(EmailAddress, [str(row.pk) for row in addresses])
        LogEntry.objects.filter(about_user).delete()
        user_id = user.pk
        user.delete()
        transaction.on_commit(lambda: forget_key(user_id))
        transaction.on_commit(lambda: tell("account_deleted", account=user_id))


def is_gone(user: User) -> bool:
    """Whether the account of who asks has ended since they were recognised."""
    return not User.objects.filter(pk=user.pk).exists()


def _log_of(model: type, ids: list[str]) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)


def _sessions_of(user: User, emails: set[str]) -> Iterator[str]:
    """The sessions in which the user is logged in or about to be, or that name an address of theirs."""
    pending = f'"user_pk": "{user_pk_to_url_str(user)}"'
    quoted = [json.dumps(email, ensure_ascii=False) for email in emails]  # n@example.com is no part of sun@example.com

    def is_about(data: dict[str, Any]) -> bool:
        written = json.dumps(data, ensure_ascii=False, default=str)
        return pending in written or any(email in written.casefold() for email in quoted)

    return session_digests(user, is_about=is_about)
