"""Labels of real lines that people wrote, joined with their texts, which stay in their own sources."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ml.emotion.corpora.fields import read_filled
from ml.emotion.corpora.kote import read_kote
from ml.emotion.corpora.readings import Reading, read_readings, share_label
from ml.emotion.data import CORPUS_FOLDER, Example
from ml.errors import DataError
from ml.files import read_lines, read_rows

# A table is frozen once it is in use: more labels come as another table, whose sources have other names where chance
# chose the lines, since a split is made within each source.
REAL_LINES_TABLES = (CORPUS_FOLDER / "real_lines.tsv", CORPUS_FOLDER / "real_lines_2.tsv")
# Most of their lines were chosen because a model was unsure of them: good to learn from, and no measure of others.
HARD_LINES_TABLES = tuple(CORPUS_FOLDER / f"hard_lines{number}.tsv" for number in ("", "_2", "_3"))
# What other readers found in lines of these tables; none of them lies in a split that measures.
FURTHER_READINGS_TABLES = (CORPUS_FOLDER / "second_readings.tsv", CORPUS_FOLDER / "third_readings.tsv")

# Where each source lies in a folder of texts. Rows of KOTE and of the film reviews are named by id, those of _LINES by
# the number of the line, from 1 on, the others by 0-based data row.
_KOTE_VAL, _KOTE_TEST = Path("kote/val.tsv"), Path("kote/test.tsv")
_KOTE = {"kote-val": _KOTE_VAL, "kote-test": _KOTE_TEST, "kote-val-hard": _KOTE_VAL, "kote-test-hard": _KOTE_TEST}
_KOTE_TRAIN = (Path("kote_train8k_va/kote_regression_validation.csv"), "text")
_CHATBOT = (Path("chatbot_songys/ChatbotData.csv"), "Q")
_TABLES = {
    "chatbot": _CHATBOT,
    "chatbot-hard": _CHATBOT,
    "kote-train8k": _KOTE_TRAIN,
    "kote-train8k-2": _KOTE_TRAIN,
    "kote-train8k-hard": _KOTE_TRAIN,
}
_LINES = {
    "youtube": Path("youtube3_hyunyoung/comments_unlabeled.txt"),
    "goemotions": Path("goemotions_ko/train.tsv"),
    "xpersona": Path("xpersona_ko/utterances.txt"),
}
_REVIEWS = {"nsmc": Path("nsmc_raw/reviews.tsv.gz")}


def load_all_real_lines(texts: Path) -> list[Example]:
    """The lines of the committed tables that hold what chance chose. Raises DataError like load_real_lines."""
    return _load_tables(REAL_LINES_TABLES, texts)


def load_hard_lines(texts: Path) -> list[Example]:
    """Lines that are only for training, whatever the split. Raises DataError like load_real_lines."""
    return [replace(example, only_training=True) for example in _load_tables(HARD_LINES_TABLES, texts)]


def _load_tables(tables: Sequence[Path], texts: Path) -> list[Example]:
    further: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for table in FURTHER_READINGS_TABLES:
        for _, reading, _ in read_readings(table):
            further[reading.source, reading.row].append(reading)
    return [example for table in tables for example in load_real_lines(table, texts, further)]


def load_real_lines(
    labels: Path, texts: Path, further: Mapping[tuple[str, str], Sequence[Reading]] | None = None
) -> list[Example]:
    """Join a table of readings with the texts it points at; `further` are other readers', by source and row.

    A label is the table's, by which lines are split, whatever its share among all readings. Only the sources that
    the table names have to be there. Raises DataError that names file, row and column.
    """
    rows = [(number, reading) for number, reading, _ in read_readings(labels)]
    text_of = {source: _read_texts(source, texts) for source in sorted({reading.source for _, reading in rows})}
    examples = []
    for number, reading in rows:
        text = text_of[reading.source].get(reading.row)
        if text is None:
            raise DataError(f"{labels}: row {number}: column row: {reading.source} has no row {reading.row}")
        shares = share_label([reading, *(further or {}).get((reading.source, reading.row), ())])
        source = f"real_lines/{reading.source}"
        examples.append(Example(text, reading.label, 1.0, source, reading.row, shares=shares))
    return examples


def _read_texts(source: str, folder: Path) -> dict[str, str]:
    """The texts of one source, by the row names that the table of labels uses."""
    if source in _KOTE:
        return {row.id: row.text for row in read_kote(folder / _KOTE[source])}
    if source in _LINES:
        return {str(number): _first_field(line) for number, line in read_lines(folder / _LINES[source])}
    if source in _REVIEWS:
        reviews = read_rows(folder / _REVIEWS[source], columns=("review_id", "text"), delimiter="\t", is_quoted=False)
        return {row["review_id"]: row["text"] for _, row in reviews}
    if source not in _TABLES:
        known = ", ".join([*_TABLES, *_KOTE, *_LINES, *_REVIEWS])
        raise DataError(f"unknown source {source}: expected {known}")
    path, column = _TABLES[source]
    rows = read_filled(folder / path, (column,))
    return {str(index): row[column] for index, (_, row) in enumerate(rows)}


def _first_field(line: str) -> str:
    """The text, before any labels."""
    return line.partition("\t")[0]
