"""The API takes JSON at its word: a number is no text, and `0` is not false."""

from typing import Any

import pytest
from rest_framework import serializers

from diary.api.fields import StrictSerializer


class Everything(StrictSerializer):
    """A field of every type that a client may send."""

    text = serializers.CharField(required=False, allow_null=True)
    flag = serializers.BooleanField(required=False)
    number = serializers.IntegerField(required=False)
    share = serializers.FloatField(required=False)
    id = serializers.UUIDField(required=False)
    choice = serializers.ChoiceField(choices=["1", "2"], required=False)
    words = serializers.ListField(child=serializers.CharField(), required=False)


@pytest.mark.parametrize(
    "data",
    [
        {"text": 5},
        {"text": True},
        {"text": ["글"]},
        {"flag": 0},
        {"flag": "false"},
        {"number": "5"},
        {"number": True},
        {"share": "0.5"},
        {"id": 5},
        {"choice": 1},
        {"words": ["말", 5]},
        {"words": [["말"]]},
    ],
)
def test_another_type_is_refused_at_its_field(data: dict[str, Any]) -> None:
    serializer = Everything(data=data)
    assert not serializer.is_valid()
    assert set(serializer.errors) == set(data)


@pytest.mark.parametrize(
    "data",
    [
        {"text": "5"},
        {"text": None},
        {"flag": False},
        {"number": 5},
        {"number": 5.0},
        {"share": 1},
        {"id": "0192f5a4-7c3e-7d21-8f4b-3a6c1e9d2001"},
        {"choice": "1"},
        {"words": []},
    ],
)
def test_its_own_type_is_taken(data: dict[str, Any]) -> None:
    serializer = Everything(data=data)
    assert serializer.is_valid(), serializer.errors


@pytest.mark.parametrize("data", [5, "글", [], None])
def test_what_is_no_object_is_refused(data: object) -> None:
    assert not Everything(data=data).is_valid()
