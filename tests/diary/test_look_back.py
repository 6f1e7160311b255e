"""Calendar, trends and streaks as selectors give them: one's own, corrected first, in a constant number of queries."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from diary import services
from diary.look_back import words
from diary.look_back.calendar import Day, get_month, get_year, read_month
from diary.look_back.chart import stacked_bars
from diary.look_back.marks import Mark
from diary.look_back.streak import current_streak
from diary.look_back.trends import BucketSize, GroupKey, Period, get_trends
from diary.models import Entry
from ml.labels import Emotion
from tests.factories import SAD, make_entry, make_read_entry

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)  # a Thursday
DAY = date(2026, 11, 1)


def month_of(user: User, first: date = DAY) -> list[Day]:
    return get_month(user=user, first=first, today=TODAY, first_weekday=6).days


def trends_of(user: User, first: date = DAY, last: date = TODAY) -> Counter[str]:
    return get_trends(user=user, period=Period(first, last)).totals


def test_get_month_each_entry_counts_as_the_page_of_it_says(owner: User, outsider: User) -> None:
    make_read_entry(owner, DAY, "sadness")
    make_read_entry(owner, DAY, "sadness", corrected="joy")
    make_read_entry(owner, DAY, "anger", is_unsure=True)
    make_read_entry(owner, DAY, "anger", is_unsure=True, corrected="anxiety")
    make_entry(owner, written_on=DAY)
    edited = make_read_entry(owner, DAY, "joy")
    Entry.objects.filter(pk=edited.pk).update(status=Entry.Status.PENDING)
    make_read_entry(outsider, DAY)
    day = month_of(owner)[0]
    assert [mark.look for mark in day.marks] == ["sadness", "joy", "unsure", "anxiety", "pending", "pending"]
    by_id = {entry.pk: entry.emotion for entry in Entry.objects.of(owner).select_related("analysis", "correction")}
    assert {mark.entry_id: mark.emotion for mark in day.marks} == by_id
    assert (len(day.shown_marks), day.hidden_count) == (3, 3)


def test_get_month_weeks_begin_where_they_are_told() -> None:
    for first_weekday, blanks in ((0, 6), (6, 0)):  # November 2026 begins on a Sunday
        month = get_month(user=User(pk=1), first=DAY, today=TODAY, first_weekday=first_weekday)
        assert month.weeks[0][:blanks] == [None] * blanks
        assert {len(week) for week in month.weeks} == {7}
        assert [day.day for day in month.days] == [DAY + timedelta(days=number) for number in range(30)]
        assert [day.day for day in month.days if day.is_today] == [TODAY]
        assert [day.day.day for day in month.days if day.is_future] == [27, 28, 29, 30]


@pytest.mark.parametrize(
    ("first", "previous", "following"),
    [
        (date(2026, 1, 1), date(2025, 12, 1), date(2026, 2, 1)),
        (date(2026, 12, 1), date(2026, 11, 1), date(2027, 1, 1)),
        (date.min, None, date(1, 2, 1)),
        (date(9999, 12, 1), date(9999, 11, 1), None),
    ],
)
def test_month_neighbours(first: date, previous: date | None, following: date | None) -> None:
    month = get_month(user=User(pk=1), first=first, today=TODAY, first_weekday=0)
    assert (month.previous, month.next) == (previous, following)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "2026-11-01", "２０２６-11", "x"]
)
def test_read_month_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|year"):
        read_month(text)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([], ""),
        (["joy", "sadness", "joy"], "joy"),
        (["joy", "sadness"], "sadness"),
        (["joy", "anger", "joy", "anger"], "anger"),
    ],
)
def test_day_look_is_the_most_frequent_then_the_latest(looks: list[str], expected: str) -> None:
    entry_id = Entry().pk
    day = Day(DAY, [Mark(entry_id, DAY, "analyzed", Emotion(look), is_unsure=False) for look in looks], TODAY)
    assert day.look == expected


def test_get_year_has_every_day(owner: User) -> None:
    make_read_entry(owner, date(2024, 2, 29), "joy")
    months = get_year(user=owner, year=2024, today=TODAY)
    assert [len(month.days) for month in months] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [day.day for month in months for day in month.written_days] == [date(2024, 2, 29)]


@pytest.mark.parametrize("count", [1, 12])
def test_look_back_query_counts_do_not_grow(
    owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_read_entry(owner, TODAY - timedelta(days=number), tags=(f"태그{number}", "가족"))
    with django_assert_num_queries(1):
        get_month(user=owner, first=DAY, today=TODAY, first_weekday=0)
    with django_assert_num_queries(1):
        get_year(user=owner, year=2026, today=TODAY)
    with django_assert_num_queries(3):  # by day, by tag, the tags
        get_trends(user=owner, period=Period(DAY, TODAY))
    with django_assert_num_queries(1):
        assert current_streak(user=owner, today=TODAY) == count


def test_trends_by_tag_join_nobody_elses_tags(owner: User) -> None:
    make_read_entry(owner, DAY, tags=("가족",))
    with CaptureQueriesContext(connection) as queries:
        get_trends(user=owner, period=Period(DAY, TODAY))
    assert not [query for query in queries if 'JOIN "diary_tag"' in query["sql"]]
    assert [query for query in queries if '"diary_entry_tags"' in query["sql"]]


def test_get_trends_counts_what_was_read(owner: User, outsider: User) -> None:
    make_read_entry(owner, DAY, "sadness")
    make_read_entry(owner, DAY, "sadness", corrected="joy")
    make_read_entry(owner, TODAY, "anger", is_unsure=True)
    make_entry(owner, written_on=TODAY)
    make_read_entry(owner, DAY - timedelta(days=1))
    make_read_entry(owner, TODAY + timedelta(days=1))
    make_read_entry(outsider, DAY)
    trends = get_trends(user=owner, period=Period(DAY, TODAY))
    assert trends.totals == Counter(sadness=1, joy=1, unsure=1)
    assert (trends.entry_count, trends.read_count, trends.unread_count, trends.day_count) == (4, 3, 1, 2)
    assert trends.buckets[0].counts == Counter(sadness=1, joy=1)
    assert [bucket.total for bucket in trends.buckets] == [2] + [0] * 24 + [1]


@pytest.mark.parametrize(
    ("days", "size"),
    [(1, "day"), (7, "day"), (31, "day"), (32, "week"), (90, "week"), (217, "week"), (365, "month"), (1_000, "year")],
)
def test_get_trends_buckets_cover_the_period_once(owner: User, days: int, size: str) -> None:
    period = Period(TODAY - timedelta(days=days - 1), TODAY)
    make_read_entry(owner, period.first)
    make_read_entry(owner, period.last)
    trends = get_trends(user=owner, period=period, first_weekday=6)
    assert period.bucket_size == BucketSize(size)
    assert trends.buckets[0].first == period.first
    assert trends.buckets[-1].last == period.last
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(trends.buckets))
    assert len(trends.buckets) <= 33
    assert sum(bucket.total for bucket in trends.buckets) == 2
    if size == "week":
        assert {bucket.first.weekday() for bucket in trends.buckets[1:]} == {6}


@pytest.mark.parametrize("period", [Period(date.min, date(1, 2, 20)), Period(date(9999, 11, 1), date.max)])
def test_get_trends_at_the_ends_of_time(owner: User, period: Period) -> None:
    assert get_trends(user=owner, period=period, first_weekday=6).buckets[-1].last == period.last


def test_get_trends_finds_weekdays_and_tags(owner: User) -> None:
    mondays = [date(2026, 8, 3) + timedelta(weeks=week) for week in range(12)]
    for number, monday in enumerate(mondays):
        make_read_entry(owner, monday, "anxiety" if number % 4 else "joy")
        for later in range(1, 7):
            make_read_entry(owner, monday + timedelta(days=later), "joy", tags=("산책",) if later == 5 else ())
    for number in range(10):
        make_read_entry(owner, date(2026, 10, 27), "anger" if number else "joy", tags=("회사",))
    trends = get_trends(user=owner, period=Period(date(2026, 8, 1), TODAY))
    told = {(p.group, p.emotion): (p.hits, p.count) for p in trends.patterns}
    assert told[GroupKey(weekday=1), Emotion.ANXIETY] == (9, 12)
    assert told[GroupKey(tag="회사"), Emotion.ANGER] == (9, 10)
    assert not any(key.tag == "산책" for key, _ in told)
    sentences = [words.pattern_sentence(pattern) for pattern in trends.patterns]
    assert "월요일에 불안이 많았어요: 12편 중 9편" in sentences
    assert "‘#회사’ 일기에 분노가 많았어요: 10편 중 9편" in sentences


def test_get_trends_tags_are_ones_own(owner: User, outsider: User) -> None:
    for number in range(20):
        make_read_entry(outsider, DAY, "anger" if number % 2 else "joy", tags=("회사",) if number % 2 else ())
        make_read_entry(owner, DAY, "anger" if number % 2 else "joy")
    assert get_trends(user=owner, period=Period(DAY, TODAY)).patterns == []
    assert [p.group.tag for p in get_trends(user=outsider, period=Period(DAY, TODAY)).patterns] == ["회사"]


@pytest.mark.parametrize(
    ("days_ago", "streak"),
    [([], 0), ([0], 1), ([0, 1, 2, 4], 3), ([1, 2], 2), ([2, 3], 0), ([0, 0, 1], 2), ([-1, 0], 1)],
)
def test_current_streak(owner: User, outsider: User, days_ago: list[int], streak: int) -> None:
    make_entry(outsider, written_on=TODAY)
    for days in days_ago:
        make_entry(owner, written_on=TODAY - timedelta(days=days))
    assert current_streak(user=owner, today=TODAY) == streak


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, ""),
        (1, ""),
        (3, "사흘째 이어서 쓰고 있어요."),
        (10, "열흘째 이어서 쓰고 있어요."),
        (11, "11일째 이어서 쓰고 있어요."),
    ],
)
def test_streak_sentence(days: int, sentence: str) -> None:
    with translation.override("ko"):
        assert words.streak_sentence(days) == sentence


@pytest.mark.parametrize(("noun", "subject"), [("불안", "불안이"), ("분노", "분노가"), ("Anger", "Anger"), ("", "")])
def test_as_subject(noun: str, subject: str) -> None:
    assert words.as_subject(noun) == subject


def test_stacked_bars_fill_the_plot(owner: User) -> None:
    for emotion in ("joy", "joy", "anger"):
        make_read_entry(owner, DAY, emotion)
    bars = stacked_bars(get_trends(user=owner, period=Period(DAY, DAY + timedelta(days=9))))
    assert [len(bar.parts) for bar in bars] == [2] + [0] * 9
    assert [part.look for part in bars[0].parts] == ["joy", "anger"]
    heights = [float(part.height.rstrip("%")) for part in bars[0].parts]
    assert heights == pytest.approx([56, 28])
    assert bars[0].parts[0].title == "11월 1일 · 기쁨 2/3"


@pytest.mark.django_db(transaction=True)
def test_get_trends_follows_corrections(owner: User, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert trends_of(owner) == Counter(sadness=1)
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    assert trends_of(owner) == Counter(anger=1)
    services.undo_correction(entry=entry)
    assert trends_of(owner) == Counter(sadness=1)
