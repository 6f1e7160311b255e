"""Fine-tuning: AdamW with linear warm-up and decay, early stopping on the macro F1 of the validation part."""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch.nn import functional
from tqdm import tqdm

from ml.encoder.batches import Update, count_updates, learning_rate, plan_epoch
from ml.encoder.checkpoint import load_pretrained
from ml.encoder.interrupt import interrupt_delayed
from ml.encoder.model import TransformerModel, choose_device
from ml.encoder.settings import TransformerSettings
from ml.encoder.state import BEST_FOLDER, Progress, describe_run, restore_state, save_state
from ml.encoder.task import Labelled, Task
from ml.encoder.windows import WindowTokenizer
from ml.errors import DataError

# More unknown tokens than this, and the checkpoint was not made for this language.
_MOST_UNKNOWN = 0.5
_UNKNOWN_TOKENS = ("[UNK]", "<unk>")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The windows of the training texts: token ids, label and weight of each; weights have the mean 1."""

    ids: list[list[int]]
    labels: torch.Tensor
    weights: torch.Tensor


def fit(
    train: Sequence[Labelled],
    validation: Sequence[Labelled],
    settings: TransformerSettings,
    checkpoint: Path,
    task: Task,
) -> TransformerModel:
    """Fine-tune `settings.checkpoint` for the task and return the model of the best epoch.

    `checkpoint` is a folder of this run alone. Its state is saved after every epoch, every `save_every` updates and on
    Ctrl+C (which is raised again); a second call goes on from there and ends in the same weights as an uninterrupted
    one, bit for bit on a CPU with the same number of threads; a GPU sums in no fixed order, so nearly there.
    `checkpoint/best` is at all times after the first epoch a model that `TransformerModel.load` reads.

    Raises DataError for empty parts or a folder of another run, ModelError for a checkpoint that cannot be used.
    """
    if not train or not validation:
        raise DataError("the training and the validation part need at least one example each")
    run = describe_run(train, validation, settings)
    network, tokenizer = load_pretrained(settings, task)
    rows = _build_rows(train, tokenizer)
    model = TransformerModel(network.to(choose_device()), tokenizer)
    optimizer = _build_optimizer(model, settings)
    progress = restore_state(checkpoint, run, model.network, optimizer)
    trainer = _Trainer(model, optimizer, rows, settings, run, checkpoint, progress)
    try:
        while trainer.progress.epoch < settings.epochs and trainer.progress.stale_epochs < settings.patience:
            trainer.train_epoch()
            trainer.finish_epoch(validation)
    except KeyboardInterrupt:
        trainer.save()
        raise
    return TransformerModel.load(checkpoint / BEST_FOLDER, task)


@dataclass(slots=True)
class _Trainer:
    """One run: weights and optimizer change, and `progress` says how far they are."""

    model: TransformerModel
    optimizer: torch.optim.Optimizer
    rows: _Rows
    settings: TransformerSettings
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

    def finish_epoch(self, validation: Sequence[Labelled]) -> None:
        """Validate, keep the model if it is the best so far, save the state."""
        f1 = _measure_f1(self.model, validation)
        before = self.progress
        is_best = f1 > before.best_f1
        if is_best:
            self.model.save(self.folder / BEST_FOLDER)
        stale = 0 if is_best else before.stale_epochs + 1
        self.progress = Progress(before.epoch + 1, 0, max(f1, before.best_f1), stale)
        tqdm.write(
            f"epoch {before.epoch + 1}: validation macro F1 {f1:.4f}{', the best so far' * is_best}", file=sys.stderr
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
        """The weighted sum of the cross-entropy of a batch."""
        device = self.model.network.device
        padded = self.model.tokenizer.pad([self.rows.ids[row] for row in batch])
        ids, mask = (torch.from_numpy(array).to(device) for array in padded)
        logits = self.model.network(input_ids=ids, attention_mask=mask).logits
        labels = self.rows.labels[batch].to(device)
        smoothing = self.settings.label_smoothing
        losses = functional.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        loss: torch.Tensor = (losses * self.rows.weights[batch].to(device)).sum()
        return loss


def _build_rows(examples: Sequence[Labelled], tokenizer: WindowTokenizer) -> _Rows:
    """Every window of a long text is a row, and the windows of a text share its weight."""
    windows = tokenizer.split([example.text for example in examples])
    _require_known(windows.ids, tokenizer)
    text_of = np.array(windows.text_of)
    weights = np.array([example.weight for example in examples])[text_of] / np.bincount(text_of)[text_of]
    return _Rows(
        windows.ids,
        torch.from_numpy(tokenizer.task.indices(example.label for example in examples)[text_of]),
        torch.from_numpy((weights / weights.mean()).astype(np.float32)),
    )


def _require_known(ids: Sequence[Sequence[int]], tokenizer: WindowTokenizer) -> None:
    """Raise DataError when most tokens are unknown: such a run would train, and learn nothing of the texts."""
    unknown = [tokenizer.tokenizer.token_to_id(token) for token in _UNKNOWN_TOKENS]
    tokens = np.concatenate(ids)
    share = float(np.isin(tokens, [token for token in unknown if token is not None]).mean())
    if share > _MOST_UNKNOWN:
        language = tokenizer.task.language
        raise DataError(f"the checkpoint's tokenizer does not know {share:.0%} of the tokens: take one for {language}")


def _build_optimizer(model: TransformerModel, settings: TransformerSettings) -> torch.optim.Optimizer:
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
    )


def _depth(name: str) -> int | None:
    """0 for the embeddings, n for the n-th layer above them, None for the head."""
    if "embeddings." in name:
        return 0
    layer = re.search(r"\.layers?\.(\d+)\.", name)
    return int(layer[1]) + 1 if layer else None


def _measure_f1(model: TransformerModel, examples: Sequence[Labelled]) -> float:
    """Macro F1 over the labels that occur."""
    labels = model.tokenizer.task.indices(example.label for example in examples)
    predicted = model.log_probabilities([example.text for example in examples]).argmax(axis=1)
    return float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
