"""The table of medicines in a letter: one row per drug, every word of the draft kept.

The rows come from the draft, which a doctor may have changed, never from the notes behind it. What a reconciliation
knows of a drug (status, reason) is added to its row; a drug that was stopped gets a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.notes.segments import sentences

Status = Literal["", "continued", "added", "amended", "stopped", "unclear"]

_BULLET = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.)、]\s*)?")
# The name ends where a dose, a form or a way of taking begins.
_DOSE = re.compile(
    r"\s+(?=\d|(?:once|twice|three times|four times|at night|in the morning|every|as needed|when required|prn|od|bd|tds"
    r"|qds|nocte|mane|tablets?|capsules?|inhaler|cream|drops|injection)\b|[（(])|(?<=[一-鿿])(?=\d)|[,，:：]\s*",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"\s*[(（\[]\s*(?P<mark>new|newly started|started|added|unchanged|continued?|dose (?:increased|reduced|changed)"
    r"|increased|reduced|changed|amended|新增|新加|加用|继续|不变|调整|加量|减量)(?P<more>[^)）\]]*)[)）\]]",
    re.IGNORECASE,
)
_ACTS: tuple[tuple[Status, str], ...] = (
    ("stopped", r"stop(?:ped)?|discontinued?|withheld|withhold|ceased?|停用|停服"),
    ("amended", r"increased?|reduced?|changed?|titrated?|switched|改为|加量|减量|调整"),
    ("added", r"(?:newly )?start(?:ed)?|commenced?|added|new|initiated|加用|新增|开始"),
    ("continued", r"continued?|unchanged|继续|不变"),
)
_DRUG = r"(?P<drug>[A-Za-z][\w/-]*(?:\s+[A-Za-z][\w/-]*)?|[一-鿿]{2,12}?)"
_SENTENCES = tuple(
    (status, re.compile(pattern, re.IGNORECASE))
    for status, act in _ACTS
    for pattern in (
        rf"\W*{_DRUG}(?:\s+[\d.,]+\s*\w+(?:\s+\w+ (?:daily|night))?)?\s*(?:has been |was |were |is |dose )?(?:{act})(?![\w])",
        rf"\W*(?:{act})\s*(?P<drug>[A-Za-z][\w/-]*|[一-鿿]{{2,12}}?)(?=$|[\s.,，。；;]|\d|因)",
    )
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reconciliation of the notes says of a drug.

    Attributes:
        drug: Its name.
        how: How it was taken before it was stopped; empty if the notes do not say.
        status: What became of it.
        reason: Why, in the notes' words; empty if they do not say.
    """

    drug: str
    how: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class MedicineRow:
    """One row.

    Attributes:
        drug: Name as written.
        how: The rest of the line as written: dose, route, frequency.
        status: What became of the drug; empty where nothing says.
        reason: Words of the draft, else of the notes, on the change.
    """

    drug: str
    how: str
    status: Status = ""
    reason: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the letter highlights it."""
        return self.status in ("added", "amended", "stopped")


@dataclass(frozen=True, slots=True)
class MedicineTable:
    """The rows, in the order of the alphabet, and what of the draft's changes belongs to none of them."""

    rows: tuple[MedicineRow, ...] = ()
    other_changes: str = ""


def table(medications: str, changes: str, reconciled: Sequence[Reconciled] = ()) -> MedicineTable:
    """Build the table.

    Args:
        medications: Text of the draft's section of medicines at discharge, a line each.
        changes: Text of its section of changes.
        reconciled: What a reconciliation of the notes found.

    Returns:
        Every line and sentence of both texts is in it once.
    """
    rows = [_row(line) for line in medications.splitlines() if line.strip()]
    others: list[str] = []
    for line in changes.splitlines():
        bare = _BULLET.sub("", line, count=1).strip()
        index = -1
        for span in sentences(bare):
            index = _place(rows, span.of(bare), index)
            if index < 0:
                others.append(span.of(bare))
    rows = [_known(row, reconciled) for row in rows]
    rows += [
        MedicineRow(_titled(one.drug), one.how, one.status, one.reason)
        for one in reconciled
        if one.status == "stopped" and not any(_same(row.drug, one.drug) for row in rows)
    ]
    return MedicineTable(tuple(sorted(rows, key=lambda row: row.drug.casefold())), "\n".join(others))


def _place(rows: list[MedicineRow], sentence: str, last: int) -> int:
    """Put a sentence into the row of its drug, a new one if need be, or after the sentence before it in its line.

    Args:
        rows: The rows so far; changed here.
        sentence: The sentence.
        last: Row of the sentence before it in the same line; -1 for none.

    Returns:
        The row it went to; -1 if it belongs to none.
    """
    status, drug = _act(sentence)
    index = next((at for at, row in enumerate(rows) if drug and _same(row.drug, drug)), -1 if drug else last)
    if index >= 0:
        row = rows[index]
        rows[index] = replace(row, status=status or row.status, reason=f"{row.reason} {sentence}".strip())
    elif drug:
        rows.append(MedicineRow(_titled(drug), "", status, sentence))
        index = len(rows) - 1
    return index


def _row(line: str) -> MedicineRow:
    bare = _BULLET.sub("", line, count=1).strip()
    mark = _MARK.search(bare)
    status: Status = ""
    reason = ""
    if mark:
        bare = (bare[: mark.start()] + bare[mark.end() :]).strip()
        status = next((one for one, act in _ACTS if re.search(act, mark["mark"], re.IGNORECASE)), "")
        reason = (mark["mark"] + mark["more"]) if mark["more"].strip() else ""
    split = _DOSE.search(bare)
    if split is None or split.start() == 0:
        return MedicineRow(bare, "", status, reason)
    return MedicineRow(bare[: split.start()].strip(), bare[split.end() :].strip(), status, reason)


def _act(sentence: str) -> tuple[Status, str]:
    """What a sentence says became of which drug; empty where it is not of that shape."""
    for status, pattern in _SENTENCES:
        match = pattern.match(sentence)
        if match:
            return status, match["drug"].strip()
    return "", ""


def _known(row: MedicineRow, reconciled: Sequence[Reconciled]) -> MedicineRow:
    known = next((one for one in reconciled if _same(row.drug, one.drug)), None)
    if known is None:
        return row
    return replace(row, status=row.status or known.status, reason=row.reason or known.reason)


def _same(one: str, other: str) -> bool:
    mine, theirs = one.casefold().split(), other.casefold().split()
    return mine[: len(theirs)] == theirs or theirs[: len(mine)] == mine


def _titled(drug: str) -> str:
    return drug[:1].upper() + drug[1:]
