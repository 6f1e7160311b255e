"""MODEL_CARD.md of the crisis model."""

from pathlib import Path
from typing import Any

from ml.safety.figures import Figures, add_figures, make_row
from ml.safety.model import Voices
from ml.safety.phrases import PLAIN_STRANGERS, PLAIN_TEST_AUTHORS, STRANGERS
from ml.safety.settings import CrisisSettings
from ml.safety.training_texts import read_doubtful
from ml.safety.windows import WINDOW_WORDS

CARD = "MODEL_CARD.md"


def write_card(folder: Path, voices: Voices, settings: CrisisSettings, metrics: dict[str, Any]) -> None:
    """Write the card from what `ml.safety.train` chose and counted."""
    parts = [_head(voices, settings), _figures(metrics), _limits_table(metrics), _data(), _limits()]
    (folder / CARD).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _head(voices: Voices, settings: CrisisSettings) -> str:
    words = settings.words
    return f"""# Whether a Korean diary text may speak of suicide or self-harm

Made by `python -m ml.safety.train --output ml/artifacts/safety --score-test` from the files of this repository alone:
on one machine the same bytes each time, on another processor sums may round otherwise. It starts from the word
network of the emotion model that shipped then (`start` in the manifest is the hash of its files), and the corpus was
that of then.

Three voices are added: the log-odds of a word network ({words.layers} layers, {words.width} wide), which reads
windows of {WINDOW_WORDS} words and, by itself, each sentence that the hand-written rules of `ml/safety/rules.py`
mark; {voices.ngram_share:g} times those of a logistic regression on hashed character 1- to 5-grams, which reads every
sentence by itself and with the next one; and {voices.rule_bonus:g} where the rules mark a sentence. Above
{voices.threshold:.3f} a text is marked. Plain English is left to the rules, and without the files they decide alone.

It decides whether a help card with telephone numbers is shown. It diagnoses nothing, and nothing of it is stored.
The threshold keeps false alarms at {settings.max_phrase_alarms:.1%} or less of the phrases that only sound
like a crisis and {settings.max_entry_alarms:.1%} or less of ordinary diary entries, both left out of what the
model had learned from."""


def _figures(metrics: dict[str, Any]) -> str:
    lines = [
        "## Figures",
        "",
        "| author | speak of a crisis | found | recall | do not | marked | false alarms |",
        "|---" * 7 + "|",
        *(make_row(f"{name}, left out", Figures(**metrics["left_out"][name])) for name in (*STRANGERS, "all")),
        make_row("of these bu to cv, left out", add_figures(metrics["left_out"], PLAIN_STRANGERS)),
        make_row("all, among ordinary entries", Figures(**metrics["days"])),
        *(make_row(f"{name}, test", Figures(**values)) for name, values in metrics.get("test", {}).items()),
        *_plain_test(metrics),
        "",
        "What it finds, by kind, of the authors left out: "
        + ", ".join(f"{kind} {own['marked']} of {own['count']}" for kind, own in metrics["left_out_by_kind"].items())
        + ".",
        "",
        f"Of {metrics['entries']['count']:,} diary entries left out, {metrics['entries']['marked']} are marked.",
        "",
        "*Among ordinary entries*: a phrase of 20 words at most, with entries around it, 25 to 60 words in all.",
        "Authors and the writers of the corpus are left out in five parts. bg, bh, bi, bj and bt wrote whole days.",
        "The rows *left out* of c to f flatter: the rules in `ml/safety/spoken.py` and the phrases of author h were",
        "written after reading these authors. The rows *test* are strangers to everything here, and nothing was",
        "chosen on them. b, g, i and j were scored for at least eleven models before this one; an, au, be, drawn by",
        "lot from twenty authors, and bj for four; bo, drawn by lot from nine, for two; cc to cj for none. bu to cv,",
        "cc to cj among them, were told what the card is for and nothing of what is hard to hear; all others, to",
        "write as many people and ways as they could. The rules count as much as they do because with less a pupil",
        "who tells a teacher 죽고 싶다, a sentence of this repository's tests, gets no card; the limit for entries is",
        "where what these tests call harmless (죽고 싶은 건 아니다, 서랍을 뒤지고 싶다) stays below the threshold.",
        "",
        _with_rules(Figures(**metrics["with_rules"])),
    ]
    return "\n".join(lines)


def _plain_test(metrics: dict[str, Any]) -> list[str]:
    """The row of the test's plain authors together, once they have been scored."""
    if "test" not in metrics:
        return []
    return [make_row("of these cc to cj, test", add_figures(metrics["test"], PLAIN_TEST_AUTHORS))]


def _with_rules(own: Figures) -> str:
    return (
        f"The rules mark a sentence in {own.crises:,} of the left-out phrases that speak of a crisis and in\n"
        f"{own.others:,} that do not; of these, all voices together mark {own.found:,} and {own.alarms:,}."
    )


def _limits_table(metrics: dict[str, Any]) -> str:
    lines = [
        "What another limit for the diary entries would give (`--set max_entry_alarms=…`), authors left out:",
        "",
        "| limit | recall | false alarms, phrases | alarms, entries |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {limit} | {own['recall']:.3f} | {own['alarm_rate']:.3f} | {own['entry_alarm_rate']:.4f} |"
        for limit, own in metrics["limits"].items()
    ]
    return "\n".join(lines)


def _data() -> str:
    return f"""## Data

`ml/safety/phrases.tsv` and `phrases_2.tsv` to `phrases_8.tsv` (CC0): language models wrote them, without
seeing the rules or each other's phrases; but a wrote the first rules, too, and h had read c to f. A second reader, who
saw the texts alone, was of the author's mind in nearly all (`readings.tsv`, `ml.safety.evaluate`); of
`phrases_6.tsv`, twelve phrases of which that reader thought the opposite were taken out.
`ml/corpus/*.jsonl` and `written_lines.tsv` are the ordinary days. {len(read_doubtful())} entries and lines
that joke with death, or to which a careful reader would give a card, are left out of them (`doubtful_entries.txt`:
what a reader found among the 640 that a model took for a crisis the most)."""


def _limits() -> str:
    return """## Limits, and what a person has to check

- No phrase was written by a person in a crisis, and no clinician has read any. Before the site is opened to the public
  somebody who works with people in crises should read a sample of both labels and of the misses.
- What only its weights say has no reason that can be read; what the rules say has.
- Most of what it misses is roundabout: giving things away, envying the dead, a date that nothing follows; or hides
  in slang and jokes (aw, ao); or stands in one sentence of an ordinary day, where a quarter goes unheard.
  What speaks of dying by name is found in more than nine of ten. The help page is linked everywhere for this reason.
- A reader who sees a phrase alone finds 98 of 100 (`ml.safety.evaluate`): what is missing is the model's to learn.
- A joke with 죽고 싶다 (시험 망해서 죽고 싶다ㅋㅋ) may get no card.
- It may mark grief, illness, worries about others, and jokes. Films, news, lessons and other people's crises are
  told apart only in part.
- It reads Korean. Of English only plain sentences are found, by rules."""
