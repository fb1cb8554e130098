"""A letter as Markdown (CommonMark with tables)."""

from __future__ import annotations

import re

from app.export.layout import Block, Head, Heading, Small, Stamp, Table, Text, Title, Top, blocks
from app.letter.letter import Letter

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#&~])")
_STARTS = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")


def render(letter: Letter) -> str:
    """Write a letter as Markdown; nothing in it can be read as markup of a note's own.

    Args:
        letter: The letter.

    Returns:
        Text; its line ends are line feeds.
    """
    return "\n\n".join("\n".join(_lines(block)) for block in blocks(letter)) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Title():
            return [f"# {_plain(block.text)}"]
        case Stamp():
            return [f"**{_plain(block.text)}**"]
        case Head():
            return [
                f"- **{_plain(heading)}:** "
                + "; ".join(f"{_plain(name)}: {_plain(value)}" if name else _plain(value) for name, value in lines)
                for heading, lines in block.rows
            ]
        case Top():
            return [
                f"{number}. **{_plain(name)}:** {_plain(text)}" for number, (name, text) in enumerate(block.rows, 1)
            ]
        case Heading():
            mark = f" ({_plain(block.mark)})" if block.mark else ""
            return [f"## {_plain(block.text)}{mark}"]
        case Text():
            name = f"**{_plain(block.label)}:** " if block.label else ""
            if block.is_list:
                return [*([name.strip(), ""] if name else []), *(f"- {_plain(line)}" for line in block.lines)]
            return [name + _plain(line) for line in block.lines]
        case Table():
            return _table(block)
        case Small():
            return [f"*{_plain(block.label)}:* {_plain(block.text)}"]


def _table(table: Table) -> list[str]:
    lines = [_row(table.columns), "|" + " --- |" * len(table.columns)]
    for index, row in enumerate(table.rows):
        cells = [_plain(cell) for cell in row]
        if index in table.strong:
            cells = [f"**{cell}**" if cell and column < 2 else cell for column, cell in enumerate(cells)]
        lines.append(_row(cells))
    return lines


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """Escape what would be markup."""
    return _STARTS.sub(
        lambda match: (
            f"{match[1]}\\{match[2]}" if not match[2][0].isdigit() else f"{match[1]}{match[2][:-1]}\\{match[2][-1]}"
        ),
        _SPECIAL.sub(r"\\\1", " ".join(text.split())),
    )
