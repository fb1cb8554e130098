"""Lines that only say whose document it is, without a label: "HOLLOWAY, Margaret  NHS 485 777 3456"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.notes import dates
from app.notes.note import Span

_SHORTEST, _LONGEST = 8, 120  # characters of a line
_FIGURES = re.compile(r"\d\d")
_GAP = re.compile(
    r"[,;|\t，；、]+\s*| {2,}|(?<=[一-鿿])(?<!号) |\s[-\u2013\u2014]\s|\s*[()（）]\s*| (?=(?:d\.?o\.?b|nhs|mrn|chi)\b)",
    re.IGNORECASE,
)
_RE = re.compile(r"[\s#*_>-]*(?:re|patient|pt|name|患者|病人|姓名)?\s*[:：]?\s*", re.IGNORECASE)
_LABEL = (
    r"(?:nhs|mrn|chi|id|urn|hosp(?:ital)?|unit|record|medical record|patient|case|病历号|病案号|住院号|门诊号|登记号)"
    r"(?:\s*(?:no|num(?:ber)?|id)\b)?[.:：#\s]*"
)
_NUMBER = re.compile(rf"(?P<label>{_LABEL})?(?P<value>[A-Z]{{0,4}}[ -]?\d[\d -]{{3,14}}\d[A-Z]?)", re.IGNORECASE)
_BORN = re.compile(r"(?:d\.?o\.?b\.?|date of birth|born|出生日期)[:：\s]*(?P<date>.{6,20})", re.IGNORECASE)
# Age, sex, ward, bed, a date: they stand beside a name too, but name nobody.
_ASIDE = re.compile(
    r"(?:aged?\s*)?\d{1,3}\s*(?:y(?:ea)?rs?(?:[ -]old)?|y/?o|y|岁)?\s*/?\s*(?:m|f|male|female|男|女)?"
    r"|(?:m|f|male|female|man|woman|男|女)性?\s*/?\s*(?:\d{1,3}\s*(?:y|岁)?)?"
    r"|(?:ward|bed|bay|room|side room)\s*[\w -]{1,12}|[\w ]{1,12}ward|.{0,8}[床科病]\w{0,4}",
    re.IGNORECASE,
)
_WORD = r"(?:[A-Z][a-z'\u2019]?[\w'\u2019]*(?:-[A-Z]\w+)?|[A-Z]\.?)"
_NAME = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Miss|Mx|Master)\.?\s+)?{_WORD}(?:\s+(?:(?:de|van|von|der|al|bin|la)\s+)*{_WORD}){{1,3}}"
)
_ONE_WORD = re.compile(r"[A-Z][\w'\u2019]+(?:[ -][A-Z][\w'\u2019]+)?")
_FIRST_NAMES = re.compile(rf"(?:(?:Mr|Mrs|Ms|Miss|Mx|Master)\.?\s+)?{_WORD}(?:\s+{_WORD})?")
_TITLE_AFTER = re.compile(r"\s+(?:Mr|Mrs|Ms|Miss|Mx|Master)\.?$")
_CHINESE = re.compile(r"[一-鿿·]{2,4}")
_NO_NAME = re.compile(
    r"\b(?:hospital|infirmary|surgery|practice|clinic|cent(?:er|re)|ward|road|street|lane|avenue|close|trust|nhs|department"
    r"|dept|unit|medical|medicine|health\w*|letter|summary|discharge|admission|admitted|notes?|round|reports?|results?"
    r"|review|clerking|assessment|form|chart|plan|care|team|emergency|blood|bloods|serum|plasma|count|culture|platelets?"
    r"|scan|x-?ray|phone|tel|fax|mobile|version|page|date|consultant|doctor|nurse|sister|pharmacist|registrar|gp|gmc|nmc"
    r"|bleep|ext|rn|rmn|md|do|np|pa-?c|mbbs|mrcp|frcs|phd|pharmd|fy?[12]|st\d|ct\d|spr|sho|office|room|bed|bay|order|sample|specimen|accession|lab|laboratory|study|protocol|batch|lot|tablets?"
    r"|capsules?|ref|reference|number|no|patient|allerg\w*|history|diagnos\w*|dear|yours|sincerely|copy|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|am|pm|dr|prof|professor)\b"
    r"|[病记录检查医院科室报告入出号性别诊断患者家属]",
    re.IGNORECASE,
)
_PHONE = re.compile(r"0\d{9,10}")
_LEAST_DIGITS, _LEAST_BARE_DIGITS = 5, 6
_NHS_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Nameplate:
    """A name with what tells whose it is.

    Attributes:
        name: Place of the name.
        numbers: Places of the numbers that stand beside it, without their labels.
        born: ISO date of birth; empty if none stands there.
    """

    name: Span
    numbers: tuple[Span, ...]
    born: str = ""


def read(text: str, line: Span) -> Nameplate | None:
    """Read a line as the plate of one patient.

    Args:
        text: The whole text.
        line: A line of it.

    Returns:
        The plate; None where the line says anything else too, or where no number and no date of birth stands beside
        the name. Staff are none: their titles and roles are something else.
    """
    if not _SHORTEST <= line.end - line.start <= _LONGEST or not _FIGURES.search(text, line.start, line.end):
        return None
    opening = _RE.match(text, line.start, line.end)
    parts = _parts(text, Span(opening.end() if opening else line.start, line.end))
    found = _name(text, parts)
    if found is None:
        return None
    name, rest = found
    numbers: list[Span] = []
    born = ""
    for part in rest:
        words = part.of(text)
        if match := _BORN.fullmatch(words):
            day = dates.find(match["date"])
            born = day[0].iso if day else ""
            if not born:
                return None
        elif number := _number(words):
            numbers.append(Span(part.start + number.start("value"), part.start + number.end("value")))
        elif not _ASIDE.fullmatch(words) and not _is_date(words):
            return None
    return Nameplate(name, tuple(numbers), born) if numbers or born else None


def is_nhs_number(value: str) -> bool:
    """Tell whether a value is an NHS number by its check digit (modulus 11; NHS Data Dictionary, "NHS NUMBER")."""
    digits = re.sub(r"[ -]", "", value)
    if len(digits) != _NHS_DIGITS or not digits.isdecimal():
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9]) and check != 10


def _parts(text: str, line: Span) -> list[Span]:
    """What stands between commas, bars, brackets and gaps; a number right behind a name is cut off it."""
    cuts = [(match.start(), match.end()) for match in _GAP.finditer(text, line.start, line.end)]
    starts = [line.start, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), line.end]
    found: list[Span] = []
    for start, end in zip(starts, ends, strict=True):
        words = text[start:end]
        stripped = words.strip(" *_#.:")
        if stripped:
            start += words.index(stripped)
            found += _cut(text, Span(start, start + len(stripped)))
    return found


def _cut(text: str, part: Span) -> list[Span]:
    match = re.match(r"(?P<name>[^\d]*?[^\d\W])\s+(?P<rest>(?:\(?[A-Z]{0,4}-?\d).*)", part.of(text))
    if match is None or _BORN.fullmatch(match[0]) or _number(match[0]) or _ASIDE.fullmatch(match[0]):
        return [part]
    return [Span(part.start, part.start + match.end("name")), Span(part.start + match.start("rest"), part.end)]


def _name(text: str, parts: list[Span]) -> tuple[Span, list[Span]] | None:
    """The name, in one part or in two ("HOLLOWAY, Margaret"), and the other parts."""
    if not parts or _NO_NAME.search(parts[0].of(text)):
        return None
    first = _TITLE_AFTER.sub("", parts[0].of(text))
    if _NAME.fullmatch(first) or (_CHINESE.fullmatch(first) and len(parts) > 1):
        return Span(parts[0].start, parts[0].start + len(first)), parts[1:]
    if len(parts) > 2 and _ONE_WORD.fullmatch(first) and "," in text[parts[0].end : parts[1].start]:
        second = _TITLE_AFTER.sub("", parts[1].of(text))
        if _FIRST_NAMES.fullmatch(second) and not _NO_NAME.search(second):
            return Span(parts[0].start, parts[1].start + len(second)), parts[2:]
    return None


def _number(words: str) -> re.Match[str] | None:
    match = _NUMBER.fullmatch(words)
    if match is None or sum(one.isdigit() for one in match["value"]) < _LEAST_DIGITS or dates.find(words):
        return None
    bare = re.sub(r"[ -]", "", match["value"])
    is_count = bare.isdecimal() and (len(bare) < _LEAST_BARE_DIGITS or bare.endswith("000") or _PHONE.fullmatch(bare))
    return None if is_count and not match["label"] else match


def _is_date(words: str) -> bool:
    found = dates.find(words)
    return bool(found) and not re.sub(r"[\d:.\s]", "", words[: found[0].span.start] + words[found[0].span.end :])
