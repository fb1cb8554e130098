"""Dividing a note: headings with the text below them, and sentences, all with exact offsets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sentencex

from app.notes import nameplates
from app.notes.documents import is_separator, lines, split_documents
from app.notes.intake import Cleaned
from app.notes.note import Document, DocumentText, Note, Passage, Span

_BETWEEN = "\n\n"
_HEADING_WORDS = (
    r"(?:history of )?presenting complaints?|presenting|hpc|hpi|pc|chief complaint|history of present illness"
    r"|reason for \w+"
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
# "06/02 Ward round: ..." below "Plan: ..." is no plan; what follows the day is long, or has a label.
_DATED = re.compile(
    r"\s*(?:\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?|(?:day|d|pod|ppd) ?\d{1,3})\b(?=[^:\n]{0,40}:|.{60})", re.IGNORECASE
)
_FAMILY = re.compile(r"family history|fhx?|\u5bb6\u65cf\u53f2", re.IGNORECASE)
_ALLERGIES = re.compile(r"(?:drug )?allerg|adverse|\u836f\u7269\u8fc7\u654f|\u8fc7\u654f", re.IGNORECASE)
_RELATIVE = re.compile(
    r"mother|father|mum\b|mom\b|dad\b|brother|sister|sib|\bson|daughter|uncle|aunt|grand|cousin|parent|famil|nephew"
    r"|niece|twin|\bM?G[MF]\b|nil|none|\u6bcd|\u7236|\u5144|\u59d0|\u59b9|\u5f1f",
    re.IGNORECASE,
)
_NUMBERED = r"\s*(?:[-*•]\s*)?(?:\d{1,2}[.)]\s*)?"
# "# AKI: creatinine 2.4 -> 1.3." is a problem with its text, not a heading.
_MARKDOWN = re.compile(r"^#{1,6}\s*(?P<heading>(?!\d)[^\s:;][^:;]{0,79}?)(?<![.!?])[:\s]*#*$")
_BOLD = re.compile(r"^\*\*(?P<heading>[^*\n]{2,60}?):?\*\*:?\s*(?P<value>.*)$")
_ALONE = re.compile(rf"^{_NUMBERED}(?P<heading>[^\W\d_][^:：\n]{{0,59}})[:：]\s*$")
_WITH_VALUE = re.compile(rf"^{_NUMBERED}(?P<heading>{_HEADING_WORDS})\s*[:：]\s*(?P<value>\S.*)$", re.IGNORECASE)
_CAPITALS_WITH_VALUE = re.compile(rf"^{_NUMBERED}(?P<heading>[A-Z][A-Z /&-]{{3,58}}[A-Z])[:：]\s*(?P<value>\S.*)$")
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s")
_DENIES = re.compile(r"\s*(?:NO|NOT|NIL|NONE|NEVER|DENIES|WITHOUT|NEGATIVE|NKDA?)\b")
_LONGEST_HEADING = 200  # characters of a line; patterns that look for a line's end are slow on very long ones
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
_QUERIED = re.compile(r"\?[A-Za-z]")  # "nightmares ?PTSD": a doubt about what follows
_NUMBER_OF_ITEM = re.compile(r"\s*(?:[-*•]\s*)?\d{1,2}[.)]\s*")
# Where a page may end: first choice is an end that the library would find too, second choice any.
_STOP = re.compile(r"(?:[。！？।]|(?<=[a-z]{3})[.?!](?=\s+[A-Z]))\s*")
_ANY_STOP = re.compile(r"[.?!。！？।\u06d4؟…]\s*")
_PAGE = 2000  # characters
# A sentence without an end: the time of the checks grows with its square. The longest of the labelled notes has 231.
_LONGEST_SENTENCE = 600  # characters
_PAUSE = re.compile(r".*(?:\s|[,，、;；](?!\d))", re.DOTALL)
_WRAPPED_FROM = 60  # a line this long whose next line begins small was wrapped by a program


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading as found in a line; `is_alone` on it, so that what is below belongs to it across blank lines."""

    name: str
    body_offset: int
    is_alone: bool
    is_item: bool
    has_colon: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    """A passage that is being read: where it and its body start, and the kind of its heading."""

    start: int
    body: int
    heading: str = ""
    runs_on: bool = False
    is_item: bool = False


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
        documents += split_documents(text, part, name)
        start = part.end + len(_BETWEEN)
    return _divided(text, documents, tuple(warning for _, cleaned in parts for warning in cleaned.warnings))


def as_documents(note: Note) -> list[DocumentText]:
    """Take a note apart into its documents, without the blank lines around them.

    Args:
        note: The note.

    Returns:
        Its documents, in order.
    """
    return [DocumentText(one.name, one.kind, one.date, one.span.of(note.text).strip("\n")) for one in note.documents]


def rebuild(documents: Sequence[DocumentText]) -> Note:
    """Join documents that a person has seen and corrected; nothing of them is guessed again.

    Args:
        documents: The documents, in order. Those without visible text are in the text, but are no documents of it.

    Returns:
        The note; its text is the documents' texts with a blank line between.
    """
    text = _BETWEEN.join(one.text for one in documents)
    found: list[Document] = []
    start = 0
    for one in documents:
        if one.text.strip():
            found.append(Document(Span(start, start + len(one.text)), one.name, one.kind, one.date))
        start += len(one.text) + len(_BETWEEN)
    return _divided(text, found)


def _divided(text: str, documents: Sequence[Document], warnings: tuple[str, ...] = ()) -> Note:
    passages = tuple(
        passage for index, document in enumerate(documents) for passage in _passages(text, document, index)
    )
    return Note(
        text=text,
        documents=tuple(documents),
        passages=passages,
        sentences=tuple(sentence for passage in passages for sentence in _passage_sentences(text, passage)),
        warnings=warnings,
    )


def sentences(text: str) -> list[Span]:
    """Divide any text into sentences: line by line, lines wrapped by a program joined first.

    Args:
        text: The text.

    Returns:
        Spans without outer white space; together they hold every visible character.
    """
    return list(_sentences(text, Span(0, len(text))))


def _passages(text: str, document: Document, index: int) -> Iterator[Passage]:
    """Walk the lines: a heading opens a passage; so does other text where the one before has ended.

    The line that opens a document of a known kind is a passage of its own, and so are lines that only say whose it is.
    """
    opened: _Opened | None = None
    is_plate = False
    last = Span(document.span.start, document.span.start)
    for line, following in _with_next(lines(text, document.span)):
        found = _heading(line.of(text), following.of(text) if following else "")
        if found and opened and _belongs_under(opened, found):
            found = None
        is_first = last.start == document.span.start
        is_below_title = is_first and bool(opened) and _is_title(text, document, last)
        was_plate, is_plate = is_plate, nameplates.read(text, line) is not None
        is_new = found or is_below_title or (was_plate != is_plate and opened and not opened.runs_on)
        if opened is None or is_new or _has_ended(text, last, line, opened):
            if opened is not None:
                yield _passage(text, opened, last.end, index)
            opened = _opened(line, found)
        last = line
    if opened is not None:
        yield _passage(text, opened, last.end, index)


def _with_next(all_lines: Iterator[Span]) -> Iterator[tuple[Span, Span | None]]:
    one, two = itertools.tee(all_lines)
    next(two, None)
    return itertools.zip_longest(one, two)


def _opened(line: Span, found: _Heading | None) -> _Opened:
    if found is None:
        return _Opened(line.start, line.start)
    return _Opened(line.start, line.start + found.body_offset, found.name, found.is_alone, found.is_item)


def _is_title(text: str, document: Document, line: Span) -> bool:
    return _heading(line.of(text), "") is None and (bool(document.kind) or is_separator(line.of(text)))


def _belongs_under(opened: _Opened, found: _Heading) -> bool:
    """Whether what looks like a heading is a line of the passage: "ECG: ..." of results, "2. Bloods" of a plan."""
    if not opened.runs_on:
        return False
    if _RESULTS.fullmatch(opened.heading) and _ONE_RESULT.fullmatch(found.name):
        return True
    return found.is_item and found.is_alone and not found.has_colon and not opened.is_item


def _has_ended(text: str, last: Span, line: Span, opened: _Opened) -> bool:
    """Whether a passage ends before a line that is no heading.

    Under a heading alone on its line, never. Else at a blank line; and, where heading and value share a
    line, at a full stop, unless a bullet, a small letter or an indent shows that the list goes on:
    "Allergies: penicillin.", next line "Given aspirin."; and where another entry begins: "06/02 Ward round: ...".
    """
    if opened.runs_on:
        return False
    if text.count("\n", last.end, line.start) > 1 or (opened.heading and _is_entry(opened.heading, line.of(text))):
        return True
    return bool(opened.heading) and text[last.end - 1] in ".!?。！？" and not re.match(r"[\s\-*•a-z\d]", line.of(text))


def _is_entry(heading: str, line: str) -> bool:
    """Whether a line says by itself that it is not of the heading above it: by a day, by whose illness it is.

    Under allergies none does: "Codeine: nausea" and "12/03 latex: hives" are two more.
    """
    if _ALLERGIES.match(heading):
        return False
    if _DATED.match(line):
        return True
    return bool(_FAMILY.fullmatch(heading) and not re.match(r"[\s\-*\u2022a-z]", line) and not _RELATIVE.search(line))


def _passage(text: str, opened: _Opened, end: int, index: int) -> Passage:
    body = min(opened.body, end)
    while body < end and text[body].isspace():
        body += 1
    return Passage(Span(opened.start, end), Span(body, end), opened.heading, index)


def _heading(line: str, following: str) -> _Heading | None:
    """Look for a heading at the start of a line.

    A line of capitals is one where it does not deny something and the line below is not in capitals too:
    whole notes are typed so.

    Args:
        line: The line.
        following: The next line that is not blank; empty at the end of the document.
    """
    is_item = bool(_ITEM.match(line))
    for pattern in (_MARKDOWN, _ALONE, _KNOWN, _CAPITALS):
        match = pattern.match(line) if len(line) <= _LONGEST_HEADING else None
        if match and not (pattern is _CAPITALS and (_DENIES.match(line) or _CAPITALS.match(following))):
            return _Heading(match["heading"].strip(" *"), len(line), True, is_item, pattern is _ALONE)
    for pattern in (_BOLD, _WITH_VALUE, _CAPITALS_WITH_VALUE):
        if match := pattern.match(line):
            return _Heading(match["heading"].strip(), match.start("value"), not match["value"], is_item, True)
    return None


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
    for line in lines(text, span):
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
    for end in _ends(language, piece):
        if end < len(piece) and _is_false_end(piece, start, end):
            continue
        yield from _short(piece, start, end, block.start)
        start = end
    yield from _short(piece, start, len(piece), block.start)


def _short(piece: str, start: int, end: int, offset: int) -> Iterator[Span]:
    """A sentence, or parts of one that never ends, cut at the last pause that fits."""
    while end - start > _LONGEST_SENTENCE:
        pause = _PAUSE.match(piece, start, start + _LONGEST_SENTENCE)
        cut = pause.end() if pause else start + _LONGEST_SENTENCE
        yield from _trimmed(piece, start, cut, offset)
        start = cut
    yield from _trimmed(piece, start, end, offset)


def _ends(language: str, piece: str) -> Iterator[int]:
    """Ends of sentences by the library, given a few pages at a time: its time grows with the square."""
    start = 0
    while start < len(piece):
        stop = _STOP.search(piece, start + _PAGE, start + 2 * _PAGE) or _ANY_STOP.search(piece, start + 2 * _PAGE)
        end = stop.end() if stop else len(piece)
        for boundary in sentencex.get_sentence_boundaries(language, piece[start:end]):
            yield start + boundary["end_index"]
        start = end


def _is_false_end(piece: str, start: int, end: int) -> bool:
    before, following = piece[max(start, end - 20) : end], piece[end]
    if _TITLE.search(before) or _NUMBER_OF_ITEM.fullmatch(before) or _QUERIED.match(piece, end - 1):
        return True
    return bool(_ABBREVIATION.search(before)) and (following.islower() or following.isdigit())


def _trimmed(piece: str, start: int, end: int, offset: int) -> Iterator[Span]:
    inside = piece[start:end]
    if inside.strip():
        left = len(inside) - len(inside.lstrip())
        yield Span(offset + start + left, offset + start + len(inside.rstrip()))
