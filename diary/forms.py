"""The forms of the diary: an entry, and the days that a list or a chart is of."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diary import services
from diary.look_back.trends import Period
from diary.tags import clean_tags, split_tags
from diary.text import clean_entry_text

PERIODS = (7, 30, 90, 365)  # days up to today
DEFAULT_PERIOD = 30
# One of fifty years has as many bars as a screen has room for.
LONGEST_PERIOD = 50 * 366
_WRONG_DAY = _("날짜를 읽지 못했어요. 2026-11-25처럼 적어 주세요.")


class EntryTextField(forms.CharField):
    """An entry's text, cleaned as everywhere: by `clean_entry_text`."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)  # clean_entry_text says what an empty one lacks

    def to_python(self, value: Any) -> str:
        return clean_entry_text(super().to_python(value) or "")


def read_revision(value: str) -> int:
    """The revision that a page was made of; one that makes no sense is an outdated one."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


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
            "invalid": _WRONG_DAY,
        },
    )
    tags = forms.CharField(label=_("태그"), required=False)
    # Made with the page: a form that is sent twice is one entry.
    entry_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_revision(self) -> int:
        return read_revision(self.cleaned_data["revision"])

    def clean_tags(self) -> list[str]:
        return clean_tags(split_tags(self.cleaned_data["tags"]))

    def clean_written_on(self) -> Any:
        return services.clean_written_on(self.cleaned_data["written_on"], known=self.initial.get("written_on"))


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


class PeriodForm(forms.Form):
    """The days `from` and `to`, both included; either may be left open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not as attributes: `from` is no name in Python.
        for name, label in (("from", _("시작하는 날")), ("to", _("끝나는 날"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": _WRONG_DAY}
            )

    def clean(self) -> dict[str, Any]:
        if self.first and self.last and self.first > self.last:
            self.add_error("to", _("끝나는 날이 시작하는 날보다 빨라요. 날짜를 다시 골라 주세요."))
        return self.cleaned_data

    @property
    def first(self) -> date | None:
        """The first day, None where it is open or wrong."""
        return self.cleaned_data.get("from")

    @property
    def last(self) -> date | None:
        """Like `first`, the last day."""
        return self.cleaned_data.get("to")


class TrendsForm(PeriodForm):
    """The days to look at: the last 7, 30, 90 or 365 up to `today`, or a period of one's own, which wins."""

    period = forms.TypedChoiceField(
        choices=[(days, days) for days in PERIODS],
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("7, 30, 90, 365 가운데 하나를 골라 주세요.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        self._own: Period | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors and (self.first or self.last):
            last = self.last or max(self._today, self.first or self._today)
            own = Period(self.first or _days_before(last, DEFAULT_PERIOD - 1), last)
            if own.days > LONGEST_PERIOD:
                self.add_error("from", _("한 번에 50년까지 볼 수 있어요. 기간을 줄여 주세요."))
            else:
                self._own = own
        return self.cleaned_data

    @property
    def chosen_days(self) -> int | None:
        """How many days up to today are shown, None for a period of one's own."""
        return None if self._own else self.cleaned_data.get("period") or DEFAULT_PERIOD

    @property
    def chosen(self) -> Period:
        """The period that was chosen, the last DEFAULT_PERIOD days where it makes no sense."""
        return self._own or Period(_days_before(self._today, (self.chosen_days or 1) - 1), self._today)


def _days_before(day: date, count: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - count))
