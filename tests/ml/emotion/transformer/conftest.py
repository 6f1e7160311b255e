"""Comments, some with a label of ours, and a tiny checkpoint that can spell them."""

from pathlib import Path

import pytest
from transformers import BertConfig

from tests.ml.emotion.corpora.files import write
from tests.ml.encoder.conftest import make_checkpoint

COMMENTS = [f"댓글 {number}번이 {'좋다' if number % 2 else '싫다'}" for number in range(40)]


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    """Thirty of the comments have a label of ours, too."""
    rows = [f"{comment},{'joy' if '좋다' in comment else 'anger'}\n" for comment in COMMENTS[:30]]
    path = write(tmp_path / "labels.csv", "".join(["text,emotion\n", *rows]))
    return f"csv:{path}"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    letters = sorted(set("댓글 번이 좋다 싫다 0123456789") - {" "})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=48, **size)
    return make_checkpoint(tmp_path / "checkpoint", config, vocabulary)
