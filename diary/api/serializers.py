"""JSON of entries, analyses and recommendations."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Movie, Track
from diary import presentation, safety, selectors, services
from diary.api.errors import ProblemSerializer
from diary.api.fields import (
    DayField,
    EntryTextField,
    RefusesOtherTypes,
    RefusesUnknownFields,
    StrictSerializer,
    TagsField,
)
from diary.api.representation import Representation
from diary.models import EMOTION_CHOICES, MOOD_CHOICES, STRATEGY_NAMES, Analysis, Entry, Feedback, Recommendation
from ml.labels import Strategy

STRATEGY_CHOICES = [(s.value, STRATEGY_NAMES[s]) for s in Strategy]


class SentenceSerializer(serializers.Serializer):
    """One sentence: offsets into the text in characters, and its scores."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.FloatField())


class AnalysisSerializer(serializers.ModelSerializer):
    """What was read in an entry. Scores are probabilities over six emotions and sum to one."""

    label = serializers.ChoiceField(choices=EMOTION_CHOICES)  # type: ignore[assignment]
    scores = serializers.DictField(child=serializers.FloatField())
    sentences = SentenceSerializer(many=True)

    class Meta:
        model = Analysis
        fields = ("label", "is_unsure", "confidence", "scores", "sentences", "model_version", "analyzed_at")


class MovieSerializer(serializers.ModelSerializer):
    url = serializers.URLField(read_only=True)

    class Meta:
        model = Movie
        fields: tuple[str, ...] = (
            "id",
            "title",
            "title_ko",
            "year",
            "director",
            "director_ko",
            "review_count",
            "imdb_id",
            "url",
        )


class TrackSerializer(serializers.ModelSerializer):
    url = serializers.URLField(read_only=True)

    class Meta:
        model = Track
        fields: tuple[str, ...] = ("id", "title", "artist", "artist_ko", "album", "duration_ms", "spotify_id", "url")


class CorrectionSerializer(StrictSerializer):
    """What the writer says that an entry feels like."""

    label = serializers.ChoiceField(choices=EMOTION_CHOICES)  # type: ignore[assignment]
    corrected_at = serializers.DateTimeField(read_only=True)


class FeedbackSerializer(StrictSerializer):
    """What the person says of a film or track. What is disliked or seen is never recommended to them again."""

    opinion = serializers.ChoiceField(choices=Feedback.Opinion.choices, allow_null=True)
    is_seen = serializers.BooleanField(help_text="Whether they have seen the film, or heard the track.")


class RecommendationSerializer(serializers.ModelSerializer):
    """What films and tracks share: an id to give feedback by, and the feedback."""

    reason = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()

    class Meta:
        model = Recommendation
        fields: tuple[str, ...] = ("id", "reason", "feedback")

    def get_reason(self, recommendation: Recommendation) -> str:
        return presentation.reason(recommendation)

    @extend_schema_field(FeedbackSerializer)
    def get_feedback(self, recommendation: Recommendation) -> dict[str, Any]:
        return feedback_json(recommendation.feedback)


def feedback_json(feedback: Feedback | None) -> dict[str, Any]:
    """A FeedbackSerializer's document; null stands for no opinion."""
    return {
        "opinion": (feedback.opinion or None) if feedback else None,
        "is_seen": bool(feedback and feedback.is_seen),
    }


class MovieRecommendationSerializer(RecommendationSerializer):
    """A film with the emotion it was chosen for, its lift (1.0 = the catalogue's mean), and the reason in words."""

    emotion = serializers.ChoiceField(source="tag", choices=EMOTION_CHOICES)
    lift = serializers.FloatField(source="score")
    movie = MovieSerializer()

    class Meta:
        model = Recommendation
        fields = ("id", "movie", "emotion", "lift", "source", "reason", "feedback")


class TrackRecommendationSerializer(RecommendationSerializer):
    """A track with the mood it was chosen for, that mood's probability, and the reason in words."""

    mood = serializers.ChoiceField(source="tag", choices=MOOD_CHOICES)
    probability = serializers.FloatField(source="score")
    track = TrackSerializer()

    class Meta:
        model = Recommendation
        fields = ("id", "track", "mood", "probability", "source", "reason", "feedback")


class AnswerSerializer(serializers.Serializer):
    """Films and tracks by one strategy."""

    movies = MovieRecommendationSerializer(many=True)
    tracks = TrackRecommendationSerializer(many=True)


class StrategySerializer(serializers.Serializer):
    """How to answer: `match` stays with the feeling (공감), `shift` turns it around (전환)."""

    strategy = serializers.ChoiceField(choices=STRATEGY_CHOICES)


class StrategyAnswerSerializer(StrategySerializer, AnswerSerializer):
    """The films and tracks of one strategy."""


class AskForOthersSerializer(StrategySerializer, StrictSerializer):
    """Asks for other films and tracks by one strategy."""

    newest_id = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The highest id among the recommendations of this strategy that the client has. When a newer one is "
        "there, as after a retry, nothing more is chosen.",
    )


class OthersSerializer(StrategyAnswerSerializer):
    """What the entry is answered with now. `has_others` is false when nothing was left to choose and all stands."""

    has_others = serializers.BooleanField()


class RecommendationsSerializer(serializers.Serializer):
    """What the entry was answered with: `match` stays with the feeling (공감), `shift` turns it around (전환)."""

    match = AnswerSerializer()
    shift = AnswerSerializer()


class HelpLineSerializer(serializers.Serializer):
    """A number that can be called in South Korea; `url` dials it."""

    name = serializers.CharField()
    number = serializers.CharField()
    url = serializers.CharField()
    hours = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    reviewed_on = serializers.DateField()


class HelpSerializer(serializers.Serializer):
    """A card to show before the answer, calmly, without asking or blocking anything."""

    title = serializers.CharField()
    text = serializers.CharField()
    urgent = serializers.CharField(help_text="What to do in danger: call 119.")
    lines = HelpLineSerializer(many=True)


_ANALYSIS = Representation(AnalysisSerializer())
_ANSWER = Representation(AnswerSerializer())
_HELP = Representation(HelpSerializer())
_CORRECTION = Representation(CorrectionSerializer())


class EntrySerializer(RefusesOtherTypes, RefusesUnknownFields, serializers.ModelSerializer):
    """An entry with its analysis and recommendations, both null until it has been read.

    `correction` is what its writer says that it feels like: it outranks the analysis, and is null for most entries.
    `help` is there, read or not, where the text may speak of suicide or self-harm; it is null for nearly every entry.
    """

    id = serializers.UUIDField(
        required=False, help_text="An id made by the client: sending the same entry again makes no double."
    )
    text = EntryTextField()
    written_on = DayField()
    tags = TagsField(source="tag_names", required=False, help_text="Up to ten words, without `#` and blanks.")
    status = serializers.ChoiceField(choices=Entry.Status.choices, read_only=True)
    help = serializers.SerializerMethodField()
    correction = serializers.SerializerMethodField()
    analysis = serializers.SerializerMethodField()
    recommendations = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = (
            "id",
            "text",
            "written_on",
            "tags",
            "status",
            "revision",
            "created_at",
            "updated_at",
            "changed_at",
            "help",
            "correction",
            "analysis",
            "recommendations",
        )
        read_only_fields = ("revision", "changed_at")

    def validate_written_on(self, written_on: Any) -> Any:
        try:
            return services.clean_written_on(written_on, known=getattr(self.instance, "written_on", None))
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code=error.code) from error

    @extend_schema_field(HelpSerializer(allow_null=True))
    def get_help(self, entry: Entry) -> dict[str, Any] | None:
        card = safety.help_card(entry.text)
        return _HELP.to_representation(card) if card else None

    @extend_schema_field(CorrectionSerializer(allow_null=True))
    def get_correction(self, entry: Entry) -> dict[str, Any] | None:
        return _CORRECTION.to_representation(entry.correction) if hasattr(entry, "correction") else None

    @extend_schema_field(AnalysisSerializer(allow_null=True))
    def get_analysis(self, entry: Entry) -> dict[str, Any] | None:
        if entry.current_analysis is None:
            return None
        return _ANALYSIS.to_representation(entry.current_analysis)

    @extend_schema_field(RecommendationsSerializer(allow_null=True))
    def get_recommendations(self, entry: Entry) -> dict[str, Any] | None:
        if entry.current_analysis is None:
            return None
        return {str(s): _ANSWER.to_representation(selectors.answer_of(entry, s)) for s in Strategy}


class ListedEntrySerializer(EntrySerializer):
    """An entry of a list, with `recommendations` only where `include` asks for them: they are half of the whole."""

    may_be_left_out = ("recommendations",)


def answer_json(answer: selectors.Answer) -> dict[str, Any]:
    """A StrategyAnswerSerializer's document."""
    return {"strategy": answer.strategy, **_ANSWER.to_representation(answer)}


ENTRY = Representation(EntrySerializer())
_WITHOUT_RECOMMENDATIONS = Representation(EntrySerializer(), leaves_out=ListedEntrySerializer.may_be_left_out)


def entries_json(entries: Sequence[Entry], *, with_recommendations: bool) -> list[dict[str, Any]]:
    """A ListedEntrySerializer's documents of a page of entries, which let go of all that belongs to them."""
    representation = ENTRY if with_recommendations else _WITHOUT_RECOMMENDATIONS
    safety.need_help_cards([entry.text for entry in entries])  # at once; each document looks its own up
    documents = []
    for entry in entries:
        documents.append(representation.to_representation(entry))
        entry.let_go()
    return documents


class StaleProblemSerializer(ProblemSerializer):
    """The error of an outdated change, with the entry as it stands now."""

    current = EntrySerializer()
