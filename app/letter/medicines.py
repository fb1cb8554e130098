"""The table of medicines in a letter: one row per drug, every word of the draft kept.

The rows come from the draft, which a doctor may have changed, never from the notes behind it. What the reconciliation
of the notes knows of a drug (status, reason) is added to its row; a drug that was stopped gets a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from app.checks import actions, facts, words
from app.checks.actions import Act
from app.checks.medications import Medicine
from app.checks.words import Word
from app.notes.note import Span
from app.notes.segments import sentences

Status = Literal["", "continued", "added", "amended", "stopped", "unclear"]

_BULLET = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.)、]\s+)?")
_DOSE = re.compile(
    r"\d\s*(?:mg|mcg|g|kg|micrograms?|nanograms?|µg|units?|iu|m[lL]|l|puffs?|drops?|tab(?:let)?s?|cap(?:sule)?s?|%)(?![a-z])"
    r"|\d\s*(?:片|粒|支|喷|滴|单位|毫克|克|毫升)",
    re.IGNORECASE,
)
# Where the lists do not know the drug, its name ends where a dose or a bracket begins.
_NAME_END = re.compile(r"\s+(?=\d)|\s*(?=[（(])|(?<=[一-鿿])(?=\d)|[,，:：]\s*")
_BETWEEN = re.compile(r"(?:[,，、;；+]|\b(?:and|plus|then)|[和及])\s*$", re.IGNORECASE)
_MARK = re.compile(
    r"\s*[(（\[]\s*(?:(?P<added>new|newly started|started|added|新增|新加|加用)"
    r"|(?P<continued>unchanged|continued?|继续|不变)"
    r"|(?P<amended>(?:dose )?(?:increased|reduced|changed)|amended|调整|加量|减量))(?P<more>[^)）\]]*)[)）\]]",
    re.IGNORECASE,
)
# The head row of a pasted table says what the letter's own head row says.
_COLUMNS = re.compile(
    r"(?:drug|medic(?:ine|ation)s?|name|dose|strength|form|route|freq(?:uency)?|duration|indication|notes?|comments?|status"
    r"|药品|药名|名称|剂量|用法|途径|频次|频率|备注)(?: name)?",
    re.IGNORECASE,
)
_SHORT_NAME_WORDS = 3
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
    """The rows in the order of the alphabet, and what of the two texts is no medicine, each word for word."""

    rows: tuple[MedicineRow, ...]
    others: str
    other_changes: str


@dataclass(slots=True)
class _Row:
    """A row being filled.

    Attributes:
        key: Key of its drug in the lists; empty for one they do not know.
        row: What it says so far; the status that of a mark in the list.
        is_listed: Whether it stands among the medicines at discharge.
        became: What the sentences of the draft say was done with the drug, in order.
        last_typed: The last of them that the notes do not say word for word: a person's.
        shared: Sentences that stand in another drug's row.
    """

    key: str
    row: MedicineRow
    is_listed: bool = False
    became: list[Status] = field(default_factory=list)
    last_typed: Status = ""
    shared: list[str] = field(default_factory=list)


def table(medications: str, changes: str, reconciled: Sequence[Medicine], notes: str = "") -> MedicineTable:
    """Build the table.

    Args:
        medications: Text of the draft's section of medicines at discharge.
        changes: Text of its section of changes.
        reconciled: What the reconciliation of the notes found.
        notes: Text of the notes, for the names of drugs that the draft does not have.

    Returns:
        Every sentence of both texts is in it once, or more often where a second drug would have no words; of a
        pasted table, all but its head row.
    """
    rows: list[_Row] = []
    unplaced: list[str] = []
    for piece in _pieces(medications):
        row = _row(piece)
        if row is None:
            unplaced.append(piece)
        else:
            rows.append(row)
    others = _place_all(rows, unplaced, notes)
    other_changes = _place_all(rows, list(_pieces(changes, is_list=False)), notes)
    for one in rows:
        known = next((medicine for medicine in reconciled if medicine.drug == one.key), None)
        one.row = replace(one.row, status=_status(one, known))
        one.row = _completed(_reversed(one, known, notes), known) if known else one.row
        one.row = one.row if one.row.reason else replace(one.row, reason=" ".join(one.shared))
    keys = {one.key for one in rows}
    gone = [_stopped(one, notes) for one in reconciled if one.status == "stopped" and one.drug not in keys]
    ordered = sorted([*(one.row for one in rows), *gone], key=lambda row: row.drug.casefold())
    return MedicineTable(tuple(ordered), "\n".join(others), "\n".join(other_changes))


def _pieces(text: str, *, is_list: bool = True) -> Iterator[str]:
    """Sentences without bullets and the bars of a table; where a list is read, one for each drug with a dose."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|") if cell.strip(" -:|")]
        if len(cells) > 1 and all(_COLUMNS.fullmatch(cell) for cell in cells):
            continue
        bare = _BULLET.sub("", " ".join(cells), count=1).strip()
        for span in sentences(bare):
            yield from _one_each(span.of(bare)) if is_list else [span.of(bare)]


def _one_each(sentence: str) -> list[str]:
    """Divide "aspirin 75 mg daily, ticagrelor 90 mg BD" at the drugs, if each has a number of its own."""
    starts = [word.start for word in _drugs(sentence) if _BETWEEN.search(sentence[: word.start])]
    cut = [sentence[start:end] for start, end in pairwise([0, *starts, len(sentence)])]
    pieces = [_BETWEEN.sub("", piece).strip() for piece in cut]
    return pieces if all(_DOSE.search(piece) for piece in pieces) else [sentence]


def _drugs(text: str) -> list[Word]:
    return [word for word in words.read(text) if word.kind == "drug"]


def _row(piece: str) -> _Row | None:
    """The row of a piece that names a drug and how to take it; None for one that says something else."""
    mark = _MARK.search(piece)
    status: Status = _marked(mark) if mark else ""
    reason = _said_more(mark) if mark else ""
    is_change = any(_BECAME[one] == "stopped" for one in _acts(piece))
    is_short = len(piece.split()) <= _SHORT_NAME_WORDS and piece[-1] not in ".。"
    piece = f"{piece[: mark.start()]} {piece[mark.end() :]}".strip() if mark else piece
    drugs = _drugs(piece)
    first = drugs[0] if drugs else None
    is_named = first is not None and not piece[: first.start].strip()
    if is_change or not (_DOSE.search(piece) or mark or is_named or is_short):
        return None
    if first is not None and (len(drugs) == 1 or is_named):
        name, how = piece[first.start : first.end], f"{piece[: first.start]}{piece[first.end :]}"
    else:
        end = split.start() if (split := _NAME_END.search(piece)) else len(piece)
        name, how = piece[:end], piece[end:]
    row = MedicineRow(name.strip(" ,，:："), " ".join(how.split()).strip(" ,，:：.。"), "", status, reason)
    return _Row(first.key if first else "", row, is_listed=True)


def _acts(piece: str) -> list[Act]:
    return [one.act for sentence in facts.of_text(piece) for one in actions.read(piece, sentence)]


def _marked(mark: re.Match[str]) -> Status:
    names: tuple[Status, ...] = ("added", "continued", "amended")
    return next(name for name in names if mark[name])


def _said_more(mark: re.Match[str]) -> str:
    """The words of a mark where they say more than the status: "(increased from 2.5 mg)"."""
    return mark[0].strip().strip("()（）[]").strip() if mark["more"].strip() else ""


def _place_all(rows: list[_Row], pieces: Sequence[str], notes: str) -> list[str]:
    """Put each sentence on a change into the rows of its drugs; give those that belong to none."""
    quoted = " ".join(notes.split())
    others: list[str] = []
    for piece in pieces:
        if not _place(rows, piece, is_typed=" ".join(piece.split()) not in quoted):
            others.append(piece)
    return others


def _place(rows: list[_Row], piece: str, *, is_typed: bool) -> bool:
    drugs = _drugs(piece)
    named = {word.key for word in drugs}  # an act may be one on a class of drugs, which has no row
    acts = [one for sentence in facts.of_text(piece) for one in actions.read(piece, sentence)]
    done = [one for one in acts if one.drug in named]
    if not drugs or (not done and len(drugs) > 1):
        return False
    keys = list(dict.fromkeys(one.drug for one in done)) or [drugs[0].key]
    places = [_row_of(rows, piece, key, drugs, is_change=bool(done)) for key in keys]
    for number, found in enumerate(places):
        if found is None:
            continue
        for act in (_BECAME[one.act] for one in done if one.drug == found.key):
            found.became.append(act)
            found.last_typed = act if is_typed else found.last_typed
        if number:
            found.shared.append(piece)
        elif piece not in found.row.reason:
            found.row = replace(found.row, reason=f"{found.row.reason} {piece}".strip())
    return any(places)


def _row_of(rows: list[_Row], piece: str, key: str, drugs: Sequence[Word], *, is_change: bool) -> _Row | None:
    """The row of a drug; a new one where something was done with one that has none."""
    found = next((one for one in rows if one.key == key), None)
    if found is None and is_change:
        name = next(word for word in drugs if word.key == key)
        found = _Row(key, MedicineRow(_titled(piece[name.start : name.end]), ""))
        rows.append(found)
    return found


def _status(one: _Row, known: Medicine | None) -> Status:
    """What became of a drug: as the list marks it, else by the notes as a whole, else the last thing the draft says.

    A drug of the list is taken, so it was not stopped, whatever a sentence of an earlier day says.
    """
    last: Status = one.became[-1] if one.became else ""
    by_notes: Status = known.status if known and known.status in _KNOWN else ""  # type: ignore[assignment]
    if not one.is_listed:
        return "stopped" if one.last_typed == "stopped" else by_notes or last
    if one.row.status:
        return one.row.status
    if by_notes == "continued" and one.last_typed == "amended":
        return "amended"
    if by_notes not in ("", "stopped"):
        return by_notes
    if known and known.status == "in hospital only" and not last:
        return "added"  # begun in hospital, and a doctor put it into the list
    is_disputed = last in ("", "stopped") and "stopped" in (last, by_notes)
    return "unclear" if is_disputed else last


def _reversed(one: _Row, known: Medicine | None, notes: str) -> MedicineRow:
    """A row whose sentences end with a stop that was taken back has the words of the notes that take it back."""
    is_taken_back = bool(one.became) and one.became[-1] == "stopped" and one.row.status != "stopped"
    if known is None or known.last is None or not is_taken_back:
        return one.row
    words_of_last = " ".join(known.last.of(notes).split()).strip(" -*•")
    return one.row if words_of_last in one.row.reason else replace(one.row, reason=f"{one.row.reason} {words_of_last}")


def _completed(row: MedicineRow, known: Medicine) -> MedicineRow:
    """Add what the notes know; the draft's own words come first."""
    before = known.on_admission if row.status in ("amended", "stopped") else ""
    return replace(
        row,
        reason=row.reason or (known.reason if known.has_reason else ""),
        before="" if before == row.how else before,
        source=known.spans[0] if known.spans else None,
    )


def _stopped(known: Medicine, notes: str) -> MedicineRow:
    """A row of the notes' own, under the name they use."""
    named = (word for span in known.spans for word in words.inside(words.read(notes), span) if word.key == known.drug)
    name = next((notes[word.start : word.end] for word in named), known.drug)
    return _completed(MedicineRow(_titled(name), "", status="stopped"), known)


def _titled(drug: str) -> str:
    return drug[:1].upper() + drug[1:]
