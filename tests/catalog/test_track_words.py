"""A track in words: only what tells it from others, and never its mood once more."""

from typing import Any

import pytest
from django.utils import translation

from catalog.models import Track
from catalog.track_words import describe_track
from ml.labels import Mood

MIDDLE = {"tempo": 120, "energy": 0.7, "valence": 0.5, "acousticness": 0.2, "danceability": 0.6}


@pytest.mark.parametrize(
    ("features", "mood", "words"),
    [
        ({}, Mood.HAPPY, ""),
        ({"tempo": 80}, Mood.SAD, "느린"),
        ({"tempo": 80, "valence": 0.1}, Mood.SAD, "느리고 쓸쓸한"),
        ({"tempo": 80, "energy": 0.2}, Mood.SAD, "느리고 잔잔한"),
        ({"tempo": 80, "energy": 0.2, "acousticness": 0.9}, Mood.CALM, "느리고 어쿠스틱한"),
        ({"tempo": 160, "energy": 0.95, "valence": 0.9}, Mood.HAPPY, "빠르고 힘 있는"),
        ({"valence": 0.9, "danceability": 0.9}, Mood.HAPPY, "밝고 춤추기 좋은"),
        ({"tempo": 80, "energy": 0.2, "valence": 0.9}, Mood.HAPPY, "밝은"),
        ({"tempo": 160, "energy": 0.95, "acousticness": 0.9, "danceability": 0.9}, Mood.CALM, "어쿠스틱한"),
    ],
)
def test_describe_track(features: dict[str, Any], mood: Mood, words: str) -> None:
    with translation.override("ko"):
        assert describe_track(Track(**(MIDDLE | features)), mood) == words


def test_describe_track_english() -> None:
    with translation.override("en"):
        assert describe_track(Track(**(MIDDLE | {"tempo": 80, "valence": 0.1})), Mood.SAD) == "slow and lonely"
