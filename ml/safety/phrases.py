"""The reviewed phrases: eight TSV files, who wrote what, and what may be learned from.

`phrases.tsv` holds the phrases of the author of the first rules (a: `dev` and `held_out`, by the hash of the id) and
of `second_author` (b). `phrases_2.tsv` holds those of c to g, who saw neither the rules nor each other's, and of h,
who had read those of c to f and wrote more. `phrases_3.tsv` holds those of i to m, `phrases_4.tsv`
those of n to v, `phrases_5.tsv` those of w to z and aa to al, `phrases_6.tsv` those of am to bf and the whole days of
bg to bj, `phrases_7.tsv` those of bk to bs and the whole days of bt: none of these saw anything of all this.
Language models wrote all of them, told to write as many kinds of people; but the 28 of `phrases_8.tsv`, bu to cv, were
told what the card is for and no more: what people would write, not what is hard to hear.
TEST_AUTHORS are for the one score of a finished detector: no rule, weight or threshold is made with them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ml.errors import DataError
from ml.files import read_rows

FOLDER = Path(__file__).parent
FIRST_FILE = FOLDER / "phrases.tsv"
LATER_FILES = tuple(FOLDER / f"phrases_{number}.tsv" for number in range(2, 9))
FILES = (FIRST_FILE, *LATER_FILES)
FIRST_COLUMNS = ("id", "part", "label", "kind", "text")
LATER_COLUMNS = ("id", "author", "part", "label", "kind", "text")
CRISIS, NONE = "crisis", "none"
DEV, HELD_OUT, SECOND_AUTHOR, TRAIN, TEST = "dev", "held_out", "second_author", "train", "test"
# Of those who were told what the card is for and no more, bu to cv: eight of 28, named before any of them wrote.
PLAIN_TEST_AUTHORS = tuple(f"c{letter}" for letter in "cdefghij")
PLAIN_STRANGERS = (*(f"b{letter}" for letter in "uvwxyz"), *(f"c{letter}" for letter in "abklmnopqrstuv"))
# an, au and be were drawn by lot from am to bf, bj from the four who wrote days, bo from those who came last.
TEST_AUTHORS = ("b", "g", "i", "j", "an", "au", "be", "bj", "bo", *PLAIN_TEST_AUTHORS)
# Of the training authors, those who knew no rule and no phrase.
STRANGERS = (
    *"cdefklm", *"nopqrtuv", *"wxyz",
    *(f"a{letter}" for letter in "abcdefghijklmopqrstvwxyz"), *(f"b{letter}" for letter in "abcdfghiklmnpqrst"),
    *PLAIN_STRANGERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as a diary would have it; `kind` says what makes it one that speaks of a crisis, or only sounds so."""

    id: str
    author: str
    part: str
    is_crisis: bool
    kind: str
    text: str

    @property
    def is_test(self) -> bool:
        """Whether nothing may be learned from it."""
        return self.author in TEST_AUTHORS


def part_of(phrase_id: str) -> str:
    """The part of `phrases.tsv` for an id: with an s the second author's, else by the parity of its SHA-256."""
    if phrase_id.startswith("s"):
        return SECOND_AUTHOR
    return (DEV, HELD_OUT)[hashlib.sha256(phrase_id.encode()).digest()[0] % 2]


def read_first(path: Path = FIRST_FILE) -> list[Phrase]:
    """The phrases of a TSV with FIRST_COLUMNS. Raises DataError that names row and column."""
    phrases = []
    for line, row in read_rows(path, columns=FIRST_COLUMNS, delimiter="\t", is_quoted=False):
        if row["part"] != part_of(row["id"]):
            raise DataError(f"{path}: row {line}: column part: {row['id']} belongs to {part_of(row['id'])}")
        author = "b" if row["part"] == SECOND_AUTHOR else "a"
        phrases.append(_phrase(row, author, path=path, line=line))
    return phrases


def read_later(path: Path) -> list[Phrase]:
    """The phrases of a TSV with LATER_COLUMNS. Raises DataError that names row and column."""
    phrases = []
    for line, row in read_rows(path, columns=LATER_COLUMNS, delimiter="\t", is_quoted=False):
        part = TEST if row["author"] in TEST_AUTHORS else TRAIN
        if row["part"] != part:
            raise DataError(f"{path}: row {line}: column part: author {row['author']} belongs to {part}")
        phrases.append(_phrase(row, row["author"], path=path, line=line))
    return phrases


def read_phrases() -> list[Phrase]:
    """All phrases that ship. Raises DataError."""
    return [*read_first(), *(phrase for path in LATER_FILES for phrase in read_later(path))]


def _phrase(row: dict[str, str], author: str, *, path: Path, line: int) -> Phrase:
    if row["label"] not in (CRISIS, NONE):
        raise DataError(f"{path}: row {line}: column label: {row['label']!r} is neither {CRISIS} nor {NONE}")
    return Phrase(row["id"], author, row["part"], row["label"] == CRISIS, row["kind"], row["text"])
