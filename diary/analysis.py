"""The sole door to the emotion model: reads an entry, and saves what was read together with the answer to it."""

import functools
import logging
import threading
from dataclasses import asdict
from pathlib import Path

from django.db import transaction

from diary import recommend
from diary.model_version import active_model_folder
from diary.models import Analysis, Entry, Recommendation
from ml.emotion.predict import Prediction, Predictor

logger = logging.getLogger(__name__)


_loading = threading.Lock()


def get_predictor() -> Predictor:
    """The emotion model in use, loaded at first use and when it changes. A failure to load is not remembered."""
    with _loading:  # one of many threads loads it, the others wait
        return _load_predictor(active_model_folder())


@functools.lru_cache(maxsize=1)
def _load_predictor(folder: Path) -> Predictor:
    return Predictor.load(folder)


def analyze_entry(entry_id: str, revision: int) -> bool:
    """Read an unread entry, choose its answer, save both. False when it is gone, edited meanwhile, or read already.

    Raises ml.errors.ModelError when the model can't be loaded.
    """
    try:
        entry = Entry.objects.unanalyzed().select_related("analysis").get(pk=entry_id, revision=revision)
    except Entry.DoesNotExist:
        return False
    [prediction] = get_predictor().predict([entry.text])
    recommendations = recommend.recommend_for(entry, emotion=prediction.label)
    return save_analysis(entry, prediction, recommendations)


def save_analysis(entry: Entry, prediction: Prediction, recommendations: list[Recommendation]) -> bool:
    """Save what was read and shown, unless the entry has moved on from the revision that was read: then False."""
    was_answered = entry.was_answered  # asked before the new analysis is tied to the entry
    with transaction.atomic():
        unchanged = Entry.objects.unanalyzed().filter(pk=entry.pk, revision=entry.revision)
        # The update locks the row, so that an edit waits for this transaction or this one sees the edit; so does
        # another worker that has read the same revision.
        if not unchanged.update(status=Entry.Status.ANALYZED):
            logger.info("entry %s was edited, deleted or read by another while it was being read", entry.pk)
            return False
        Analysis.objects.bulk_create(
            [_to_analysis(entry, prediction)],
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=[field.name for field in Analysis._meta.fields if not field.primary_key],
        )
        if was_answered:
            kept = [recommendation.pk for recommendation in recommendations if recommendation.pk]
            Recommendation.objects.filter(entry=entry).exclude(pk__in=kept).delete()
        Recommendation.objects.bulk_create([r for r in recommendations if r.pk is None])
    return True


def _to_analysis(entry: Entry, prediction: Prediction) -> Analysis:
    return Analysis(
        entry=entry,
        label=prediction.label,
        is_unsure=prediction.is_unsure,
        confidence=prediction.confidence,
        scores=prediction.scores,
        sentences=[asdict(sentence) for sentence in prediction.sentences],
        model_version=prediction.model_version,
    )


def mark_failed(entry_id: str, revision: int) -> None:
    """Note that an unread entry could not be read; `manage.py analyze_pending` and the next save try it again."""
    Entry.objects.unanalyzed().filter(pk=entry_id, revision=revision).update(status=Entry.Status.FAILED)
