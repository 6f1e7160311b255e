"""Batches: every window once, like lengths together, the same plan for the same seed; the learning rate's course."""

import numpy as np

from ml.encoder.batches import count_updates, learning_rate, plan_epoch
from ml.encoder.settings import TransformerSettings

SETTINGS = TransformerSettings("x", batch_size=4, accumulation=3, warmup=0.2, learning_rate=1.0)
LENGTHS = np.random.default_rng(0).integers(3, 60, 1003).tolist()


def test_plan_holds_every_window_once() -> None:
    plan = plan_epoch(LENGTHS, 0, SETTINGS)
    assert sorted(row for update in plan for batch in update for row in batch) == list(range(1003))
    assert len(plan) == count_updates(1003, SETTINGS) == 84
    assert {len(update) for update in plan[:-1]} == {3}
    assert sum(len(batch) != 4 for update in plan for batch in update) == 1


def test_plan_puts_like_lengths_together_and_pads_little() -> None:
    batches = [[LENGTHS[row] for row in batch] for update in plan_epoch(LENGTHS, 0, SETTINGS) for batch in update]
    padded = sum(max(batch) * len(batch) for batch in batches)
    in_order = sum(max(LENGTHS[first : first + 4]) * 4 for first in range(0, 1003, 4))
    assert padded < 1.05 * sum(LENGTHS)
    assert in_order > 1.4 * sum(LENGTHS)


def test_plan_depends_on_seed_and_epoch_alone() -> None:
    assert plan_epoch(LENGTHS, 1, SETTINGS) == plan_epoch(LENGTHS, 1, SETTINGS)
    assert plan_epoch(LENGTHS, 1, SETTINGS) != plan_epoch(LENGTHS, 0, SETTINGS)
    other = TransformerSettings("x", seed=1, batch_size=4, accumulation=3)
    assert plan_epoch(LENGTHS, 1, other) != plan_epoch(LENGTHS, 1, SETTINGS)


def test_learning_rate_rises_over_the_warmup_and_falls_to_nearly_zero() -> None:
    rates = [learning_rate(update, 10, SETTINGS) for update in range(10)]
    assert rates[:3] == [1 / 3, 2 / 3, 1.0]
    np.testing.assert_allclose(np.diff(rates[2:]), -1 / 8)
    assert rates[-1] > 0
    assert learning_rate(0, 1, SETTINGS) == 1.0
