"""The form of an entry."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diary import services
from diary.tags import clean_tags, split_tags
from diary.text import clean_entry_text


class EntryTextField(forms.CharField):
    """An entry's text, cleaned as everywhere: by `clean_entry_text`."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)  # clean_entry_text says what an empty one lacks

    def to_python(self, value: Any) -> str:
        return clean_entry_text(super().to_python(value) or "")


class EntryForm(forms.Form):
    """Text, day and tags of an entry, and, when it is edited, the revision that was read."""

    text = EntryTextField(label=_("일기"))
    written_on = forms.DateField(
        label=_("날짜"),
        initial=timezone.localdate,
        input_formats=["%Y-%m-%d"],  # what a browser sends; 11/12/2026 could be either day
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("날짜를 골라 주세요."),
            "invalid": _("날짜를 읽지 못했어요. 2026-11-25처럼 적어 주세요."),
        },
    )
    tags = forms.CharField(label=_("태그"), required=False)
    # Made with the page: a form that is sent twice is one entry.
    entry_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_revision(self) -> int:
        """The revision that was read; one that makes no sense is an outdated one."""
        value = self.cleaned_data["revision"]
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0

    def clean_tags(self) -> list[str]:
        return clean_tags(split_tags(self.cleaned_data["tags"]))

    def clean_written_on(self) -> Any:
        return services.clean_written_on(self.cleaned_data["written_on"])


class ReminderForm(forms.Form):
    """The reminder's switch and its time by the person's own clock."""

    is_on = forms.BooleanField(required=False)
    time = forms.TimeField(
        input_formats=["%H:%M"],
        error_messages={
            "required": _("알림을 받을 시각을 골라 주세요."),
            "invalid": _("시각을 읽지 못했어요. 21:00처럼 적어 주세요."),
        },
    )
