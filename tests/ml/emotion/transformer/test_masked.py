"""`python -m ml.emotion.transformer.masked`: what is held out is not read, and a checkpoint comes of it."""

from pathlib import Path

import pytest

from ml.emotion.corpora.registry import load_sources
from ml.emotion.data import Split, split_examples
from ml.emotion.transformer.masked import main, masked_settings, part_texts
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.model import TransformerModel
from ml.errors import ModelError
from tests.ml.emotion.corpora.files import write
from tests.ml.emotion.transformer.conftest import COMMENTS


@pytest.fixture
def lines(tmp_path: Path) -> str:
    return f"lines:{write(tmp_path / 'lines.txt', chr(10).join(COMMENTS))}"


def test_held_out_texts_are_not_read(labelled: str) -> None:
    texts, validation = part_texts([*COMMENTS, "댓글이 또 있다"], [labelled])
    parts = split_examples(load_sources([labelled]))
    held_out = {split: {example.text for example in parts[split]} for split in Split}
    assert set(validation) == held_out[Split.VALIDATION]
    assert set(texts).isdisjoint(held_out[Split.VALIDATION] | held_out[Split.TEST])
    assert set(texts) == {*COMMENTS[30:], "댓글이 또 있다", *held_out[Split.TRAIN]}
    assert len(texts) == len(set(texts))


def test_the_command_leaves_a_checkpoint(
    lines: str,
    labelled: str,
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--checkpoint", str(checkpoint), "--texts", lines, "--data", labelled]
    assert main([*arguments, "--set", "epochs=1", "--output", str(tmp_path / "run")]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert folder == tmp_path / "run" / "best"
    network, tokenizer = load_pretrained(masked_settings(str(folder)), EMOTION_TASK)
    assert network.config.num_labels == len(EMOTION_TASK.labels)
    assert tokenizer.split(["댓글"]).ids
    with pytest.raises(ModelError, match="other labels"):  # it has learnt none
        TransformerModel.load(folder, EMOTION_TASK)


@pytest.mark.parametrize(
    ("change", "message"),
    [(["--set", "epochs=0"], "epochs"), (["--set", "colour=1"], "colour"), (["--texts", "lines:nowhere"], "nowhere")],
)
def test_wrong_arguments_are_named(
    change: list[str],
    message: str,
    lines: str,
    labelled: str,
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--checkpoint", str(checkpoint), "--texts", lines, "--data", labelled, *change]
    assert main([*arguments, "--output", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err
