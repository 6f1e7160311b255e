"""Our own export comes back as it was."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Movie, Track
from diary import services
from diary.feedback import give_feedback
from diary.models import Analysis, Entry, Feedback, Recommendation, Tag
from diary.portability.apply import Imported, import_file
from diary.portability.detect import open_import
from diary.portability.errors import BadRowsError, UnreadableFileError
from diary.portability.preview import preview_import
from ml.labels import Emotion, Strategy
from tests.diary.portability.files import export_zip, exported, own_entry, own_json, zip_of
from tests.factories import HAPPY, SAD, make_entry, rewrite

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)


def bring(user: User, content: bytes, *, skips_bad_rows: bool = True) -> Imported:
    return import_file(user, open_import(BytesIO(content)), skips_bad_rows=skips_bad_rows)


@pytest.fixture
def lived(owner: User, catalogue: None) -> User:
    """An owner with some days behind them: read, corrected, answered twice, rated, one still unread."""
    sad, _ = services.create_entry(user=owner, text=SAD, written_on=DAY, tags=["가족", "비"])
    services.correct_emotion(entry=sad, emotion=Emotion.ANXIETY)
    services.recommend_again(entry=sad, strategy=Strategy.MATCH)
    happy, _ = services.create_entry(user=owner, text=HAPPY, written_on=DAY, tags=["가족"])
    services.create_entry(user=owner, text=HAPPY, written_on=DAY)  # the same words once more
    shown = list(Recommendation.objects.filter(entry=happy).order_by("pk"))
    give_feedback(user=owner, recommendation_id=shown[0].pk, opinion=Feedback.Opinion.DISLIKE)
    give_feedback(user=owner, recommendation_id=shown[-1].pk, is_seen=True)
    Entry.objects.filter(pk=sad.pk).update(created_at=timezone.now() - timedelta(days=300))
    return owner


def wipe(user: User) -> None:
    Entry.objects.filter(user=user).delete()
    Feedback.objects.filter(user=user).delete()
    Tag.objects.filter(user=user).delete()


def without_time(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "exported_at"}


@pytest.mark.parametrize("is_zip", [True, False])
def test_round_trip_loses_nothing(lived: User, is_zip: bool) -> None:
    before = exported(lived)
    content = export_zip(lived) if is_zip else json.dumps(before).encode()
    wipe(lived)
    result = bring(lived, content)
    assert (result.new, result.doubles, result.bad, result.missing_items) == (3, 0, 0, 0)
    assert without_time(exported(lived)) == without_time(before)
    assert result.unread == 0


def test_round_trip_of_an_unread_entry_reads_it(owner: User, catalogue: None) -> None:
    make_entry(owner, SAD)
    content = export_zip(owner)
    wipe(owner)
    assert bring(owner, content).new == 1
    assert Entry.objects.get().status == Entry.Status.ANALYZED


def test_an_old_reading_of_an_edited_text_comes_back_as_that(lived: User) -> None:
    for entry in Entry.objects.filter(written_on=DAY):
        rewrite(entry, "짧다", status=Entry.Status.PENDING)
    Entry.objects.filter(written_on=DAY).exclude(correction=None).delete()
    before = exported(lived)
    content = export_zip(lived)
    wipe(lived)
    reader = open_import(BytesIO(content))
    [first, *_] = list(reader.rows())
    assert first.restored["is_read"] is False
    assert first.restored["analysis"]["sentences"] == before["entries"][0]["analysis"]["sentences"]


def test_import_again_finds_doubles_only(lived: User) -> None:
    content = export_zip(lived)
    result = bring(lived, content)
    assert (result.new, result.doubles) == (0, 3)
    assert Entry.objects.count() == 3


def test_the_same_words_twice_on_a_day_come_back_twice_where_one_is_left(lived: User) -> None:
    content = export_zip(lived)
    next(entry for entry in Entry.objects.all() if entry.text == HAPPY).delete()
    result = bring(lived, content)
    assert (result.new, result.doubles) == (1, 2)
    assert [entry.text for entry in Entry.objects.all()].count(HAPPY) == 2


def test_import_into_another_account_takes_nothing_from_the_first(lived: User, outsider: User) -> None:
    ids = set(Entry.objects.values_list("pk", flat=True))
    result = bring(outsider, export_zip(lived))
    assert result.new == 3
    assert set(Entry.objects.filter(user=lived).values_list("pk", flat=True)) == ids
    assert not ids & set(Entry.objects.filter(user=outsider).values_list("pk", flat=True))
    assert Analysis.objects.filter(entry__user=outsider).count() == 3
    assert Recommendation.objects.filter(user=outsider).exclude(entry__user=outsider).count() == 0


def test_items_that_the_catalogue_no_longer_has_are_counted(lived: User) -> None:
    content = export_zip(lived)
    shown = Recommendation.objects.count()
    wipe(lived)
    Movie.objects.all().delete()
    Track.objects.all().delete()
    result = bring(lived, content)
    assert (result.new, result.missing_items) == (3, shown + 2)
    assert Recommendation.objects.count() == 0
    assert Analysis.objects.count() == 3


def test_times_are_kept(owner: User) -> None:
    entry = own_entry(created_at="2020-01-02T03:04:05+09:00", updated_at="2021-01-02T03:04:05Z")
    bring(owner, own_json(entry))
    saved = Entry.objects.get()
    assert saved.created_at == datetime(2020, 1, 1, 18, 4, 5, tzinfo=UTC)
    assert saved.updated_at == datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_times_to_come_are_now(owner: User) -> None:
    bring(owner, own_json(own_entry(created_at="2999-01-01T00:00:00Z")))
    assert Entry.objects.get().created_at <= timezone.now()


def test_a_long_past_entry_uses_up_nothing_of_the_catalogue(owner: User, catalogue: None) -> None:
    bring(owner, own_json(own_entry(SAD, written_on="2020-01-01")))
    entry = Entry.objects.get()
    assert (entry.status, Recommendation.objects.count()) == (Entry.Status.ANALYZED, 0)
    _, has_others = services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    assert has_others
    assert Recommendation.objects.count() == 6


def test_feedback_given_meanwhile_stands(lived: User) -> None:
    content = export_zip(lived)
    Feedback.objects.filter(opinion="dislike").update(opinion="like")
    bring(lived, content)
    assert sorted(Feedback.objects.values_list("opinion", flat=True)) == ["", "like"]


def test_decomposed_hangul_is_the_same_entry(owner: User) -> None:
    make_entry(owner, "가나다", date(2026, 10, 1))
    assert bring(owner, own_json(own_entry("가나다"))).doubles == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (own_entry(""), "비어 있어요"),
        (own_entry("\u3164 \n"), "비어 있어요"),
        (own_entry("가" * 100_001), "100,000자"),
        (own_entry(written_on="2999-01-01"), "오지 않은"),
        (own_entry(written_on="어제"), "날짜"),
        (own_entry(written_on=None), "날짜"),
        ({"written_on": "2026-10-01"}, "글이 없어요"),
        ("글", "글이 없어요"),
        (None, "글이 없어요"),
    ],
)
def test_bad_rows_are_told_by_number_and_the_rest_comes(owner: User, entry: Any, reason: str) -> None:
    content = own_json(own_entry("하나"), entry, own_entry("셋"))
    preview = preview_import(owner, open_import(BytesIO(content)))
    assert (preview.new, preview.bad, preview.found) == (2, 1, 3)
    assert preview.bad_rows[0].place == "2번째 일기"
    assert reason in preview.bad_rows[0].reason
    assert Entry.objects.count() == 0
    with pytest.raises(BadRowsError):
        bring(owner, content, skips_bad_rows=False)
    assert Entry.objects.count() == 0
    assert bring(owner, content).new == 2


@pytest.mark.parametrize(
    "analysis",
    [
        "joy",
        {"label": "glee"},
        {"scores": {"joy": 1.0}},
        {"scores": dict.fromkeys(Emotion, 2.0)},
        {"confidence": True},
        {"sentences": [{"start": 0, "end": 10_000, "scores": dict.fromkeys(Emotion, 0.1)}]},
        {"sentences": [{"start": 5, "end": 1, "scores": dict.fromkeys(Emotion, 0.1)}]},
        {"sentences": "none"},
        {"model_version": "v" * 65},
        {"model_version": "v\x00"},
    ],
)
def test_an_analysis_that_makes_no_sense_is_made_anew(lived: User, analysis: Any) -> None:
    document = exported(lived)
    entry = document["entries"][0]
    entry["analysis"] = entry["analysis"] | analysis if isinstance(analysis, dict) else analysis
    wipe(lived)
    bring(lived, own_json(entry))
    saved = Entry.objects.get()
    assert saved.status == Entry.Status.ANALYZED
    assert saved.analysis.label in set(Emotion)
    assert saved.analysis.confidence <= 1


def test_recommendations_that_make_no_sense_are_left_out(lived: User) -> None:
    document = exported(lived)
    entry = document["entries"][0]
    good = next(r for r in entry["recommendations"] if r["is_current"])
    entry["recommendations"] = [
        good,
        good,  # a second one in the same place
        good | {"strategy": "third"},
        good | {"position": -1},
        good | {"position": True},
        good | {"score": "much"},
        good | {"tag": "glee"},
        good | {"tag": "calm" if good["movie"] else "joy"},  # of the other kind
        good | {"tag": "neutral"},
        good | {"source": "s" * 11},
        good | {"movie": None, "track": None},
        good | {"movie": {}, "track": {}},
        "film",
    ]
    wipe(lived)
    bring(lived, own_json(entry))
    assert Recommendation.objects.count() == 1


def test_a_setting_is_not_taken_from_a_file(owner: User) -> None:
    bring(owner, own_json(own_entry(), settings={"shares_corrections": True}))
    owner.refresh_from_db()
    assert owner.shares_corrections is False


def test_too_many_and_too_long_tags_stay_readable_below_the_text(owner: User) -> None:
    names = [f"태그{number}" for number in range(12)]
    bring(owner, own_json(own_entry("글", tags=[*names, "가" * 40, "태그0", 7])))
    entry = Entry.objects.get()
    assert len(entry.tag_names) == 10
    assert entry.text == f"글\n\n#태그10 #태그11 #{'가' * 40}"


def test_tags_in_another_case_join_those_that_are_there(owner: User) -> None:
    services.create_entry(user=owner, text="글", written_on=DAY, tags=["Work"])
    bring(owner, own_json(own_entry(tags=["work", "집"])))
    assert sorted(tag.name for tag in Tag.objects.all()) == ["Work", "집"]


@pytest.mark.parametrize("order", [["entries", "format", "version"], ["version", "entries", "format"]])
def test_names_may_come_in_any_order(owner: User, order: list[str]) -> None:
    document = {"format": "moduhyu", "version": 1, "entries": [own_entry()]}
    assert bring(owner, json.dumps({name: document[name] for name in order}).encode()).new == 1


def test_an_id_that_is_none_is_replaced(owner: User) -> None:
    bring(owner, own_json(own_entry(id="../../etc"), own_entry("둘", id=7)))
    assert Entry.objects.count() == 2


def test_the_same_id_twice_in_a_file_loses_nothing(owner: User) -> None:
    pk = str(uuid.uuid4())
    result = bring(owner, own_json(own_entry("하나", id=pk), own_entry("둘", id=pk), own_entry("하나", id=pk)))
    assert (result.new, result.doubles) == (2, 1)
    assert {entry.text: str(entry.pk) == pk for entry in Entry.objects.all()} == {"하나": True, "둘": False}
    again = bring(owner, own_json(own_entry("하나", id=pk), own_entry("둘", id=pk), own_entry("셋", id=pk)))
    assert (again.new, again.doubles) == (1, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "빈 파일"),
        (b"  \n ", "빈 파일"),
        (b"\xef\xbb\xbf", "빈 파일"),
        (b"{", "JSON"),
        (b'{"format": "moduhyu", "version": 1, "entries": [{"text"', "JSON"),
        (b'{"format": "moduhyu", "version": 1, "entries": [{}], "x": NaN}', "JSON"),
        (b'{"format": "moduhyu", "version": 1, "entries": [] ]', "JSON"),
        (b'{"format": "moduhyu", "version": 1}', "하나도"),
        (b'{"format": "moduhyu", "version": 2, "entries": [{}]}', "새로운"),
        (b'{"format": "moduhyu", "version": 0, "entries": [{}]}', "버전을 알 수 없는"),
        (b'{"format": "moduhyu", "version": "1", "entries": [{}]}', "버전을 알 수 없는"),
        (b'{"format": "other"}', "읽을 수 있는 일기 형식이"),
        (b"{}", "읽을 수 있는 일기 형식이"),
        (b'{"entries": ' + b"[" * 200_000 + b"}", "깊어"),
        (b'{"format": "moduhyu", "entries": [{"text": "\xff\xfe"}]}', "UTF-8"),
        (b"<!doctype html><title>", "내보내기로"),
        (b"[1, 2]", "내보내기로"),
    ],
)
def test_unreadable_files_say_why(owner: User, content: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        bring(owner, content)
    assert Entry.objects.count() == 0


def test_too_many_entries_are_refused_whole(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diary.portability.preview.MAX_ENTRIES", 2)
    with pytest.raises(UnreadableFileError, match="너무 많아요"):
        bring(owner, own_json(*(own_entry(f"글 {n}") for n in range(3))))
    assert Entry.objects.count() == 0


def test_a_folder_around_the_file_is_no_obstacle(owner: User) -> None:
    assert bring(owner, zip_of([("moduhyu-2026/moduhyu.json", own_json(own_entry()))])).new == 1


@pytest.mark.parametrize("moment", ["0001-01-01T12:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_moments_that_no_clock_shows_break_no_page(owner: User, owner_client: Client, moment: str) -> None:
    owner.time_zone = "America/Los_Angeles"
    owner.save()
    analysis = {"label": "joy", "is_unsure": False, "confidence": 0.5, "sentences": [], "model_version": "test"}
    analysis |= {"scores": dict.fromkeys(Emotion, 1 / 6), "analyzed_at": moment}
    entry = own_entry(created_at=moment, updated_at=moment, analysis=analysis, status="analyzed")
    bring(owner, own_json(entry | {"correction": {"label": "joy", "corrected_at": moment}}))
    for address in ("/api/v1/entries/", f"/entries/{Entry.objects.get().pk}/", "/entries/"):
        assert owner_client.get(address).status_code == 200
