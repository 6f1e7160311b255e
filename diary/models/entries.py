"""Entries, their tags, what was read in them (analyses), and what their writers say instead (corrections)."""

import logging
import unicodedata
import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.encryption.data_keys import open_key
from accounts.encryption.sealing import Locked, SealError
from accounts.models import User
from catalog.models import FEELING_NAMES
from diary.fields import EncryptedTextField, KeptTimeField, ScoresField
from ml.labels import Emotion

logger = logging.getLogger(__name__)

EMOTION_NAMES = {**FEELING_NAMES, "embarrassment": _("당황"), "neutral": _("중립")}
EMOTION_CHOICES = [(emotion.value, EMOTION_NAMES[emotion]) for emotion in Emotion]


class EntryQuerySet(models.QuerySet["Entry"]):
    """Filters on entries. All that a person can reach starts at `of`."""

    def of(self, user: User) -> "EntryQuerySet":
        return self.filter(user=user)

    def unanalyzed(self) -> "EntryQuerySet":
        return self.exclude(status=Entry.Status.ANALYZED)

    def not_read_by(self, model_version: str) -> "EntryQuerySet":
        """Entries that are unread, or were read by another version of the model."""
        return self.exclude(status=Entry.Status.ANALYZED, analysis__model_version=model_version)

    def left_behind(self, before: datetime) -> "EntryQuerySet":
        """Unread entries that nobody is at work on: failed ones, and those queued before a time; oldest first."""
        overdue = Q(status=Entry.Status.FAILED) | Q(queued_at__lt=before)
        return self.unanalyzed().filter(overdue).order_by("queued_at")

    def overdue(self, *, lost: datetime, failed: datetime, now: datetime) -> "EntryQuerySet":
        """Pending entries that were queued before `lost`, and failed ones before `failed`; oldest first.

        Those queued later than now too: the clock has gone back since.
        """
        is_lost = Q(status=Entry.Status.PENDING, queued_at__lt=lost)
        is_over = is_lost | Q(status=Entry.Status.FAILED, queued_at__lt=failed)
        ahead = Q(queued_at__gt=now + (now - lost))
        return self.unanalyzed().filter(is_over | ahead).order_by("queued_at")

    def felt_as(self, emotion: str) -> "EntryQuerySet":
        """Entries that count as the emotion: by their writer's correction, else by what was read in them."""
        read_so = Q(correction=None, status=Entry.Status.ANALYZED, analysis__label=emotion)
        return self.filter(Q(correction__label=emotion) | read_so)

    def unsure(self) -> "EntryQuerySet":
        """Entries whose reader was unsure, and whose writer has not said what they feel like."""
        return self.filter(correction=None, status=Entry.Status.ANALYZED, analysis__is_unsure=True)

    def written_between(self, first: date | None, last: date | None) -> "EntryQuerySet":
        """Entries of the days from `first` to `last`, both included; None leaves that side open."""
        found = self if first is None else self.filter(written_on__gte=first)
        return found if last is None else found.filter(written_on__lte=last)

    def tagged(self, tag: str, user: User) -> "EntryQuerySet":
        """Entries that carry the user's tag, whatever its case, with or without its `#`. Raises accounts' Locked."""
        return self.filter(tags__digest=Tag.digest_of(tag.removeprefix("#"), user.pk))

    def newest_first(self) -> "EntryQuerySet":
        """By day, by the moment of writing on one day, and by id: what was imported may share both."""
        return self.order_by("-written_on", "-created_at", "-pk")


class Tag(models.Model):
    """A word that a person marks entries with. It is theirs alone, and goes with the last entry that carries it.

    The name is sealed; the database finds it by its digest, which only this person's data key can make.
    """

    MAX_LENGTH = 30

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tags")
    name = EncryptedTextField(_("태그"), row_name="digest")
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("태그")
        verbose_name_plural = _("태그")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_tag_a_digest")]

    def __str__(self) -> str:
        return str(self.pk)  # never the word

    @property
    def is_locked(self) -> bool:
        """Whether this very tag does not open; the log is told why. Raises KeyMissing where none would."""
        try:
            _ = self.name
        except SealError as error:
            logger.error("tag %s: %s", self.pk, error)
            return True
        return False

    @staticmethod
    def digest_of(name: str, user_id: int) -> bytes:
        """What the person's tag is found by, the same for any case of it. Raises accounts' Locked."""
        name = unicodedata.normalize("NFC", name.replace("\x00", ""))
        return open_key(user_id).digest(f"tag {name.casefold()}")

    @classmethod
    def named(cls, name: str, user_id: int) -> "Tag":
        """A new tag, not saved yet. Raises accounts' Locked."""
        return cls(user_id=user_id, name=name, digest=cls.digest_of(name, user_id))


class Entry(models.Model):
    """What a person wrote about a day. Its text is shown to nobody but them."""

    class Status(models.TextChoices):
        PENDING = "pending", _("읽는 중")
        ANALYZED = "analyzed", _("읽음")
        FAILED = "failed", _("읽지 못함")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entries")
    text = EncryptedTextField(_("일기"))
    written_on = models.DateField(_("날짜"))
    tags = models.ManyToManyField(Tag, related_name="entries", blank=True)
    status = models.CharField(_("상태"), max_length=8, choices=Status.choices, default=Status.PENDING)
    # Grows with every edit: a late analysis of an older text, and an edit of an older page, find out by it.
    revision = models.PositiveIntegerField(default=1)
    queued_at = models.DateTimeField(_("분석을 맡긴 때"), default=timezone.now)
    created_at = KeptTimeField(_("쓴 때"), auto_now_add=True)
    updated_at = KeptTimeField(_("고친 때"), auto_now=True)
    # When anything that the API tells of the entry changed: what a phone that syncs follows. See `diary.changes`.
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("일기")
        verbose_name_plural = _("일기")
        indexes = [
            models.Index(fields=["user", "-written_on", "-created_at"], name="entry_newest_first"),
            models.Index(fields=["user"], name="entry_unanalyzed", condition=~Q(status="analyzed")),
            models.Index(fields=["user", "changed_at", "id"], name="entry_oldest_change_first"),
        ]

    def __str__(self) -> str:
        return f"{self.written_on} {self.pk}"  # never the text: this is what logs and the admin print

    def let_go(self) -> None:
        """Forget the objects that were loaded with the entry, once it is done with; asked again, they are loaded anew.

        They name the entry, too, and such circles wait for the garbage collector. With a hundred thousand objects of a
        few pages of entries, every tenth page or so took three times as long as the others.
        """
        self._state.fields_cache.clear()
        self.__dict__.pop("_prefetched_objects_cache", None)

    @property
    def was_answered(self) -> bool:
        """Whether this or an earlier text of the entry has been read and answered; both are saved as one."""
        return hasattr(self, "analysis")

    @property
    def tag_names(self) -> list[str]:
        """The tags in the order of their names; costs no query where `selectors` gave the entry."""
        return sorted(tag.name for tag in self.tags.all())

    @property
    def is_locked(self) -> bool:
        """Whether text or tags can't be opened now; the log is told why."""
        try:
            _ = self.text, self.tag_names
        except Locked as error:
            logger.error("entry %s: %s", self.pk, error)
            return True
        return False

    @property
    def emotion(self) -> Emotion | None:
        """What the entry counts as: its writer's correction, else what was read in it; None while it is unread."""
        if hasattr(self, "correction"):
            return Emotion(self.correction.label)
        return self.current_analysis.emotion if self.current_analysis else None

    @property
    def current_analysis(self) -> "Analysis | None":
        """The analysis of the text as it stands: None while it is unread, also after an edit."""
        return self.analysis if self.status == self.Status.ANALYZED else None


class Analysis(models.Model):
    """The saved prediction of an entry: scores over the six emotions, and each sentence's share in them."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="analysis")
    label = models.CharField(_("감정"), max_length=13, choices=EMOTION_CHOICES)
    is_unsure = models.BooleanField(_("잘 모르겠어요"), default=False)
    confidence = models.FloatField(_("확신"))
    scores = ScoresField(_("점수"))
    # [{"start": …, "end": …, "scores": {emotion: probability}}], offsets in characters of the text.
    sentences = ScoresField(_("문장별 점수"), default=list)
    model_version = models.CharField(_("모델"), max_length=64)
    analyzed_at = KeptTimeField(_("읽은 때"), auto_now=True)

    class Meta:
        verbose_name = _("분석")
        verbose_name_plural = _("분석")
        permissions = [("operate_models", _("일기를 읽는 모델을 받고 바꿀 수 있음"))]
        # The model desk counts how many entries each version has read: over all of them, without reading a row.
        indexes = [models.Index(fields=["model_version"], name="analysis_model_version")]

    def __str__(self) -> str:
        return str(self.pk)  # never the emotion

    @property
    def emotion(self) -> Emotion:
        return Emotion(self.label)


class Correction(models.Model):
    """What the writer says that an entry feels like. It stands beside the analysis, through edits and new readings."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="correction")
    label = models.CharField(_("감정"), max_length=13, choices=EMOTION_CHOICES)
    corrected_at = KeptTimeField(_("고친 때"), auto_now=True)

    class Meta:
        verbose_name = _("고친 감정")
        verbose_name_plural = _("고친 감정")

    def __str__(self) -> str:
        return str(self.pk)  # never the emotion
