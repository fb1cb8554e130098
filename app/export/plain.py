"""A letter as plain text: lines of at most 100 characters, nothing but line feeds and spaces."""

from __future__ import annotations

import textwrap
import unicodedata

from app.export.layout import Block, Head, Heading, Small, Stamp, Table, Text, Title, Top, blocks
from app.letter.letter import Letter

_WIDTH = 100


def render(letter: Letter) -> str:
    """Write a letter as text.

    Args:
        letter: The letter.

    Returns:
        Text; its line ends are line feeds.
    """
    lines: list[str] = []
    for block in blocks(letter):
        lines += _lines(block)
    return "\n".join(lines).strip("\n") + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Title():
            return [block.text]
        case Stamp():
            return [f"*** {block.text} ***" if block.is_draft else block.text, "=" * 72]
        case Head():
            facts = [
                (heading, "; ".join(_named(name, value) for name, value in lines)) for heading, lines in block.rows
            ]
            return [line for heading, text in facts for line in _wrapped(f"{heading}: ", text)]
        case Top():
            return ["", *(one for name, text in block.rows for one in _wrapped(f"{name}: ", text))]
        case Heading():
            mark = f"  [{block.mark}]" if block.mark else ""
            return ["", f"{block.text}{mark}", "-" * _columns(block.text)]
        case Text():
            name = f"{block.label}: " if block.label else ""
            if block.is_list:
                return [
                    *([name.strip()] if name else []),
                    *(one for line in block.lines for one in _wrapped("- ", line)),
                ]
            return [one for line in block.lines for one in _wrapped(name, line, hanging=False)]
        case Table():
            return _table(block)
        case Small():
            return ["", *_wrapped(f"{block.label}: ", block.text, hanging=False)]


def _named(name: str, value: str) -> str:
    return f"{name}: {value}" if name else value


def _table(table: Table) -> list[str]:
    """A row each, its cells named: columns side by side break where a font is not of one width."""
    lines = []
    for index, row in enumerate(table.rows):
        mark = "* " if index in table.strong else "- "
        if table.kind == "actions":
            owner, what, when = row
            text = f"{what} | {table.columns[0]}: {owner} | {table.columns[2]}: {when}"
        else:
            drug, dose, status, reason = row
            text = f"{drug} {dose}".strip() + (f" [{status}]" if status else "") + (f": {reason}" if reason else "")
        lines += _wrapped(mark, text)
    return lines


def _wrapped(first: str, text: str, *, hanging: bool = True) -> list[str]:
    """Break long lines at spaces; Chinese text, which has none, is left to the reader's program."""
    if _columns(text) - len(text) > len(text) // 5:
        return [first + text]
    return textwrap.wrap(
        first + text,
        _WIDTH,
        subsequent_indent="  " if hanging else "",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _columns(text: str) -> int:
    """Columns a text takes, wide characters counting two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
