"""The operators' desk for the emotion model, inside the admin: see versions, fetch, use and take back one."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from diary.crowd import FEWEST_PEOPLE
from diary.model_card import parse_card
from diary.model_desk import DeskVersion, ModelDesk, compare, get_model_desk, read_card
from diary.model_errors import explain
from diary.model_operations import activate_model, fetch_model, roll_back_model
from diary.model_usage import LATEST_CORRECTIONS
from diary.views.request import DiaryRequest
from ml.errors import ModelError

DESK = "admin:models"
PERMISSION = "diary.operate_models"

for_operators = permission_required(PERMISSION, raise_exception=True)


@dataclass(frozen=True)
class Step:
    """What an operator is about to do: its page, the version that it leads to, and the function that does it."""

    template: str
    title: str
    target: DeskVersion
    done: str
    failed: str
    run: Callable[[], object]


@for_operators
@require_safe
def model_desk(request: DiaryRequest) -> HttpResponse:
    """All versions in a table."""
    context = {
        "title": _("감정 모델"),
        "desk": get_model_desk(),
        "fewest_people": FEWEST_PEOPLE,
        "latest": LATEST_CORRECTIONS,
    }
    return _render(request, "desk", context)


@for_operators
@require_safe
def model_version(request: DiaryRequest, version: str) -> HttpResponse:
    """A version with its figures on every test set, and its card."""
    desk, found = _get_version(version)
    context = {"title": found.version, "desk": desk, "version": found, "fewest_people": FEWEST_PEOPLE}
    try:
        context["card"] = parse_card(read_card(found))
    except ModelError as error:
        context |= {"problem": explain(error), "details": str(error)}
    return _render(request, "version", context)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def model_fetch(request: DiaryRequest, version: str) -> HttpResponse:
    """Ask, then bring a version to this machine."""
    desk, found = _get_version(version)
    if not found.can_be_fetched:
        return _lead_back(request, _("받을 수 있는 버전이 아니에요. 이미 받았거나 저장소에 없어요."))
    step = Step(
        template="fetch",
        title=_("이 버전을 받을까요?"),
        target=found,
        done=_("%(version)s 버전을 받았어요. 이제 이 버전을 사용할 수 있어요.") % {"version": version},
        failed=_("받지 못했어요. 지금 쓰는 모델은 그대로예요."),
        run=lambda: fetch_model(found.version, by=request.user),
    )
    return _take(request, step, desk)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def model_activate(request: DiaryRequest, version: str) -> HttpResponse:
    """Ask, then have new entries read by a version."""
    desk, found = _get_version(version)
    if not found.can_be_activated:
        return _lead_back(request, _why_not_activated(desk, found))
    step = Step(
        template="activate",
        title=_("이 버전으로 바꿀까요?"),
        target=found,
        done=_("이제 새 일기는 %(version)s 버전이 읽어요.") % {"version": version},
        failed=_("바꾸지 못했어요. 지금 쓰는 모델은 그대로예요."),
        run=lambda: activate_model(found.choice, by=request.user),
    )
    return _take(request, step, desk)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def model_rollback(request: DiaryRequest) -> HttpResponse:
    """Ask, then go back to the version before."""
    desk = get_model_desk()
    found = desk.previous
    if found is None or not found.can_be_activated:
        return _lead_back(request, _why_not_activated(desk, found))
    if request.method == "POST" and request.POST.get("version") != found.version:  # a page from before another change
        return _lead_back(request, _("그사이 버전이 바뀌어서 되돌리지 않았어요. 지금 쓰는 버전을 먼저 확인해 주세요."))
    step = Step(
        template="rollback",
        title=_("이전 버전으로 되돌릴까요?"),
        target=found,
        done=_("되돌렸어요. 이제 새 일기는 %(version)s 버전이 읽어요.") % {"version": found.version},
        failed=_("되돌리지 못했어요. 지금 쓰는 모델은 그대로예요."),
        run=lambda: roll_back_model(by=request.user),
    )
    return _take(request, step, desk)


def _take(request: DiaryRequest, step: Step, desk: ModelDesk) -> HttpResponse:
    """The page that asks, and after its form was sent the way back to the desk; 409 and the reason where it failed."""
    context = {"title": step.title, "step": step, "desk": desk, "target": step.target, "active": desk.active}
    context["comparison"] = compare(desk.active, step.target)
    if request.method != "POST":
        return _render(request, step.template, context)
    try:
        step.run()
    except ModelError as error:
        context |= {"failed": step.failed, "problem": explain(error), "details": str(error)}
        return _render(request, step.template, context, status=409)
    messages.success(request, step.done)
    return redirect(DESK)


def _get_version(version: str) -> tuple[ModelDesk, DeskVersion]:
    desk = get_model_desk()
    found = desk.find(version)
    if found is None:
        raise Http404
    return desk, found


def _why_not_activated(desk: ModelDesk, version: DeskVersion | None) -> str:
    if desk.pinned:
        return _("EMOTION_MODEL_VERSION 환경 변수로 모델을 정해 두어서 여기서는 바꿀 수 없어요.")
    if version is None:
        return _("이 서버에서는 다른 버전을 쓴 적이 없어서 돌아갈 곳이 없어요.")
    if version.is_active:
        return _("이미 쓰고 있는 버전이에요.")
    return _("이 서버에 없는 버전이에요. 먼저 저장소에서 받아 주세요.")


def _lead_back(request: DiaryRequest, words: str) -> HttpResponse:
    messages.warning(request, words)
    return redirect(DESK)


def _render(request: DiaryRequest, page: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    everywhere = admin.site.each_context(request)
    return render(request, f"admin/models/{page}.html", {**everywhere, **context}, status=status)
