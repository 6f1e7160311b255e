"""The list of past entries, with its search and its filters."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from diary import selectors
from diary.forms import PeriodForm
from diary.look_back.marks import UNSURE
from diary.search import read_terms
from diary.views.request import DiaryRequest
from ml.labels import Emotion

ENTRIES_PER_PAGE = 20
MAX_QUERY_LENGTH = 100
LOOKS = (*Emotion, UNSURE)


@login_required
def list_entries(request: DiaryRequest) -> HttpResponse:
    """The entries of the past: all, or those that have the words, the emotion, the tag and the days of the query."""
    words = request.GET.get("q", "").strip()[:MAX_QUERY_LENGTH]
    emotion = request.GET.get("emotion", "")
    if emotion not in LOOKS:
        emotion = ""
    tag = request.GET.get("tag", "").strip().removeprefix("#")[:MAX_QUERY_LENGTH]
    period = PeriodForm(request.GET)
    period.is_valid()  # a wrong day is told beside its field, and counts as none
    tags = selectors.list_tags(user=request.user)
    if words.startswith("#") and not tag and (tag := _tag_like(words, tags)):
        words = ""  # who writes it so means the tag
    filters: dict[str, Any] = {"look": emotion, "tag": tag, "first": period.first, "last": period.last}
    entries = selectors.list_entries(user=request.user, **filters)
    page = Paginator(
        selectors.find_entries(entries, words, request.user) if words else entries, ENTRIES_PER_PAGE
    ).get_page(request.GET.get("page"))
    context = filters | {
        "page_obj": page,
        "query": words,
        "terms": read_terms(words),
        "period": period,
        "emotion": emotion,
        "looks": LOOKS,
        "tags": tags,
        "tag_is_known": any(known.name == tag for known in tags),
        "tag_like_query": _tag_like(words, tags) if not tag else "",
        "total": page.paginator.count,
        "is_filtered": bool(words or period.data.get("from") or period.data.get("to") or any(filters.values())),
    }
    return render(request, "diary/entry_list.html", context)


def _tag_like(words: str, tags: list[selectors.TagCount]) -> str:
    """The person's tag that they seem to look for, with or without `#`; empty for none."""
    wanted = words.removeprefix("#").casefold()
    return next((tag.name for tag in tags if tag.name.casefold() == wanted), "")
