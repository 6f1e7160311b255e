"""The word network in torch: a table of n-gram vectors, and the reader of what their sums make."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.reader_head import Output, make_head
from ml.emotion.words.settings import WordSettings
from ml.labels import Emotion

_HASHED_AT_ONCE = 20_000
_INNER = 3  # times as wide as the network are its layers inside


class WordNetwork(nn.Module):  # type: ignore[misc] # torch has no types
    """Logits of numbered words, as `WordTokenizer` numbers them. `words` are all that it will be shown."""

    def __init__(self, settings: WordSettings, words: Sequence[str], labels: int = len(Emotion)) -> None:
        super().__init__()
        buckets, starts = hash_words(words, settings.features)
        # They move with the network, and no file of its weights holds them: another run numbers words otherwise.
        self.register_buffer("_buckets", buckets, persistent=False)
        self.register_buffer("_starts", starts, persistent=False)
        self.table = nn.EmbeddingBag(1 << settings.features.bits, settings.width, mode="sum")
        nn.init.normal_(self.table.weight, std=0.05)
        self.reader = WordReader(settings, labels)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Output:
        """Logits of numbers and mask, both (windows, words)."""
        numbers, places = input_ids.unique(return_inverse=True)
        starts, ends = self._starts[numbers], self._starts[numbers + 1]
        lengths = ends - starts
        bags = functional.pad(lengths.cumsum(0)[:-1], (1, 0))
        of_bag = torch.arange(int(lengths.sum()), device=numbers.device) + (starts - bags).repeat_interleave(lengths)
        return Output(self.reader(self.table(self._buckets[of_bag], bags)[places], attention_mask))


class WordReader(nn.Module):  # type: ignore[misc] # torch has no types
    """A transformer with its norms first (Xiong et al. 2020) that reads vectors of words; a graph of it is served."""

    def __init__(self, settings: WordSettings, labels: int = len(Emotion)) -> None:
        super().__init__()
        width = settings.width
        self.norm = nn.LayerNorm(width)
        self.positions = nn.Parameter(torch.randn(settings.max_words, width) * 0.02)
        self.dropout = nn.Dropout(settings.dropout)
        self.layers = nn.ModuleList(_Layer(width, settings.heads, settings.dropout) for _ in range(settings.layers))
        self.pooling = nn.Linear(width, settings.pools)
        self.head = make_head(settings.pools * width, width, settings.dropout, labels)

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits (windows, labels) of vectors (windows, words, width) and mask (windows, words), 1 where a word is."""
        hidden = (1.0 - mask.to(vectors.dtype)) * -1e4
        states = self.dropout(self.norm(vectors) + self.positions[: vectors.shape[1]])
        for layer in self.layers:
            states = layer(states, hidden[:, None, None])
        shares = (self.pooling(states) + hidden[:, :, None]).softmax(dim=1)
        logits: torch.Tensor = self.head((shares.transpose(1, 2) @ states).flatten(1))
        return logits


class _Layer(nn.Module):  # type: ignore[misc] # torch has no types
    """Attention and two dense layers, each added to what it reads."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self._heads = heads
        self.attention_norm, self.dense_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.dense = nn.Sequential(nn.Linear(width, _INNER * width), nn.GELU(), nn.Linear(_INNER * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        states = states + self.dropout(self._attend(self.attention_norm(states), hidden))
        changed: torch.Tensor = states + self.dropout(self.dense(self.dense_norm(states)))
        return changed

    def _attend(self, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        windows, words, width = states.shape
        parted = self.query_key_value(states).reshape(windows, words, 3, self._heads, width // self._heads)
        query, key, value = parted.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) * (width // self._heads) ** -0.5 + hidden
        found: torch.Tensor = self.attended((scores.softmax(dim=-1) @ value).transpose(1, 2).reshape(states.shape))
        return found


def hash_words(words: Sequence[str], features: FeatureSettings) -> tuple[torch.Tensor, torch.Tensor]:
    """The buckets of all words in a row, and where those of each begin, (words + 2,); word 0 is none and has none."""
    buckets, counts = [np.empty(0, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
    for start in range(0, len(words), _HASHED_AT_ONCE):
        part = words[start : start + _HASHED_AT_ONCE]
        found = hash_batch(part, features)
        buckets.append(found.buckets)
        counts.append(np.bincount(found.rows, minlength=len(part)))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.concatenate(counts))])
    return torch.from_numpy(np.concatenate(buckets)), torch.from_numpy(starts)
