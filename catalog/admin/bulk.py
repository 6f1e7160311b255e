"""From the list to a step: what is chosen, what would become of it, and the beginning."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.admin.addresses import read_filters, tell_what_is_wrong
from catalog.curation import steps
from catalog.curation.actions import HIGHEST_SCORE, TAG_NAMES, bulk_actions
from catalog.curation.filters import FilterError
from catalog.curation.preview import count_selected, preview
from catalog.curation.selections import read_selection, select_ids, select_query, write_selection
from catalog.curation.words import tag_name
from catalog.models import Action, Kind
from catalog.models.searches import NAME_LENGTH
from catalog.tasks import queue_curation

CHOSEN = "_selected_action"  # the admin's own name of the boxes before the rows
EVERYTHING = "select_across"


class ChooseForm(forms.Form):
    """What to do, above the list."""

    action = forms.ChoiceField(label=gettext_lazy("할 일"))

    def __init__(self, kind: Kind, data: Any = None) -> None:
        super().__init__(data, auto_id="choose-%s")
        actions = [(action.value, action.label) for action in bulk_actions(kind)]
        field: Any = self.fields["action"]
        field.choices = [("", "---------"), *actions]


class TagForm(forms.Form):
    """Which tag an action sets or takes away, and with which score."""

    tag = forms.ChoiceField(label=gettext_lazy("태그"))

    def __init__(self, kind: Kind, action: Action, data: Any = None) -> None:
        super().__init__(data)
        tag: Any = self.fields["tag"]
        tag.choices = [(name, tag_name(kind, name)) for name in TAG_NAMES[kind]]
        if action == Action.SET_TAG:
            self.fields["score"] = forms.FloatField(
                label=_("평균 대비 (1은 평균, 2는 두 배)") if kind == Kind.MOVIE else _("확률 (0~1)"),
                min_value=0,
                max_value=HIGHEST_SCORE[kind],
                widget=forms.NumberInput(attrs={"step": "any"}),
            )


class BulkMixin:
    """Actions on chosen items or on everything that the list's filters match."""

    kind: ClassVar[Kind]
    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        name = f"catalog_{self.kind}_curate"
        view = self.admin_site.admin_view(require_POST(self.curate_view))
        return [path("curate/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Boxes before the rows, for who may do something with them."""
        columns = super().get_list_display(request)  # type: ignore[misc]
        can_change = self.has_change_permission(request)  # type: ignore[attr-defined]
        return ["action_checkbox", *columns] if can_change else list(columns)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[Any]:
        return [next(name for name in list_display if name != "action_checkbox")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            return self._choose(request)
        can_change = self.has_change_permission(request)  # type: ignore[attr-defined]
        context = {
            "title": self.opts.verbose_name_plural,
            "choose_form": ChooseForm(self.kind) if can_change else None,
            "suggest_url": reverse(f"admin:catalog_{self.kind}_suggest"),
            "name_length": NAME_LENGTH,
            "searches_url": reverse(f"admin:catalog_{self.kind}_save_search"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)  # type: ignore[misc,no-any-return]

    def curate_view(self, request: HttpRequest) -> HttpResponse:
        """The preview once more with a tag and a score, or the beginning of the step."""
        self._require_change(request)
        action = self._read_action(request)
        try:
            selection = read_selection(self.kind, request.POST.get("selection", ""))
        except ValueError:  # which quotes what was sent: the log shall not
            raise BadRequest("selection") from None
        form = self._tag_form(action, request.POST)
        is_complete = form is None or form.is_valid()
        if not is_complete or "begin" not in request.POST:
            return self._preview(request, action, selection, form, is_complete=is_complete)
        curation = steps.begin(
            curator=request.user,
            kind=self.kind,
            action=action,
            selection=selection,
            parameters=form.cleaned_data if form else {},
        )
        queue_curation(curation.pk)
        return HttpResponseRedirect(reverse("admin:catalog_curation_step", args=[curation.pk]))

    def _choose(self, request: HttpRequest) -> HttpResponse:
        """From the list, with an action: the preview, or the list again where nothing can be meant."""
        self._require_change(request)
        if not request.POST.get("action"):
            return self._back_to_list(request, _("할 일을 골라 주세요."))
        action = self._read_action(request)
        try:
            if request.POST.get(EVERYTHING):
                selection = select_query(self.kind, read_filters(self.kind, request.GET))
            else:
                selection = select_ids(request.POST.getlist(CHOSEN))
        except FilterError as error:
            return self._back_to_list(request, tell_what_is_wrong(error))
        except ValueError:
            return self._back_to_list(request, _("먼저 목록에서 골라 주세요. 아직 아무것도 바꾸지 않았어요."))
        form = self._tag_form(action, None)
        return self._preview(request, action, selection, form, is_complete=form is None)

    def _preview(
        self,
        request: HttpRequest,
        action: Action,
        selection: dict[str, Any],
        form: TagForm | None,
        *,
        is_complete: bool,
    ) -> HttpResponse:
        parameters = form.cleaned_data if form and is_complete else {}
        shown = preview(self.kind, action, selection, parameters) if is_complete else None
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "action": action,
            "count": shown.count if shown else count_selected(self.kind, selection),
            "preview": shown,
            "form": form,
            "selection": write_selection(selection),
            "list_address": urlencode(selection.get("query", {})),
        }
        return render(request, "admin/catalog/preview.html", context)

    def _tag_form(self, action: Action, data: Any) -> TagForm | None:
        is_of_tags = action in (Action.SET_TAG, Action.REMOVE_TAG)
        return TagForm(self.kind, action, data) if is_of_tags else None

    def _read_action(self, request: HttpRequest) -> Action:
        form = ChooseForm(self.kind, request.POST)
        if not form.is_valid():
            raise BadRequest("action")
        return Action(form.cleaned_data["action"])

    def _require_change(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied

    def _back_to_list(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.warning(request, words)
        return HttpResponseRedirect(request.get_full_path())
