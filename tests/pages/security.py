"""What the people of the demo have done for their accounts."""

import base64

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.encryption.data_keys import seal_text
from accounts.mfa_adapter import BOUND_TO
from accounts.models import User
from accounts.session_store import stored_key

DEVICES = (
    ("203.0.113.24", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Whale/4.33 Safari/537.36"),
    ("198.51.100.7", "Moduhyu/1.4 (iPhone; iOS 26.1)"),
)


def secure(owner: User, newcomer: User) -> None:
    """The owner has an authenticator app, recovery codes and two more devices; the newcomer has a passkey."""
    for kind, name, secret in (("totp", "secret", "JBSWY3DPEHPK3PXP"), ("recovery_codes", "seed", "rest-stop")):
        sealed = base64.urlsafe_b64encode(seal_text(owner.pk, secret, BOUND_TO)).decode()
        Authenticator.objects.create(user=owner, type=kind, data={name: sealed, "used_mask": 0})
    passkey = {"name": "내 휴대전화", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    Authenticator.objects.create(user=newcomer, type="webauthn", data=passkey)
    for ip, user_agent in DEVICES:
        device = Client()
        device.force_login(owner)
        key = stored_key(device.session.session_key)
        UserSession.objects.create(user=owner, session_key=key, ip=ip, user_agent=user_agent)
