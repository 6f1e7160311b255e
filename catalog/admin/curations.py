"""What curators did: the list of their steps, and each step's page, which goes on with it, shows and undoes it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from catalog.admin.addresses import read_place_or_404
from catalog.admin.step_words import tell_action, tell_progress, tell_selection
from catalog.curation import steps
from catalog.curation.history import HISTORY_PAGE, note_only_items, read_changes
from catalog.curation.rights import may_curate, may_undo, may_view
from catalog.desk.colleagues import name_colleague
from catalog.exchange.imports import read_failed_import
from catalog.models import Action, Curation, ImportFile, Kind
from catalog.tasks import queue_curation

State = Curation.State


class CurationList(ChangeList):
    """The admin's own list, whose steps on one item alone tell which it is."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        note_only_items(self.result_list)


@admin.register(Curation)
class CurationAdmin(admin.ModelAdmin):
    list_display_links = ("created_at",)
    list_filter = ("kind", "action", "state")
    list_select_related = ("curator",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count all steps
    sortable_by = ()
    actions = None

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:curation_id>/", wrap(require_safe(self.step_view)), name="catalog_curation_step"),
            path("<int:curation_id>/advance/", wrap(require_POST(self.advance_view)), name="catalog_curation_advance"),
            path("<int:curation_id>/undo/", wrap(self.undo_view), name="catalog_curation_undo"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CurationList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description=gettext_lazy("누가"))
        def who(curation: Curation) -> str:
            return name_colleague(curation.curator, request.user)

        return ["created_at", who, "kind", "what", "selected", "changed", "restored", "state"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list under the name that the desk's menu has for it."""
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see all steps, and curators those of the kinds that they curate."""
        return super().has_view_permission(request, obj) or bool(_curated_kinds(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Curation]:
        curations = super().get_queryset(request)
        if request.user.has_perm("catalog.view_curation"):
            return curations
        return curations.filter(kind__in=_curated_kinds(request.user))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The step's own page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not (object_id.isascii() and object_id.isdecimal() and len(object_id) <= 18):
            raise Http404
        return HttpResponseRedirect(_page_of(int(object_id)))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A step is its own history."""
        return self.change_view(request, object_id)

    def step_view(self, request: HttpRequest, curation_id: int) -> HttpResponse:
        curation = self._find(request, curation_id)
        note_only_items([curation])
        context = self._context(request, curation) | {
            "selection": tell_selection(curation),
            "is_of_filters": "query" in curation.selection,
            "list_address": urlencode(curation.selection.get("query", {})),
            "failed_import": _failed_import_of(request.user, curation),
            "items_url": reverse(f"admin:catalog_{curation.kind}_changelist"),
            "page": read_changes(curation, size=HISTORY_PAGE, after=read_place_or_404(request.GET)),
            "progress": tell_progress(curation),
            "kept": curation.changed - curation.restored,
            "may_go_on": curation.is_at_work and may_curate(request.user, curation),
            "may_undo": may_undo(request.user, curation),
        }
        return render(request, "admin/catalog/curation.html", context)

    def advance_view(self, request: HttpRequest, curation_id: int) -> HttpResponse:
        """Go on with a step for a moment: for a script that shows how far it is, or for a button."""
        curation = self._find(request, curation_id)
        if not may_curate(request.user, curation):
            raise PermissionDenied
        curation = steps.advance(curation.pk, seconds=steps.SECONDS_A_REQUEST)
        if request.accepts("text/html"):
            return HttpResponseRedirect(_page_of(curation.pk))
        return JsonResponse({"is_at_work": curation.is_at_work, **tell_progress(curation)})

    def undo_view(self, request: HttpRequest, curation_id: int) -> HttpResponse:
        """Ask once more, then begin to put back what the step changed; of what is undone by now, tell on its page."""
        curation = self._find(request, curation_id)
        if curation.state == State.DONE and not may_undo(request.user, curation):
            raise PermissionDenied
        if request.method == "POST":
            self._begin_undo(request, curation)
        elif curation.state == State.DONE:
            context = self._context(request, curation) | {"title": _("되돌리기"), "subtitle": tell_action(curation)}
            return render(request, "admin/catalog/curation_undo.html", context)
        else:  # a page gone back to, or a link from before
            self._tell_too_late(request)
        return HttpResponseRedirect(_page_of(curation.pk))

    def _begin_undo(self, request: HttpRequest, curation: Curation) -> None:
        try:
            steps.begin_undo(curation.pk, by=request.user)
        except ValueError:
            self._tell_too_late(request)
        else:
            queue_curation(curation.pk)

    def _tell_too_late(self, request: HttpRequest) -> None:
        messages.warning(request, _("지금은 되돌릴 수 없어요. 이미 되돌렸거나 아직 하는 중이에요."))

    @admin.display(description=gettext_lazy("한 일"))
    def what(self, curation: Curation) -> str:
        return tell_action(curation)

    @admin.display(description=gettext_lazy("고른 것"))
    def selected(self, curation: Curation) -> str:
        return tell_selection(curation)

    def _find(self, request: HttpRequest, curation_id: int) -> Curation:
        curation = self.get_queryset(request).select_related("curator", "undone_by").filter(pk=curation_id).first()
        if curation is None or not may_view(request.user, curation):
            if not self.has_view_permission(request):
                raise PermissionDenied
            raise Http404
        return curation

    def _context(self, request: HttpRequest, curation: Curation) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": tell_action(curation),
            "opts": self.opts,
            "curation": curation,
        }


def _failed_import_of(user: Any, curation: Curation) -> ImportFile | None:
    return read_failed_import(curation.pk, owner=user) if curation.action == Action.IMPORT else None


def _curated_kinds(user: Any) -> list[Kind]:
    return [kind for kind in Kind if user.has_perm(f"catalog.change_{kind}")]


def _page_of(curation_id: int) -> str:
    return reverse("admin:catalog_curation_step", args=[curation_id])
