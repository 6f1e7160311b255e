"""The network that is cut out of the package's weights reads as the original does, and knows every Korean word."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ml.emotion.pieces.network import VECTOR_WIDTH
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.start import start_network, write_start
from ml.emotion.pieces.tokenizer import PieceTokenizer
from ml.emotion.pieces.universal import choose_pieces, main, make_convolutions, make_vectors, read_universal
from ml.errors import ModelError
from tests.ml.emotion.pieces.resources import PARTS, TEXTS, VOCABULARY, make_tensors, read_places, write_resources


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_resources(tmp_path_factory.mktemp("resources"))


def test_vectors_lie_in_turn_in_the_parts(resources: Path) -> None:
    universal = read_universal(resources)
    tensors = make_tensors()
    assert len(universal.pieces) == VOCABULARY
    for number in (0, 1, 2, 3, VOCABULARY - 1):
        row = np.asarray(tensors[f"q{number % PARTS + 1}"], np.float32)[number // PARTS]
        expected = row * tensors["scale"][number % PARTS] + tensors["lo"][number % PARTS]
        assert_allclose(universal.vectors[number], expected, atol=1e-6)


def test_pieces_that_occur_are_kept_and_characters_that_lie_in_none_added(resources: Path) -> None:
    universal = read_universal(resources)
    pieces = dict(choose_pieces(universal, [*TEXTS[:1] * 2, "괜찮 괜찮", "희귀"], least_count=2))
    known = dict(universal.pieces)
    assert {"괜", "찮"} <= pieces.keys() - known.keys()
    assert not {"희", "귀"} & pieces.keys()
    assert pieces["괜"] < min(score for piece, score in pieces.items() if piece in known)
    assert pieces.items() - known.items() == {("괜", pieces["괜"]), ("찮", pieces["괜"])}


def test_network_reads_as_the_original(resources: Path) -> None:
    universal = read_universal(resources)
    pieces = choose_pieces(universal, TEXTS, least_count=1)
    vectors, widening, mean = make_vectors(universal, pieces, VECTOR_WIDTH)
    tokenizer = PieceTokenizer(pieces, 128)
    (ids,) = tokenizer.split(TEXTS[:1]).ids
    originals = {piece: number for number, (piece, _) in enumerate(universal.pieces)}
    numbers = [1, *(originals[pieces[number - 4][0]] for number in ids[1:-1]), 2]
    expected = read_places(universal.vectors[numbers], make_tensors())
    convolutions = make_convolutions(universal, widening, mean).eval()
    padded = torch.from_numpy(np.concatenate([vectors[ids], np.zeros((2, vectors.shape[1]), np.float32)])[None])
    shown = torch.tensor([[1.0] * len(ids) + [0.0] * 2])[:, :, None]
    with torch.inference_mode():
        found = convolutions(padded, shown)[0, : len(ids)]
    assert_allclose(found.numpy(), expected, atol=2e-3)


def test_fewer_numbers_keep_most_of_a_vector(resources: Path) -> None:
    universal = read_universal(resources)
    pieces = choose_pieces(universal, TEXTS, least_count=1)
    errors = []
    for rank in (8, 40):
        vectors, widening, mean = make_vectors(universal, pieces, rank)
        assert vectors.shape == (len(pieces) + 4, rank)
        assert not vectors[0].any()
        originals = {piece: number for number, (piece, _) in enumerate(universal.pieces)}
        rows = universal.vectors[[originals[piece] for piece, _ in pieces]]
        errors.append(np.abs(vectors[4:] @ widening.T + mean - rows).mean())
    assert errors[1] < errors[0] / 2


def test_command_makes_a_folder_to_start_from(resources: Path, tiny_corpus: Path, tmp_path: Path) -> None:
    extra = tmp_path / "more.txt"
    extra.write_text("쀍쀍\n쀍쀍\n", encoding="utf-8")
    arguments = ["--weights", str(resources), "--data", f"corpus:{tiny_corpus}", "--texts", f"lines:{extra}"]
    assert main([*arguments, "--rank", "16", "--least-count", "4", "--output", str(tmp_path / "s")]) == 0
    begun = start_network(tmp_path / "s", PieceSettings(max_pieces=8))
    assert begun.network.embeddings.weight.shape == (len(begun.tokenizer), 16)
    assert "쀍" in dict(begun.pieces)


@pytest.mark.parametrize(
    ("broken", "options", "message"),
    [
        ("sp.model", [], "not the resources of fast-universal"),
        ("weights.npz", [], "not the resources of fast-universal"),
        ("", ["--rank", "514"], "--rank: has to be even, 2 to 512"),
        ("", ["--rank", "7"], "--rank: has to be even, 2 to 512"),
        ("", ["--least-count", "0"], "--least-count: has to be 1 or more"),
        ("", ["--least-count", "99999"], "--least-count: hardly a piece of the encoder occurs 99999 times"),
    ],
)
def test_command_says_what_is_wrong(
    broken: str,
    options: list[str],
    message: str,
    resources: Path,
    tiny_corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(resources, tmp_path / "r")
    if broken:
        (folder / broken).write_bytes(b"PK\x03\x04x")
    arguments = ["--weights", str(folder), "--data", f"corpus:{tiny_corpus}", "--output", str(tmp_path / "s")]
    assert main([*arguments, *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_fewer_vectors_than_pieces_are_refused(resources: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(resources, tmp_path / "r")
    tensors = make_tensors()
    np.savez(folder / "weights.npz", **{n: t[:2] if n.startswith("q") else t for n, t in tensors.items()})
    with pytest.raises(ModelError, match=r"fewer vectors than sp\.model has pieces"):
        read_universal(folder)


def test_weights_of_another_version_are_refused(resources: Path) -> None:
    universal = read_universal(resources)
    del universal.tensors["w2_5"]
    with pytest.raises(ModelError, match=r"not those of version 0\.2\.1"):
        make_convolutions(universal, np.zeros((VECTOR_WIDTH, 4), np.float32), np.zeros(VECTOR_WIDTH, np.float32))


def test_a_start_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    (tmp_path / "pieces.tsv").write_text("오늘\t-1.0\n", encoding="utf-8")
    for content in (None, json.dumps({})):
        if content:
            (tmp_path / "pieces.safetensors").write_text(content)
        with pytest.raises(ModelError, match=r"pieces\.safetensors: .*Make it anew"):
            start_network(tmp_path, PieceSettings())


def test_a_start_with_other_pieces_is_refused(resources: Path, tmp_path: Path) -> None:
    universal = read_universal(resources)
    pieces = choose_pieces(universal, TEXTS, least_count=1)
    vectors, widening, mean = make_vectors(universal, pieces, 8)
    write_start(tmp_path, pieces[1:], vectors, make_convolutions(universal, widening, mean))
    with pytest.raises(ModelError, match=r"another number of vectors than pieces\.tsv"):
        start_network(tmp_path, PieceSettings())
