"""The pages of the curators' desk: what the admin's front page and header lead to, and who may open each."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@dataclass(frozen=True)
class DeskPage:
    """A page of the admin for curators. `icon` is a symbol of icons.svg, `permissions` are all needed to open it."""

    title: Promise
    purpose: Promise
    icon: str
    url_name: str
    permissions: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def is_open_to(self, user: User | AnonymousUser) -> bool:
        """As the admin has it, who may change something may look at it too."""
        return all(
            user.has_perm(permission) or user.has_perm(permission.replace(".view_", ".change_"))
            for permission in self.permissions
        )


COVERAGE = DeskPage(
    _("감정별 분포"),
    _("감정마다 무엇이 얼마나 있고 어디가 비었는지, 사람들의 반응은 어떤지 살펴봐요."),
    "bars",
    "admin:coverage",
    ("catalog.view_movie", "catalog.view_track"),
)
# In the order in which they are shown.
DESK_PAGES = (
    DeskPage(
        _("영화"),
        _("영화를 찾아 감정을 고치고, 숨기거나 먼저 추천하게 해요."),
        "ticket",
        "admin:catalog_movie_changelist",
        ("catalog.view_movie",),
    ),
    DeskPage(
        _("곡"),
        _("곡을 찾아 분위기를 고치고, 숨기거나 먼저 추천하게 해요."),
        "note",
        "admin:catalog_track_changelist",
        ("catalog.view_track",),
    ),
    DeskPage(
        _("검토하기"),
        _("하나씩 보고 승인하거나 고쳐요."),
        "pen",
        "admin:review",
        ("catalog.change_movie", "catalog.change_track"),
    ),
    COVERAGE,
    DeskPage(
        _("큐레이션 기록"),
        _("누가 무엇을 바꿨는지 보고, 필요하면 되돌려요."),
        "again",
        "admin:catalog_curation_changelist",
        ("catalog.view_curation",),
    ),
    DeskPage(
        _("감정 모델"),
        _("일기를 읽는 모델의 버전을 비교하고, 받고, 바꿔요."),
        "lamp",
        "admin:models",
        ("diary.operate_models",),
    ),
)


def open_pages(user: User | AnonymousUser) -> list[DeskPage]:
    """The desk's pages that this person may open, in order."""
    return [page for page in DESK_PAGES if page.is_open_to(user)]
