"""Tags of several label sets teach an encoder; the checkpoint that they leave is one for fine-tuning."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.architecture import TransformerSettings, fit
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.model import TransformerModel
from ml.encoder.pretrain import Tagged, pretrain
from ml.encoder.rows import build_rows, tag_losses
from ml.errors import DataError
from tests.ml.encoder.conftest import interrupt_step, share_right

TAG_TASK = replace(EMOTION_TASK, labels=("good", "bad", "about a day"))


@pytest.fixture(scope="module")
def tagged(train_part: list[Example]) -> list[Tagged]:
    """Half of the texts have the tags of one set, half of another, which says something else."""
    texts = []
    for number, example in enumerate(train_part):
        is_good = example.label == "joy"
        one = {"good": float(is_good), "bad": float(not is_good)}
        texts.append(Tagged(example.text, one if number % 2 else {"about a day": float("하루" in example.text)}))
    return texts


@pytest.fixture(scope="module")
def pretrained(tagged: list[Tagged], settings: TransformerSettings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tags")
    return pretrain(tagged, tagged[:6], replace(settings, epochs=12, token_dropout=0.05), folder, TAG_TASK)


def score_tags(folder: Path, texts: list[str]) -> torch.Tensor:
    model = TransformerModel.load(folder, TAG_TASK)
    ids, mask = (torch.from_numpy(array) for array in model.tokenizer.pad(model.tokenizer.split(texts).ids))
    with torch.inference_mode():
        return torch.sigmoid(model.network(input_ids=ids, attention_mask=mask).logits)


def test_each_tag_is_learnt_from_its_own_set(pretrained: Path) -> None:
    happy, sad = score_tags(
        pretrained, ["바다에서 정말 기쁘고 행복한 하루이다.", "바다에서 너무 슬퍼서 눈물이 났던 밤이다."]
    )
    assert happy[0] > 0.8
    assert happy[1] < 0.2
    assert happy[2] > 0.8
    assert sad[0] < 0.2
    assert sad[1] > 0.8
    assert sad[2] < 0.2


def test_the_folder_is_a_checkpoint_for_fine_tuning(
    pretrained: Path,
    settings: TransformerSettings,
    train_part: list[Example],
    validation_part: list[Example],
    tmp_path: Path,
) -> None:
    chosen = replace(settings, checkpoint=str(pretrained))
    network, _ = load_pretrained(chosen, EMOTION_TASK)
    learnt = TransformerModel.load(pretrained, TAG_TASK).network.state_dict()
    name = "bert.encoder.layer.1.output.dense.weight"
    assert torch.equal(network.state_dict()[name], learnt[name])
    assert share_right(fit(train_part, validation_part, chosen, tmp_path, EMOTION_TASK), validation_part) > 0.9


def test_an_interrupted_run_goes_on_to_the_same_weights(
    pretrained: Path,
    tagged: list[Tagged],
    settings: TransformerSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = replace(settings, epochs=12, token_dropout=0.05)
    with monkeypatch.context() as patch:
        interrupt_step(patch, 17)
        with pytest.raises(KeyboardInterrupt):
            pretrain(tagged, tagged[:6], chosen, tmp_path, TAG_TASK)
    again = pretrain(tagged, tagged[:6], chosen, tmp_path, TAG_TASK)
    assert (again / "model.safetensors").read_bytes() == (pretrained / "model.safetensors").read_bytes()


def test_empty_parts_are_refused(tagged: list[Tagged], settings: TransformerSettings, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one text"):
        pretrain(tagged, [], settings, tmp_path, TAG_TASK)


def test_an_unknown_tag_is_named(tagged: list[Tagged], settings: TransformerSettings, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'odd' is none of"):
        pretrain([Tagged("글", {"odd": 1.0})], tagged, settings, tmp_path, TAG_TASK)


def test_tag_losses_count_what_is_known() -> None:
    logits = torch.tensor([[0.0, 9.0, -9.0], [0.0, 0.0, 0.0]])
    targets = torch.tensor([[float("nan"), 1.0, 0.0], [1.0, float("nan"), float("nan")]])
    first, second = tag_losses(logits, targets)
    assert first < 0.001
    assert second == pytest.approx(0.6931, abs=1e-4)


def test_dropped_tokens_become_the_unknown_one_and_the_ends_stay(
    settings: TransformerSettings, train_part: list[Example]
) -> None:
    _, tokenizer = load_pretrained(settings, EMOTION_TASK)
    texts = [example.text for example in train_part]
    rows = build_rows(texts, torch.zeros(len(texts), dtype=torch.int64), [1.0] * len(texts), tokenizer)
    ids, mask = (torch.from_numpy(array) for array in tokenizer.pad(rows.ids))
    torch.manual_seed(0)
    dropped = rows.drop_tokens(ids, mask, 0.25)
    changed = dropped != ids
    assert set(dropped[changed].tolist()) == {rows.unknown_id}
    assert not changed[mask == 0].any()
    assert not changed[:, 0].any()
    assert not changed[torch.arange(len(ids)), mask.sum(dim=1) - 1].any()
    assert 0.15 < changed.sum() / mask.sum() < 0.3
    assert torch.equal(rows.drop_tokens(ids, mask, 0.0), ids)
