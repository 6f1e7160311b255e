"""Forms of an account."""

from django import forms

from accounts.models import User


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person decides about their account."""

    class Meta:
        model = User
        fields = ("shares_corrections",)
