"""A pretrained checkpoint, by Hugging Face id or folder → network with a fresh head, and tokenizer."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.utils import logging

from ml.encoder.kobert import find_kobert, load_kobert
from ml.encoder.mean_pooling import MeanPooledBertConfig  # its family of networks is registered
from ml.encoder.settings import TransformerSettings
from ml.encoder.task import Task
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

# What transformers needs of a tokenizer beside tokenizer.json: which tokens are the special ones.
_TOKENIZER_FACTS = ("tokenizer_config.json", "special_tokens_map.json")
_LIGHT_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
_OLD_WEIGHTS = "*.bin"  # a pickle, which transformers reads with torch's weights-only loader
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
# What a pretrained encoder may lack, and fine-tuning learns: the layer before the head, unused by its pretraining.
_FRESH = ("pooler.", "classifier.", "pre_classifier.", "score.")


def load_pretrained(settings: TransformerSettings, task: Task) -> tuple[PreTrainedModel, WindowTokenizer]:
    """Load network (float32, CPU) and tokenizer of the checkpoint; the task's head is drawn from `settings.seed`.

    Raises ModelError, saying why, when the checkpoint cannot be had, is incomplete, or would need remote code.
    """
    folder = find_folder(settings.checkpoint)
    tokenizer, pad_id = _load_tokenizer(folder)
    torch.manual_seed(settings.seed)
    network = load_network(folder, task.labels, layers=settings.layers, mean_pooling=settings.mean_pooling)
    rows = network.get_input_embeddings().weight.shape[0]
    if tokenizer.get_vocab_size() > rows:
        raise ModelError(f"{folder}: {tokenizer.get_vocab_size()} tokens, but embeddings for {rows} only")
    max_tokens = min(settings.max_tokens, _count_positions(network))
    overlap = min(settings.overlap, max_tokens // 2)
    return network, WindowTokenizer(tokenizer, task, max_tokens=max_tokens, overlap=overlap, pad_id=pad_id)


def copy_tokenizer_facts(checkpoint: str, folder: Path) -> None:
    """Make a model folder, which has weights and tokenizer, a checkpoint to start another training from."""
    for name in _TOKENIZER_FACTS:
        path = find_folder(checkpoint) / name
        if path.is_file():
            shutil.copyfile(path, folder / name)


def find_folder(checkpoint: str) -> Path:
    """The folder itself, or the one that the files of a Hugging Face id are downloaded to."""
    folder = Path(checkpoint)
    if folder.is_dir():
        return folder
    try:
        found = Path(snapshot_download(checkpoint, allow_patterns=list(_LIGHT_FILES)))
        if not any(found.glob("*.safetensors")):
            found = Path(snapshot_download(checkpoint, allow_patterns=[*_LIGHT_FILES, _OLD_WEIGHTS]))
    except HFValidationError:
        raise ModelError(f"{checkpoint}: no such folder, and not a Hugging Face id") from None
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(
            f"{checkpoint}: no such folder, and its files cannot be downloaded ({reason}). "
            "Give the folder of a downloaded checkpoint, or check the id and the connection."
        ) from None
    return found


def load_network(
    folder: Path, labels: Sequence[str], *, is_trained: bool = False, layers: int = 0, mean_pooling: bool = False
) -> PreTrainedModel:
    """The sequence classifier of a folder, in float32; where not `is_trained`, its head may be missing.

    `layers` and `mean_pooling` are those of `TransformerSettings`.

    Raises ModelError when weights are missing or damaged: transformers only warns, and goes on from noise.
    """
    try:
        with _quiet():
            network, report = AutoModelForSequenceClassification.from_pretrained(
                str(folder),
                config=_configure(folder, labels, layers, mean_pooling),
                dtype=torch.float32,
                trust_remote_code=False,
                local_files_only=True,
                ignore_mismatched_sizes=True,  # a head for other labels is replaced
                output_loading_info=True,
            )
    except UnpicklingError:
        raise ModelError(f"{folder}: its weights file is damaged, or holds code, which is not run") from None
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"{folder}: not a checkpoint that a classifier can be made of ({reason})") from error
    untrained = [*report["missing_keys"], *(str(name) for name, *_sizes in report["mismatched_keys"])]
    fresh = () if is_trained else _FRESH
    lacking = sorted(name for name in untrained if not any(part in name for part in fresh))
    if lacking:
        raise ModelError(f"{folder}: {len(lacking)} weights are missing or of another size, such as {lacking[0]}")
    loaded: PreTrainedModel = network
    return loaded


def _configure(folder: Path, labels: Sequence[str], layers: int, mean_pooling: bool) -> PreTrainedConfig:
    """The network's shape: the checkpoint's own under a head for the labels, with fewer layers or another pooling."""
    config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    if layers > config.num_hidden_layers:
        raise ModelError(f"{folder}: {config.num_hidden_layers} layers, fewer than the {layers} asked for")
    if layers:
        config.num_hidden_layers = layers
    if mean_pooling and config.model_type != MeanPooledBertConfig.model_type:
        if config.model_type != "bert":
            raise ModelError(f"{folder}: mean_pooling needs a BERT, and this is of the family {config.model_type}")
        facts = config.to_dict()
        del facts["model_type"]
        config = MeanPooledBertConfig(**facts)
    names = dict(enumerate(map(str, labels)))
    config.id2label, config.label2id = names, {name: number for number, name in names.items()}
    return config


def _load_tokenizer(folder: Path) -> tuple[Tokenizer, int]:
    """The tokenizer and the id of its padding token."""
    kobert = find_kobert(folder)
    if kobert is not None:
        tokenizer = load_kobert(kobert)
        return tokenizer, tokenizer.get_vocab()["[PAD]"]
    # transformers makes up a tokenizer of five tokens where there is no file at all.
    if not any(path for pattern in _TOKENIZER_FILES for path in folder.glob(pattern)):
        raise ModelError(f"{folder}: no tokenizer (none of {', '.join(_TOKENIZER_FILES)})")
    try:
        loaded = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelError(f"{folder}: its tokenizer cannot be loaded ({reason})") from error
    if not loaded.is_fast or loaded.pad_token_id is None:
        raise ModelError(f"{folder}: its tokenizer has no form for the `tokenizers` library, or no padding token")
    return loaded.backend_tokenizer, int(loaded.pad_token_id)


def _count_positions(network: PreTrainedModel) -> int:
    """The most tokens that the network has position embeddings for; RoBERTa's first ones are reserved for padding."""
    embeddings = getattr(network.base_model, "embeddings", None)
    table = getattr(embeddings, "position_embeddings", None)
    if isinstance(table, torch.nn.Embedding):
        return int(table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1))
    return int(getattr(network.config, "max_position_embeddings", 512))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence transformers' report of the missing head, which is meant to be missing, and its progress bar."""
    verbosity, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if has_bars:
            logging.enable_progress_bar()
