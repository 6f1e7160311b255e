"""Films in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin.items import DECIDED, CatalogAdmin
from catalog.admin.tags import MovieTagInline
from catalog.models import Kind, Movie


@admin.register(Movie)
class MovieAdmin(CatalogAdmin):
    kind = Kind.MOVIE
    list_display = (
        *("korean_title", "original_title", "year", "director_name", "chips", "sources"),
        *("review_count", "state"),
    )
    # What an index sorts.
    sortable_by = ("original_title", "year", "review_count")
    fieldsets = (
        (_("영화"), {"fields": ("title_ko", "title", "year", "director_ko", "director")}),
        (_("추천"), {"fields": (*DECIDED, "has_suicide_theme")}),
        (_("식별자"), {"fields": ("external_id", "imdb_id", "tmdb_id")}),
        (_("근거"), {"fields": ("review_count", "rating", "added_at", "reviewed_at")}),
    )
    readonly_fields = ("external_id", "review_count", "rating", "added_at", "reviewed_at")
    inlines = (MovieTagInline,)

    @admin.display(description=_("제목"))
    def korean_title(self, movie: Movie) -> str:
        return movie.display_title

    @admin.display(description=_("원제"), ordering="title")
    def original_title(self, movie: Movie) -> str:
        return movie.title

    @admin.display(description=_("감독"))
    def director_name(self, movie: Movie) -> str:
        return movie.display_director
