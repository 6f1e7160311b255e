"""Which texts of the committed tables measure, and which are only learned from."""

from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.real_lines import HARD_LINES_TABLES, REAL_LINES_TABLES
from ml.emotion.corpora.sentences import name_text
from ml.emotion.data import CORPUS_FOLDER, Example, Split, split_examples

Names = set[tuple[str, str]]


def split_line_names() -> tuple[Names, Names]:
    """The source and row of the lines in splits that measure, and of those in the training split."""
    return _split(
        [
            Example(
                f"{reading.source} {reading.row}",
                reading.label,
                1.0,
                f"real_lines/{reading.source}",
                reading.row,
                only_training=is_hard,
            )
            for tables, is_hard in ((REAL_LINES_TABLES, False), (HARD_LINES_TABLES, True))
            for table in tables
            for _, reading, _ in read_readings(table)
        ]
    )


def split_entry_names() -> tuple[Names, Names]:
    """The same of the corpus' entries, by part and id."""
    return _split(load_corpus(CORPUS_FOLDER))


def _split(examples: list[Example]) -> tuple[Names, Names]:
    parts = split_examples(examples)
    measured, learned = (
        {name_text(example) for split in splits for example in parts[split]}
        for splits in ((Split.VALIDATION, Split.TEST), (Split.TRAIN,))
    )
    return measured, learned
