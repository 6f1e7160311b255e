"""The pages that everybody sees: the welcome, where help can be found, and what becomes of what is written."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from diary import retention, safety
from diary.views.entries import entry_create
from diary.views.request import DiaryRequest


@require_safe
def home(request: DiaryRequest) -> HttpResponse:
    """The write page of who is logged in, the welcome of who is not."""
    if request.user.is_authenticated:
        return entry_create(request)
    return render(request, "diary/landing.html")


@require_safe
def help_page(request: DiaryRequest) -> HttpResponse:
    """Where help can be found when a diary is not enough."""
    lines = safety.help_lines()
    context = {
        "lines": lines,
        "reviewed_on": min(line.reviewed_on for line in lines),
        "sources": dict.fromkeys(line.source for line in lines),
    }
    return render(request, "help.html", context)


@require_safe
def privacy(request: DiaryRequest) -> HttpResponse:
    """What is stored, who can see it, and when it goes."""
    context = {"retention": retention.list_retention(), "contact": settings.PRIVACY_CONTACT}
    return render(request, "privacy.html", context)
