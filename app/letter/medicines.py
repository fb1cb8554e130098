"""The table of medicines in a letter: one row per drug, every word of the draft kept.

The rows come from the draft, which a doctor may have changed, never from the notes behind it. What the reconciliation
of the notes knows of a drug (status, reason) is added to its row; a drug that was stopped gets a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.checks import actions, facts
from app.checks.actions import Act
from app.checks.facts import Facts
from app.checks.medications import Medicine
from app.notes.note import Span

Status = Literal["", "continued", "added", "amended", "stopped", "unclear"]

_BULLET = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.)、]\s*)?")
# Where the notes have no drug of the lists, the name ends where a dose or a bracket begins.
_DOSE = re.compile(r"\s+(?=\d)|\s*(?=[（(])|(?<=[一-鿿])(?=\d)|[,，:：]\s*")
_MARK = re.compile(
    r"\s*[(（\[]\s*(?:(?P<added>new|newly started|started|added|新增|新加|加用)"
    r"|(?P<continued>unchanged|continued?|继续|不变)"
    r"|(?P<amended>(?:dose )?(?:increased|reduced|changed)|amended|调整|加量|减量))(?P<more>[^)）\]]*)[)）\]]",
    re.IGNORECASE,
)
_BECAME: dict[Act, Status] = {
    "started": "added", "restarted": "added", "stopped": "stopped", "withheld": "stopped",
    "increased": "amended", "reduced": "amended", "continued": "continued",
}  # fmt: skip
_KNOWN: frozenset[str] = frozenset({"continued", "added", "amended", "stopped", "unclear"})


@dataclass(frozen=True, slots=True)
class MedicineRow:
    """One row.

    Attributes:
        drug: Name as written.
        how: The rest of the line as written: dose, route, frequency.
        before: How it was taken on admission, where that was amended or the drug stopped.
        status: What became of the drug; empty where nothing says.
        reason: Words of the draft, else of the notes, on the change; empty where neither gives one.
        source: The place in the notes to show for it.
    """

    drug: str
    how: str
    before: str = ""
    status: Status = ""
    reason: str = ""
    source: Span | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the letter highlights it."""
        return self.status in ("added", "amended", "stopped")


@dataclass(frozen=True, slots=True)
class MedicineTable:
    """The rows, in the order of the alphabet, and what of the draft's changes belongs to none of them."""

    rows: tuple[MedicineRow, ...]
    other_changes: str


@dataclass(slots=True)
class _Row:
    """A row being filled, and the key of its drug in the lists; empty for one they do not know."""

    key: str
    row: MedicineRow


def table(medications: str, changes: str, reconciled: Sequence[Medicine]) -> MedicineTable:
    """Build the table.

    Args:
        medications: Text of the draft's section of medicines at discharge, a line each.
        changes: Text of its section of changes.
        reconciled: What the reconciliation of the notes found.

    Returns:
        Every line and sentence of both texts is in it once.
    """
    rows = [_row(line) for line in medications.splitlines() if line.strip()]
    others = _place_all(rows, changes)
    for one in rows:
        known = next((medicine for medicine in reconciled if medicine.drug == one.key), None)
        one.row = _completed(one.row, known) if known else one.row
    keys = {one.key for one in rows}
    gone = [_stopped(one) for one in reconciled if one.status == "stopped" and one.drug not in keys]
    ordered = sorted([*(one.row for one in rows), *gone], key=lambda row: row.drug.casefold())
    return MedicineTable(tuple(ordered), "\n".join(others))


def _row(line: str) -> _Row:
    bare = _BULLET.sub("", line, count=1).strip()
    key, end = _first_drug(bare)
    status: Status = ""
    reason = ""
    if mark := _MARK.search(bare):
        bare = f"{bare[: mark.start()]}{bare[mark.end() :]}".strip()
        status = _marked(mark)
        reason = _bare(mark)
    if not end and (split := _DOSE.search(bare)):
        end = split.start()
    name, how = (bare[:end], bare[end:]) if end else (bare, "")
    return _Row(key, MedicineRow(name.strip(" ,，:："), how.strip(" ,，:："), "", status, reason))


def _marked(mark: re.Match[str]) -> Status:
    names: tuple[Status, ...] = ("added", "continued", "amended")
    return next(name for name in names if mark[name])


def _bare(mark: re.Match[str]) -> str:
    """The words of a mark where they say more than the status: "(increased from 2.5 mg)"."""
    return mark[0].strip().strip("()（）[]").strip() if mark["more"].strip() else ""


def _first_drug(line: str) -> tuple[str, int]:
    """Key of the first drug of a line, and where its name ends."""
    found = [word for sentence in facts.of_text(line) for word in sentence.words if word.kind == "drug"]
    return (found[0].key, found[0].end) if found and not line[: found[0].start].strip() else ("", 0)


def _place_all(rows: list[_Row], changes: str) -> list[str]:
    """Put each sentence on changes into the row of its drug; give those that belong to none."""
    others: list[str] = []
    last: _Row | None = None
    for sentence in facts.of_text(changes):
        written = _BULLET.sub("", sentence.span.of(changes), count=1).strip()
        last = _place(rows, changes, sentence, written, last)
        if last is None:
            others.append(written)
    return others


def _place(rows: list[_Row], text: str, sentence: Facts, written: str, last: _Row | None) -> _Row | None:
    done = actions.read(text, sentence)
    drugs = [word for word in sentence.words if word.kind == "drug"]
    if not drugs:
        return _with(last, "", written) if last else None
    key = done[0].drug if done else drugs[0].key
    status: Status = _BECAME[done[0].act] if done else ""
    found = next((one for one in rows if one.key == key), None)
    if found is None and status:
        name = next(word for word in drugs if word.key == key)
        found = _Row(key, MedicineRow(_titled(text[name.start : name.end]), ""))
        rows.append(found)
    return _with(found, status, written) if found else None


def _with(one: _Row, status: Status, written: str) -> _Row:
    one.row = replace(one.row, status=status or one.row.status, reason=f"{one.row.reason} {written}".strip())
    return one


def _completed(row: MedicineRow, known: Medicine) -> MedicineRow:
    """Add what the notes know; the draft's own words come first."""
    status: Status = known.status if known.status in _KNOWN else ""  # type: ignore[assignment]
    status = row.status or status
    return replace(
        row,
        status=status,
        reason=row.reason or (known.reason if known.has_reason else ""),
        before=known.on_admission if status in ("amended", "stopped") else "",
        source=known.spans[0] if known.spans else None,
    )


def _stopped(known: Medicine) -> MedicineRow:
    return _completed(MedicineRow(_titled(known.drug), "", status="stopped"), known)


def _titled(drug: str) -> str:
    return drug[:1].upper() + drug[1:]
