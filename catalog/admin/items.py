"""What the pages of films and of tracks share: the list, the item with its history, and who may do what."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.admin.addresses import read_filters, read_place_or_404
from catalog.admin.bulk import BulkMixin
from catalog.admin.change_list import CatalogList
from catalog.admin.searches import SearchesMixin
from catalog.admin.tags import remember_shown
from catalog.curation import writes
from catalog.curation.filters import filter_items, search
from catalog.curation.history import HISTORY_PAGE, read_history
from catalog.curation.record import record_one
from catalog.desk.chips import tag_chips
from catalog.exchange.admin_pages import ExchangeAdmin
from catalog.models import Action, Kind, Movie, Source, Track

SHOWN_TAGS = 3
SHOWN_CHANGES = 10
DECIDED = ("is_hidden", "is_pinned")


class CatalogAdmin(SearchesMixin, BulkMixin, ExchangeAdmin):
    """Everything that is saved goes through `catalog.curation`, which notes who changed what."""

    kind: ClassVar[Kind]
    change_list_template = "admin/catalog/item_list.html"
    change_form_template = "admin/catalog/change_form.html"
    search_fields = ("search_text",)  # so that there is a field to type in: `get_search_results` searches
    list_per_page = 50
    actions = None  # the admin's own act at once, without a preview
    show_full_result_count = False

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/curation.css"]}
        js: ClassVar[list[str]] = ["curation.js"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CatalogList]:
        return CatalogList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """As the list searches, for fields that complete what is typed."""
        return search(queryset, search_term), False

    def listed_items(self, request: HttpRequest) -> QuerySet[Any]:
        address = request.GET.copy()
        address.pop("format", None)  # the export's
        return filter_items(self.kind, read_filters(self.kind, address))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Films and tracks come from the importers, with their tags."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Hidden, never deleted: entries keep what they were shown."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return remember_shown(super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Nothing yet: facts and tags are one step, which `save_related` saves."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[BaseInlineFormSet], change: bool
    ) -> None:
        tags = [tag for formset in formsets for tag in _changed_tags(formset)]
        record_one(
            curator=request.user,
            kind=self.kind,
            item_id=form.instance.pk,
            action=Action.EDIT,
            write=lambda: writes.edit_item(_changed_item(form), tags),
        )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if (item := kwargs.get("obj")) is not None:
            page = read_history(self.kind, item.pk, size=SHOWN_CHANGES)
            context |= {"history": page.rows, "has_more_history": page.has_next}
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What curators did to the item, the latest first, instead of the admin's own notes of who saved a form."""
        item = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        if item is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("바뀐 기록"),
            "subtitle": str(item),
            "item": item,
            "opts": self.opts,
            "page": read_history(self.kind, item.pk, size=HISTORY_PAGE, after=read_place_or_404(request.GET)),
            **(extra_context or {}),
        }
        return render(request, "admin/catalog/history.html", context)

    @admin.display(description=_("태그"))
    def chips(self, item: Movie | Track) -> SafeString:
        tags: list[Any] = sorted(item.tags.all(), key=lambda tag: tag.score, reverse=True)
        return tag_chips(tags[:SHOWN_TAGS])

    @admin.display(description=_("출처"))
    def sources(self, item: Movie | Track) -> str:
        tags: Iterable[Any] = item.tags.all()
        found = {tag.source for tag in tags}
        return ", ".join(str(source.label) for source in Source if source in found)

    @admin.display(description=_("상태"))
    def state(self, item: Movie | Track) -> str:
        said = {
            gettext("숨김"): item.is_hidden,
            gettext("고정"): item.is_pinned,
            gettext("자살을 다룸"): getattr(item, "has_suicide_theme", False),
            gettext("검토함"): item.reviewed_at is not None,
        }
        return ", ".join(name for name, is_so in said.items() if is_so)


def _changed_item(form: ModelForm) -> Movie | Track:
    """The item as it stands now, with those facts that the curator changed since the page was shown."""
    item: Movie | Track = form._meta.model._default_manager.get(pk=form.instance.pk)
    for name in form.changed_data:
        setattr(item, name, form.cleaned_data[name])
    return item


def _changed_tags(formset: BaseInlineFormSet) -> list[Any]:
    """The tags whose scores the curator changed to something else than what stands now."""
    now = {form.instance.pk: form.initial["score"] for form in formset.initial_forms}
    return [tag for tag in formset.save(commit=False) if tag.score != now[tag.pk]]
