"""The endpoints that look back: calendar, trends, tags."""

from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from diary import selectors
from diary.api.queries import StrictQuery
from diary.api.views import DiaryApiRequest
from diary.forms import PERIODS, TrendsForm
from diary.look_back.calendar import first_weekday, get_month, read_month
from diary.look_back.marks import Mark
from diary.look_back.patterns import Pattern
from diary.look_back.trends import LOOKS, BucketSize, GroupKey, Trends, get_trends
from diary.look_back.words import pattern_sentence
from diary.models import EMOTION_CHOICES, Entry

MONTH = {"type": "string", "pattern": "^([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-(0[1-9]|1[0-2])$"}

BUCKET_SIZES = [(size.value, size.value) for size in BucketSize]


class MarkSerializer(serializers.Serializer):
    """An entry of a day: what it counts as, null while it is unread."""

    id = serializers.UUIDField()
    emotion = serializers.ChoiceField(choices=EMOTION_CHOICES, allow_null=True)
    is_unsure = serializers.BooleanField()
    status = serializers.ChoiceField(choices=Entry.Status.choices)


class CalendarDaySerializer(serializers.Serializer):
    """A day with entries, in the order they were written in."""

    date = serializers.DateField()
    entries = MarkSerializer(many=True)


class CalendarSerializer(serializers.Serializer):
    """The days of a month that have entries."""

    month = serializers.CharField(help_text="Such as `2026-11`.")
    days = CalendarDaySerializer(many=True)


class BucketSerializer(serializers.Serializer):
    """A stretch of the period, and how many entries count as what; `unsure` for those read without certainty."""

    counts = serializers.DictField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, Any]:
        # `from` is no name in Python.
        return {"from": serializers.DateField(), "to": serializers.DateField(), **super().get_fields()}


class PatternSerializer(serializers.Serializer):
    """A weekday or tag with more of an emotion than chance explains; one of `weekday` and `tag` is null.

    `hits` of its `count` entries count as the emotion, as do `total_hits` of all `total` entries of the period.
    """

    weekday = serializers.IntegerField(allow_null=True, min_value=1, max_value=7, help_text="1 is Monday.")
    tag = serializers.CharField(allow_null=True)
    emotion = serializers.ChoiceField(choices=EMOTION_CHOICES)
    hits = serializers.IntegerField()
    count = serializers.IntegerField()
    total_hits = serializers.IntegerField()
    total = serializers.IntegerField()
    sentence = serializers.CharField(help_text="In the language of the request.")


class TrendsSerializer(BucketSerializer):
    """A period in numbers. `counts` and buckets hold the entries that were read."""

    bucket_size = serializers.ChoiceField(choices=BUCKET_SIZES)
    entry_count = serializers.IntegerField()
    unread_count = serializers.IntegerField()
    day_count = serializers.IntegerField(help_text="Days with an entry.")
    buckets = BucketSerializer(many=True)
    patterns = PatternSerializer(many=True)


class TagCountSerializer(serializers.Serializer):
    """A tag and how many entries carry it."""

    name = serializers.CharField()
    count = serializers.IntegerField()


class TagListSerializer(serializers.Serializer):
    """The tags by name."""

    results = TagCountSerializer(many=True)


@method_decorator(never_cache, name="dispatch")
class CalendarView(StrictQuery, APIView):
    """A month of the person who asks."""

    query_names = {"get": ("month",)}

    @extend_schema(
        operation_id="read_calendar",
        summary="달력 What the entries of a month count as",
        parameters=[OpenApiParameter("month", MONTH, description="Such as `2026-11`; this month unless given.")],
        responses={200: CalendarSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        today = timezone.localdate()
        try:
            first = read_month(request.query_params.get("month", f"{today:%Y-%m}"))
        except ValueError:
            raise exceptions.ValidationError({"month": [_("2026-11처럼 달을 보내 주세요.")]}) from None
        month = get_month(user=request.user, first=first, today=today, first_weekday=0)
        days = [
            {"date": day.day.isoformat(), "entries": [_mark_json(mark) for mark in day.marks]}
            for day in month.written_days
        ]
        return Response({"month": first.isoformat()[:7], "days": days})


@method_decorator(never_cache, name="dispatch")
class TrendsView(StrictQuery, APIView):
    """A period of the person who asks."""

    query_names = {"get": ("period", "from", "to")}

    @extend_schema(
        operation_id="read_trends",
        summary="흐름 What the entries of a period count as",
        description="The last 30 days unless a period is named. `from` or `to` alone make 30 days up to `to`, or all "
        "days since `from`. Patterns are counts that chance hardly explains, never causes; mostly there is none.",
        parameters=[
            OpenApiParameter("period", int, enum=PERIODS, description="So many days up to today."),
            OpenApiParameter("from", date, description="The first day, such as `2026-11-01`; wins over `period`."),
            OpenApiParameter("to", date, description="The last day."),
        ],
        responses={200: TrendsSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        _refuse_empty(request.query_params)
        form = TrendsForm(request.query_params, today=timezone.localdate())
        if not form.is_valid():
            raise exceptions.ValidationError({name: list(map(str, errors)) for name, errors in form.errors.items()})
        found = get_trends(user=request.user, period=form.chosen, first_weekday=first_weekday())
        return Response(_trends_json(found))


@method_decorator(never_cache, name="dispatch")
class TagsView(StrictQuery, APIView):
    """The tags of the person who asks."""

    @extend_schema(operation_id="list_tags", summary="태그 List one's own tags", responses={200: TagListSerializer})
    def get(self, request: DiaryApiRequest) -> Response:
        tags = selectors.list_tags(user=request.user)
        return Response({"results": [{"name": tag.name, "count": tag.count} for tag in tags]})


def _refuse_empty(query: QueryDict) -> None:
    """A form of a page sends what its reader left open as nothing; a client of the API leaves it out."""
    if empty := [name for name, value in query.items() if not value]:
        raise exceptions.ValidationError({name: [_("비워 두려면 아예 보내지 말아 주세요.")] for name in empty})


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {"id": str(mark.entry_id), "emotion": mark.emotion, "is_unsure": mark.is_unsure, "status": mark.status}


def _trends_json(found: Trends) -> dict[str, Any]:
    return {
        "from": found.period.first.isoformat(),
        "to": found.period.last.isoformat(),
        "bucket_size": found.period.bucket_size,
        "entry_count": found.entry_count,
        "unread_count": found.unread_count,
        "day_count": found.day_count,
        "counts": {look: found.totals[look] for look in LOOKS},
        "buckets": [
            {
                "from": bucket.first.isoformat(),
                "to": bucket.last.isoformat(),
                "counts": {look: bucket.counts[look] for look in LOOKS},
            }
            for bucket in found.buckets
        ],
        "patterns": [_pattern_json(pattern) for pattern in found.patterns],
    }


def _pattern_json(pattern: Pattern[GroupKey]) -> dict[str, Any]:
    return {
        "weekday": pattern.group.weekday,
        "tag": pattern.group.tag or None,
        "emotion": pattern.emotion,
        "hits": pattern.hits,
        "count": pattern.count,
        "total_hits": pattern.total_hits,
        "total": pattern.total,
        "sentence": pattern_sentence(pattern),
    }
