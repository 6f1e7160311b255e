"""The task of every encoder here: the feeling of an English sentence."""

from ml.encoder.task import Task
from ml.reviews.data import LABELS


def normalize(text: str) -> str:
    """Lower case, as dair-ai's sentences are; runs of white space are one space, what UTF-8 cannot hold is dropped."""
    return " ".join(text.encode("utf-8", "ignore").decode("utf-8").lower().split())


REVIEW_TASK = Task(
    labels=LABELS,
    language="English",
    normalize=normalize,
    # Short, long (several windows), mixed and blank.
    probes=(
        "",
        "i feel so happy today",
        "The ghost in the cellar frightened me more than anything I have seen this year.",
        "I couldn't stop crying when her mother died, and I was furious with the doctors!!",
        "It runs 104 minutes. 2/10",
        "They laughed, they danced, and then the strange letter came. " * 30,
    ),
)
