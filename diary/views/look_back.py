"""The pages that look back: month calendar, year in pixels, trends."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diary.forms import PERIODS, TrendsForm
from diary.look_back.calendar import first_weekday, get_month, get_year, read_month
from diary.look_back.chart import grid_lines, stacked_bars
from diary.look_back.marks import look_counts
from diary.look_back.pixels import pixel_rows
from diary.look_back.streak import current_streak
from diary.look_back.trends import LOOKS, get_trends
from diary.look_back.words import bucket_name, pattern_sentence, streak_sentence
from diary.models import Entry
from diary.views.request import DiaryRequest


@never_cache
@login_required
@require_safe
def calendar(request: DiaryRequest) -> HttpResponse:
    """This month; `?month=2026-11` leads to that one."""
    text = request.GET.get("month", "").strip()
    if not text:
        return _render_month(request, timezone.localdate().replace(day=1))
    try:
        return redirect("diary:calendar-month", month=read_month(text))
    except ValueError:
        return _render_month(request, timezone.localdate().replace(day=1), wrong_month=text)


@never_cache
@login_required
@require_safe
def calendar_month(request: DiaryRequest, month: date) -> HttpResponse:
    """A month by weeks."""
    return _render_month(request, month)


@never_cache
@login_required
@require_safe
def calendar_year(request: DiaryRequest, year: int) -> HttpResponse:
    """A year in pixels: a column for each month, a row for each day."""
    today = timezone.localdate()
    months = get_year(user=request.user, year=year, today=today)
    marks = [mark for month in months for day in month.days for mark in day.marks]
    context = {
        "year": year,
        "months": months,
        "rows": pixel_rows(months),
        "looks": look_counts(marks),
        "day_count": sum(len(month.written_days) for month in months),
        "previous_year": year - 1 if year > date.min.year else None,
        "next_year": year + 1 if year < today.year else None,
        "this_year": today.year,
        "has_entries": bool(marks) or _has_entries(request),
    }
    return render(request, "diary/look_back/year.html", context)


@never_cache
@login_required
@require_safe
def trends(request: DiaryRequest) -> HttpResponse:
    """A period in numbers; a period that makes no sense is told, and the last thirty days are shown."""
    form = TrendsForm(request.GET, today=timezone.localdate())
    form.is_valid()
    period = form.chosen
    found = get_trends(user=request.user, period=period, first_weekday=first_weekday())
    context = {
        "form": form,
        "periods": PERIODS,
        "chosen": form.chosen_days,
        "trends": found,
        "totals": [(look, found.totals[look]) for look in LOOKS if found.totals[look]],
        "looks": [look for look in LOOKS if found.totals[look]],
        "grid": grid_lines(),
        "bars": stacked_bars(found),
        "rows": [(bucket_name(bucket, period.bucket_size), bucket) for bucket in found.buckets if bucket.total],
        "patterns": [(pattern_sentence(pattern), pattern) for pattern in found.patterns],
        "has_entries": bool(found.entry_count) or _has_entries(request),
    }
    return render(request, "diary/look_back/trends.html", context)


def _render_month(request: DiaryRequest, first: date, *, wrong_month: str = "") -> HttpResponse:
    today = timezone.localdate()
    is_current = first == today.replace(day=1)
    month = get_month(user=request.user, first=first, today=today, first_weekday=first_weekday())
    context = {
        "month": month,
        "weekdays": [(number + first_weekday()) % 7 for number in range(7)],
        "is_current": is_current,
        "next_month": month.next if first < today.replace(day=1) else None,
        "streak": streak_sentence(current_streak(user=request.user, today=today)) if is_current else "",
        "has_entries": bool(month.written_days) or _has_entries(request),
        "wrong_month": wrong_month,
        "month_error": _("달을 읽지 못했어요. 2026-11처럼 적어 주세요.") if wrong_month else "",
        "this_month": today.replace(day=1),
    }
    return render(request, "diary/look_back/month.html", context)


def _has_entries(request: DiaryRequest) -> bool:
    """Whether there is anything to look back on at all."""
    return Entry.objects.of(request.user).exists()
