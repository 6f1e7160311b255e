"""Accounts whose address is verified."""

from tests.accounts.conftest import verified, with_mails

__all__ = ["verified", "with_mails"]
