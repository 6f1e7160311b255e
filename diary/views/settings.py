"""The settings that the diary follows: its person's clock, and the reminder by mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from diary import reminders
from diary.forms import ReminderForm
from diary.views.request import DiaryRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_time_zone(request: DiaryRequest) -> HttpResponse:
    """Live by another clock."""
    if request.method == "POST":
        try:
            reminders.change_time_zone(user=request.user, time_zone=request.POST.get("time_zone", ""))
            messages.success(request, _("설정을 바꿨어요."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("accounts:settings")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_reminder(request: DiaryRequest) -> HttpResponse:
    """Switch the reminder on or off, and set its time."""
    if request.method == "POST":
        form = ReminderForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            reminders.save_reminder(user=request.user, is_on=data["is_on"], at=data["time"])
            messages.success(request, _("설정을 바꿨어요."))
        else:
            messages.error(request, " ".join(map(str, form.errors["time"])))
    return redirect("accounts:settings")


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the reminders of the person that a mail's link names: after a question, or at a mail program's POST at once.

    The program brings no cookie and follows no redirect (RFC 8058). A GET changes nothing, for it may be a scanner's.
    """
    try:
        if request.method == "POST":
            reminders.unsubscribe(token)
        else:
            reminders.read_token(token)
    except signing.BadSignature:
        raise Http404 from None
    return render(request, "diary/reminder_unsubscribe.html", {"is_done": request.method == "POST"})
