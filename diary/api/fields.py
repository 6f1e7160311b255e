"""Fields of an entry in JSON, and what serializers of JSON refuse."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from diary.models import Tag
from diary.tags import MAX_TAGS, TOO_MANY_MESSAGE, clean_tags
from diary.text import BLANK_MESSAGE, clean_entry_text, compose

# A day in JSON and in addresses.
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What `clean_entry_text` asks for: one character that is seen. Two things it knows better than a pattern does: fillers
# of Hangul are refused, and characters that are newer than this server's Unicode are taken.
VISIBLE = r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": settings.ENTRY_MAX_LENGTH, "pattern": VISIBLE})
class EntryTextField(serializers.CharField):
    """An entry's text, cleaned as everywhere: by `clean_entry_text`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, error_messages={"blank": BLANK_MESSAGE}, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return clean_entry_text(super().to_internal_value(data))
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error


class TagField(serializers.CharField):
    """A tag, without what no person types and no database takes: NUL, and halves of surrogate pairs.

    Its length counts without its `#` and in composed Hangul: decomposed, a syllable is two or three characters.
    """

    def to_internal_value(self, data: Any) -> str:
        return compose(re.sub("[\x00\ud800-\udfff]", "", super().to_internal_value(data))).removeprefix("#")


class TagsField(serializers.ListField):
    """An entry's tags, cleaned as everywhere: by `clean_tags`."""

    child = TagField(
        max_length=Tag.MAX_LENGTH,
        allow_blank=True,
        error_messages={"max_length": gettext_lazy("태그 하나는 {max_length}자까지 쓸 수 있어요.")},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TAGS, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        try:
            # As they were sent: the document counts doubles too.
            if isinstance(data, list) and len(data) > MAX_TAGS:
                raise DjangoValidationError(TOO_MANY_MESSAGE % {"limit": MAX_TAGS}, code="too_many")
            return clean_tags(super().to_internal_value(data))
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error

    def to_representation(self, data: Any) -> list[str]:
        return list(data)


class RefusesUnknownFields:
    """For serializers: refuses fields that it does not know; a misspelled one would change nothing, unnoticed.

    Fields that are only read are let through, so that what was read can be sent back.
    """

    def to_internal_value(self: Any, data: Any) -> Any:
        names = data if isinstance(data, dict) else ()
        unknown: dict[str, Any] = {name: [_("모르는 항목이에요.")] for name in names if name not in self.fields}
        try:
            values = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as error:  # the other mistakes are told with it
            raise serializers.ValidationError(error.detail | unknown) from error  # type: ignore[operator]
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


class DayField(serializers.DateField):
    """A day as 2026-11-25 and in no other way: ISO also knows weeks and days without hyphens; the document doesn't."""

    def to_internal_value(self, value: Any) -> date:
        """Raises ValidationError."""
        if isinstance(value, str) and not DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class RefusesOtherTypes:
    """For serializers of JSON: refuses a number where a text is asked for, and the like, which DRF would convert.

    A client that sends `"false"` or `0` for `false` has a mistake that it should see.
    """

    def to_internal_value(self: Any, data: Any) -> Any:
        found = {name: field for name, field in self.fields.items() if isinstance(data, Mapping) and name in data}
        messages = {name: _wrong_type(field, data[name]) for name, field in found.items()}
        wrong = {name: message for name, message in messages.items() if message}
        try:
            values = super().to_internal_value(data)  # type: ignore[misc]
        except serializers.ValidationError as error:
            raise serializers.ValidationError(error.detail | wrong) from error  # type: ignore[operator]
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


def _wrong_type(field: serializers.Field, value: Any) -> Any:
    """REST framework's errors of a value whose JSON type is not the field's, which say what to send; else none."""
    if value is None or field.read_only:
        return []
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        items = {place: _wrong_type(field.child, item) for place, item in enumerate(value)}
        return {place: errors for place, errors in items.items() if errors}
    if isinstance(field, serializers.BooleanField):
        return [] if isinstance(value, bool) else [_("true나 false로 보내 주세요.")]
    if isinstance(field, serializers.IntegerField | serializers.FloatField):
        return [_("숫자로 보내 주세요.")] if isinstance(value, bool | str) else []
    if isinstance(field, serializers.CharField | serializers.ChoiceField | serializers.UUIDField):
        return [] if isinstance(value, str) else [_("글자로 보내 주세요.")]
    return []


class StrictSerializer(RefusesOtherTypes, RefusesUnknownFields, serializers.Serializer):
    """A serializer of JSON: of its own fields and types, and no others."""
