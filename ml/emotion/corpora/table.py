"""Any CSV file with a text and an emotion in each row."""

from pathlib import Path

from ml.emotion.corpora.fields import parse_emotion, read_filled
from ml.emotion.data import Example


def load_csv(path: Path) -> list[Example]:
    """Read a CSV file with the columns `text` and `emotion` (English or Korean names); its line number is the id.

    Raises DataError that names file, row and column.
    """
    return [
        Example(
            row["text"],
            parse_emotion(row["emotion"], path=path, row=number, column="emotion"),
            1.0,
            f"csv/{path.stem}",
            str(number),
        )
        for number, row in read_filled(path, ("text", "emotion"))
    ]
