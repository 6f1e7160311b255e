"""Codes of authenticator apps, each of which works once.

A code is accepted for as long as clocks may run apart: `MFA_TOTP_TOLERANCE` periods before and after its own. allauth
remembers it in the cache, and for one period. Here the last period of which a code was taken stands in the row of the
authenticator, which all processes share (RFC 6238, 5.2: a verifier must not accept a code a second time).
"""

from collections.abc import Iterator

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db.models import Q

LAST_PERIOD = "last_period"  # in the data of the row


class OneTimeTOTP(auth.TOTP):  # type: ignore[misc]
    """allauth's, but that a code older than the last one, or the same, is none."""

    def validate_code(self, code: str) -> bool:
        """Whether this is a code of now that nobody has used; it is used up then."""
        return any(self._use_up(period) for period in self._periods_of(code))

    def _periods_of(self, code: str) -> Iterator[int]:
        """The periods since 1970 that may be now, and whose code this is: one, but for chance."""
        secret = decrypt(self.instance.data["secret"])
        for period in auth.yield_hotp_counters_from_time():
            if compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, period))):
                yield period

    def _use_up(self, period: int) -> bool:
        """In one statement, so that of two who bring the same code at once one is too late."""
        if period <= self._first_period():
            return False
        row = Authenticator.objects.filter(pk=self.instance.pk)
        unused = Q(**{f"data__{LAST_PERIOD}__isnull": True}) | Q(**{f"data__{LAST_PERIOD}__lt": period})
        return bool(row.filter(unused).update(data=self.instance.data | {LAST_PERIOD: period}))

    def _first_period(self) -> int:
        """That in which the authenticator was set up, which took a code."""
        return int(self.instance.created_at.timestamp()) // int(app_settings.TOTP_PERIOD)


def make_codes_one_time() -> None:
    """Have allauth check codes so: it has no setting for that, and asks its module for the class each time."""
    auth.TOTP = OneTimeTOTP
