"""Phrases that are like known ones: authors who never met still write the same, and what is known is easy to hear."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ml.safety.phrases import Phrase

_LENGTH = 3
_SAYS_NOTHING = re.compile(r"[\s.,!?…~ㅠㅜㅋ]+")


def leave_out_likenesses(phrases: Iterable[Phrase], known: Sequence[Phrase], share: float = 0.5) -> list[Phrase]:
    """The phrases that share no more than this of their runs of three characters with any known phrase.

    The share is of the longer one's distinct runs; blanks, full stops and laughter don't count.
    """
    owners = defaultdict(list)
    sizes = []
    for number, phrase in enumerate(known):
        runs = _runs(phrase.text)
        sizes.append(len(runs))
        for run in runs:
            owners[run].append(number)
    kept = []
    for phrase in phrases:
        runs = _runs(phrase.text)
        shared = Counter(number for run in runs for number in owners.get(run, ()))
        if all(count <= share * max(len(runs), sizes[number]) for number, count in shared.items()):
            kept.append(phrase)
    return kept


def _runs(text: str) -> set[str]:
    letters = _SAYS_NOTHING.sub("", text)
    return {letters[start : start + _LENGTH] for start in range(max(len(letters) - _LENGTH + 1, 1))}
