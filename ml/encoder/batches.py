"""Which windows make which batch of which update: a function of seed and epoch, so a resumed run needs no state."""

from collections.abc import Sequence

import numpy as np

from ml.encoder.settings import RunSettings

# Batches that are drawn together and sorted by length: enough that a batch holds windows of like length (little
# padding), few enough that chance still decides which windows meet.
_POOL = 50

# The batches of one update, each the indices of its windows.
Update = list[list[int]]


def plan_epoch(lengths: Sequence[int], epoch: int, settings: RunSettings) -> list[Update]:
    """Part all windows into updates for one epoch. lengths: tokens of each window. Every window occurs once."""
    random = np.random.default_rng([settings.seed, epoch])
    order = random.permutation(len(lengths)).tolist()
    batches: list[list[int]] = []
    for start in range(0, len(order), _POOL * settings.batch_size):
        pool = sorted(order[start : start + _POOL * settings.batch_size], key=lengths.__getitem__)
        batches += [pool[first : first + settings.batch_size] for first in range(0, len(pool), settings.batch_size)]
    shuffled = [batches[place] for place in random.permutation(len(batches))]
    return [
        shuffled[first : first + settings.accumulation] for first in range(0, len(shuffled), settings.accumulation)
    ]


def count_updates(windows: int, settings: RunSettings) -> int:
    """Updates of one epoch of so many windows."""
    batches = -(-windows // settings.batch_size)
    return -(-batches // settings.accumulation)


def learning_rate(update: int, total: int, settings: RunSettings) -> float:
    """The rate of an update, counted from 0: a linear rise over the warm-up, a linear fall to 0 after the last."""
    warmup = round(total * settings.warmup)
    if update < warmup:
        return settings.learning_rate * (update + 1) / (warmup + 1)
    return settings.learning_rate * (total - update) / max(total - warmup, 1)
