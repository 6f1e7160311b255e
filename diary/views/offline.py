"""What the browser keeps for when there is no connection: the service worker, the pages that it shows, and how it
learns whose unsent entries it may send.
"""

import hashlib
import json
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from accounts.keys import browser_key
from diary import tags, text
from diary.forms import EntryForm
from diary.models import Tag

# What a page loads, as it stands in the page: the names of the static files with their hashes.
_ASSET = re.compile(r'(?:href|src)="([^"#?]+\.(?:css|js|svg|png|webmanifest))[#"]')
_WORKER_SCRIPTS = ("outbox.js", "worker.js")


@cache_control(no_cache=True, private=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: what to keep, then the scripts that keep it.

    Its bytes change with any of the pages and files that it keeps, and with the reader's language; that is when a
    browser installs it anew.
    """
    pages = {reverse("diary:offline"): _write_page(), reverse("diary:offline-elsewhere"): _elsewhere_page()}
    files = sorted({asset for page in pages.values() for asset in _ASSET.findall(page)})
    scripts = [static(name) for name in _WORKER_SCRIPTS]
    kept = json.dumps([pages, files, scripts, get_language()])
    shell = {"version": hashlib.sha256(kept.encode()).hexdigest()[:16], "pages": list(pages), "files": files}
    body = (
        f'"use strict";\nconst SHELL = {json.dumps(shell)};\nimportScripts({", ".join(map(json.dumps, scripts))});\n'
    )
    kind = "text/javascript; charset=utf-8"
    return HttpResponse(body, content_type=kind, headers={"Service-Worker-Allowed": "/"})


@cache_control(no_cache=True, private=True)
@require_safe
def offline_write(request: HttpRequest) -> HttpResponse:
    """The write page as the browser keeps it: the same for everybody."""
    return HttpResponse(_write_page())


@cache_control(no_cache=True, private=True)
@require_safe
def offline_elsewhere(request: HttpRequest) -> HttpResponse:
    """What stands in for every other page while there is no connection: the same for everybody."""
    return HttpResponse(_elsewhere_page())


@never_cache
@require_safe
def offline_account(request: HttpRequest) -> JsonResponse:
    """Who is logged in, as the browser knows accounts, and the token of a save: asked before anything is sent."""
    key = browser_key(request.user) if request.user.is_authenticated else None
    return JsonResponse({"account": key, "csrf": get_token(request)})


def _write_page() -> str:
    # Without the request, nothing of the person who happens to ask can get into it. Without a day or an id, it is the
    # same tomorrow.
    form = EntryForm(initial={"written_on": None, "entry_id": None})
    context = {
        "form": form,
        "is_offline": True,
        "max_length": settings.ENTRY_MAX_LENGTH,
        "max_tags": tags.MAX_TAGS,
        "max_tag_length": Tag.MAX_LENGTH,
        # What the site would answer with; {length} and {tag} are for the script to fill in.
        "refusals": {
            "blank": text.BLANK_MESSAGE,
            "text_too_long": text.TOO_LONG_MESSAGE % {"length": "{length}", "limit": f"{settings.ENTRY_MAX_LENGTH:,}"},
            "too_many_tags": tags.TOO_MANY_MESSAGE % {"limit": tags.MAX_TAGS},
            "tag_too_long": tags.TOO_LONG_MESSAGE % {"limit": Tag.MAX_LENGTH, "tag": "{tag}"},
        },
    }
    return render_to_string("offline/write.html", context)


def _elsewhere_page() -> str:
    return render_to_string("offline/elsewhere.html", {"is_offline": True})
