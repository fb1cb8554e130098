"""Plain text from formatted documents: lines, blank lines, and tables whose rows stay rows.

Readers of formats feed a `Layout` in reading order. The cells of a row are joined by " | ", so that a drug, its
dose and its times stay on one line; a table that only arranges the page is taken apart again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LONGEST_CELL = 400  # characters; whole paragraphs in a cell show a table that arranges the page
_MOST_LINES = 8  # of one cell, for the same reason
_PICTURE_BULLETS = "\uf0b7\uf0a7\uf0d8\uf076"
_BULLET = re.compile(rf"^(\s*)(?:[·•▪◦‣§{_PICTURE_BULLETS}]|o(?=[\u00a0\t]))[ \u00a0\t]+")

# The Symbol font keeps its signs among the private characters: 0xF000 and the code that Adobe's encoding gives them.
_SYMBOLS = str.maketrans({
    0xF0A3: "≤", 0xF0B3: "≥", 0xF0B0: "°", 0xF0B1: "±", 0xF06D: "µ", 0xF0AC: "←", 0xF0AD: "↑", 0xF0AE: "→",
    0xF0AF: "↓", 0xF0B4: "\u00d7", 0xF0B8: "÷", 0xF0B9: "≠", 0xF0BB: "≈", 0xF061: "\u03b1", 0xF062: "β",
    0xF067: "\u03b3", 0xF064: "δ", 0xF044: "Δ", 0xF03C: "<", 0xF03E: ">", 0xF03D: "=", 0xF02B: "+", 0xF02D: "-",
    0xF025: "%", 0xF0E0: "→", 0xF0E8: "→", 0xF0FC: "✓", 0xF0FE: "☒", 0xF0A8: "☐",
})  # fmt: skip


@dataclass(slots=True)
class _Frame:
    """The text of the page, or of one cell."""

    lines: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    wants_blank: bool = False


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    holds_table: bool = False


class Layout:
    """Builds text from what a reader meets, in order.

    Args:
        collapse: Whether runs of spaces in a line are one space, as in web pages.
    """

    def __init__(self, *, collapse: bool = False) -> None:
        self._collapse = collapse
        self._frames = [_Frame()]
        self._tables: list[_Table] = []

    def write(self, text: str) -> None:
        """Add text to the line."""
        self._frames[-1].inline.append(text.translate(_SYMBOLS))

    def end_line(self, *, keep_empty: bool = False) -> None:
        """End the line; an empty one is dropped unless it shall be kept."""
        frame = self._frames[-1]
        line = "".join(frame.inline)
        frame.inline.clear()
        if self._collapse:
            line = re.sub(" {2,}", " ", line).strip(" ")
        if line.strip():
            if frame.wants_blank and frame.lines:
                frame.lines.append("")
            frame.lines.append(_BULLET.sub(r"\1- ", line))
            frame.wants_blank = False
        elif keep_empty:
            frame.wants_blank = True

    def end_block(self) -> None:
        """End the line; a blank line parts what follows."""
        self.end_line(keep_empty=True)

    def open_table(self) -> None:
        """Begin a table."""
        self.end_line()
        self._tables.append(_Table())

    def open_row(self) -> None:
        """Begin a row."""
        if self._tables:
            self._tables[-1].rows.append([])

    def open_cell(self) -> None:
        """Begin a cell; text goes into it until it is closed."""
        self._frames.append(_Frame())

    def close_cell(self) -> None:
        """End a cell."""
        if len(self._frames) == 1 or not self._tables:
            return
        self.end_line()
        cell = "\n".join(self._frames.pop().lines)
        if not self._tables[-1].rows:
            self._tables[-1].rows.append([])
        self._tables[-1].rows[-1].append(cell)

    def close_table(self) -> None:
        """End a table and put its rows into the text."""
        if not self._tables:
            return
        self.end_line()
        table = self._tables.pop()
        if self._tables:
            self._tables[-1].holds_table = True
        for row in table.rows:
            for line in _lines_of(row, apart=table.holds_table):
                self._frames[-1].inline.append(line)
                self.end_line()

    def text(self) -> str:
        """Give the whole text; open cells and tables are closed."""
        while len(self._frames) > 1 and self._tables:
            self.close_cell()
            self.close_table()
        while self._tables:
            self.close_table()
        self.end_line()
        return "\n".join(self._frames[0].lines)


def _lines_of(cells: list[str], *, apart: bool) -> list[str]:
    filled = [cell for cell in cells if cell.strip()]
    arranges = any(len(cell) > _LONGEST_CELL or cell.count("\n") >= _MOST_LINES for cell in filled)
    if len(filled) < 2 or apart or arranges:
        return [line for cell in filled for line in cell.split("\n")]
    while not cells[-1].strip():
        cells = cells[:-1]
    return [" | ".join("; ".join(_stripped(cell)) for cell in cells)]


def _stripped(cell: str) -> list[str]:
    """Lines of a cell; a line that ends a clause needs no sign between it and the next."""
    return [line.strip().rstrip(";") for line in cell.split("\n") if line.strip()]
