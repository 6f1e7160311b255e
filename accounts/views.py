"""The pages of an account that are not allauth's."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_set as allauth_password_set
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.forms import SettingsForm
from accounts.models import User
from accounts.services import change_account
from accounts.time_zones import time_zone_choices


class AccountRequest(HttpRequest):
    """A request of a person who is logged in, as `login_required` makes it."""

    user: User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: AccountRequest) -> HttpResponse:
    """See and change the settings."""
    if request.method == "POST":
        form = SettingsForm(request.POST, instance=request.user)
        if form.is_valid():
            change_account(user=request.user, **form.cleaned_data)
        messages.success(request, _("설정을 바꿨어요."))
        return redirect("accounts:settings")
    context = {
        "form": SettingsForm(instance=request.user),
        "time_zones": time_zone_choices(request.user.time_zone),
        "now": timezone.now(),
    }
    return render(request, "account/settings.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def sessions_page(request: AccountRequest) -> HttpResponse:
    """Where one is logged in."""
    found = sessions.list_sessions(user=request.user, current_key=request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": found})


@never_cache
@login_required
@require_http_methods(["POST"])
def session_end(request: AccountRequest, session_id: int) -> HttpResponse:
    """Log one device out."""
    try:
        sessions.end_session(request, user=request.user, session_id=session_id)
    except UserSession.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("그 기기에서 로그아웃했어요."))
    return redirect("accounts:sessions")


@never_cache
@login_required
@require_http_methods(["POST"])
def session_end_others(request: AccountRequest) -> HttpResponse:
    """Log every other device out."""
    sessions.end_other_sessions(user=request.user, current_key=request.session.session_key)
    messages.success(request, _("다른 기기에서 모두 로그아웃했어요."))
    return redirect("accounts:sessions")


def _has_no_password(request: AccountRequest) -> bool:
    return not request.user.has_usable_password()


@never_cache
@login_required
@reauthentication_required(app="allauth.account", enabled=_has_no_password)  # type: ignore[untyped-decorator]
def password_set(request: AccountRequest) -> HttpResponse:
    """A first password, as allauth has it, but that a second factor is asked for where there is one."""
    response: HttpResponse = allauth_password_set(request)
    return response
