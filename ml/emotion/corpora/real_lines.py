"""Labels of real lines that people wrote, joined with their texts, which stay in their own sources."""

from dataclasses import replace
from pathlib import Path

from ml.emotion.corpora.fields import parse_emotion, read_filled
from ml.emotion.corpora.kote import read_kote
from ml.emotion.data import CORPUS_FOLDER, Example
from ml.errors import DataError
from ml.files import read_lines

# A table is frozen once it is in use: more labels come as another table, with sources of other names.
REAL_LINES_TABLES = (CORPUS_FOLDER / "real_lines.tsv", CORPUS_FOLDER / "real_lines_2.tsv")
# Most of its lines were chosen because a model was unsure of them: good to learn from, and no measure of other lines.
HARD_LINES_TABLE = CORPUS_FOLDER / "hard_lines.tsv"
UNCLEAR = "unclear"  # the reader could not tell

# Where each source lies in a folder of texts; those of KOTE are named by id, the others by 0-based data row.
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
# One text a line; a row is named by the number of its line, from 1 on.
_LINES = {"youtube": Path("youtube3_hyunyoung/comments_unlabeled.txt")}


def load_all_real_lines(texts: Path) -> list[Example]:
    """The lines of the committed tables that hold what chance chose. Raises DataError like load_real_lines."""
    return [example for table in REAL_LINES_TABLES for example in load_real_lines(table, texts)]


def load_hard_lines(texts: Path) -> list[Example]:
    """Lines that are only for training, whatever the split. Raises DataError like load_real_lines."""
    return [replace(example, only_training=True) for example in load_real_lines(HARD_LINES_TABLE, texts)]


def load_real_lines(labels: Path, texts: Path) -> list[Example]:
    """Join a table of labels (`source, row, label, strong, second`) with the texts it points at.

    Lines labelled `unclear` are left out. Only the sources that the table names have to be there.
    Raises DataError that names file, row and column.
    """
    rows = list(read_filled(labels, ("source", "row", "label"), "\t"))
    text_of = {source: _read_texts(source, texts) for source in sorted({row["source"] for _, row in rows})}
    examples = []
    for number, row in rows:
        if row["label"] == UNCLEAR:
            continue
        text = text_of[row["source"]].get(row["row"])
        if text is None:
            raise DataError(f"{labels}: row {number}: column row: {row['source']} has no row {row['row']}")
        label = parse_emotion(row["label"], path=labels, row=number, column="label")
        examples.append(Example(text, label, 1.0, f"real_lines/{row['source']}", row["row"]))
    return examples


def _read_texts(source: str, folder: Path) -> dict[str, str]:
    """The texts of one source, by the row names that the table of labels uses."""
    if source in _KOTE:
        return {row.id: row.text for row in read_kote(folder / _KOTE[source])}
    if source in _LINES:
        return {str(number): line for number, line in read_lines(folder / _LINES[source])}
    if source not in _TABLES:
        raise DataError(f"unknown source {source}: expected {', '.join([*_TABLES, *_KOTE, *_LINES])}")
    path, column = _TABLES[source]
    rows = read_filled(folder / path, (column,))
    return {str(index): row[column] for index, (_, row) in enumerate(rows)}
