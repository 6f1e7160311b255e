"""How the second factors of people are kept, and what their devices are told about this site."""

import base64

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.encryption.data_keys import owner_of, seal_text, unseal_text
from accounts.models import User

BOUND_TO = "second factor"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the secret of an authenticator app and the seed of recovery codes under the key of their person.

    A passkey's half that lies here is public, and is kept as it is.
    """

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _(
            "2단계 인증을 쓰는 동안에는 이메일을 추가할 수 없어요. 먼저 2단계 인증을 끈 뒤 다시 해 주세요."
        ),
        "cannot_generate_recovery_codes": _("2단계 인증을 켠 뒤에 복구 코드를 만들 수 있어요."),
        "incorrect_code": _("코드가 맞지 않아요. 다시 확인해 주세요."),
        "unverified_email": _("이메일을 먼저 확인해 주세요. 그래야 2단계 인증을 켤 수 있어요."),
    }

    def encrypt(self, text: str) -> str:
        """Sealed for who is logged in, who alone gets a second factor; URL-safe Base64. Raises KeyMissing."""
        return base64.urlsafe_b64encode(seal_text(context.request.user.pk, text, BOUND_TO)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Nobody is logged in yet when it is asked for: the sealed text tells whose it is.

        Raises KeyMissing, and SealError for a damaged one.
        """
        sealed = base64.urlsafe_b64decode(encrypted_text)
        return unseal_text(owner_of(sealed), sealed, BOUND_TO)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """패스키, then 패스키 2 and so on."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("패스키") if not count else gettext("패스키 {number}").format(number=count + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site by its name: what the device asks "log in to …?" with. Passkeys hold for the host alone."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}
