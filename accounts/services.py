"""Writes of an account that are not allauth's."""

from accounts.models import User
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
