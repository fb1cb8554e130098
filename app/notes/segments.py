"""Dividing a note: documents, headings with the text below them, sentences, all with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import sentencex

from app.notes import dates
from app.notes.intake import Cleaned
from app.notes.note import Document, Note, Passage, Span

_BETWEEN = "\n\n"
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
_OPENING = re.compile(
    r"^[\s#*=_-]*(?:" + "|".join(f"(?P<k{i}>{pattern})" for i, (_, pattern) in enumerate(_KINDS)) + r")(?P<rest>.*)$",
    re.IGNORECASE,
)
_HEADING_WORDS = (
    r"(?:history of )?presenting complaints?|hpc|hpi|pc|chief complaint|history of present illness|reason for \w+"
    r"|past (?:medical |surgical )?history|pmhx?|psh|background|comorbidities|family history|fhx?|social(?: history)?"
    r"|shx?|mobility|functional status|code status|resuscitation(?: status)?"
    r"|(?:drug|medication) history|dhx?|medic(?:ation|ine)s?(?: on admission| at discharge| on discharge| changes)?"
    r"|(?:discharge|current|regular|home|admission) (?:medication|medicine|drug|diagnos[ei])s?|ttos?|ttas?|drugs"
    r"|allerg(?:y|ies)(?: and adverse reactions)?|drug allerg(?:y|ies)|adverse reactions"
    r"|(?:physical )?exam(?:ination)?|on examination|o/e|obs|observations|vital signs|vitals"
    r"|results?|investigations?|bloods?|blood tests?|labs?|laborator(?:y|ies)|imaging|ecg|ekg|echo(?:cardiogram)?|cxr"
    r"|chest x-?ray|ct(?: \w+)?|mri(?: \w+)?|procedures?|operations?|impression|assessment|problems?(?: list)?"
    r"|(?:final |working |principal |secondary |differential )?diagnos[ei]s|plan|management|treatment|hospital course"
    r"|clinical course|progress|pending(?: results)?|outstanding(?: results)?|follow[- ]?up"
    r"|actions?(?: for (?:the )?gp)?"
    r"|condition (?:at|on) discharge|discharge (?:condition|plan|destination|instructions)|advice(?: given)?"
    r"|information given|safety[- ]?net(?:ting)?"
    r"|review of systems|subjective|objective|assessment and plan"
    r"|主诉|现病史|既往史|个人史|家族史|过敏史|药物过敏史?|体格检查|查体|辅助检查|实验室检查|入院诊断|出院诊断|诊断"
    r"|入院情况|诊疗经过|出院情况|出院医嘱|出院带药|治疗经过|手术(?:名称)?|随访|健康教育|待回报"
)
# Under the first kind of heading, the second kind labels a line of it and opens nothing of its own.
_RESULTS = re.compile(
    r"results?|investigations?|bloods?|blood tests?|labs?|imaging|(?:physical )?exam\w*|o/e", re.IGNORECASE
)
_ONE_RESULT = re.compile(
    r"ecg|ekg|echo\w*|cxr|chest x-?ray|ct(?: \w+)?|mri(?: \w+)?|bloods?|labs?|imaging|obs|vitals", re.IGNORECASE
)
_NUMBERED = r"\s*(?:[-*•]\s*)?(?:\d{1,2}[.)]\s*)?"
_MARKDOWN = re.compile(r"^#{1,6}\s*(?P<heading>\S.*?)\s*#*$")
_BOLD = re.compile(r"^\*\*(?P<heading>[^*\n]{2,60}?):?\*\*:?\s*(?P<value>.*)$")
_ALONE = re.compile(rf"^{_NUMBERED}(?P<heading>[^\W\d_][^:：\n]{{0,59}})[:：]\s*$")
_WITH_VALUE = re.compile(rf"^{_NUMBERED}(?P<heading>{_HEADING_WORDS})\s*[:：]\s*(?P<value>\S.*)$", re.IGNORECASE)
_CAPITALS_WITH_VALUE = re.compile(rf"^{_NUMBERED}(?P<heading>[A-Z][A-Z /&-]{{3,58}}[A-Z])[:：]\s*(?P<value>\S.*)$")
_CAPITALS = re.compile(r"^\s*(?P<heading>[A-Z][A-Z /&-]{3,58}[A-Z])\s*$")
_KNOWN = re.compile(rf"^{_NUMBERED}(?P<heading>{_HEADING_WORDS})\s*$", re.IGNORECASE)

_CJK_LETTER = re.compile("[㐀-鿿]")
# A full stop after these ends no sentence where a small letter or a number follows; after a title, never.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:temp|approx|resp|vs|e\.g|i\.e|t\.d\.s|q\.d\.s|b\.d|o\.d|p\.o|i\.v|i\.m|s\.c|p\.r\.n|no|wt|ht|tab|caps?"
    r"|inj|max|min|est|yrs?|wks?|hrs?|mins?|ca|cf|incl|esp|prev|pt|hx|dx|rx|tx)\.\s*$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st)\.\s*$", re.IGNORECASE)
_WRAPPED_FROM = 60  # a line this long whose next line begins small was wrapped by a program


def gather(parts: Sequence[tuple[str, Cleaned]]) -> Note:
    """Join files or pastes of one case into one text and divide it.

    Args:
        parts: Names and clean texts, in the order of the case.

    Returns:
        The note. Its documents, its passages and its sentences each hold every visible character, in
        order and without overlap; a heading is a sentence of its own.
    """
    text = _BETWEEN.join(cleaned.text for _, cleaned in parts)
    documents: list[Document] = []
    start = 0
    for name, cleaned in parts:
        part = Span(start, start + len(cleaned.text))
        documents += _documents(text, part, name)
        start = part.end + len(_BETWEEN)
    passages = tuple(
        passage for index, document in enumerate(documents) for passage in _passages(text, document, index)
    )
    return Note(
        text=text,
        documents=tuple(documents),
        passages=passages,
        sentences=tuple(sentence for passage in passages for sentence in _passage_sentences(text, passage)),
        warnings=tuple(warning for _, cleaned in parts for warning in cleaned.warnings),
    )


def sentences(text: str) -> list[Span]:
    """Divide any text into sentences: line by line, lines wrapped by a program joined first.

    Args:
        text: The text.

    Returns:
        Spans without outer white space; together they hold every visible character.
    """
    return list(_sentences(text, Span(0, len(text))))


def _lines(text: str, span: Span) -> Iterator[Span]:
    """Give the lines of a span that hold more than white space, without their line ends."""
    for match in re.compile(r"[^\n]+").finditer(text, span.start, span.end):
        if not match[0].isspace():
            yield Span(match.start(), match.end())


def _documents(text: str, part: Span, name: str) -> list[Document]:
    starts: list[tuple[int, str]] = []
    for line in _lines(text, part):
        kind = _kind(line.of(text))
        if kind and (not starts or not _is_heading_above(text, starts[-1][0], line.start)):
            starts.append((line.start, kind))
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
    """Kind of the document that a line opens; empty if it opens none."""
    match = _OPENING.match(line)
    if match is None or len(line) > 120:
        return ""
    rest = match["rest"].strip(" :：#*=_-")
    if rest and not dates.find(rest):
        return ""
    return next(kind for index, (kind, _) in enumerate(_KINDS) if match[f"k{index}"])


def _document(text: str, span: Span, kind: str, name: str) -> Document:
    opening = "\n".join(line.of(text) for _, line in zip(range(4), _lines(text, span), strict=False))
    found = [
        one for one in dates.find(opening) if not re.search(r"birth|dob|出生", _line_at(opening, one.span.start), re.I)
    ]
    title = opening.split("\n", 1)[0].strip(" #*=_-")[:80]
    return Document(span, name or title, kind or _kind(title), found[0].iso if found else "")


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    return text[start : text.find("\n", position) if "\n" in text[position:] else len(text)]


def _passages(text: str, document: Document, index: int) -> Iterator[Passage]:
    """Walk the lines: a heading opens a passage; so does other text where the one before has ended.

    The line that opens a document of a known kind is a passage of its own.
    """
    opened: tuple[int, int, str] | None = None  # start, start of the body, heading
    runs_on = False
    last = Span(document.span.start, document.span.start)
    for line in _lines(text, document.span):
        heading, body_offset, is_alone = _heading(line.of(text))
        if opened and runs_on and _RESULTS.fullmatch(opened[2]) and _ONE_RESULT.fullmatch(heading):
            heading = ""
        if opened is None or heading or (not runs_on and _has_ended(text, last, line, bool(opened[2]))):
            if opened is not None:
                yield _passage(text, opened, last.end, index)
            opened = (line.start, line.start + body_offset, heading)
            runs_on = is_alone
        elif last.start == document.span.start and document.kind and not opened[2]:
            yield _passage(text, opened, last.end, index)
            opened = (line.start, line.start, "")
        last = line
    if opened is not None:
        yield _passage(text, opened, last.end, index)


def _has_ended(text: str, last: Span, line: Span, has_heading: bool) -> bool:
    """Whether a passage ends before a line that is no heading.

    At a blank line; and, where heading and value share a line, at a full stop, unless a bullet, a small
    letter or an indent shows that the list goes on: "Allergies: penicillin.", next line "Given aspirin."
    """
    if "\n\n" in re.sub(r"\n[ \t]+\n", "\n\n", text[last.end : line.start]):
        return True
    return has_heading and text[last.end - 1] in ".!?。！？" and not re.match(r"[\s\-*•a-z\d]", line.of(text))


def _passage(text: str, opened: tuple[int, int, str], end: int, index: int) -> Passage:
    start, body, heading = opened
    body = min(body, end)
    while body < end and text[body].isspace():
        body += 1
    return Passage(Span(start, end), Span(body, end), heading, index)


def _heading(line: str) -> tuple[str, int, bool]:
    """Look for a heading at the start of a line.

    Returns:
        The heading (empty if there is none), where the body begins in the line, and whether the heading
        stands alone, so that the text below belongs to it across blank lines.
    """
    for pattern in (_MARKDOWN, _ALONE, _KNOWN, _CAPITALS):
        if match := pattern.match(line):
            return match["heading"].strip(" *"), len(line), True
    for pattern in (_BOLD, _WITH_VALUE, _CAPITALS_WITH_VALUE):
        if match := pattern.match(line):
            return match["heading"].strip(), match.start("value"), not match["value"]
    return "", 0, False


def _passage_sentences(text: str, passage: Passage) -> Iterator[Span]:
    """Sentences of a passage; a heading alone on its line is one of its own, else it goes with its value."""
    if passage.heading and "\n" in text[passage.span.start : passage.body.start]:
        yield from _sentences(text, Span(passage.span.start, passage.body.start))
        yield from _sentences(text, passage.body)
    else:
        yield from _sentences(text, passage.span)


def _sentences(text: str, span: Span) -> Iterator[Span]:
    for block in _blocks(text, span):
        yield from _split(text, block)


def _blocks(text: str, span: Span) -> Iterator[Span]:
    """Lines, joined with the next where a program broke a long line in the middle of a sentence."""
    block: Span | None = None
    last: Span | None = None
    for line in _lines(text, span):
        if block is not None and last is not None and _is_wrapped(text, last, line):
            block = Span(block.start, line.end)
        else:
            if block is not None:
                yield block
            block = line
        last = line
    if block is not None:
        yield block


def _is_wrapped(text: str, line: Span, following: Span) -> bool:
    return (
        line.end - line.start >= _WRAPPED_FROM
        and text[line.end : following.start] == "\n"
        and text[following.start].islower()
        and text[line.end - 1] not in ".:;!?"
    )


def _split(text: str, block: Span) -> Iterator[Span]:
    """Sentences of one block, false ends mended, outer white space left out."""
    piece = block.of(text)
    language = "zh" if len(_CJK_LETTER.findall(piece)) * 3 > len(piece) else "en"
    start = 0
    for boundary in sentencex.get_sentence_boundaries(language, piece):
        end = boundary["end_index"]
        if end < len(piece) and _is_false_end(piece[start:end], piece[end]):
            continue
        yield from _trimmed(piece, start, end, block.start)
        start = end
    yield from _trimmed(piece, start, len(piece), block.start)


def _is_false_end(before: str, following: str) -> bool:
    if _TITLE.search(before):
        return True
    return bool(_ABBREVIATION.search(before)) and (following.islower() or following.isdigit())


def _trimmed(piece: str, start: int, end: int, offset: int) -> Iterator[Span]:
    inside = piece[start:end]
    if inside.strip():
        left = len(inside) - len(inside.lstrip())
        yield Span(offset + start + left, offset + start + len(inside.rstrip()))
