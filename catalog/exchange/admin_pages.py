"""Pages of the admin that export and import films and tracks: they hang below each of the two lists."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.curation.filters import FilterError
from catalog.exchange import imports, limits
from catalog.exchange.cells import EMPTY_WORD
from catalog.exchange.errors import UnreadableFileError
from catalog.models import ImportFile, Kind
from catalog.tasks import queue_curation

SHOWN_ERRORS = 50
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExchangeAdmin(admin.ModelAdmin):
    """A list of films or tracks with its export and import."""

    kind: ClassVar[Kind]

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, str, Callable[..., HttpResponseBase]]] = [
            ("export", "export/", self.export_items),
            ("import", "import/", self.upload_import),
            ("import_file", "import/<int:file_id>/", self.show_import),
            ("import_errors", "import/<int:file_id>/errors/", self.download_errors),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")
            for name, route, view in pages
        ] + super().get_urls()

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.import_catalogue") and self.has_change_permission(request)

    def listed_items(self, request: HttpRequest) -> QuerySet[Any]:
        """What the list at this address shows. Raises FilterError for an address that a list can't have."""
        raise NotImplementedError

    def export_items(self, request: HttpRequest) -> HttpResponseBase:
        """The films or tracks of the list that has the same filters in its address, as CSV or XLSX."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        from catalog.exchange.exporting import TooManyRowsError, stream_csv, write_xlsx  # see the package

        name = f"moduhyu-{self.opts.model_name}s-{timezone.localdate()}"
        try:
            items = self.listed_items(request)
            if request.GET.get("format") == "xlsx":
                file = write_xlsx(self.kind, items)
                return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
        except TooManyRowsError as error:
            messages.error(request, str(error))
            query = request.GET.copy()
            query.pop("format", None)
            return HttpResponseRedirect(f"{self._url('changelist')}?{query.urlencode()}")
        except FilterError:
            messages.error(request, _("주소에 알 수 없는 조건이 있어서 내보내지 못했어요."))
            return redirect(self._url("changelist"))
        response = StreamingHttpResponse(stream_csv(self.kind, items), content_type=CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response

    def upload_import(self, request: HttpRequest) -> HttpResponse:
        """The page that takes a file; what the file would change is the next page."""
        self._check_import_permission(request)
        error = ""
        if request.method == "POST":
            upload = request.FILES.get("file")
            try:
                if upload is None or upload.file is None:
                    raise UnreadableFileError(_("파일을 골라 주세요."))
                kept = imports.read_import(
                    owner=request.user, kind=self.kind, name=upload.name or "", file=upload.file
                )
                return redirect(self._url("import_file", kept.pk))
            except UnreadableFileError as unreadable:
                error = str(unreadable)
        context = {
            "error": error,
            "empty_word": EMPTY_WORD,
            "max_rows": limits.MAX_ROWS,
            "max_mib": limits.MAX_FILE_BYTES // limits.MIB,
            "command": "import_movies" if self.kind == Kind.MOVIE else "import_tracks",
        }
        page = self._render(request, "upload", _("파일에서 가져오기"), context)
        page.status_code = 400 if error else 200
        return page

    def show_import(self, request: HttpRequest, file_id: int) -> HttpResponse:
        """What a file would change, with the question whether it shall; once confirmed, the page of its step."""
        self._check_import_permission(request)
        file = self._file_or_404(request, file_id)
        if request.method == "POST":
            return self._act_on_import(request, file)
        if file.curation_id is not None:
            return redirect("admin:catalog_curation_step", file.curation_id)
        from catalog.exchange.preview import preview_import  # see the package

        context = {
            "file": file,
            "preview": preview_import(file),
            "errors": file.errors[:SHOWN_ERRORS],
            "errors_url": self._url("import_errors", file.pk),
        }
        return self._render(request, "preview", _("이렇게 바뀌어요"), context)

    def download_errors(self, request: HttpRequest, file_id: int) -> HttpResponse:
        """All errors of a file, as a CSV file."""
        self._check_import_permission(request)
        file = self._file_or_404(request, file_id)
        from catalog.exchange.exporting import errors_csv  # see the package

        response = HttpResponse(errors_csv(file), content_type=CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="moduhyu-errors-{file.pk}.csv"'
        return response

    def _act_on_import(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        match request.POST.get("action"):
            case "confirm":
                overwrites_curated = "overwrites_curated" in request.POST
                step = imports.confirm_import(
                    file.pk, owner=request.user, kind=self.kind, overwrites_curated=overwrites_curated
                )
                queue_curation(step.pk)
                return redirect("admin:catalog_curation_step", step.pk)
            case "cancel":
                imports.cancel_import(file.pk, owner=request.user, kind=self.kind)
                messages.info(request, _("가져오지 않았어요. 아무것도 바뀌지 않았어요."))
                return redirect(self._url("changelist"))
        return redirect(self._url("import_file", file.pk))

    def _check_import_permission(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _file_or_404(self, request: HttpRequest, file_id: int) -> ImportFile:
        return get_object_or_404(ImportFile, pk=file_id, owner=request.user, kind=self.kind)

    def _url(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def _render(self, request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "list_url": self._url("changelist"),
            "upload_url": self._url("import"),
        }
        return TemplateResponse(request, f"admin/exchange_{name}.html", {**shared, **context})
