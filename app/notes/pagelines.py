"""Letters on a page become lines, rows of tables and columns.

Letters beside each other are a run; runs on one baseline are a line, wide gaps in it parting the cells of a row.
Where many lines have a long text on either side of the same gap, the page has two columns, read one after the other.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CELL_GAP = 0.55  # of the letters' height: spaces between words are half of it
_CELL_GAP_SPACED = 1.0  # where a space stands in the file: justified text stretches them
_WORD_GAP = 0.15
_SAME_LINE = 0.4
_SMALL = 0.8
_RAISED = 0.15
_PARAGRAPH_GAP = 1.35  # of the usual distance of lines
_COLUMN_TEXT = 25  # letters in a line of a column of prose; cells of tables are shorter
_COLUMN_LINES = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter where it stands; lengths in points, the page's foot is 0. No text is a space seen by the gap only."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_upright: bool = True


@dataclass(slots=True)
class _Run:
    text: str
    left: float
    right: float
    baseline: float
    size: float
    is_spaced: bool = False  # a space of the file stands before it

    def cell_gap(self, other_size: float) -> float:
        """Least gap before this run that parts two cells."""
        return (_CELL_GAP_SPACED if self.is_spaced else _CELL_GAP) * max(self.size, other_size)


@dataclass(slots=True)
class _Line:
    baseline: float
    size: float
    runs: list[_Run]


def lines_of(letters: Iterable[Letter]) -> list[str]:
    """Arrange letters as they are read.

    Args:
        letters: Upright letters in the order of the file.

    Returns:
        Lines from top to bottom; empty ones part paragraphs.
    """
    lines = _gathered(_runs(letters))
    for line in lines:
        line.runs = _joined(line.runs)
    gaps = [above.baseline - below.baseline for above, below in itertools.pairwise(lines)]
    usual = statistics.median(gaps) if gaps else 0.0
    texts: list[str] = []
    start, end, gutter = _columns(lines)
    for index, line in enumerate(lines):
        if index == start:
            texts += _read_columns(lines[start:end], gutter)
        if start <= index < end:
            continue
        if index and gaps[index - 1] > _PARAGRAPH_GAP * max(usual, line.size):
            texts.append("")
        texts.append(" | ".join(run.text for run in line.runs))
    return texts


def _runs(letters: Iterable[Letter]) -> list[_Run]:
    runs: list[_Run] = []
    has_space = is_spaced = False
    for one in letters:
        if not one.text or one.text.isspace():
            has_space = True
            is_spaced = is_spaced or bool(one.text)
            continue
        run = _Run(one.text, one.left, one.right, one.baseline, one.size, is_spaced)
        if runs and _goes_on(runs[-1], run):
            runs[-1].text += (" " if has_space else "") + one.text
            runs[-1].right = max(runs[-1].right, one.right)
        else:
            runs.append(run)
        has_space = is_spaced = False
    return runs


def _goes_on(run: _Run, one: _Run) -> bool:
    gap = one.left - run.right
    is_near = -0.5 * one.size < gap < one.cell_gap(run.size)
    return is_near and abs(one.baseline - run.baseline) < 0.1 * one.size and abs(one.size - run.size) < 0.2 * run.size


def _gathered(runs: Sequence[_Run]) -> list[_Line]:
    """Runs by their lines, from top to bottom; small raised or lowered letters join the line they belong to."""
    lines: list[_Line] = []
    for run in sorted(runs, key=lambda one: -one.baseline):
        near = lines[-1] if lines else None
        if near and near.baseline - run.baseline < _SAME_LINE * max(near.size, run.size):
            near.runs.append(run)
            if run.size > near.size:
                near.baseline, near.size = run.baseline, run.size
        else:
            lines.append(_Line(run.baseline, run.size, [run]))
    return lines


def _joined(runs: list[_Run]) -> list[_Run]:
    """Runs from left to right; those that stand close are one. A raised number is marked: 10^9, not 109."""
    cells: list[_Run] = []
    last: _Run | None = None
    for run in sorted(runs, key=lambda one: one.left):
        gap = run.left - cells[-1].right if cells else 0.0
        if last is None or gap >= run.cell_gap(last.size):
            cells.append(_Run(run.text, run.left, run.right, run.baseline, run.size))
        else:
            cells[-1].text += _between(last, run, gap) + run.text
            cells[-1].right = max(cells[-1].right, run.right)
        last = run
    return cells


def _between(last: _Run, run: _Run, gap: float) -> str:
    is_raised = run.size < _SMALL * last.size and run.baseline - last.baseline > _RAISED * last.size
    if is_raised and last.text[-1].isdigit() and run.text[0] in "0123456789-\u2212+":
        return "^"
    return " " if gap > _WORD_GAP * max(last.size, run.size) else ""


def _columns(lines: Sequence[_Line]) -> tuple[int, int, float]:
    """Find two columns of prose: first line, line after the last, and where the gap between them ends."""
    pairs = [
        index
        for index, line in enumerate(lines)
        if len(line.runs) == 2 and all(len(run.text) >= _COLUMN_TEXT for run in line.runs)
    ]
    if len(pairs) < _COLUMN_LINES:
        return -1, -1, 0.0
    gutter = min(lines[index].runs[1].left for index in pairs)
    start, end = pairs[0], pairs[-1] + 1
    crosses = any(run.left < gutter - 1 < run.right for line in lines[start:end] for run in line.runs)
    if crosses:
        return -1, -1, 0.0
    # The last lines of a column are short: they go on at its usual distance, on their own side of the gap.
    usual = statistics.median(above.baseline - below.baseline for above, below in itertools.pairwise(lines[start:end]))
    while end < len(lines) and _goes_on_in_columns(lines[end - 1], lines[end], usual, gutter):
        end += 1
    return start, end, gutter


def _goes_on_in_columns(above: _Line, line: _Line, usual: float, gutter: float) -> bool:
    is_near = above.baseline - line.baseline <= _PARAGRAPH_GAP * usual
    sides = [run.left >= gutter - 1 for run in line.runs]
    is_apart = all(run.right < gutter - 1 or run.left >= gutter - 1 for run in line.runs)
    return (
        is_near and is_apart and len(sides) == len(set(sides)) and any(abs(run.left - gutter) < 1 for run in line.runs)
    )


def _read_columns(lines: Sequence[_Line], gutter: float) -> list[str]:
    left = [run.text for line in lines for run in line.runs if run.left < gutter - 1]
    right = [run.text for line in lines for run in line.runs if run.left >= gutter - 1]
    return [*left, *right]
