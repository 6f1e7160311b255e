"""The pages on which a diary is taken along, and brought here from elsewhere."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from diary.decorators import limited_as
from diary.models import Entry
from diary.portability import reading, uploads
from diary.portability.apply import Imported, import_file
from diary.portability.detect import open_import
from diary.portability.errors import BadRowsError, UnreadableFileError
from diary.portability.export import export_name, stream_export
from diary.portability.limits import MAX_ENTRIES, MAX_UPLOAD_BYTES, MIB
from diary.portability.preview import preview_import
from diary.views.request import DiaryRequest

UPLOAD = "import_upload"  # in the session: an uploads.Kept
RESULT = "import_result"  # in the session: numbers and bad rows of the last import
FORMAT_NAMES = {"moduhyu": gettext_lazy("모두의 휴게소"), "daylio": "Daylio", "dayone": "Day One"}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited_as(POST="heavy")
def export_page(request: DiaryRequest) -> HttpResponseBase:
    """Say what the file holds; a POST sends it."""
    if request.method != "POST":
        return render(request, "diary/export.html", {"entry_count": Entry.objects.of(request.user).count()})
    return export_response(request)


def export_response(request: Any) -> StreamingHttpResponse:
    """The export of who asks, made while it is sent."""
    response = StreamingHttpResponse(stream_export(request.user), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{export_name(timezone.localdate())}"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited_as(POST="heavy")
def import_page(request: DiaryRequest) -> HttpResponse:
    """Take a file and keep it for the preview."""
    if request.method != "POST":
        return _render_upload(request)
    _forget_upload(request)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return _render_upload(request, _("파일을 골라 주세요."))
    try:
        open_import(upload.file)  # type: ignore[arg-type]
        upload.seek(0)
        kept = uploads.keep(request.user, upload.chunks())
    except UnreadableFileError as error:
        return _render_upload(request, str(error))
    request.session[UPLOAD] = asdict(kept)
    return redirect("diary:import-preview")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited_as(GET="search", POST="heavy")  # a preview reads the whole file
def import_preview(request: DiaryRequest) -> HttpResponse:
    """Show what an import would do; a POST does it."""
    kept = _kept(request)
    if kept is None:
        return redirect("diary:import")
    if request.POST.get("upload", kept.name) != kept.name:  # another tab has brought another file
        messages.warning(request, _("그사이 다른 파일을 올렸어요. 아래 내용을 확인하고 다시 눌러 주세요."))
        return redirect("diary:import-preview")
    try:
        with uploads.open_kept(request.user, kept) as file:
            reader = open_import(file)
            if request.method != "POST":
                preview = preview_import(request.user, reader)
                context = {"preview": preview, "format_name": FORMAT_NAMES[preview.format], "upload": kept.name}
                return render(request, "diary/import_preview.html", context)
            skips = request.POST.get("on_error") != "refuse"
            result = import_file(request.user, reader, skips_bad_rows=skips)
    except UnreadableFileError as error:
        _forget_upload(request)
        return _render_upload(request, str(error))
    except BadRowsError as error:
        messages.error(request, _("가져올 수 없는 항목이 있어서 아무것도 가져오지 않았어요."))
        return _show_result(request, Imported(bad=error.count, bad_rows=list(error.rows)))
    return _show_result(request, result)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_cancel(request: DiaryRequest) -> HttpResponse:
    """Forget an upload."""
    if request.method == "POST":
        _forget_upload(request)
        messages.info(request, _("올린 파일을 지웠어요. 가져온 것은 없어요."))
    return redirect("diary:import")


@never_cache
@login_required
@require_safe
def import_done(request: DiaryRequest) -> HttpResponse:
    """What the last import did, and how far its entries are read."""
    result = request.session.get(RESULT)
    if result is None:
        return redirect("diary:import")
    progress = reading.Progress(reading.count_unread(request.user))
    context = {"result": result, **_reading_context(progress, result["unread"])}
    return render(request, "diary/import_done.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited_as(POST="read")  # the page asks for it by itself, up to twice a second, until all is read
def import_read(request: DiaryRequest) -> HttpResponse:
    """Read some more of the entries that an import brought."""
    if request.method != "POST":
        return redirect("diary:import-done")
    progress = reading.read_some(request.user)
    if not request.htmx:
        return redirect("diary:import-done" if RESULT in request.session else "diary:entry-list")
    total = request.POST.get("total", "")
    is_number = total.isascii() and total.isdecimal() and len(total) < 10
    context = _reading_context(progress, int(total) if is_number else 0)
    return render(request, "diary/_import_reading.html", context)


def _reading_context(progress: reading.Progress, unread_at_first: int) -> dict[str, Any]:
    total = max(progress.unread, unread_at_first)
    # Where workers read, there is nothing to do here but to look how far they are.
    delay = "400ms" if settings.CELERY_TASK_ALWAYS_EAGER else "3s"
    return {"progress": progress, "total": total, "read": total - progress.unread, "delay": delay}


def _render_upload(request: DiaryRequest, error: str = "") -> HttpResponse:
    context = {
        "error": error,
        "max_mib": MAX_UPLOAD_BYTES // MIB,
        "max_bytes": MAX_UPLOAD_BYTES,
        "max_entries": f"{MAX_ENTRIES:,}",
    }
    return render(request, "diary/import.html", context, status=422 if error else 200)


def _show_result(request: DiaryRequest, result: Imported) -> HttpResponse:
    _forget_upload(request)
    request.session[RESULT] = asdict(result)
    return redirect("diary:import-done")


def _kept(request: DiaryRequest) -> uploads.Kept | None:
    remembered = request.session.get(UPLOAD)
    return uploads.Kept(**remembered) if remembered else None


def _forget_upload(request: DiaryRequest) -> None:
    if kept := _kept(request):
        uploads.forget(request.user, kept)
        del request.session[UPLOAD]
