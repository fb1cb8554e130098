"""The documents of one case: which lines open one, its kind and its date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.notes import dates
from app.notes.note import Document, Span

# Kinds of document by the words that open them. A line of only such words, or such words and a date.
_KINDS = (
    ("discharge", r"(?:hospital )?discharge (?:summary|letter|note|report)|出院记录|出院小结"),
    ("ward round", r"(?:consultant |registrar |post[- ]take |medical |surgical )?ward round|查房记录"),
    (
        "clerking",
        r"(?:emergency department |ed |a&e |medical |surgical |admission )?(?:clerking|admission note)|入院记录",
    ),
    ("emergency", r"(?:emergency department|ed|a&e) (?:note|record|summary)"),
    ("nursing", r"nursing (?:note|handover|entry|record)|护理记录"),
    ("radiology", r"(?:radiology|ct|mri|x-?ray|ultrasound|imaging) report|影像报告"),
    ("results", r"(?:blood|laboratory|lab|pathology|microbiology) (?:results?|report)|检验报告"),
    ("operation", r"operati(?:on|ve) (?:note|report)|手术记录"),
    ("clinic", r"(?:outpatient )?clinic (?:letter|note)|门诊记录"),
    ("progress", r"(?:daily )?progress note|病程记录"),
    ("therapy", r"(?:physiotherapy|occupational therapy|dietitian|pharmacy|pharmacist) (?:note|review|assessment)"),
)
KINDS = tuple(kind for kind, _ in _KINDS)
_OPENING = re.compile(
    r"^[\s#*=_-]*(?:" + "|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_KINDS)) + r")(?P<rest>.*)$",
    re.IGNORECASE,
)
# "--- ward-round.txt ---", as programs write between files they join.
_SEPARATOR = re.compile(r"^\s*[-=_*#]{2,}\s*(?P<name>[^\n]{1,80}\.[A-Za-z]{2,4})\s*[-=_*#]*\s*$")
_TIME = re.compile(
    r"\b\d{1,2}[:.]\d\d(?::\d\d)?\b(?: ?(?:hrs|hours|am|pm)\b)?|\b\d{4} ?(?:hrs|hours|h)\b", re.IGNORECASE
)
# What may follow the title besides a date: a day, a place, who wrote it. Anything else is text of the note.
_DAY = re.compile(r"(?:day \d{1,3}|(?:mon|tues|wednes|thurs|fri|satur|sun)day|第\d+天)", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w.'’-]*|\d+|by|at|on|for|of|the|and|with|written|typed|[一-鿿]{1,6}")
_WRITER = re.compile(
    r"\b(?:dr|mrs?|ms|miss|prof|sister|nurse|doctor|consultant|registrar|sho|st\d|ct\d|f[y]?[12]|ward|bed|team|unit"
    r"|physio\w*|pharmacist|dietitian|medicine|surgery|\w+(?:ology|iatrics))\b|医师|医生|护士|病房|科",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:no|not|nil|none|normal|positive|negative|without|seen|shows?)\b", re.IGNORECASE)
_LONGEST_TITLE = 120
_BIRTH = re.compile(r"birth|d\.?o\.?b\b|\bborn\b|出生", re.IGNORECASE)
_ADMISSION = re.compile(r"admi(?:tted|ssion)|入院", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"\s*[#*]*(?:date|dated|discharged?|seen|written|typed|reported|出院|记录|报告|日期)[^:：\n]{0,30}[:：]",
    re.IGNORECASE,
)
_HEADER_LINES, _FIRST_LINES = 12, 4


def lines(text: str, span: Span) -> Iterator[Span]:
    """Give the lines of a span that hold more than white space, without their line ends.

    Args:
        text: The whole text.
        span: Where to look in it.
    """
    for match in re.compile(r"[^\n]+").finditer(text, span.start, span.end):
        if not match[0].isspace():
            yield Span(match.start(), match.end())


def is_separator(line: str) -> bool:
    """Tell whether a line only names the file that follows."""
    return len(line) <= _LONGEST_TITLE and _SEPARATOR.match(line) is not None


def split_documents(text: str, part: Span, name: str) -> list[Document]:
    """Find the documents in one file or paste.

    Args:
        text: The whole text.
        part: The place of the file or paste in it.
        name: Its name, kept where it holds one document only.

    Returns:
        Documents in order that hold every visible character of the part.
    """
    starts: list[tuple[int, str]] = []
    for line in lines(text, part):
        kind = _kind(line.of(text))
        is_new = kind or is_separator(line.of(text))
        if is_new and (not starts or not _is_heading_above(text, starts[-1][0], line.start)):
            starts.append((line.start, kind))
        elif kind and not starts[-1][1]:  # the title below a file's name tells the kind
            starts[-1] = (starts[-1][0], kind)
    if not starts or text[part.start : starts[0][0]].strip():
        starts.insert(0, (part.start, ""))
    ends = [start for start, _ in starts[1:]] + [part.end]
    return [
        _document(text, Span(start, end), kind, name if len(starts) == 1 else "")
        for (start, kind), end in zip(starts, ends, strict=True)
        if text[start:end].strip()
    ]


def _is_heading_above(text: str, start: int, here: int) -> bool:
    """Whether only one line stands between two openings: title and subtitle of the same document."""
    return text[start:here].strip().count("\n") == 0


def _kind(line: str) -> str:
    """Kind of the document that a line opens; empty if it opens none.

    "Ward round 03/11/2026 - Dr A. Okafor" opens one; so does "03/11/2026 09:10 Ward round". "CT report
    03/11/2026: no pulmonary embolism" is text: a title is read by the program only, so it may hold no finding.
    """
    if len(line) > _LONGEST_TITLE:
        return ""
    found = dates.find(line)
    if found and not line[: found[0].span.start].strip(" #*=_-"):
        line = _TIME.sub("", line[found[0].span.end :], count=1).lstrip(" ,:-\u2013")
    match = _OPENING.match(line)
    if match is None:
        return ""
    rest = match["rest"].strip(" :：#*=_,-\u2013\u2014")
    for one in reversed(dates.find(rest)):
        rest = rest[: one.span.start] + " " + rest[one.span.end :]
    rest = _TIME.sub(" ", rest)
    words = re.sub("[#*=_,()/|\u2013\u2014-]+", " ", rest).split()
    is_title = not words or bool(_DAY.fullmatch(" ".join(words)))
    if found and _WRITER.search(rest) and not re.search(r"\w[:：]", rest) and not _DENIAL.search(rest):
        is_title = is_title or (
            len(words) <= 6 and all(_NAME.fullmatch(word) or _WRITER.fullmatch(word) for word in words)
        )
    return next(kind for index, (kind, _) in enumerate(_KINDS) if match[f"k{index}"]) if is_title else ""


def _document(text: str, span: Span, kind: str, name: str) -> Document:
    header = [line.of(text)[:300] for _, line in zip(range(_HEADER_LINES), lines(text, span), strict=False)]
    title = header[0].strip(" #*=_-")[:80]
    return Document(span, name or title, kind or _kind(title), _date(header))


def _date(header: list[str]) -> str:
    """First date of the first lines, or of a line labelled as a date; of an admission only if there is no other."""
    admitted = ""
    for number, line in enumerate(header):
        if number >= _FIRST_LINES and not _DATE_LABEL.match(line):
            continue
        after = 0
        for one in dates.find(line):
            label, after = line[after : one.span.start], one.span.end
            if _BIRTH.search(label):
                continue
            if not _ADMISSION.search(label):
                return one.iso
            admitted = admitted or one.iso
    return admitted
