"""What people write, what was read in it, what they were shown and say of it, what changed, what they take along."""

from diary.models.changes import KEPT_FOR, ChangeClock, Tombstone, TombstoneQuerySet, oldest_kept
from diary.models.entries import (
    EMOTION_CHOICES,
    EMOTION_NAMES,
    Analysis,
    Correction,
    Entry,
    EntryQuerySet,
    Tag,
)
from diary.models.exports import DEAD_AFTER, NEVER_TAKEN_AFTER, Export, ExportQuerySet
from diary.models.recommendations import (
    MOOD_CHOICES,
    STRATEGY_NAMES,
    Feedback,
    FeedbackQuerySet,
    Recommendation,
    RecommendationQuerySet,
)
from diary.models.reminders import DEFAULT_TIME, MAX_DELAY, Reminder, ReminderQuerySet

__all__ = [
    "DEAD_AFTER",
    "DEFAULT_TIME",
    "EMOTION_CHOICES",
    "EMOTION_NAMES",
    "KEPT_FOR",
    "MAX_DELAY",
    "MOOD_CHOICES",
    "NEVER_TAKEN_AFTER",
    "STRATEGY_NAMES",
    "Analysis",
    "ChangeClock",
    "Correction",
    "Entry",
    "EntryQuerySet",
    "Export",
    "ExportQuerySet",
    "Feedback",
    "FeedbackQuerySet",
    "Recommendation",
    "RecommendationQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "Tag",
    "Tombstone",
    "TombstoneQuerySet",
    "oldest_kept",
]
