"""The catalogue in the admin: curators search, filter, hide, and set tags by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.curation import writes
from catalog.exchange.admin_pages import ExchangeAdmin
from catalog.models import FEWEST_REVIEWS, Kind, Movie, MovieTag, Track, TrackTag

MAX_SEARCH_WORDS = 8
FILTERS = {"strong", "decade", "korean", "weak", "tags__source", "is_hidden", "is_pinned", "has_suicide_theme"}


class TagInline(admin.TabularInline):
    """Tags with where they come from; a score that a curator changes here becomes a curated tag."""

    extra = 0
    max_num = 0  # every item has one row a tag
    can_delete = False  # a tag that does not fit is set to 0, and then stays so through every import


class MovieTagInline(TagInline):
    model = MovieTag
    fields = ("emotion", "score", "source")
    readonly_fields = ("emotion", "source")


class TrackTagInline(TagInline):
    model = TrackTag
    fields = ("mood", "score", "source")
    readonly_fields = ("mood", "source")


class KoreanTitleFilter(admin.SimpleListFilter):
    title = _("한국어 제목")
    parameter_name = "korean"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("있음")), ("no", _("없음"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        match self.value():
            case "yes":
                return queryset.exclude(title_ko="")
            case "no":
                return queryset.filter(title_ko="")
        return queryset


class WeakFilter(admin.SimpleListFilter):
    """Films whose tags rest on hardly any review."""

    title = _("근거")
    parameter_name = "weak"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("리뷰가 아주 적음"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        return queryset.filter(review_count__range=(1, FEWEST_REVIEWS - 1)) if self.value() == "yes" else queryset


class DecadeFilter(admin.SimpleListFilter):
    title = _("연대")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(decade), f"{decade}–{decade + 9}") for decade in (2020, 2010, 2000, 1990)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        value = self.value()
        if value is None or not value.isdecimal() or len(value) > 4:
            return queryset
        return queryset.filter(year__range=(int(value), int(value) + 9))


class StrongFilter(admin.SimpleListFilter):
    """Items that stand out for a tag: a film well over the mean, a track at even odds."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in dict(self.lookup_choices):
            return queryset.filter(**self.conditions(self.value()))
        return queryset

    def conditions(self, value: str | None) -> dict[str, Any]:
        raise NotImplementedError


class StrongEmotionFilter(StrongFilter):
    title = _("뚜렷한 감정 (평균의 1.3배 이상)")
    parameter_name = "strong"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(MovieTag._meta.get_field("emotion").choices or [])

    def conditions(self, value: str | None) -> dict[str, Any]:
        return {"pk__in": MovieTag.objects.filter(emotion=value, score__gte=1.3).values("movie")}


class StrongMoodFilter(StrongFilter):
    title = _("뚜렷한 분위기 (50% 이상)")
    parameter_name = "strong"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(TrackTag._meta.get_field("mood").choices or [])

    def conditions(self, value: str | None) -> dict[str, Any]:
        return {"pk__in": TrackTag.objects.filter(mood=value, score__gte=0.5).values("track")}


class CatalogAdmin(ExchangeAdmin):
    """What films and tracks share: few queries a page, no full counts, hide and show in bulk."""

    list_per_page = 50
    show_full_result_count = False
    actions = ("hide", "show", "pin", "unpin")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters that are on the page: a hand-made one can be as slow or broken as its author likes."""
        return lookup.removesuffix("__exact") in FILTERS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.split()[:MAX_SEARCH_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Films and tracks come from the importers, with their tags."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Hidden, never deleted: entries keep what they were shown."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        writes.save_item(obj)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool) -> None:
        for tag in formset.save(commit=False):
            writes.curate_tag(tag)

    @admin.action(description=_("숨기기: 더는 추천하지 않기"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = writes.set_hidden(queryset, is_hidden=True)
        self.message_user(request, _("%(count)d개를 숨겼어요.") % {"count": count})

    @admin.action(description=_("다시 보이기"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = writes.set_hidden(queryset, is_hidden=False)
        self.message_user(request, _("%(count)d개를 다시 보여요.") % {"count": count})

    @admin.action(description=_("고정하기: 어울리는 답에서 먼저 추천하기"), permissions=["change"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = writes.set_pinned(queryset, is_pinned=True)
        self.message_user(request, _("%(count)d개를 고정했어요.") % {"count": count})

    @admin.action(description=_("고정 풀기"), permissions=["change"])
    def unpin(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = writes.set_pinned(queryset, is_pinned=False)
        self.message_user(request, _("%(count)d개의 고정을 풀었어요.") % {"count": count})

    @admin.display(description=_("태그"))
    def strongest_tags(self, item: Any) -> str:
        tags = sorted(item.tags.all(), key=lambda tag: tag.score, reverse=True)
        return ", ".join(str(tag) for tag in tags[:2])


@admin.register(Movie)
class MovieAdmin(CatalogAdmin):
    kind = Kind.MOVIE
    list_display = (
        "korean_title",
        "original_title",
        "year",
        "director_name",
        "strongest_tags",
        "review_count",
        "is_hidden",
    )
    list_filter = (
        StrongEmotionFilter,
        DecadeFilter,
        KoreanTitleFilter,
        WeakFilter,
        "tags__source",
        "is_hidden",
        "is_pinned",
        "has_suicide_theme",
    )
    search_fields = ("title", "title_ko", "director", "director_ko", "=imdb_id")
    readonly_fields = ("external_id", "review_count", "rating")
    inlines = (MovieTagInline,)

    @admin.display(description=_("제목"), ordering="title_ko")
    def korean_title(self, movie: Movie) -> str:
        return movie.display_title

    @admin.display(description=_("원제"), ordering="title")
    def original_title(self, movie: Movie) -> str:
        return movie.title

    @admin.display(description=_("감독"), ordering="director")
    def director_name(self, movie: Movie) -> str:
        return movie.display_director

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movie]:
        return super().get_queryset(request).prefetch_related("tags")


@admin.register(Track)
class TrackAdmin(CatalogAdmin):
    kind = Kind.TRACK
    list_display = ("title", "artist_name", "album", "strongest_tags", "popularity", "is_hidden")
    list_filter = (StrongMoodFilter, "tags__source", "is_hidden", "is_pinned")
    search_fields = ("title", "artist", "artist_ko", "album", "=spotify_id")
    inlines = (TrackTagInline,)

    @admin.display(description=_("아티스트"), ordering="artist")
    def artist_name(self, track: Track) -> str:
        return track.display_artist

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        return super().get_queryset(request).prefetch_related("tags")
