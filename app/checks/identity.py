"""Is this one patient? Names, dates of birth and record numbers that contradict each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.checks.finding import Finding
from app.errors import TwoPatients
from app.notes import dates
from app.notes.note import Note, Span

_START = r"(?:^|[\n;|]|(?<=\s)|(?<=[,，。]))"
_COLON = r"[ \t]*[:：][ \t]*"
_MAYBE_COLON = r"\.?[ \t]*[:：#]?[ \t]*"
# A label, then its value up to something that cannot belong to it.
_LABELS = {
    "name": r"(?P<label>patient(?:'s)? name|pt name|patient|name of patient|name|患者姓名|姓名)"
    + _COLON
    + r"(?P<value>[一-鿿·]{2,6}|[^\n,;，；|(（\d]{2,60}(?:,[ \t]*[A-Z][^\n,;|(\d]{1,40})?)",
    "date of birth": r"(?:date of birth|d\.?o\.?b|born|出生日期|出生年月日)"
    + _MAYBE_COLON
    + r"(?P<value>[^\n;|]{6,30})",
    "record number": r"(?:hospital (?:no|number|id)|mrn|medical record (?:no|number)|record (?:no|number)|patient id"
    r"|unit (?:no|number)|病历号|住院号|病案号)" + _MAYBE_COLON + r"(?P<value>[A-Z]{0,4}[ -]?\d[\dA-Z-]{3,15})",
    "NHS number": r"nhs (?:no|number)" + _MAYBE_COLON + r"(?P<value>\d{3}[ -]?\d{3}[ -]?\d{4})(?!\d)",
}
_PATTERNS = {kind: re.compile(_START + pattern, re.IGNORECASE) for kind, pattern in _LABELS.items()}
_WORD_BEFORE = re.compile(r"[\w/]+[ \t]*$")
_TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "master", "先生", "女士"}
_NOT_NAMES = re.compile(
    r"unknown|not (?:known|given|stated)|redacted|withheld|as above|x{2,}|_{2,}|\.{3}|\*{2,}|\[.*\]", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b\d{1,3}[- ]?(?:years?[- ]old|y/?o|yr old)(?: [a-z-]+)? (?P<sex>man|male|gentleman|woman|female|lady)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in the notes.

    Attributes:
        kind: `name`, `date of birth`, `record number` or `NHS number`.
        value: In a form that can be compared.
        span: Its place.
    """

    kind: str
    value: str
    span: Span


def identifiers(note: Note) -> tuple[Identifier, ...]:
    """Find labelled identifiers, in the order of the text."""
    found = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(note.text):
            if kind == "name" and not _is_patients_name(note.text, match):
                continue
            if value := _NORMALISE[kind](match["value"]):
                found.append(Identifier(kind, value, Span(match.start("value"), match.end("value"))))
    return tuple(sorted(found, key=lambda one: one.span.start))


def find(note: Note) -> tuple[Finding, ...]:
    """Tell whether the notes seem to hold more than one patient.

    A different record number, NHS number or date of birth blocks. Different names block unless a number
    or a date of birth stands twice and agrees: then it is a change of name or a slip.

    Args:
        note: The divided notes.

    Returns:
        One finding per kind of identifier that has more than one value.
    """
    found = identifiers(note)
    groups = {kind: _distinct([one for one in found if one.kind == kind]) for kind in _PATTERNS}
    agrees = any(
        len(group) == 1 and sum(one.kind == kind for one in found) > 1
        for kind, group in groups.items()
        if kind != "name"
    )
    findings = []
    for kind, group in groups.items():
        if len(group) > 1:
            blocks = kind != "name" or not agrees
            message = f"{len(group)} different values of {kind} stand in these notes."
            spans = tuple(one.span for one in group)
            findings.append(Finding("identity", "serious" if blocks else "warning", blocks, message, spans))
    return (*findings, *_different_people(note))


def refuse_two_patients(note: Note) -> None:
    """Stop before anything is sent to the model.

    Raises:
        TwoPatients: An identity finding blocks. The sentence holds counts and kinds, no identifier.
    """
    for finding in find(note):
        if finding.blocking:
            kind = finding.message.split(" of ", 1)[1].split(" stand", 1)[0]
            raise TwoPatients(count=len(finding.source_spans), what=kind)


def _distinct(found: list[Identifier]) -> list[Identifier]:
    """First of each value; names of the same person written differently count once."""
    kept: list[Identifier] = []
    for one in found:
        same = _same_name if one.kind == "name" else str.__eq__
        if not any(same(one.value, other.value) for other in kept):
            kept.append(one)
    return kept


def _same_name(one: str, other: str) -> bool:
    """Whether two names can be one person's: the shorter's words all stand in the longer, initials too."""
    first, second = sorted((set(one.split()), set(other.split())), key=len)
    return all(any(word == w or (1 in (len(word), len(w)) and word[0] == w[0]) for w in second) for word in first)


def _plain_name(raw: str) -> str:
    if _NOT_NAMES.search(raw):
        return ""
    letters = unicodedata.normalize("NFKD", raw).casefold()
    words = re.findall(r"[^\W\d_]+", "".join(one for one in letters if not unicodedata.combining(one)))
    kept = [word for word in words if word not in _TITLES]
    # A name has one to four words, and Western ones begin with capitals; else it is a sentence.
    is_capital = all(word[0].isupper() or not word[0].isascii() for word in re.findall(r"[^\W\d_]+", raw)[:2])
    return " ".join(kept) if 1 <= len(kept) <= 4 and is_capital else ""


def _plain_date(raw: str) -> str:
    found = dates.find(raw)
    return found[0].iso if found and found[0].span.start == 0 else ""


def _plain_number(raw: str) -> str:
    return re.sub(r"[\s-]", "", raw).upper()


_NORMALISE: dict[str, Callable[[str], str]] = {
    "name": _plain_name,
    "date of birth": _plain_date,
    "record number": _plain_number,
    "NHS number": _plain_number,
}


def _is_patients_name(text: str, match: re.Match[str]) -> bool:
    """Whether a label really names the patient.

    Not where another word stands before it (next of kin name, drug name), nor where "Patient:" begins a
    line of a transcript: a name is two to four words, each with a capital.
    """
    line = text[text.rfind("\n", 0, match.start("label")) + 1 : match.start("label")]
    if _WORD_BEFORE.search(line):
        return False
    if match["label"].lower() != "patient":
        return True
    words = re.findall(r"[^\W\d_]+", match["value"])
    return (
        2 <= len(words) <= 4
        and all(word[0].isupper() for word in words)
        and not re.search(r"[?!:]|\w{3}\.", match["value"])
    )


def _different_people(note: Note) -> tuple[Finding, ...]:
    """A man of 65 here, a woman of 72 there: told, not blocked, as relatives stand in notes too."""
    first: dict[str, re.Match[str]] = {}
    for match in _PERSON.finditer(note.text):
        sex = "male" if match["sex"].lower() in ("man", "male", "gentleman") else "female"
        first.setdefault(sex, match)
    if len(first) < 2:
        return ()
    spans = tuple(Span(match.start(), match.end()) for match in first.values())
    return (Finding("identity", "warning", False, "The notes speak of a man and of a woman.", spans),)
