"""The pages of an entry: writing, reading, changing, deleting and listing."""

import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.cookies import cookie_name
from diary import presentation, safety, selectors, services
from diary.browse import browse
from diary.decorators import post_or_go_back
from diary.entry_pages import neighbours_of
from diary.forms import EntryForm, read_revision
from diary.models import STRATEGY_NAMES, Entry
from diary.views.entry_list import list_entries
from diary.views.request import DiaryRequest, get_own_entry, missing_is_404
from ml.labels import Emotion, Strategy

RECENT_ENTRIES = 3
TAGS_TO_PICK = 8
# Tells the browser, on the page after a save, which draft it may drop: static/drafts.js reads and deletes it.
SETTLED_COOKIE = "settled_draft"
SETTLED_COOKIE_AGE = 5 * 60  # seconds


@never_cache
@login_required
@require_safe
def entry_create(request: DiaryRequest) -> HttpResponse:
    """The write page; `?date=2026-11-25` begins an entry of that day."""
    day = _read_past_day(request.GET.get("date", ""))
    return _render_form(request, EntryForm(initial={"written_on": day} if day else None))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry_list(request: DiaryRequest) -> HttpResponse:
    """The entries of the past; a POST saves a new one."""
    if request.method != "POST":
        return list_entries(request)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("diary:home"))  # the write page has the draft
    return _save_new(request)


def _read_past_day(text: str) -> date | None:
    """The day of an address, None for what is no day or is still to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= timezone.localdate() else None


def _create(values: dict[str, Any], form_id: UUID | None) -> Entry:
    """The entry of a form. Raises ValidationError and EntryDeleted as `services.create_entry` does.

    Who goes back to the form and saves another text has another entry, and one alone, however often that is sent.
    """
    said = "\n".join((values["text"], values["written_on"].isoformat(), *values["tags"]))
    for entry_id in (form_id, form_id and uuid5(form_id, said)):
        try:
            return services.create_entry(**values, entry_id=entry_id)[0]
        except services.EntryExists:
            continue
    return services.create_entry(**values)[0]


def _save_new(request: DiaryRequest) -> HttpResponse:
    form = EntryForm(request.POST.dict())
    if not form.is_valid():
        return _render_form(request, form, status=422)
    data = form.cleaned_data
    values = {"user": request.user, **{name: data[name] for name in ("text", "written_on", "tags")}}
    try:
        entry = _create(values, data["entry_id"])
    except services.EntryDeleted:  # back to the form of an entry that was deleted: it takes another save
        return _render_gone(request)
    draft_id = data["entry_id"] or entry.pk
    return _settle_draft(redirect("diary:entry-detail", entry_id=entry.pk), draft_id, form.data)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry_edit(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """Change an entry. Who edits an outdated page sees both texts and loses neither.

    The text for an entry that is gone, or was never theirs, is kept as that of a new one.
    """
    if request.method == "POST":
        try:
            return _save_edit(request, get_own_entry(request, entry_id))
        except Http404:
            return _render_gone(request)
    entry = get_own_entry(request, entry_id)
    return _render_form(request, EntryForm(initial=_form_values(entry) | {"revision": entry.revision}), entry)


def _form_values(entry: Entry) -> dict[str, Any]:
    """What the form of an entry holds before anybody changes it."""
    return {
        "text": entry.text,
        "written_on": entry.written_on,
        "tags": presentation.hashtags(entry.tag_names),
    }


def _save_edit(request: DiaryRequest, entry: Entry) -> HttpResponse:
    form = EntryForm(request.POST.dict(), initial=_form_values(entry))
    if not form.is_valid():
        return _render_form(request, form, entry, status=422)
    data = form.cleaned_data
    try:
        with missing_is_404():
            services.update_entry(
                entry=entry,
                text=data["text"],
                written_on=data["written_on"],
                tags=data["tags"],
                revision=data["revision"],
            )
    except services.StaleEntry as stale:
        return _render_conflict(request, form, stale.current)
    messages.success(request, _("고쳤어요."))
    return _settle_draft(redirect("diary:entry-detail", entry_id=entry.pk), entry.pk, form.data)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry_delete(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """Ask, then delete."""
    entry = get_own_entry(request, entry_id)
    if request.method != "POST":
        return render(request, "diary/entry_confirm_delete.html", {"entry": entry})
    deleted = None if entry.is_locked else _form_values(entry)
    try:
        with missing_is_404():
            services.delete_entry(entry=entry, revision=read_revision(request.POST.get("revision", "")))
    except services.StaleEntry as stale:  # what is to go is not what was on the page
        context = {"entry": stale.current, "is_stale": True}
        return render(request, "diary/entry_confirm_delete.html", context, status=409)
    messages.success(request, _("지웠어요."))
    response = redirect("diary:entry-list")
    return _settle_draft(response, entry_id, deleted) if deleted else response


@never_cache
@login_required
@require_safe
def entry_detail(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """The entry, what was read in it, and what it is answered with."""
    entry = get_own_entry(request, entry_id)
    context = {
        "entry": entry,
        "analysis": None,
        "help": safety.help_card(entry.text),
        # A part of the page has no need of them.
        "neighbours": None if request.htmx else neighbours_of(user=request.user, entry=entry),
        **answer_context(entry, read_strategy(request.GET)),
    }
    if analysis := entry.current_analysis:
        context |= {
            "analysis": analysis,
            "bars": presentation.bars(entry.text, analysis),
            "also_read": presentation.also_read(analysis),
            "segments": presentation.segments(entry.text, analysis),
            "emotions": list(Emotion),
        }
    return render(request, "diary/entry_detail.html", context)


@never_cache
@login_required
@post_or_go_back
def entry_analyze(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """Try an unread entry once more."""
    with missing_is_404():
        entry = services.analyze_again(entry=get_own_entry(request, entry_id))
    if entry.status != Entry.Status.ANALYZED:
        messages.info(request, _("아직 읽지 못했어요. 글은 잘 저장되어 있으니 나중에 다시 읽어 볼게요."))
    return redirect("diary:entry-detail", entry_id=entry.pk)


@never_cache
@login_required
@post_or_go_back
def entry_correct(request: DiaryRequest, entry_id: UUID) -> HttpResponse:
    """Let the entry count as the emotion that its writer chose; `undo` takes the choice back."""
    entry = get_own_entry(request, entry_id)
    emotion = request.POST.get("emotion", "")
    with missing_is_404():
        if emotion in set(Emotion):
            services.correct_emotion(entry=entry, emotion=Emotion(emotion))
            messages.success(request, _("알려 주셔서 고마워요. 고른 마음에 맞춰 다시 답했어요."))
        elif emotion == "undo":
            services.undo_correction(entry=entry)
            messages.success(request, _("처음에 읽은 마음으로 되돌렸어요."))
        else:
            messages.error(request, _("여섯 마음 가운데 하나를 골라 주세요."))
    return redirect("diary:entry-detail", entry_id=entry.pk)


def read_strategy(values: QueryDict) -> Strategy:
    """The strategy that an address or a form names; 공감 unless it names one."""
    value = values.get("strategy", "")
    return Strategy(value) if value in set(Strategy) else Strategy.MATCH


def answer_context(entry: Entry, strategy: Strategy) -> dict[str, Any]:
    """What the strategy switch and the films and tracks below it show."""
    hints = {
        Strategy.MATCH: _("지금 마음에 가만히 머물러요"),
        Strategy.SHIFT: _("분위기를 바꿔 봐요"),
    }
    return {
        "strategy": strategy,
        "strategies": [
            {"value": s.value, "name": STRATEGY_NAMES[s], "hint": hints[s], "is_current": s == strategy}
            for s in Strategy
        ],
        "recommendations": selectors.answer_of(entry, strategy),
    }


def _settle_draft(response: HttpResponse, draft_id: UUID, values: Mapping[str, Any]) -> HttpResponse:
    """Let the browser drop the draft with this id that says `values`: they are saved, or deleted.

    Nothing else may make it do so. A draft under this id that says something else was typed in another tab; a CRC-32
    of the text, the day and the tags, as the form holds them, tells them apart (static/drafts.js computes the same).
    """
    lines = (str(values.get(name) or "") for name in ("written_on", "tags", "text"))
    said = zlib.crc32("\n".join(lines).replace("\r\n", "\n").encode())
    response.set_cookie(
        cookie_name(SETTLED_COOKIE),
        f"{draft_id}.{said:08x}",
        SETTLED_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _render_form(
    request: DiaryRequest,
    form: EntryForm,
    entry: Entry | None = None,
    *,
    conflict: Entry | None = None,
    is_gone: bool = False,
    status: int = 200,
) -> HttpResponse:
    chosen = getattr(form, "cleaned_data", {}).get("written_on")
    context: dict[str, Any] = {
        "form": form,
        "entry": entry,
        "conflict": conflict,
        "is_gone": is_gone,
        "today": timezone.localdate(),
        "day": chosen or form["written_on"].initial or timezone.localdate(),
        "max_length": settings.ENTRY_MAX_LENGTH,
        "own_tags": selectors.most_used_tags(user=request.user, limit=TAGS_TO_PICK),
    }
    if entry is None:
        context["recent_entries"] = list(selectors.list_entries(user=request.user)[:RECENT_ENTRIES])
        if not context["recent_entries"]:
            context["shelves"] = browse(user=request.user, day=timezone.localdate())
    return render(request, "diary/entry_form.html", context, status=status)


def _render_conflict(request: DiaryRequest, form: EntryForm, current: Entry) -> HttpResponse:
    """The form again with the writer's text, beside the text that was saved meanwhile; saving now means it."""
    again = EntryForm({**form.data, "revision": str(current.revision)}, initial=_form_values(current))
    again.is_valid()
    return _render_form(request, again, current, conflict=current, status=409)


def _render_gone(request: DiaryRequest) -> HttpResponse:
    """The write page with the text that was sent for an entry that is not there; saving it makes a new entry."""
    form = EntryForm({**request.POST.dict(), "entry_id": str(uuid4())})
    return _render_form(request, form, is_gone=True, status=404)
