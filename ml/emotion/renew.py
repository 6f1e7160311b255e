"""`python -m ml.emotion.renew --output DIR`: new n-grams for a ready model, whose networks or encoder stay.

Networks of an older form are rounded as those of today are (`ml.emotion.compact.repack`).

New labels reach a model in the time that n-grams take: its other reader needs soft labels or a GPU to learn more. The
networks of a compact model learn on as well, or it gets a piece network, with --words, --pieces and --soft. What is
chosen on the validation split, temperatures and mixture, is chosen anew, as `ml.emotion.train` does it.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ml.artifacts import EMOTION_MODEL
from ml.emotion.architectures import PACKAGES, Architecture, Fit, Refit, import_compact, make_settings, name_start
from ml.emotion.compact.settings import NewNetworks, Starts
from ml.emotion.corpora.registry import SPEC_FORM, describe_kinds, describe_spec, load_sources
from ml.emotion.folder import COMPACT, HYBRID, TRAINER
from ml.emotion.soft_labels import describe_soft, read_all_soft_labels
from ml.emotion.train import print_figures, train
from ml.errors import DataError, ModelError
from ml.manifest import read_manifest
from ml.options import change_settings

# What a piece network's graph does not hold, and a network that stays can therefore be served with.
_OF_ITS_WINDOWS = ("pieces.served_pieces", "pieces.longest_text")
# What the card tells of a network that stays, and how it came about.
_OF_NETWORKS = ("networks_of",)  # of a hybrid model
_OF_WORDS = ("soft", "started_from", "words_command", "reader_of")
_OF_PIECES = ("pieces_from", "pieces_soft", "pieces_command", "pieces_back_to", "pieces_of")


def make_renewal(folder: Path, changes: Sequence[str] = (), taught: NewNetworks | None = None) -> Architecture:
    """An architecture that fits the n-grams of the compact or hybrid model in `folder` anew, with its own settings.

    Networks of a compact one that are `taught` are new, too. `changes` are NAME=VALUE. Raises ModelError where there
    is no such model, or it has no other reader, and DataError for a change that its settings refuse or that is of a
    reader that stays.
    """
    manifest = read_manifest(folder, trainer=TRAINER)
    name = str(manifest["architecture"])
    version = str(manifest["model_version"])
    if name not in (COMPACT, HYBRID) or (name == COMPACT and "soft" not in manifest):
        raise ModelError(f"{folder}: {version} has n-grams or another reader, not both. Train it: python -m {TRAINER}")
    starts = taught.starts if taught else Starts()
    _refuse_vain(changes, name, starts)
    checkpoint = str(manifest["settings"].get("encoder", {}).get("checkpoint", ""))
    settings = change_settings(make_settings(name, checkpoint=checkpoint), list(_flatten(manifest["settings"])))
    # How far a network went back is of the run that taught it.
    shares = ["start_share=0"] * bool(starts.words) + ["pieces_start_share=0"] * bool(starts.pieces)
    settings = change_settings(settings, [*shares, *changes] if name == COMPACT else changes)
    return Architecture(
        name,
        settings,
        (*PACKAGES[name], "torch") if taught else PACKAGES[name],
        *_make_fits(name, settings, folder, taught),
        inherited=_describe_readers(manifest, settings, taught),
    )


def _refuse_vain(changes: Sequence[str], name: str, starts: Starts) -> None:
    """Raises DataError for a setting of a reader that stays, of which the card would tell what is not so."""
    kept = ["encoder."] * (name == HYBRID)
    kept += ["words.", "start_share"] * (not starts.words) + ["pieces.", "pieces_start_share"] * (not starts.pieces)
    for setting in (change.partition("=")[0].strip() for change in changes):
        if setting.startswith(tuple(kept)) and setting not in _OF_ITS_WINDOWS:
            raise DataError(f"--set {setting}: is of a reader that stays. --words and --pieces name what learns on.")


def _make_fits(name: str, settings: Any, folder: Path, taught: NewNetworks | None) -> tuple[Fit, Refit]:
    """How the n-grams are fitted beside what stays, and how again.

    Raises DataError for networks beside an encoder, and where one is to go back to another by no share.
    """
    if name == COMPACT:
        if taught and taught.back_to and not settings.pieces_start_share:
            raise DataError("--back-to needs --set pieces_start_share=SHARE: how much of its weights is to be kept")
        compact = import_compact()
        return (
            lambda learned, validation, state: compact.fit_beside(
                learned, validation, settings, folder, state, taught
            ),
            partial(compact.refit_ngrams, settings=settings),
        )
    if taught:
        raise DataError(f"--words and --pieces are for {COMPACT}: {name} has an encoder")
    from ml.emotion.hybrid import model as hybrid

    return lambda learned, validation, _: hybrid.fit_beside(learned, validation, settings, folder), hybrid.refit_words


def _describe_readers(manifest: Mapping[str, Any], settings: Any, taught: NewNetworks | None) -> dict[str, Any]:
    """What the new manifest tells of the readers beside the n-grams: of those that stay, what the old one did."""
    version = manifest["model_version"]
    facts = {key: manifest[key] for key in (*_OF_NETWORKS, *_OF_WORDS, *_OF_PIECES) if key in manifest}
    facts = {"reader_of": version} | facts
    if "pieces_from" in facts:
        facts = {"pieces_of": version} | facts
    if taught and taught.starts.words:
        if "pieces_from" in facts:
            # What taught both networks in one run was told once. It stays true of the piece network.
            facts = {"pieces_soft": facts["soft"]} | facts
        facts = _leave_out(facts, _OF_WORDS) | _describe_words(taught.starts.words, settings, taught)
    if taught and taught.starts.pieces:
        facts = _leave_out(facts, _OF_PIECES) | _describe_pieces(taught.starts.pieces, taught)
    return facts


def _leave_out(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


def _describe_words(start: Path, settings: Any, taught: NewNetworks) -> dict[str, Any]:
    """What the manifest tells of a new word network."""
    return {
        "soft": describe_soft(taught.soft),
        "started_from": name_start(start, settings.words),
        "words_command": taught.command,
    }


def _describe_pieces(start: Path, taught: NewNetworks) -> dict[str, Any]:
    """The same of a new piece network."""
    from ml.emotion.pieces.start import hash_start

    back_to = taught.back_to
    return {
        "pieces_from": hash_start(start),
        "pieces_soft": describe_soft(taught.soft),
        "pieces_command": taught.command,
        "pieces_back_to": read_manifest(back_to, trainer=TRAINER)["model_version"] if back_to else "",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data, models or settings, 130 when it was interrupted)."""
    options = _parser().parse_args(arguments)
    specs: list[str] = options.data or ["corpus"]
    try:
        for option in ("model", "words", "pieces", "back_to"):
            folder = getattr(options, option)
            if folder and folder.resolve() == options.output.resolve():
                name = option.replace("_", "-")
                raise DataError(f"--{name}: is the output, which would overwrite it. Name another --output.")
        command = _describe_command(options, specs)
        architecture = make_renewal(options.model, options.set, _read_networks(options, command))
        metrics = train(
            load_sources(specs),
            architecture,
            options.output,
            command=command,
            score_test=options.score_test,
            refits=not options.teacher,
        )
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        told = "the training goes on by the same command" if options.soft else "there is no new model"
        print(f"stopped: {told}", file=sys.stderr)
        return 130
    print_figures(metrics)
    return 0


def _read_networks(options: argparse.Namespace, command: str) -> NewNetworks | None:
    """Raises DataError where one option is given without the other, or soft labels hold nothing or can't be read."""
    if options.back_to and not options.pieces:
        raise DataError("--back-to is for a new piece network, of --pieces and --soft")
    starts = Starts(options.words, options.pieces)
    if starts == Starts() and not options.soft:
        return None
    if starts == Starts() or not options.soft:
        raise DataError("a new network needs what it starts from (--words or --pieces) and what it learns (--soft)")
    found = read_all_soft_labels(options.soft)
    if not found.texts:
        raise DataError("--soft: holds no text to learn from")
    return NewNetworks(starts, found, command, options.back_to)


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """NAME=VALUE of all that a manifest says of settings."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}={value}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.renew", description=__doc__)
    parser.add_argument(
        "--model", type=Path, default=EMOTION_MODEL, help="a compact or hybrid model (default: the one that ships)"
    )
    parser.add_argument(
        "--data", action="append", metavar=SPEC_FORM, help=f"as of ml.emotion.train; the kinds: {describe_kinds()}"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting; repeatable"
    )
    parser.add_argument(
        "--words", type=Path, help="for a new word network: the model whose word network it goes on from"
    )
    parser.add_argument(
        "--pieces",
        type=Path,
        help="for a new piece network: a folder of ml.emotion.pieces.universal, pieces/best of a run's state, or a "
        "model",
    )
    parser.add_argument(
        "--soft", type=Path, action="append", default=[], help="what they learn, of ml.emotion.distil; may be repeated"
    )
    parser.add_argument(
        "--back-to",
        type=Path,
        help="a model whose weights pieces_start_share is of (default: what the new network starts from)",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder of the new model")
    parser.add_argument(
        "--teacher", action="store_true", help="for ml.emotion.distil: no second fit, as of ml.emotion.train"
    )
    parser.add_argument("--score-test", action="store_true", help="also score the test split: once, for a final model")
    return parser


def _describe_command(options: argparse.Namespace, specs: Sequence[str]) -> str:
    """The command that was given, without paths."""
    parts = ["python -m ml.emotion.renew --model MODEL", *(f"--data {describe_spec(spec)}" for spec in specs)]
    parts += ["--words WORDS"] * bool(options.words) + ["--pieces PIECES"] * bool(options.pieces)
    parts += ["--soft SOFT"] * len(options.soft)
    parts += ["--back-to EARLIER"] * bool(options.back_to) + [f"--set {change}" for change in options.set]
    parts += ["--teacher"] * options.teacher + ["--score-test"] * options.score_test
    return " ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
