"""What a browser may know an account by."""

from django.utils.crypto import salted_hmac

from accounts.models import User


def browser_key(user: User) -> str:
    """The name under which a browser keeps this person's drafts and unsent entries: 32 hexadecimal digits.

    It tells neither the e-mail address nor the id, and nobody can make another person's. It keeps accounts that share
    a browser apart; it is no secret, and what lies on the disk under it is not encrypted.
    """
    return salted_hmac("accounts.browser_key", str(user.pk), algorithm="sha256").hexdigest()[:32]
