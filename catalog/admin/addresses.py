"""Addresses of the curators' lists, read strictly: what one can't mean is told, never left out."""

from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from catalog.admin.filter_form import LABELS
from catalog.curation.filters import FILTERS, FilterError
from catalog.models import Kind

# Where a page begins: behind the item with this id, or ends: before it.
AFTER, BEFORE = "after", "before"
# What is no filter: Django's own names. Its numbers of pages are those of old bookmarks, which begin the list.
_NO_FILTERS = {
    *(AFTER, BEFORE, ORDER_VAR, PAGE_VAR, ALL_VAR, ERROR_FLAG),
    *(IS_POPUP_VAR, TO_FIELD_VAR, IS_FACETS_VAR),
}


def read_filters(kind: Kind, address: QueryDict) -> dict[str, str]:
    """The filters of an address. Raises FilterError for one that there is not, or that is given twice."""
    for name, values in address.lists():
        if name not in _NO_FILTERS and (name not in FILTERS[kind] or len(values) > 1):
            raise FilterError(name, ", ".join(values))
    return {name: str(address[name]) for name in address if name in FILTERS[kind] and address[name]}


def read_place(address: QueryDict, name: str) -> int | None:
    """The id of the item that a page is next to, if the address has any. Raises FilterError for what is no id."""
    value = str(address.get(name, ""))
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise FilterError(name, value)
    return int(value)


def read_place_or_404(address: QueryDict) -> int | None:
    """The id of the row that a page is after, if the address has any."""
    try:
        return read_place(address, AFTER)
    except FilterError as error:
        raise Http404 from error


def tell_what_is_wrong(error: FilterError) -> str:
    """What a curator reads about an address."""
    if error.name not in LABELS and error.name not in _NO_FILTERS:
        return _("‘%(name)s’ 조건은 없어요.") % {"name": error.name[:100]}
    label = LABELS.get(error.name, error.name)
    return _("‘%(name)s’ 조건에 쓸 수 없는 값이에요: %(value)s") % {"name": label, "value": str(error.value)[:100]}
