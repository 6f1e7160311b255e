"""The loop of every run: AdamW with linear warm-up and decay, saved as it goes, the best epoch kept."""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn
from tqdm import tqdm

from ml.encoder.batches import Update, count_updates, learning_rate, plan_epoch
from ml.encoder.interrupt import interrupt_delayed
from ml.encoder.model import half_precision
from ml.encoder.rows import Losses, Rows
from ml.encoder.scoring import IdArray
from ml.encoder.settings import RunSettings
from ml.encoder.state import BEST_FOLDER, Progress, restore_state, save_state
from ml.errors import DataError


class Trainable(Protocol):
    """A network that is called with input_ids and attention_mask, both (windows, tokens), and gives their logits."""

    @property
    def network(self) -> nn.Module: ...

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """Input_ids and attention_mask of a batch."""

    def save(self, folder: Path) -> list[str]:
        """Write the model; return the names of the files."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What decides which epoch is the best: its name, and a figure in 0..1, the more the better."""

    name: str
    measure: Callable[[], float]


def train(
    model: Trainable,
    rows: Rows,
    losses: Losses,
    quality: Quality,
    settings: RunSettings,
    run: dict[str, Any],
    folder: Path,
) -> None:
    """Train the model, or go on with the run whose state is in `folder`, and keep the best epoch in `folder/best`.

    The state is saved after every epoch, every `save_every` updates and on Ctrl+C, which is raised again.
    Raises DataError when the folder holds another run than `run`, or there is no epoch to train, ModelError when its
    state is damaged.
    """
    if not settings.epochs:
        raise DataError("epochs: has to be 1 or more, where there is something to learn")
    optimizer = _build_optimizer(model, settings)
    progress = restore_state(folder, run, model.network, optimizer)
    trainer = _Trainer(model, optimizer, rows, losses, quality, settings, run, folder, progress)
    try:
        while trainer.progress.epoch < settings.epochs and trainer.progress.stale_epochs < settings.patience:
            trainer.train_epoch()
            trainer.finish_epoch()
    except KeyboardInterrupt:
        trainer.save()
        raise


@dataclass(slots=True)
class _Trainer:
    """One run: weights and optimizer change, and `progress` says how far they are."""

    model: Trainable
    optimizer: torch.optim.Optimizer
    rows: Rows
    losses: Losses
    quality: Quality
    settings: RunSettings
    run: dict[str, Any]
    folder: Path
    progress: Progress

    def train_epoch(self) -> None:
        """Do the updates of the epoch under way that are not done yet."""
        plan = plan_epoch([len(ids) for ids in self.rows.ids], self.progress.epoch, self.settings)
        self.model.network.train()
        title = f"epoch {self.progress.epoch + 1}/{self.settings.epochs}"
        with tqdm(total=len(plan), initial=self.progress.update, desc=title, unit="update") as bar:
            for update in plan[self.progress.update :]:
                loss = self._update(update)
                bar.update()
                bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
                if self.progress.update % self.settings.save_every == 0:
                    self.save()

    def finish_epoch(self) -> None:
        """Validate, keep the model if it is the best so far, save the state."""
        quality = self.quality.measure()
        before = self.progress
        is_best = quality > before.best_quality
        if is_best:
            self.model.save(self.folder / BEST_FOLDER)
        stale = 0 if is_best else before.stale_epochs + 1
        self.progress = Progress(before.epoch + 1, 0, max(quality, before.best_quality), stale)
        tqdm.write(
            f"epoch {before.epoch + 1}: {self.quality.name} {quality:.4f}{', the best so far' * is_best}",
            file=sys.stderr,
        )
        self.save()

    def save(self) -> None:
        """Save the state to go on from."""
        save_state(self.folder, self.run, self.progress, self.model.network, self.optimizer)

    def _update(self, update: Update) -> float:
        """Change the weights by the gradient over all batches of an update; return its mean loss."""
        per_epoch = count_updates(len(self.rows.ids), self.settings)
        done = self.progress.epoch * per_epoch + self.progress.update
        # Dropout is drawn from seed and update, so a resumed run draws the same without a saved random state.
        torch.manual_seed(self.settings.seed * 1_000_003 + done)
        self.optimizer.zero_grad()
        count = sum(len(batch) for batch in update)
        total = 0.0
        for batch in update:
            loss = self._loss(batch) / count
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.model.network.parameters(), self.settings.max_gradient_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * learning_rate(done, per_epoch * self.settings.epochs, self.settings)
        with interrupt_delayed():
            self.optimizer.step()
            self.progress = replace(self.progress, update=self.progress.update + 1)
        return total

    def _loss(self, batch: Sequence[int]) -> torch.Tensor:
        """The weighted sum of the losses of a batch."""
        device = next(self.model.network.parameters()).device
        padded = self.model.pad([self.rows.ids[row] for row in batch])
        ids, mask = (torch.from_numpy(array) for array in padded)
        ids = self.rows.drop_tokens(ids, mask, self.settings.token_dropout)
        with half_precision(device):
            logits = self.model.network(input_ids=ids.to(device), attention_mask=mask.to(device)).logits
        losses = self.losses(logits.float(), self.rows.targets[batch].to(device))
        loss: torch.Tensor = (losses * self.rows.weights[batch].to(device)).sum()
        return loss


def _build_optimizer(model: Trainable, settings: RunSettings) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), its rate falling with the depth, with decay on matrices only."""
    groups: dict[tuple[int, bool], list[torch.nn.Parameter]] = defaultdict(list)
    depths = [_depth(name) for name, _ in model.network.named_parameters()]
    top = 1 + max((depth for depth in depths if depth is not None), default=0)
    for name, parameter in model.network.named_parameters():
        depth = _depth(name)
        groups[top if depth is None else depth, parameter.ndim > 1].append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "weight_decay": settings.weight_decay if is_matrix else 0.0,
                "share": settings.layer_decay ** (top - depth),
            }
            for (depth, is_matrix), parameters in sorted(groups.items(), key=lambda item: item[0])
        ],
        lr=settings.learning_rate,
        fused=True,
    )


def _depth(name: str) -> int | None:
    """0 for the embeddings, n for the n-th layer above them, None for the head."""
    if "embeddings." in name:
        return 0
    layer = re.search(r"\.layers?\.(\d+)\.", name)
    return int(layer[1]) + 1 if layer else None
