"""The page that shows what the catalogue has of each emotion and mood, what it lacks, and how it is received."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.coverage import Coverage, movie_coverage, track_coverage
from diary.crowd import FEWEST_PEOPLE, LATEST_RECOMMENDATIONS, PEOPLE_STEP
from diary.reception import Receptions, movie_reception, track_reception
from moduhyu.desk_pages import COVERAGE


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """For staff who may look at films and at tracks."""
    if not COVERAGE.is_open_to(request.user):
        raise PermissionDenied
    parts: dict[str, Coverage | Receptions] = {
        "movies": movie_coverage(),
        "tracks": track_coverage(),
        "movie_reception": movie_reception(),
        "track_reception": track_reception(),
    }
    context = {
        **admin.site.each_context(request),
        **parts,
        "title": COVERAGE.title,
        "counted_at": min(part.counted_at for part in parts.values()),
        "fewest_people": FEWEST_PEOPLE,
        "step": PEOPLE_STEP,
        "latest": LATEST_RECOMMENDATIONS,
    }
    return render(request, "admin/coverage.html", context)
