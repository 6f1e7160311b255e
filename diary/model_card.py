"""A model card's Markdown, as far as cards use it: headings, paragraphs, lists and tables of plain text.

Cards come from wherever models are published. Nothing of them is taken for HTML: templates escape every word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

HEADING, ITEM, TABLE, PARAGRAPH = "heading", "list", "table", "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a card. A table has `head` and `rows` of cells, a list its items in `lines`, others their lines."""

    kind: str
    lines: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def parse_card(card: str) -> list[Block]:
    """The blocks of a card, in order."""
    lines = [line.strip() for line in card.splitlines()]
    blocks = []
    for kind, group in groupby(lines, key=_kind_of):
        found = list(group)
        if kind == HEADING:
            blocks += [Block(HEADING, [line.lstrip("#").strip()]) for line in found]
        elif kind == ITEM:
            blocks.append(Block(ITEM, [line[2:].strip() for line in found]))
        elif kind == TABLE:
            head, *rows = [_cells(line) for line in found]
            blocks.append(Block(TABLE, head=head, rows=[row for row in rows if set("".join(row)) - set("-: ")]))
        elif kind == PARAGRAPH:
            blocks.append(Block(PARAGRAPH, found))
    return blocks


def _kind_of(line: str) -> str:
    if not line:
        return ""
    if line.startswith("#"):
        return HEADING
    if line.startswith("|"):
        return TABLE
    return ITEM if line.startswith(("- ", "* ")) else PARAGRAPH


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
