"""Morphemes of raw Korean text by KoNLPy, whose analysers run on a Java virtual machine."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ml.emotion.lstm.settings import Analyzer, LstmSettings
from ml.emotion.text import normalize
from ml.errors import ModelError

try:
    import jpype  # type: ignore[import-untyped, import-not-found, unused-ignore]
    import konlpy  # type: ignore[import-untyped, import-not-found, unused-ignore]
    from konlpy import tag as taggers
except ModuleNotFoundError as error:
    raise ModelError(f"{error.name} is not installed: pip install -r requirements/train.txt") from error

_HEAP_MEGABYTES = 768  # Komoran's models need about 300; KoNLPy's own default is 1,024
_NOT_SYLLABLE = re.compile("[^가-힣]+")
_NOT_SYLLABLE_OR_JAMO = re.compile("[^가-힣ㄱ-ㅎㅏ-ㅣ]+")
# Hannanum's chart overflows at about 150 syllables without a space and then silently returns nothing for the whole
# text; Okt's time grows with the square of the run.
_LONGEST_RUN = 40
_LONG_RUN = re.compile(f"([^ ]{{{_LONGEST_RUN}}})(?=[^ ])")
_LONGEST_TEXT = 3000  # characters; far more than the morphemes that the network reads

# Particles, endings and punctuation in each analyser's tag set.
STOP_TAGS: dict[Analyzer, frozenset[str]] = {
    Analyzer.OKT: frozenset({"Josa", "Eomi", "PreEomi", "Punctuation"}),
    Analyzer.KOMORAN: frozenset(
        {"JKS", "JKC", "JKG", "JKO", "JKB", "JKV", "JKQ", "JX", "JC"}
        | {"EP", "EF", "EC", "ETN", "ETM"}
        | {"SF", "SP", "SS", "SE", "SO", "SW"}
    ),
    Analyzer.HANNANUM: frozenset({"J", "E", "S"}),
}


class MorphemeAnalyzer:
    """One of KoNLPy's analysers with the cleaning before it and the stop words after it.

    Raises ModelError when there is no Java virtual machine.
    """

    def __init__(self, settings: LstmSettings) -> None:
        self._tagger = _load_tagger(settings.analyzer)
        self._options = {"stem": settings.stem} if settings.analyzer is Analyzer.OKT else {}
        self._keep_jamo = settings.keep_jamo
        self._stopwords = frozenset(settings.stopwords or ())
        self._stop_tags = STOP_TAGS[settings.analyzer] if settings.stopwords is None else frozenset()

    def analyze(self, text: str) -> list[str]:
        """Morphemes of any `str`, stop words removed; none for a text without Hangul syllables."""
        cleaned = clean(text, keep_jamo=self._keep_jamo)
        if not cleaned:
            return []  # Komoran throws and Hannanum never returns on blank text
        return [
            morpheme
            for morpheme, tag in self._tagger.pos(cleaned, **self._options)
            if morpheme not in self._stopwords and tag not in self._stop_tags
        ]

    def analyze_all(self, texts: Iterable[str], *, show_progress: bool = False) -> list[list[str]]:
        """Morphemes of each text. A text takes 1 to 30 ms, so equal texts are analysed once."""
        texts = list(texts)
        distinct = tqdm(dict.fromkeys(texts), desc="morphemes", unit="text", disable=not show_progress)
        morphemes = {text: self.analyze(text) for text in distinct}
        return [morphemes[text] for text in texts]


def clean(text: str, *, keep_jamo: bool) -> str:
    """Hangul syllables (and, if wanted, single letters such as ㅋㅋ) between single spaces, long runs broken up.

    Nothing that the analysers choke on is left: no lone surrogate, NUL, emoji, blank line or endless word.
    """
    pattern = _NOT_SYLLABLE_OR_JAMO if keep_jamo else _NOT_SYLLABLE
    cleaned = pattern.sub(" ", normalize(text)).strip()[-_LONGEST_TEXT:].strip()
    return _LONG_RUN.sub(r"\1 ", cleaned)


@lru_cache(maxsize=len(Analyzer))
def _load_tagger(analyzer: Analyzer) -> Any:
    """The analyser, once a process: loading takes 1 to 10 s and there can be only one virtual machine."""
    _start_jvm()
    constructors = {
        Analyzer.OKT: taggers.Okt,
        Analyzer.KOMORAN: taggers.Komoran,
        Analyzer.HANNANUM: taggers.Hannanum,
    }
    return constructors[analyzer](max_heap_size=_HEAP_MEGABYTES)


def _start_jvm() -> None:
    """Start the virtual machine unless it runs.

    KoNLPy's own start would let Java handle Ctrl+C: the process would end at once, without KeyboardInterrupt.
    """
    if jpype.isJVMStarted():
        return
    java = Path(konlpy.__file__).parent / "java"
    try:
        jpype.startJVM(
            jpype.getDefaultJVMPath(),
            f"-Xmx{_HEAP_MEGABYTES}m",
            "-Dfile.encoding=UTF8",
            classpath=[str(java), str(java / "bin"), str(java / "*")],
            convertStrings=True,
            interrupt=False,
        )
    except (jpype.JVMNotFoundException, OSError) as error:
        raise ModelError(
            f"KoNLPy needs a Java virtual machine ({error}): apt-get install default-jre-headless"
        ) from error
