"""`python -m ml.emotion.transformer.pretrain`: what is held out stays out, and a checkpoint comes of it."""

from pathlib import Path

import pytest

from ml.emotion.corpora.registry import load_sources
from ml.emotion.corpora.tags import load_tags
from ml.emotion.data import Split, split_examples
from ml.emotion.transformer.pretrain import main, part_tagged, pretrain_settings
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.checkpoint import load_pretrained
from tests.ml.emotion.corpora.files import write
from tests.ml.emotion.transformer.conftest import COMMENTS


@pytest.fixture
def kote(tmp_path: Path) -> Path:
    lines = [f"{number}\t{comment}\t{number % 2}\n" for number, comment in enumerate(COMMENTS)]
    return write(tmp_path / "val.tsv", "".join(lines))


def test_held_out_texts_are_not_learnt_from(kote: Path, labelled: str) -> None:
    texts, validation = part_tagged(load_tags(f"kote:{kote}"), [labelled])
    parts = split_examples(load_sources([labelled]))
    held_out = {split: {example.text for example in parts[split]} for split in Split}
    assert {row.text for row in validation} == held_out[Split.VALIDATION]
    assert {row.text for row in texts}.isdisjoint(held_out[Split.VALIDATION] | held_out[Split.TEST])
    assert len(texts) == 40 - len(held_out[Split.VALIDATION]) - len(held_out[Split.TEST])
    assert len(held_out[Split.VALIDATION]) == len(held_out[Split.TEST]) > 0


def test_the_command_leaves_a_checkpoint(
    kote: Path, labelled: str, checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--checkpoint", str(checkpoint), "--tags", f"kote:{kote}", "--tags", f"kote:{kote}:10"]
    assert main([*arguments, "--data", labelled, "--set", "epochs=1", "--output", str(tmp_path / "run")]) == 0
    folder = Path(capsys.readouterr().out.strip())
    assert folder == tmp_path / "run" / "best"
    network, tokenizer = load_pretrained(pretrain_settings(str(folder)), EMOTION_TASK)
    assert network.config.num_labels == 6
    assert tokenizer.tokenizer.get_vocab_size() > 20


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--tags", "kote:missing.tsv"], "missing.tsv"),
        (["--tags", "songs:x"], "expected KIND:PATH"),
        (["--set", "epochs=0"], "epochs"),
        (["--set", "colour=red"], "colour"),
    ],
)
def test_a_wrong_call_is_explained(
    changes: list[str],
    message: str,
    kote: Path,
    labelled: str,
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--checkpoint", str(checkpoint), "--tags", f"kote:{kote}", "--data", labelled, *changes]
    assert main([*arguments, "--output", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err
