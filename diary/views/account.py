"""The page on which an account ends. It is the diary's, since the diary goes with it."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.cookies import cookie_name
from accounts.forms import DeleteAccountForm
from accounts.keys import browser_key
from diary.models import Entry
from diary.portability.account import delete_everything
from diary.views.request import DiaryRequest

ENDED_COOKIE = "ended_account"  # static/drafts.js reads it
ENDED_COOKIE_AGE = 5 * 60  # seconds


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: DiaryRequest) -> HttpResponse:
    """Say what goes, ask for the password, delete."""
    if request.method != "POST":
        return _render(request, DeleteAccountForm(user=request.user))
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        too_often: HttpResponse = ratelimit.respond_429(request)
        return too_often
    form = DeleteAccountForm(request.POST, user=request.user)
    if not form.is_valid():
        return _render(request, form, status=422)
    key = browser_key(request.user)
    delete_everything(request.user)
    logout(request)
    messages.success(request, _("계정과 일기를 모두 지웠어요. 그동안 들러 주셔서 고마웠어요."))
    response = redirect("diary:home")
    # The browser's part: drafts, and entries that were never sent.
    response.set_cookie(
        cookie_name(ENDED_COOKIE), key, ENDED_COOKIE_AGE, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


def _render(request: DiaryRequest, form: DeleteAccountForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "has_password": request.user.has_usable_password(),
        "entry_count": Entry.objects.of(request.user).count(),
    }
    return render(request, "account/delete.html", context, status=status)
