"""The sole door to the emotion model: reads an entry, and saves what was read together with the answer to it."""

import functools
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import transaction

from accounts.encryption.sealing import Locked
from diary import changes, recommend
from diary.metrics import ANALYSES, ANALYSIS_SECONDS
from diary.model_version import active_model_folder
from diary.models import Analysis, Entry, EntryQuerySet, Recommendation
from ml.emotion.predict import Prediction, Predictor

logger = logging.getLogger(__name__)

# Entries of a command that are read at once.
BATCH_SIZE = 64


_loading = threading.Lock()
_loaded: Path | None = None  # the folder of the last model that was loaded


def get_predictor() -> Predictor:
    """The emotion model in use, loaded at first use and when it changes. A failure to load is not remembered."""
    with _loading:  # one of many threads loads it, the others wait
        return load_predictor(active_model_folder())


@functools.lru_cache(maxsize=1)
def load_predictor(folder: Path) -> Predictor:
    """The model of a folder. Raises ml.errors.ModelError when it can't be loaded."""
    global _loaded
    predictor = Predictor.load(folder)
    _loaded = folder
    return predictor


def is_model_loaded() -> bool:
    """Whether this process holds the model in use in memory. Raises ml.errors.ModelError as active_model_folder."""
    return load_predictor.cache_info().currsize > 0 and _loaded == active_model_folder()


def analyze_entry(entry_id: str, revision: int, *, again: bool = False) -> bool:
    """Read an unread entry, choose its answer, save both; with `again` one that was read already.

    False when it is gone, edited meanwhile, or read already although that was not asked for.

    Raises ml.errors.ModelError when the model can't be loaded. An unread one that can't be opened is marked as failed.
    """
    entries = Entry.objects.all() if again else Entry.objects.unanalyzed()
    try:
        entry = entries.select_related("analysis", "correction").get(pk=entry_id, revision=revision)
    except Entry.DoesNotExist:
        return False
    with ANALYSIS_SECONDS.time():
        return any(read_entries(get_predictor(), [entry]))


def read_entries(predictor: Predictor, entries: Sequence[Entry]) -> Iterator[bool]:
    """Read entries at once, choose their answers, save both; tells of each, as it is done, whether it was saved.

    Those that can't be opened are marked as failed.
    """
    opened = [entry for entry in entries if _opens(entry)]
    predictions = predictor.predict([entry.text for entry in opened])
    yield from (False for _ in range(len(entries) - len(opened)))
    for entry, prediction in zip(opened, predictions, strict=True):
        yield save_prediction(entry, prediction)


def _opens(entry: Entry) -> bool:
    try:
        _ = entry.text
    except Locked as error:
        logger.error("entry %s: %s", entry.pk, error)
        mark_failed(str(entry.pk), entry.revision)
        return False
    return True


def analyze_entries(predictor: Predictor, *, again: bool) -> tuple[int, Iterator[bool]]:
    """Read every unread entry with the predictor, and with `again` those that another version has read.

    Returns how many there are, and for each, as it is done, whether it was saved. What is done is not done again.
    """
    entries = Entry.objects.not_read_by(predictor.model_version) if again else Entry.objects.unanalyzed()
    return entries.count(), _analyze_in_batches(entries.select_related("analysis", "correction"), predictor)


def _analyze_in_batches(entries: EntryQuerySet, predictor: Predictor) -> Iterator[bool]:
    in_order = entries.order_by("pk")
    batch = list(in_order[:BATCH_SIZE])
    while batch:
        yield from read_entries(predictor, batch)
        batch = list(in_order.filter(pk__gt=batch[-1].pk)[:BATCH_SIZE])


def save_prediction(entry: Entry, prediction: Prediction) -> bool:
    """Choose the answer to a prediction, by its writer's correction where there is one; save both.

    False when the entry has moved on from the revision and status that were read.
    """
    if recommend.waits_to_be_asked(entry):
        return save_analysis(entry, prediction, [])
    scores = recommend.scores_that_count(entry, prediction.scores)
    return save_analysis(entry, prediction, recommend.recommend_for(entry, scores=scores))


def save_analysis(entry: Entry, prediction: Prediction, recommendations: list[Recommendation]) -> bool:
    """Save what was read and shown, unless the entry has moved on from the revision and status that were read."""
    with transaction.atomic():
        moment = changes.take_turn(entry.user_id)
        unchanged = Entry.objects.filter(pk=entry.pk, revision=entry.revision, status=entry.status)
        # The update locks the row, so that an edit waits for this transaction or this one sees the edit; so does
        # another worker that has read the same revision.
        if not unchanged.update(status=Entry.Status.ANALYZED, changed_at=moment):
            ANALYSES.labels("late").inc()
            logger.info("entry %s was edited, deleted or read by another while it was being read", entry.pk)
            return False
        # Before the new analysis is tied to the entry, which tells by it whether it has been answered.
        recommend.save_recommendations(entry, recommendations)
        Analysis.objects.bulk_create(
            [_to_analysis(entry, prediction)],
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=[field.name for field in Analysis._meta.fields if not field.primary_key],
        )
    ANALYSES.labels("saved").inc()
    return True


def _to_analysis(entry: Entry, prediction: Prediction) -> Analysis:
    return Analysis(
        entry=entry,
        label=prediction.label,
        is_unsure=prediction.is_unsure,
        confidence=prediction.confidence,
        scores=prediction.scores,
        sentences=[{"start": s.start, "end": s.end, "scores": s.scores} for s in prediction.sentences],
        model_version=prediction.model_version,
    )


def mark_failed(entry_id: str, revision: int) -> None:
    """Note that an unread entry could not be read; `manage.py analyze_pending` and the next save try it again."""
    ANALYSES.labels("failed").inc()
    pending = Entry.objects.filter(pk=entry_id, revision=revision, status=Entry.Status.PENDING)
    user_id = pending.values_list("user", flat=True).first()
    if user_id is None:
        return
    with transaction.atomic():
        moment = changes.take_turn(user_id)
        pending.update(status=Entry.Status.FAILED, changed_at=moment)
