"""The curators' review page, inside the admin: one item after the other, by keyboard, mouse or finger."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.curation.actions import TAG_NAMES
from catalog.curation.decisions import DECISIONS, Word, decide, undo_last
from catalog.curation.queue import LeaseLost, count_progress, skip
from catalog.models import Action, Reason
from diary.review_card import make_card, title_of
from diary.review_desk import next_item
from diary.views.request import DiaryRequest

PAGE = "admin:review"
PERMISSIONS = ("catalog.change_movie", "catalog.change_track")


@permission_required(PERMISSIONS, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: DiaryRequest) -> HttpResponse:
    """The item that is in the curator's hands, or the next one; what is posted is what they do with it."""
    reason = Reason(wanted) if (wanted := request.GET.get("reason")) in Reason.values else None
    if request.method == "POST":
        return _act(request, reason)
    row = next_item(curator=request.user, reason=reason)
    progress = count_progress(curator=request.user)
    reasons = [(_page(each), each.label, progress.waiting[each], each == reason) for each in Reason]
    context = {
        **admin.site.each_context(request),
        "title": _("검토하기"),
        "card": make_card(row) if row else None,
        "page": _page(reason),
        "reasons": [(_page(None), _("모두"), progress.total, reason is None), *reasons],
        "done_today": progress.done_today,
    }
    return render(request, "admin/review.html", context)


def _act(request: DiaryRequest, reason: Reason | None) -> HttpResponse:
    """Do what was asked for and lead to the next item."""
    choice = request.POST.get("choice", "")
    if choice == "undo":
        return _undo(request, reason)
    review_id = request.POST.get("review", "")
    if choice not in ("skip", *DECISIONS) or not review_id.isdecimal() or len(review_id) > 18:
        return HttpResponseBadRequest()
    try:
        if choice == "skip":
            skip(curator=request.user, review_id=int(review_id))
            messages.success(request, _("건너뛰었어요. 하루 동안은 다시 보이지 않아요."))
        else:
            _decide(request, int(review_id), Action(choice))
    except LeaseLost:
        messages.warning(
            request, _("이 항목은 그사이 다른 큐레이터에게 넘어갔거나 이미 끝났어요. 아무것도 바꾸지 않았어요.")
        )
    except ValueError:
        messages.error(request, _("점수를 알아볼 수 없어서 저장하지 않았어요. 정해진 범위의 수로 적어 주세요."))
    return HttpResponseRedirect(_page(reason))


def _decide(request: DiaryRequest, review_id: int, decision: Action) -> None:
    words = _read_words(request) if decision == Action.EDIT else None
    row = decide(curator=request.user, review_id=review_id, decision=decision, words=words)
    sentence: dict[Action, Callable[[], str]] = {
        Action.APPROVE: lambda: _("‘%(title)s’ 항목을 승인했어요."),
        Action.EDIT: lambda: _("‘%(title)s’ 항목을 고쳤어요."),
        Action.HIDE: lambda: _("‘%(title)s’ 항목을 숨겼어요. 이제 아무에게도 추천하지 않아요."),
    }
    messages.success(request, sentence[decision]() % {"title": title_of(row.item)})


def _read_words(request: DiaryRequest) -> dict[str, Word]:
    """What the form says of each tag. Raises ValueError."""
    carried = request.POST.getlist("carries")
    names = dict.fromkeys(name for names in TAG_NAMES.values() for name in names)
    scores = {name: request.POST.get(f"score-{name}") for name in names}
    return {name: Word(name in carried, float(score)) for name, score in scores.items() if score is not None}


def _undo(request: DiaryRequest, reason: Reason | None) -> HttpResponse:
    undone = undo_last(curator=request.user)
    if undone is None:
        messages.info(request, _("되돌릴 것이 없어요."))
        return HttpResponseRedirect(_page(reason))
    title = {"title": title_of(undone.row.item)}
    if not undone.is_back:
        sentence = _("그사이 다른 큐레이터가 ‘%(title)s’ 항목을 맡았거나 바꿔서 되돌리지 않았어요.")
        messages.warning(request, sentence % title)
        return HttpResponseRedirect(_page(reason))
    messages.success(request, _("되돌렸어요. ‘%(title)s’ 항목을 다시 살펴봐 주세요.") % title)
    # Of another reason than the page's, it would be given back at once.
    return HttpResponseRedirect(_page(reason if reason == undone.row.reason else None))


def _page(reason: Reason | None) -> str:
    address = reverse(PAGE)
    return f"{address}?{urlencode({'reason': reason.value})}" if reason else address
