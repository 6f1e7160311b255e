"""`make test-faults`: kill a part of the site at a random moment while diaries are written, again and again.

After each round every acknowledged entry is there exactly once, with the text that was acknowledged last, what was
deleted stays deleted, and every entry is analysed and answered.
"""

import argparse
import secrets
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from tests.faults.phone import Broken, Mirror, Phone, sign_up
from tests.faults.stage import PARTS, Stage, running_stage

ACCOUNTS, PHONES_OF_EACH = 2, 2
# Seconds, on a machine that has other things to do; a site that needs longer has not recovered.
LONGEST_RECOVERY_S = 180


@dataclass(frozen=True)
class Plan:
    """What a round kills, after so many seconds of writing, and for how many seconds it is gone."""

    part: str
    after_s: float
    gone_s: float


@dataclass(frozen=True)
class Outcome:
    """A round as it went. Times count from the kill: to every phone's next write, and to the last entry's answer."""

    plan: Plan
    acknowledged: int
    retries: int
    writing_after_s: float
    analysed_after_s: float


def plan_rounds(seed: int, rounds: int) -> Iterator[Plan]:
    """Each part once in random order, then all of them again: the same seed gives the same plan."""
    chance = Random(seed)  # noqa: S311 - to be had again, not secret
    parts: list[str] = []
    for _ in range(rounds):
        parts = parts or chance.sample(PARTS, len(PARTS))
        yield Plan(parts.pop(), chance.uniform(0.2, 2.0), chance.uniform(0.0, 1.5))


class Rounds:
    """The phones of some accounts, and rounds on a stage with them."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._chance = stage, Random(f"{seed} kills")  # noqa: S311
        tokens = [sign_up(stage.url, f"writer{number}@example.com") for number in range(ACCOUNTS)]
        self._mirrors = [Mirror(stage.url, token) for token in tokens]
        self._phones = [
            [Phone(stage.url, token, Random(f"{seed} {account} {number}")) for number in range(PHONES_OF_EACH)]  # noqa: S311
            for account, token in enumerate(tokens)
        ]
        self._all = [phone for phones in self._phones for phone in phones]

    def run(self, plan: Plan) -> Outcome:
        """One round. Raises Broken when the site does not keep its word."""
        acknowledged, retries = self._count()
        with self._writing() as check:
            time.sleep(plan.after_s)
            killed_at = time.monotonic()
            self._stage.kill(plan.part, self._chance)
            time.sleep(plan.gone_s)
            self._stage.start_again(plan.part)
            back_at = time.monotonic()
            _wait(lambda: check() or all(phone.last_began_at > back_at for phone in self._all), "phones write again")
            writing_after_s = time.monotonic() - killed_at
        _wait(lambda: self._stage.count_unread() == 0, "every entry is analysed")
        analysed_after_s = time.monotonic() - killed_at
        self._compare()
        now_acknowledged, now_retries = self._count()
        return Outcome(plan, now_acknowledged - acknowledged, now_retries - retries, writing_after_s, analysed_after_s)

    def check_lists(self) -> int:
        """Compare the lists that people see, entry by entry; returns how many there are. Raises Broken."""
        total = 0
        for mirror, phones in zip(self._mirrors, self._phones, strict=True):
            entries = mirror.list_all()
            total += len(entries)
            _same({entry["id"]: entry["text"] for entry in entries}, phones, "the list")
            if len({entry["id"] for entry in entries}) != len(entries):
                raise Broken("the list names an entry twice")
            for entry in entries:
                if entry["status"] != "analyzed" or not entry["recommendations"]:
                    raise Broken(f"{entry['id']} is {entry['status']} with {entry['recommendations']}")
        return total

    @contextmanager
    def _writing(self) -> Iterator[Callable[[], bool]]:
        """All phones write; yields what raises for one of them that had to give up, and is False otherwise."""
        stop = threading.Event()
        with ThreadPoolExecutor(len(self._all)) as pool:
            done: Sequence[Future[None]] = [pool.submit(phone.write_until, stop) for phone in self._all]

            def check() -> bool:
                for future in done:
                    if future.done():
                        future.result()
                return False

            try:
                yield check
            finally:
                stop.set()
        for future in done:
            future.result()

    def _count(self) -> tuple[int, int]:
        return sum(phone.acknowledged for phone in self._all), sum(phone.retries for phone in self._all)

    def _compare(self) -> None:
        for mirror, phones in zip(self._mirrors, self._phones, strict=True):
            mirror.sync()
            _same(mirror.texts, phones, "what a phone was told of changes")


def _same(found: dict[str, str], phones: list[Phone], where: str) -> None:
    expected = {entry_id: text for phone in phones for entry_id, text in phone.texts.items()}
    if found == expected:
        return
    deleted = set.union(*(phone.deleted for phone in phones))
    raise Broken(
        f"{where}: missing {sorted(expected.keys() - found.keys())}, deleted but there "
        f"{sorted(found.keys() & deleted)}, never acknowledged {sorted(found.keys() - expected.keys() - deleted)}, "
        f"with another text {sorted(key for key in found.keys() & expected.keys() if found[key] != expected[key])}"
    )


def _wait(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LONGEST_RECOVERY_S
    while not is_so():
        if time.monotonic() > deadline:
            raise Broken(f"after {LONGEST_RECOVERY_S} s it is not so that {what}")
        time.sleep(0.05)


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"


def _print_summary(outcomes: list[Outcome], show: Callable[[str], object]) -> None:
    titles = "killed", "rounds", "acknowledged", "retries", "writing again s", "at most", "analysed s", "at most"
    show("\n" + _row(*titles) + _row(*["---"] * len(titles)))
    for part in PARTS:
        own = [outcome for outcome in outcomes if outcome.plan.part == part]
        if not own:
            continue
        writing = [outcome.writing_after_s for outcome in own]
        analysed = [outcome.analysed_after_s for outcome in own]
        show(
            _row(
                part,
                len(own),
                sum(outcome.acknowledged for outcome in own),
                sum(outcome.retries for outcome in own),
                *(f"{number(times):.1f}" for times in (writing, analysed) for number in (statistics.median, max)),
            )
        )


def main() -> int:
    """Run the rounds and print a row of each; 1 when the site did not keep its word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None, help="of an earlier run: the same kills at the same moments")
    options = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    show = sys.stdout.write
    show(f"SEED={seed} ROUNDS={options.rounds}\n\n")
    titles = "round", "killed", "after s", "gone s", "acknowledged", "retries", "writing again s", "analysed s"
    show(_row(*titles) + _row(*["---"] * len(titles)))
    outcomes: list[Outcome] = []
    with running_stage() as stage:
        rounds = Rounds(stage, seed)
        for number, plan in enumerate(plan_rounds(seed, options.rounds), start=1):
            try:
                outcome = rounds.run(plan)
            except Broken as error:
                show(f"\nround {number}, {plan}: {error}\n\n{stage.logs()}\n")
                return 1
            outcomes.append(outcome)
            times = plan.after_s, plan.gone_s, outcome.writing_after_s, outcome.analysed_after_s
            after, gone, writing, analysed = (f"{seconds:.1f}" for seconds in times)
            show(_row(number, plan.part, after, gone, outcome.acknowledged, outcome.retries, writing, analysed))
            sys.stdout.flush()
        total = rounds.check_lists()
    _print_summary(outcomes, show)
    show(f"\n{total} entries, each there once, with its last text, analysed and answered.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
