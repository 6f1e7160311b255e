"""JSON of a person's settings."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.time_zones import validate_time_zone
from diary.api.fields import StrictSerializer
from diary.models import Reminder
from diary.reminders import can_be_reminded


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class ClockTimeField(serializers.TimeField):
    """Hours and minutes. OpenAPI's own `time` format would ask for seconds and an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


@extend_schema_field({"type": "string", "format": "iana-time-zone", "minLength": 1, "maxLength": 64})
class TimeZoneField(serializers.CharField):
    """A name of the IANA database of time zones."""


class ReminderSerializer(StrictSerializer):
    """A daily mail at a time of the person's own clock; none comes on a day that they have written of already."""

    is_on = serializers.BooleanField()
    time = ClockTimeField(help_text="`21:00`, by the clock of `time_zone`.")
    next_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="Null while it is off.")
    can_be_sent = serializers.BooleanField(
        read_only=True, help_text="False until the person has verified their e-mail address: no mail is sent before."
    )


class SettingsSerializer(StrictSerializer):
    """What a person decides about their account and diary."""

    time_zone = TimeZoneField(
        max_length=64,
        help_text="A name of the IANA database of time zones, such as `Asia/Seoul`. Days begin and end by it.",
    )
    shares_corrections = serializers.BooleanField(
        help_text="Whether entries whose emotion the person corrected may teach later models. Off unless they say so."
    )
    reminder = ReminderSerializer(partial=True)

    def validate_time_zone(self, name: str) -> str:
        try:
            validate_time_zone(name)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error
        return name


def settings_json(user: User, reminder: Reminder) -> dict[str, Any]:
    """A SettingsSerializer's document."""
    return SettingsSerializer(
        {
            "time_zone": user.time_zone,
            "shares_corrections": user.shares_corrections,
            "reminder": {
                "is_on": reminder.is_on,
                "time": reminder.time,
                "next_at": reminder.next_at,
                "can_be_sent": can_be_reminded(user),
            },
        }
    ).data
