"""In training networks read as they will where they serve, and gradients pass as if nothing were rounded."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from ml.emotion.pieces.network import PieceNetwork
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.reader_graph import export_reader
from ml.emotion.rounding import RoundedLinear, RoundedStates, round_vectors
from ml.emotion.sessions import open_session
from ml.emotion.tables import Table, save_table
from ml.encoder.settings import Precision

WIDTH, PLACES = 16, 9
SETTINGS = PieceSettings(pools=2, head_width=16, dropout=0.0)


def make_vectors(rows: int) -> torch.Tensor:
    return torch.randn(rows, WIDTH, generator=torch.Generator().manual_seed(0))


def test_vectors_are_rounded_as_the_table_holds_them(tmp_path: Path) -> None:
    vectors = make_vectors(50)
    vectors[3] = 0
    vectors[4, 0] = 100.0
    save_table(vectors.numpy(), tmp_path / "values.npy", tmp_path / "scales.npy")
    held = Table.load(tmp_path / "values.npy", tmp_path / "scales.npy", len(vectors)).restore()
    assert_allclose(round_vectors(vectors).numpy(), held, rtol=1e-5, atol=1e-6)
    assert not np.allclose(round_vectors(vectors).numpy(), vectors.numpy(), atol=0.01)


def test_a_network_in_training_reads_as_its_file_will(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Products in bfloat16, where a processor has it, would move what was rounded.
    monkeypatch.setattr("ml.emotion.pieces.network.multiplies_bfloat16", lambda device: False)
    torch.manual_seed(0)
    network = PieceNetwork(SETTINGS, 50, WIDTH)
    numbers, mask = torch.arange(1, PLACES + 1)[None], torch.ones(1, PLACES, dtype=torch.int64)
    exact = network.eval()(numbers, mask).logits.detach().numpy()
    taught = network.train()(numbers, mask).logits.detach().numpy()

    export_reader(network.reader.eval(), tmp_path / "r.onnx", WIDTH, PLACES, Precision.INT8, ["widening"])
    save_table(network.embeddings.weight.detach().numpy(), tmp_path / "values.npy", tmp_path / "scales.npy")
    vectors = Table.load(tmp_path / "values.npy", tmp_path / "scales.npy", 50).take(numbers.numpy())
    (served,) = open_session(tmp_path / "r.onnx").run(["logits"], {"vectors": vectors, "mask": mask.numpy()})
    lost = np.abs(exact - served).max()
    assert lost > 1e-3
    assert np.abs(taught - served).max() < 0.1 * lost


def test_windows_have_a_scale_each() -> None:
    states = torch.stack([make_vectors(PLACES), 1000 * make_vectors(PLACES)])
    rounding = RoundedStates().train()
    assert_array_equal(rounding(states)[0].numpy(), rounding(states[:1])[0].numpy())
    change = (rounding(states) - states).abs().amax(dim=(1, 2))
    steps = (states.amax(dim=(1, 2)) - states.amin(dim=(1, 2))) / 255
    assert ((change > 0) & (change <= 0.501 * steps)).all()
    assert rounding(torch.zeros(2, 3)).tolist() == [[0, 0, 0]] * 2
    assert rounding.eval()(states) is states


def test_gradients_pass_as_if_nothing_were_rounded() -> None:
    layer = RoundedLinear(WIDTH, 4)
    inputs = make_vectors(PLACES).requires_grad_()
    layer(inputs).sum().backward()
    rounded = RoundedStates()(inputs.detach())
    assert_allclose(layer.weight.grad.numpy(), rounded.sum(dim=0).expand(4, -1).numpy(), rtol=1e-5)
    assert_allclose(inputs.grad.numpy()[0], layer.weight.detach().sum(dim=0).numpy(), atol=4 * 0.25 / 64)
    vectors = make_vectors(PLACES).requires_grad_()
    round_vectors(vectors).square().sum().backward()
    assert_allclose(vectors.grad.numpy(), 2 * round_vectors(vectors.detach()).numpy(), rtol=1e-5)


def test_what_serves_is_a_plain_layer() -> None:
    layer, plain = RoundedLinear(WIDTH, 4).eval(), nn.Linear(WIDTH, 4)
    plain.load_state_dict(layer.state_dict())
    assert_array_equal(layer(make_vectors(3)).detach().numpy(), plain(make_vectors(3)).detach().numpy())
