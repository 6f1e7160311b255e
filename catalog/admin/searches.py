"""Beside the list: searches that a curator keeps, and titles that complete what is typed."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.curation.filters import search
from catalog.curation.pages import read_page
from catalog.curation.searches import MAX_SEARCHES, remove_search, save_search
from catalog.models import Kind, SavedSearch
from catalog.models.searches import NAME_LENGTH

SUGGESTIONS = 10
BEST_KNOWN = {Kind.MOVIE: "-review_count", Kind.TRACK: "-popularity"}


class SearchesMixin:
    """Addresses below the list's own."""

    kind: ClassVar[Kind]
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, f"catalog_{self.kind}"
        return [
            path("suggest/", wrap(require_GET(self.suggest_view)), name=f"{name}_suggest"),
            path("searches/", wrap(require_POST(self.save_search_view)), name=f"{name}_save_search"),
            path(
                "searches/<int:search_id>/remove/",
                wrap(require_POST(self.remove_search_view)),
                name=f"{name}_remove_search",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """The best-known items that have the words, as {"results": [{"id": …, "text": …}]}."""
        self._require_view(request)
        words = request.GET.get("q", "").strip()
        items: list[Any] = []
        if words:
            found = search(self.kind.model._default_manager.all(), words)
            items = read_page(found, order=BEST_KNOWN[self.kind], size=SUGGESTIONS).rows
        return JsonResponse({"results": [{"id": item.pk, "text": str(item)} for item in items]})

    def save_search_view(self, request: HttpRequest) -> HttpResponse:
        self._require_view(request)
        address = request.POST.get("query", "")
        try:
            save_search(owner=request.user, kind=self.kind, name=request.POST.get("name", ""), query=address)
        except ValueError:
            messages.error(
                request,
                _(
                    "저장하지 못했어요. 조건을 먼저 걸고 %(length)d자 이내의 이름을 붙여 주세요. "
                    "%(most)d개까지 저장할 수 있어요."
                )
                % {"length": NAME_LENGTH, "most": MAX_SEARCHES},
            )
        else:
            messages.success(request, _("이 조건을 저장했어요."))
        return self._to_list(address)

    def remove_search_view(self, request: HttpRequest, search_id: int) -> HttpResponse:
        self._require_view(request)
        try:
            remove_search(owner=request.user, kind=self.kind, search_id=search_id)
        except SavedSearch.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, _("저장한 조건을 지웠어요."))
        return self._to_list(request.POST.get("query", ""))

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied

    def _to_list(self, address: str) -> HttpResponse:
        url = reverse(f"admin:catalog_{self.kind}_changelist")
        return HttpResponseRedirect(f"{url}?{address}" if address else url)
