"""English is complete, and the compiled catalogues are the ones that the sources give."""

import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("moduhyu", "accounts", "diary", "catalog")
# gettext("…"), _("…") and lazy forms with adjacent literals, as they stand in Python and in templatize's output.
CALL = re.compile(
    r"""(?<![\w.])(?:_|gettext|gettext_lazy|pgettext|ngettext)\(\s*((?:u?"(?:[^"\\]|\\.)*"\s*|u?'(?:[^'\\]|\\.)*'\s*)+)"""
)
LITERAL = re.compile(r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
HANGUL = re.compile(r"[가-힣]")


def catalogue(language: str, suffix: str, domain: str = "django") -> polib.POFile | polib.MOFile:
    path = ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.{suffix}"
    return polib.pofile(str(path)) if suffix == "po" else polib.mofile(str(path))


def messages_of(source: str) -> set[str]:
    """The message ids of a Python source."""
    found = set()
    for call in CALL.findall(source):
        literals = [literal[1:-1] for literal in LITERAL.findall(call)]
        found.add("".join(literals).replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n"))
    return found


def korean_messages() -> set[str]:
    sources = [path.read_text(encoding="utf-8") for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    sources += [templatize(path.read_text(encoding="utf-8")) for path in templates]
    return {message for source in sources for message in messages_of(source) if HANGUL.search(message)}


def test_messages_are_found() -> None:
    assert messages_of("x = _(\n    \"하나 \"\n    '둘'\n)") == {"하나 둘"}
    assert len(korean_messages()) > 150


def test_every_korean_message_has_english() -> None:
    english = {entry.msgid for entry in catalogue("en", "po").translated_entries()}
    assert korean_messages() - english == set()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_message_is_fuzzy_or_empty(language: str) -> None:
    source = catalogue(language, "po")
    assert [entry.msgid for entry in source.fuzzy_entries()] == []
    assert [entry.msgid for entry in source.untranslated_entries()] == []


def test_no_two_words_of_the_curators_desk_have_got_each_others_english() -> None:
    """gettext's guess at a new message is another message's English: short ones pass for true."""
    english = {entry.msgid: entry.msgstr for entry in catalogue("en", "po")}
    pairs = [
        ("숨기기", "쓰기"),
        ("언제", "원제"),
        ("한 일", "확인"),
        ("되돌림", "되돌리기"),
        ("파일에서 가져오기", "다른 파일 가져오기"),
    ]
    assert [pair for pair in pairs if english[pair[0]] == english[pair[1]]] == []


@pytest.mark.parametrize(("language", "domain"), [("en", "django"), ("ko", "django"), ("ko", "djangojs")])
def test_compiled_catalogue_is_the_source_compiled(language: str, domain: str) -> None:
    def pairs(file: polib.POFile | polib.MOFile) -> set[tuple[str, str, str]]:
        return {
            (entry.msgid, entry.msgstr, "".join(map(str, entry.msgstr_plural.values())))
            for entry in file
            if entry.msgid
        }

    assert pairs(catalogue(language, "mo", domain)) == pairs(catalogue(language, "po", domain))
