"""Forms of an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import is_really


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person decides about their account."""

    class Meta:
        model = User
        fields = ("shares_corrections",)


class DeleteAccountForm(forms.Form):
    """Asks who deletes an account for their password, or for their address where the account has no password."""

    password = forms.CharField(label=_("비밀번호"), strip=False, required=False)
    email = forms.CharField(label=_("이메일"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> None:
        if self.errors:  # such as a NUL in the password
            return
        if not is_really(self.user, password=self.cleaned_data["password"], email=self.cleaned_data["email"]):
            has_password = self.user.has_usable_password()
            words = (
                _("비밀번호가 맞지 않아요.")
                if has_password
                else _("계정의 대표 이메일과 달라요. 설정에서 주소를 확인해 주세요.")
            )
            self.add_error("password" if has_password else "email", words)
