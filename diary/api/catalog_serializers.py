"""JSON of films and tracks as the catalogue lists them."""

import base64
import json
import math
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.listing import Place
from catalog.models import FEELING_CHOICES, Movie, Source, Track
from diary.api.queries import MAX_PAGE_SIZE, PAGE_SIZE
from diary.api.serializers import FeedbackSerializer, MovieSerializer, TrackSerializer, feedback_json
from diary.catalogue import Listed
from diary.models import MOOD_CHOICES, Feedback

MAX_WORDS_LENGTH = 100
MAX_CURSOR_LENGTH = 100
ID_LIMIT = 2**63  # what a database can hold is less


class WordsField(serializers.CharField):
    """What is searched for, in composed Hangul."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, default="", max_length=MAX_WORDS_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return unicodedata.normalize("NFC", super().to_internal_value(data)).strip()


@extend_schema_field({"type": "string"})
class CursorField(serializers.Field):
    """Where a page begins: a Place in letters that an address carries."""

    def to_internal_value(self, data: Any) -> Place:
        try:
            if len(data) > MAX_CURSOR_LENGTH:
                raise ValueError
            rank, item_id = json.loads(base64.urlsafe_b64decode(data.encode()))
            if not (isinstance(rank, int | float) and math.isfinite(rank) and type(item_id) is int):
                raise ValueError
            if not 0 <= item_id < ID_LIMIT:
                raise ValueError
        except (ValueError, TypeError, OverflowError):
            raise serializers.ValidationError(_("앞선 답의 next에 있는 주소를 그대로 써 주세요.")) from None
        return rank, item_id

    def to_representation(self, place: Place) -> str:
        return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


class CatalogueQuerySerializer(serializers.Serializer):
    """The query of a list."""

    q = WordsField(
        help_text="Only what has all of these words in its titles or the names of who made it, Korean or original, "
        "without regard to case and accents. Words of three letters are found inside of others; a syllable of Hangul "
        "is two or three letters. Shorter ones are found where words begin."
    )
    cursor = CursorField(required=False, help_text="From `next` of the page before.")
    page_size = serializers.IntegerField(
        default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Items of a page."
    )


class MovieQuerySerializer(CatalogueQuerySerializer):
    """The query of the list of films."""

    emotion = serializers.ChoiceField(
        choices=FEELING_CHOICES,
        required=False,
        help_text="Only films that carry it, the strongest first. Without it, the most reviewed come first.",
    )


class TrackQuerySerializer(CatalogueQuerySerializer):
    """The query of the list of tracks."""

    mood = serializers.ChoiceField(
        choices=MOOD_CHOICES,
        required=False,
        help_text="Only tracks that carry it, the strongest first. Without it, the most popular come first.",
    )


class MovieTagSerializer(serializers.Serializer):
    """An emotion of a film."""

    emotion = serializers.ChoiceField(choices=FEELING_CHOICES)
    lift = serializers.FloatField(source="score", help_text="How many times the catalogue's mean it has of it.")
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]


class TrackTagSerializer(serializers.Serializer):
    """A mood of a track."""

    mood = serializers.ChoiceField(choices=MOOD_CHOICES)
    probability = serializers.FloatField(source="score")
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]


class CatalogueMovieSerializer(MovieSerializer):
    """A film with its emotions, the strongest first, and what the person said of it."""

    tags = MovieTagSerializer(many=True, read_only=True)
    feedback = FeedbackSerializer(read_only=True)

    class Meta(MovieSerializer.Meta):
        fields: tuple[str, ...] = (*MovieSerializer.Meta.fields, "tags", "feedback")


class CatalogueTrackSerializer(TrackSerializer):
    """A track with its moods, the strongest first, and what the person said of it."""

    tags = TrackTagSerializer(many=True, read_only=True)
    feedback = FeedbackSerializer(read_only=True)

    class Meta(TrackSerializer.Meta):
        fields: tuple[str, ...] = (*TrackSerializer.Meta.fields, "tags", "feedback")


class MoviePageSerializer(serializers.Serializer):
    """A page of films. `next` is the address of the next one, null after the last."""

    next = serializers.URLField(allow_null=True)
    results = CatalogueMovieSerializer(many=True)


class TrackPageSerializer(serializers.Serializer):
    """A page of tracks. `next` is the address of the next one, null after the last."""

    next = serializers.URLField(allow_null=True)
    results = CatalogueTrackSerializer(many=True)


class LikedSerializer(serializers.Serializer):
    """A film or a track that somebody likes: the other of the two is null."""

    given_at = serializers.DateTimeField(help_text="When they last changed what they say of it.")
    movie = CatalogueMovieSerializer(allow_null=True)
    track = CatalogueTrackSerializer(allow_null=True)


class LikedPageSerializer(serializers.Serializer):
    """A page of what somebody likes. `next` is the address of the next one, null after the last."""

    next = serializers.URLField(allow_null=True)
    results = LikedSerializer(many=True)


class MovieShelfSerializer(serializers.Serializer):
    """Films that keep company in a feeling. Those beside 불안 are quiet ones, tagged as sad: nobody is frightened."""

    emotion = serializers.ChoiceField(choices=FEELING_CHOICES)
    movies = CatalogueMovieSerializer(many=True)


class TrackShelfSerializer(serializers.Serializer):
    """Tracks of a mood."""

    mood = serializers.ChoiceField(choices=MOOD_CHOICES)
    tracks = CatalogueTrackSerializer(many=True)


class ShelvesSerializer(serializers.Serializer):
    """A few films for each feeling and tracks for each mood."""

    movies = MovieShelfSerializer(many=True)
    tracks = TrackShelfSerializer(many=True)


# Built once, as in diary.api.serializers.
_MOVIE, _TRACK = MovieSerializer(), TrackSerializer()
_MOVIE_TAG, _TRACK_TAG = MovieTagSerializer(), TrackTagSerializer()
_MOMENT = serializers.DateTimeField()


def movie_json(listed: Listed[Movie]) -> dict[str, Any]:
    """A CatalogueMovieSerializer's document."""
    tags = sorted(listed.item.tags.all(), key=lambda tag: (-tag.score, tag.emotion))
    return {
        **_MOVIE.to_representation(listed.item),
        "tags": [_MOVIE_TAG.to_representation(tag) for tag in tags],
        "feedback": feedback_json(listed.feedback),
    }


def track_json(listed: Listed[Track]) -> dict[str, Any]:
    """A CatalogueTrackSerializer's document."""
    tags = sorted(listed.item.tags.all(), key=lambda tag: (-tag.score, tag.mood))
    return {
        **_TRACK.to_representation(listed.item),
        "tags": [_TRACK_TAG.to_representation(tag) for tag in tags],
        "feedback": feedback_json(listed.feedback),
    }


def liked_json(feedback: Feedback) -> dict[str, Any]:
    """A LikedSerializer's document."""
    return {
        "given_at": _MOMENT.to_representation(feedback.given_at),
        "movie": movie_json(Listed(feedback.movie, feedback)) if feedback.movie else None,
        "track": track_json(Listed(feedback.track, feedback)) if feedback.track else None,
    }
