"""A short run of the rounds in the suite, so that they go on working; `make test-faults` is the long one."""

import pytest

from tests.faults.phone import Broken
from tests.faults.rounds import Rounds, plan_rounds
from tests.faults.stage import PARTS, running_stage

SEED = 169  # PostgreSQL, a worker of gunicorn, Redis, each soon and not for long


@pytest.mark.postgresql_only
@pytest.mark.django_db
def test_nothing_acknowledged_is_lost_and_everything_is_analysed() -> None:
    with running_stage() as stage:
        rounds = Rounds(stage, SEED)
        try:
            outcomes = [rounds.run(plan) for plan in plan_rounds(SEED, 3)]
            entries = rounds.check_lists()
        except Broken as error:
            pytest.fail(f"{error}\n{stage.logs()}")
    assert entries > 10
    assert sum(outcome.retries for outcome in outcomes) > 0
    assert min(outcome.acknowledged for outcome in outcomes) > 0


def test_plan_is_the_same_for_a_seed_and_leaves_no_part_out() -> None:
    plans = list(plan_rounds(SEED, 50))
    assert plans == list(plan_rounds(SEED, 50))
    assert plans != list(plan_rounds(SEED + 1, 50))
    assert {part: [plan.part for plan in plans].count(part) for part in PARTS} == dict.fromkeys(PARTS, 10)
