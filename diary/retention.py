"""How long what is kept: as the privacy page tells it, and as it is deleted."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import sessions
from catalog.exchange import imports
from diary.models.changes import KEPT_FOR as TOMBSTONES_KEPT_FOR
from diary.portability import export_cleanup, uploads
from diary.portability.export_files import KEPT_FOR as EXPORTS_KEPT_FOR


@dataclass(frozen=True)
class Retention:
    """What is kept, for how long, and what there is to know about it."""

    name: str
    period: str
    note: str = ""


def list_retention() -> list[Retention]:
    """Everything that belongs to a person and where it ends, in the reader's language."""
    until_deleted = _("지울 때까지")
    return [
        Retention(_("계정과 설정"), until_deleted),
        Retention(_("일기와 태그, 읽은 마음, 추천"), until_deleted, _("지우면 바로 사라져요.")),
        Retention(
            _("지운 일기의 번호"),
            _days(TOMBSTONES_KEPT_FOR),
            _("지웠다는 것을 다른 기기에 알리는 데 써요. 글은 들어 있지 않아요."),
        ),
        Retention(_("로그인 유지"), _days(timedelta(seconds=settings.SESSION_COOKIE_AGE))),
        Retention(_("내보내기 파일"), _hours(EXPORTS_KEPT_FOR), _("암호화해서 두고, 때가 되면 지워요.")),
        Retention(
            _("가져오기 파일"), _hours(timedelta(seconds=uploads.KEPT_SECONDS)), _("미리 보는 동안에만 있어요.")
        ),
        Retention(_("다 쓰지 못한 글"), _("저장할 때까지"), _("쓰던 브라우저 안에만 있고, 서버로 보내지 않아요.")),
        Retention(
            _("서버 기록"),
            _("운영하는 곳이 정해요"),
            _("어떤 화면을 얼마나 빨리 열었는지만 있고, 누가 무엇을 썼는지는 없어요."),
        ),
        Retention(
            _("백업"), _("운영하는 곳이 정해요"), _("지운 일기와 계정은 그 전에 만든 백업이 지워질 때 함께 사라져요.")
        ),
    ]


def forget_what_is_over() -> None:
    """Delete whatever has been kept for long enough and is not deleted when something else happens."""
    sessions.forget_ended()
    uploads.forget_old()
    export_cleanup.forget_old_exports()
    imports.forget_old_imports()


def _days(period: timedelta) -> str:
    return ngettext("%(count)d일", "%(count)d일", period.days) % {"count": period.days}


def _hours(period: timedelta) -> str:
    hours = round(period.total_seconds() / 3600)
    return ngettext("%(count)d시간", "%(count)d시간", hours) % {"count": hours}
