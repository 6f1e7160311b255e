"""What curators did to the catalogue: each step with what it changed, so that it can be looked up and undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.items import Movie, Track


class Kind(models.TextChoices):
    """What a step is about; no step changes both."""

    MOVIE = "movie", _("영화")
    TRACK = "track", _("곡")

    @property
    def model(self) -> type[Movie] | type[Track]:
        return Movie if self == Kind.MOVIE else Track


class Action(models.TextChoices):
    """What a curator can do to items."""

    EDIT = "edit", _("고치기")
    APPROVE = "approve", _("승인하기")
    SET_TAG = "set_tag", _("태그 붙이기")
    REMOVE_TAG = "remove_tag", _("태그 떼기")
    RETAG = "retag", _("모델의 판단으로 되돌리기")
    HIDE = "hide", _("숨기기")
    SHOW = "show", _("다시 보이기")
    PIN = "pin", _("고정하기")
    UNPIN = "unpin", _("고정 풀기")
    MARK_SUICIDE_THEME = "mark_suicide_theme", _("자살을 다룬다고 표시하기")
    UNMARK_SUICIDE_THEME = "unmark_suicide_theme", _("자살을 다룬다는 표시 지우기")
    IMPORT = "import", _("파일에서 가져오기")


class Curation(models.Model):
    """One step of a curator's: an action on a selection of films or of tracks.

    `parameters` are the action's (a tag's name and score, a file's name), `selection` is either {"ids": [...]} or
    {"query": {...}}, the filters of the admin's list. A step goes through its selection by ascending id, in chunks;
    `reached` is the last id that is done, so that a step that was cut off goes on where it stopped.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("하는 중")
        DONE = "done", _("마침")
        UNDOING = "undoing", _("되돌리는 중")
        UNDONE = "undone", _("되돌림")

    curator = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("큐레이터"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(_("종류"), max_length=5, choices=Kind.choices)
    action = models.CharField(_("한 일"), max_length=20, choices=Action.choices)
    parameters = models.JSONField(default=dict)
    selection = models.JSONField(default=dict)
    state = models.CharField(_("상태"), max_length=7, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(_("고른 수"), default=0)
    handled = models.PositiveIntegerField(_("살펴본 수"), default=0)
    changed = models.PositiveIntegerField(_("바뀐 수"), default=0)
    restored = models.PositiveIntegerField(_("되돌린 수"), default=0)
    reached = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(_("언제"), auto_now_add=True)
    finished_at = models.DateTimeField(_("마친 때"), null=True)
    undone_at = models.DateTimeField(_("되돌린 때"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("되돌린 사람"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # No field: what `catalog.curation.history.note_only_items` found.
    only_item: "Movie | Track | None" = None

    class Meta:
        verbose_name = _("큐레이션")
        verbose_name_plural = _("큐레이션 기록")
        ordering = ("-pk",)
        default_permissions = ("view",)
        permissions = [
            ("undo_curation", _("큐레이션을 되돌릴 수 있음")),
            ("import_catalogue", _("파일을 가져올 수 있음")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_action_display()}"

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.UNDOING)


class CurationChange(models.Model):
    """What a step changed of one film or track.

    `before` and `after` hold only what differs, as `catalog.curation.states` reads it; `before` is empty where the
    step added the item.
    """

    curation = models.ForeignKey(Curation, on_delete=models.CASCADE, related_name="changes")
    movie = models.ForeignKey(Movie, null=True, on_delete=models.CASCADE, related_name="changes")
    track = models.ForeignKey(Track, null=True, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    is_undone = models.BooleanField(_("되돌림"), default=False)

    class Meta:
        verbose_name = _("바뀐 것")
        verbose_name_plural = _("바뀐 것")
        ordering = ("-pk",)
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(movie=None, track__isnull=False) | Q(movie__isnull=False, track=None),
                name="change_of_one_item",
            ),
            models.UniqueConstraint(fields=["curation", "movie"], name="one_change_a_movie"),
            models.UniqueConstraint(fields=["curation", "track"], name="one_change_a_track"),
        ]

    def __str__(self) -> str:
        return f"{self.curation}: {self.movie or self.track}"

    @property
    def item(self) -> Movie | Track:
        item = self.movie or self.track
        assert item is not None, "change_of_one_item"  # noqa: S101 - for mypy; the constraint holds
        return item
