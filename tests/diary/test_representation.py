"""What serializers give is the same when they are taken apart, to the last field."""

from datetime import date
from typing import Any

import pytest
import rest_framework.views  # noqa: F401 (before our serializers: it loads our parsers, which need our errors)
from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from diary import safety, selectors, services
from diary.api.representation import Representation
from diary.api.serializers import (
    AnalysisSerializer,
    AnswerSerializer,
    CorrectionSerializer,
    EntrySerializer,
    HelpSerializer,
    entries_json,
)
from diary.feedback import give_feedback
from diary.models import Entry
from ml.labels import Emotion, Strategy
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

CRISIS = "요즘은 정말 죽고 싶다는 생각만 든다."


@pytest.fixture
def entries(owner: User, catalogue: None) -> list[Entry]:
    """Entries with everything that an entry can have, and with nothing of it, as a list gives them."""
    for text, tags in ((SAD, ["가족", "비"]), (HAPPY, []), (CRISIS, ["밤"])):
        services.create_entry(user=owner, text=text, written_on=date(2026, 11, 1), tags=tags)
    entry = services.correct_emotion(entry=Entry.objects.filter(user=owner)[0], emotion=Emotion.ANGER)
    for recommendation in list(entry.recommendations.all())[:3]:
        give_feedback(user=owner, recommendation_id=recommendation.pk, opinion="like", is_seen=True)
    make_entry(owner, "아직 읽지 않은 글")
    return list(selectors.with_recommendations(selectors.list_entries(user=owner)))


def objects_of(entries: list[Entry]) -> list[tuple[serializers.Serializer[Any], Any]]:
    """Every serializer that is taken apart, with objects that it represents."""
    read = [entry for entry in entries if entry.current_analysis]
    return [
        *((EntrySerializer(), entry) for entry in entries),
        *((AnalysisSerializer(), entry.analysis) for entry in read),
        *((AnswerSerializer(), selectors.answer_of(entry, strategy)) for entry in read for strategy in Strategy),
        *((CorrectionSerializer(), entry.correction) for entry in entries if hasattr(entry, "correction")),
        *((HelpSerializer(), card) for entry in entries if (card := safety.help_card(entry.text))),
    ]


def test_representation_is_what_the_serializer_gives(entries: list[Entry]) -> None:
    pairs = objects_of(entries)
    assert {type(serializer).__name__ for serializer, _ in pairs} == {
        "EntrySerializer",
        "AnalysisSerializer",
        "AnswerSerializer",
        "CorrectionSerializer",
        "HelpSerializer",
    }
    for serializer, instance in pairs:
        taken_apart, expected = (
            Representation(serializer).to_representation(instance),
            serializer.to_representation(instance),
        )
        assert taken_apart == expected
        assert list(taken_apart) == list(expected)  # in the order of the documentation


def test_representation_leaves_nothing_of_a_page_out(entries: list[Entry]) -> None:
    documents = entries_json(entries, with_recommendations=True)
    assert all("recommendations" in document for document in documents)
    assert [document["id"] for document in documents] == [str(entry.pk) for entry in entries]
    assert [document["help"] is not None for document in documents].count(True) == 1
    assert [document["analysis"] is None for document in documents].count(True) == 1


class OddSerializer(serializers.Serializer[Any]):
    """One of each kind of field that is converted in a way of its own."""

    one = serializers.CharField()
    at = serializers.DateTimeField(source="moment.at")
    secret = serializers.CharField(write_only=True)
    shares = serializers.DictField(child=serializers.FloatField())
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=["a", "b"]))


def test_representation_of_dictionaries_and_of_none() -> None:
    class OneSerializer(serializers.Serializer[Any]):
        shares = serializers.DictField(child=serializers.FloatField(allow_null=True), allow_null=True)

    for value in ({"shares": {"a": 1, "b": None}}, {"shares": None}):
        assert Representation(OneSerializer()).to_representation(value) == OneSerializer().to_representation(value)


def test_representation_follows_a_path_and_hides_what_is_only_written() -> None:
    class Moment:
        at = timezone.now()

    class Odd:
        one, moment, secret, shares, kinds = 1, Moment(), "no", {"a": 1}, ["a", "b"]

    expected = OddSerializer().to_representation(Odd())
    assert Representation(OddSerializer()).to_representation(Odd()) == expected
    assert "secret" not in expected


def test_representation_refuses_a_serializer_with_a_way_of_its_own() -> None:
    class OwnSerializer(serializers.Serializer[Any]):
        def to_representation(self, instance: Any) -> dict[str, Any]:
            return {"own": instance}

    with pytest.raises(TypeError, match="OwnSerializer"):
        Representation(OwnSerializer())
