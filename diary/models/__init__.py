"""What people write, what was read in it, what they were shown, and when they want to be reminded."""

from diary.models.entries import (
    EMOTION_CHOICES,
    EMOTION_NAMES,
    Analysis,
    Correction,
    Entry,
    EntryQuerySet,
    Tag,
)
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
    "DEFAULT_TIME",
    "EMOTION_CHOICES",
    "EMOTION_NAMES",
    "MAX_DELAY",
    "MOOD_CHOICES",
    "STRATEGY_NAMES",
    "Analysis",
    "Correction",
    "Entry",
    "EntryQuerySet",
    "Feedback",
    "FeedbackQuerySet",
    "Recommendation",
    "RecommendationQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "Tag",
]
