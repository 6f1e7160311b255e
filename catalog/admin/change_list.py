"""The curators' list of films or tracks: filtered by its address, sorted by an index, paged by the last item."""

from typing import Any, Literal

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest

from catalog.admin.addresses import AFTER, BEFORE, read_filters, read_place, tell_what_is_wrong
from catalog.admin.filter_form import FilterForm, tell_filters
from catalog.curation.filters import SEARCH, FilterError, filter_items
from catalog.curation.pages import ListPage, count_up_to, read_page
from catalog.curation.searches import searches_of
from catalog.models import Kind

# Up to so many items the list says how many there are; more would have to be counted, at every page.
COUNTED = 1_000


class CatalogList(ChangeList):
    """What the admin's own list is, without a count of all and without offsets.

    An address that says something else than filters of `catalog.curation.filters` gets an empty list, and is told.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        kind: Kind = self.curators.kind
        for name in (AFTER, BEFORE):  # links of the page begin at the first one
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        self.filter_specs: list[Any] = []
        self.has_filters = True
        self.places: dict[str, int | None] = {AFTER: None, BEFORE: None}
        self.filters: dict[str, str] = {}
        self.is_wrong = False
        try:
            self.filters = read_filters(kind, request.GET)
            self.places = {name: read_place(request.GET, name) for name in (AFTER, BEFORE)}
            items = filter_items(kind, self.filters)
        except FilterError as error:
            self._tell(request, error)
            items = self.root_queryset.none()
        self.has_active_filters = bool(set(self.filters) - {SEARCH})
        self.clear_all_filters_qs = self.get_query_string(remove=list(self.filters))
        self.filter_form = FilterForm(kind, self.params)
        self.told_filters = tell_filters(kind, {name: told for name, told in self.filters.items() if name != SEARCH})
        self.searches = list(searches_of(request.user, kind))
        return items

    def get_results(self, request: HttpRequest) -> None:
        """A page, with the tags of its items, and how many there are as far as COUNTED."""
        page = self._read_page(request)
        prefetch_related_objects(page.rows, "tags")
        self.page = page
        self.result_list: Any = page.rows
        is_all = not (page.has_previous or page.has_next)
        count = len(page.rows) if is_all else count_up_to(self.queryset, COUNTED)
        self.is_counted = count <= COUNTED
        self.result_count = min(count, COUNTED)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = bool(page.rows)
        self.can_show_all = self.multi_page = False
        self.paginator: Any = None

    @property
    def curators(self) -> Any:
        """The admin that the list is of, a CatalogAdmin."""
        return self.model_admin

    def get_ordering_field_columns(self) -> dict[int, Literal["desc", "asc"]]:
        """The one column that the list is sorted by; none where its order is that of the ids."""
        told = self.params.get(ORDER_VAR, "")
        name = told.removeprefix("-")
        if name not in (self.sortable_by or ()):
            return {}
        return {list(self.list_display).index(name): "desc" if told.startswith("-") else "asc"}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """As the admin makes it, but the order by the column's name: who may change nothing sees other columns."""
        if new_params and (told := new_params.get(ORDER_VAR)):
            first = told.split(".")[0]
            name = str(self.list_display[int(first.removeprefix("-"))])
            new_params = {**new_params, ORDER_VAR: f"-{name}" if first.startswith("-") else name}
        elif new_params and ORDER_VAR in new_params:
            new_params = {**new_params, ORDER_VAR: None}
        return super().get_query_string(new_params, remove)

    @property
    def order(self) -> str:
        """The field that the list is sorted by, '-' before it for downwards: the newest first, unless told."""
        for place, direction in self.get_ordering_field_columns().items():
            field = self.get_ordering_field(self.list_display[place])
            return f"-{field}" if direction == "desc" else str(field)
        return "-pk"

    @property
    def next_page(self) -> str:
        return self.get_query_string({AFTER: self.page.rows[-1].pk}) if self.page.has_next and self.page.rows else ""

    @property
    def previous_page(self) -> str:
        is_there = self.page.has_previous and self.page.rows
        return self.get_query_string({BEFORE: self.page.rows[0].pk}) if is_there else ""

    @property
    def address(self) -> str:
        """What follows the question mark of the address of the list's first page."""
        return self.get_query_string().removeprefix("?")

    def _read_page(self, request: HttpRequest) -> ListPage:
        try:
            return read_page(
                self.queryset,
                order=self.order,
                size=self.list_per_page,
                after=self.places[AFTER],
                before=self.places[BEFORE],
            )
        except ValueError:
            self._tell(request, FilterError(AFTER, self.places[AFTER] or self.places[BEFORE]))
            self.queryset = self.queryset.none()
            return ListPage([], has_previous=False, has_next=False)

    def _tell(self, request: HttpRequest, error: FilterError) -> None:
        self.is_wrong = True
        self.curators.message_user(request, tell_what_is_wrong(error), messages.ERROR)
