"""The pages of what an entry is answered with: the strategy switch, other films and tracks, and feedback on them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import replace_url

from diary import selectors, services
from diary.decorators import post_or_go_back
from diary.feedback import give_feedback
from diary.models import Feedback
from diary.views.entries import answer_context, read_strategy
from diary.views.request import DiaryRequest, get_own_entry, missing_is_404

MAX_ID_DIGITS = 19
# What a button of a recommendation says, and the words that answer it. Each names how things shall stand, so that a
# double click is the same as one.
FEEDBACK: dict[str, tuple[dict[str, Any], Any]] = {
    "like": ({"opinion": Feedback.Opinion.LIKE}, gettext_lazy("좋아한다고 기억할게요.")),
    "dislike": ({"opinion": Feedback.Opinion.DISLIKE}, gettext_lazy("기억할게요. 다시 건네지 않을게요.")),
    "no-opinion": ({"opinion": ""}, gettext_lazy("되돌렸어요.")),
    "seen": ({"is_seen": True}, gettext_lazy("기억할게요. 다시 건네지 않을게요.")),
    "unseen": ({"is_seen": False}, gettext_lazy("되돌렸어요.")),
}


@never_cache
@login_required
@require_safe
def entry_recommendations(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """The films and tracks alone, for the strategy switch; without HTMX the whole page."""
    entry = get_own_entry(request, entry_id)
    strategy = read_strategy(request.GET)
    if not request.htmx:
        return _to_answer(entry.pk, strategy)
    context = {"entry": entry, **answer_context(entry, strategy)}
    # A reload, and a return to the page, show what was chosen.
    return replace_url(render(request, "diary/_recommendations.html", context), _address_of(entry.pk, strategy))


@never_cache
@login_required
@post_or_go_back
def entry_recommend_again(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """Other films and tracks by one strategy, as far as there are any."""
    strategy = read_strategy(request.POST)
    newest_id = request.POST.get("newest_id", "")
    with missing_is_404():
        entry, has_others = services.recommend_again(
            entry=selectors.get_entry(user=request.user, entry_id=entry_id),
            strategy=strategy,
            newest_id=int(newest_id) if newest_id.isdecimal() and len(newest_id) < MAX_ID_DIGITS else None,
        )
    words = _("다른 추천을 골랐어요.") if has_others else _("지금은 더 건넬 것이 없어서 그대로 두었어요.")
    if not request.htmx:
        messages.info(request, words)
        return _to_answer(entry.pk, strategy)
    context = {"entry": entry, **answer_context(entry, strategy), "words": words, "is_exhausted": not has_others}
    return render(request, "diary/_recommendations.html", context)


@never_cache
@login_required
@post_or_go_back
def recommendation_feedback(request: DiaryRequest, recommendation_id: int) -> HttpResponse:
    """Remember that a film or track is liked, disliked or seen, or take that back."""
    said, words = FEEDBACK.get(request.POST.get("feedback", ""), ({}, ""))
    with missing_is_404():
        if said:
            item = give_feedback(user=request.user, recommendation_id=recommendation_id, **said)
        else:
            item = selectors.get_recommendation(user=request.user, recommendation_id=recommendation_id)
    if not request.htmx:
        if words:
            messages.success(request, words)
        return _to_answer(item.entry_id, item.strategy, f"item-{item.pk}")
    return render(request, "diary/_feedback.html", {"item": item, "feedback_words": words})


def _to_answer(entry_id: UUID, strategy: str, place: str = "recommendations") -> HttpResponse:
    """The page of an entry, at its films and tracks."""
    return redirect(_address_of(entry_id, strategy, place))


def _address_of(entry_id: UUID, strategy: str, place: str | None = None) -> str:
    return reverse("diary:entry-detail", args=[entry_id], query={"strategy": strategy}, fragment=place)
