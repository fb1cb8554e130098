"""Courses of a drug that run past the discharge: "levofloxacin, 7 days in total", on day 3 when the patient leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checks import actions, facts, medications, moments
from app.checks.facts import Facts
from app.checks.words import Word
from app.drafts import due, header
from app.drafts.due import Due
from app.notes import numerals
from app.notes.note import Note, Span

_NUMBERS = numerals.COUNTS | numerals.CHINESE
_COUNT = rf"\d{{1,3}}|{'|'.join([*numerals.LONGEST_FIRST, *numerals.CHINESE])}"
_DAYS = {"d": 1, "/7": 1, "天": 1, "日": 1, "w": 7, "/52": 7, "周": 7, "m": 0, "/12": 0, "月": 0}  # 0: in months
_LENGTH = re.compile(
    rf"(?<![\d/.-])(?P<n>{_COUNT})(?:[ -]?(?P<unit>days?|weeks?|months?)\b|(?P<short>/7|/52|/12)(?![\d/])"
    r"|\s?(?P<cjk>天|日(?!次)|周|个月))",
    re.IGNORECASE,
)
# What may stand before the length of a course, and what may not stand behind it.
_LEADS = re.compile(
    r"(?:\b(?:for(?: (?:a|up to))?(?: (?:further|total of|total|another|remaining))*|x|courses?(?: of)?|total(?: of)?"
    r"|complet\w+(?: an?)?|finish\w*(?: an?)?|further|another|remaining|mgs?|g|mcg|micrograms|units|ml|od|bd|tds|qds"
    r"|bid|tid|qid|daily|nocte|day|po|iv|oral(?:ly)?|hours|q\d{1,2}h)|[,(\u2013\u00d7-]|[共程用续再服次])\s*$",
    re.IGNORECASE,
)
_NO_COURSE = re.compile(
    r"\s*(?:ago|later|after|before|from now|history|post|pre|old|of age|prior|每|前|后)\b|\s*(?:前|后复|后随|史)"
    r"|\s*(?:of )?(?:follow|review|monitor|observ|history|rest|bed|cough|fever|pain)",
    re.IGNORECASE,
)
_DAY_OF = re.compile(
    r"(?:\bday|\bd)\s?(?P<k>\d{1,2})(?:\s?(?:of|/)\s?(?:a )?(?P<n>\d{1,2}))?(?![\d/])|第(?P<cjk>\d{1,2})天",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"\b(?:further|another|remaining|more)\b|再|剩余", re.IGNORECASE)
_TOTAL = re.compile(r"\btotal\b|\bday\s?\d|\bcourse\b|\bcomplete\b|共|疗程|第\d", re.IGNORECASE)
_UNTIL = re.compile(
    r"(?:\b(?:until|till|through|to (?:finish|end|stop|complete)|finish(?:es|ing)?|ends?|ending|stop(?: date)?|end date"
    r"|last (?:dose|day|tablet))(?: on| is| date)?(?: the)?|至|到|止于)[\s:]*$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:\b(?:started|commenced|begun|began|since|from|start date)(?: on)?|自|开始于)[\s:(]*$", re.IGNORECASE
)
_OVER = re.compile(
    r"\b(?:completed|finished|received|had|after|following|treated with|was given|were given|previous(?:ly)?|recent"
    r"|course complete|complete[.;,)]|cycle|failed|despite)\b|已完成|曾|疗程结束",
    re.IGNORECASE,
)
_SWITCHED = re.compile(
    r"\b(?:switch\w*|chang\w*|convert\w*|replac\w*|stepp?\w* down|to oral)\b|改为|换用", re.IGNORECASE
)
_CUT = re.compile(
    r"[;；。\n]|\.(?=\s|$)|\bthen\b|\bwith (?:review|follow)\w*|\breview\b|\brepeat\b|\bcheck\b", re.IGNORECASE
)
_AHEAD = 40  # characters before a drug in which its length may stand: "to complete 7 days of levofloxacin"
_JOIN = re.compile(r"\s*(?:course )?(?:of|of oral|of iv)\s+(?:\w+ )?$|\s*(?:course )?(?:of )?$", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|further|additional|remaining)\s", re.IGNORECASE)
_MOST_DAYS = 190


@dataclass(frozen=True, slots=True)
class Course:
    """A course that ends after the discharge, or may.

    Attributes:
        drug: Key of the drug.
        span: The sentence that gives its length, else its end, without a heading on its line.
        words: The words that say how long.
        due: Its last day, as near as it can be told.
        is_fresh: Whether it begins with the discharge: then its length alone tells its end.
    """

    drug: str
    span: Span
    words: str
    due: Due
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What one sentence says of how long a drug is taken."""

    drug: str
    sentence: Facts
    words: tuple[Span, ...]
    days: int = 0
    months: int = 0
    day: int = 0
    is_further: bool = False
    is_total: bool = False
    started: str = ""
    until: str = ""


@lru_cache(maxsize=2)
def running(note: Note) -> tuple[Course, ...]:
    """Find the courses that run past the discharge.

    Args:
        note: The notes.

    Returns:
        One for each drug, by the last sentence that tells its length; in the order of the text. None where the day of
        discharge is not known. A course counted in days ends "about" its day: the first dose may have been in the
        evening. Where its first day is not told, the first mention and the sentence itself are its two ends.
    """
    discharged = next((one.value for one in header.facts(note) if one.name == "discharged"), "")
    if not discharged:
        return ()
    said = [one for sentence in facts.of_note(note) for one in _read(note, sentence)]
    found = (
        _course(note, [one for one in said if one.drug == drug], discharged) for drug in {one.drug for one in said}
    )
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.span.start))


def gives_length(words: str) -> bool:
    """Tell whether a sentence about a drug says how long it is to be taken, or until when."""
    is_dated = any(one.kind == "date" for one in moments.read(words, Span(0, len(words))))
    return is_dated or bool(_LENGTH.search(_MORE.sub("", words)))


def _read(note: Note, sentence: Facts) -> Iterator[_Said]:
    drugs = [word for word in sentence.words if word.kind == "drug"]
    for number, word in enumerate(drugs):
        before = drugs[number - 1].end if number else sentence.span.start
        after = drugs[number + 1].start if number + 1 < len(drugs) else sentence.span.end
        one = _of_drug(note, sentence, word, before, after)
        if one is not None and not medications.is_of_allergies(note, sentence):
            yield one


def _of_drug(note: Note, sentence: Facts, word: Word, before: int, after: int) -> _Said | None:
    text = note.text
    stop = _CUT.search(text, word.end, after)
    part = Span(word.end, stop.start() if stop else after)
    ahead = Span(max(before, word.start - _AHEAD), word.start)
    if _OVER.search(text, max(sentence.body, word.start - _AHEAD), part.end):
        return None
    day = _DAY_OF.search(text, part.start, part.end) or _DAY_OF.search(text, ahead.start, ahead.end)
    is_of = day is not None and bool(day["n"])  # "day 5/7" is no length of five days
    length = None if is_of else _length(text, part) or _length(text, ahead, joins=True)
    dated = {
        "until" if _UNTIL.search(text, sentence.span.start, one.span.start) else "started": one
        for one in sentence.moments
        if one.kind == "date" and moments.day(one.value) and part.start <= one.span.start < part.end + 40
        if any(cue.search(text, sentence.span.start, one.span.start) for cue in (_UNTIL, _SINCE))
    }
    if length is None and day is None and "until" not in dated:
        return None
    places = [Span(match.start(), match.end()) for match in (length, day) if match] + [
        one.span for one in dated.values()
    ]
    own = text[min(one.start for one in places) - 12 : max(one.end for one in places) + 12]
    days, months = _counted(length) if length else (int(day["n"] or 0) if day and day["k"] else 0, 0)
    if days > _MOST_DAYS:
        return None
    return _Said(
        word.key,
        sentence,
        tuple(sorted(places, key=lambda one: one.start)),
        days,
        months,
        int(day["k"] or day["cjk"]) if day else 0,
        bool(_FURTHER.search(own)),
        bool(_TOTAL.search(own)),
        dated["started"].value if "started" in dated else "",
        dated["until"].value if "until" in dated else "",
    )


def _length(text: str, part: Span, *, joins: bool = False) -> re.Match[str] | None:
    for match in _LENGTH.finditer(text, part.start, part.end):
        before = text[max(part.start - 12, match.start() - 24) : match.start()]
        is_led = _LEADS.search(before) or re.match(
            r"(?:[ -]day)?\s*course|\s*in total", text[match.end() : match.end() + 12]
        )
        is_joined = not joins or _JOIN.fullmatch(text[match.end() : part.end])
        if is_led and is_joined and not _NO_COURSE.match(text, match.end()):
            return match
    return None


def _counted(match: re.Match[str]) -> tuple[int, int]:
    number = match["n"].casefold()
    count = int(number) if number.isdigit() else _NUMBERS[number]
    unit = (match["unit"] or match["short"] or match["cjk"]).casefold().removeprefix("个")
    size = _DAYS[unit if unit in _DAYS else unit[0]]
    return (count * size, 0) if size else (0, count)


def _course(note: Note, said: Sequence[_Said], discharged: str) -> Course | None:
    """The course of one drug; None where it ended, was stopped or replaced, or cannot be reckoned."""
    last = said[-1]
    if _is_over(note, last):
        return None
    starts = _starts(note, said, discharged)
    ends = (last.until, last.until) if last.until else _ends(said, starts)
    if ends is None or ends[1] <= discharged[: len(ends[1])]:
        return None
    told = [last] if last.until else [one for one in (_sized(said), last) if one is not None]
    words = ", ".join(dict.fromkeys(span.of(note.text) for one in told for span in one.words))
    is_limit = last.is_total and not last.day and not last.started and starts == [discharged]
    ends_on = Due(words, ends[0], ends[1], is_exact=bool(last.until), is_limit=is_limit)
    quoted = told[0].sentence  # "100 mg twice daily for 5 days" says more than "day 2"
    span = Span(quoted.body, quoted.span.end)
    return Course(last.drug, span, words, ends_on, not is_limit and not last.until and starts == [discharged])


def _is_over(note: Note, last: _Said) -> bool:
    acts = [one for one in actions.of_note(note) if one.drug == last.drug]
    if acts and acts[-1].act in ("stopped", "withheld") and acts[-1].span.start >= last.sentence.span.end:
        return True
    if last.drug in medications.at_discharge(note):
        return False
    later = (one for one in facts.of_note(note) if one.span.start > last.sentence.span.start)
    named = (one.span.of(note.text) for one in later if any(word.key == last.drug for word in one.words))
    return any(_SWITCHED.search(one) or _OVER.search(one) for one in named)


def _ends(said: Sequence[_Said], starts: Sequence[str]) -> tuple[str, str] | None:
    """First and last day or month on which the course may end."""
    sized = _sized(said)
    if sized is None or not starts:
        return None
    if sized.months:
        return due.later(starts[0], sized.months, "month"), due.later(starts[-1], sized.months, "month")
    less = 0 if sized.is_further else 1
    return due.later(starts[0], sized.days - less, "day"), due.later(starts[-1], sized.days - less, "day")


def _sized(said: Sequence[_Said]) -> _Said | None:
    return next((one for one in reversed(said) if one.days or one.months), None)


def _starts(note: Note, said: Sequence[_Said], discharged: str) -> list[str]:
    """The day on which a course began, or the two days between which it did."""
    for one in reversed(said):
        here = note.documents[one.sentence.document].date
        if one.started:
            return [one.started]
        if one.day and here:
            return [due.later(here, 1 - one.day, "day")]
    sized = _sized(said) or said[-1]
    here = note.documents[sized.sentence.document].date
    is_listed = medications.is_discharge_list(sized.sentence.heading)
    if sized.is_further or (is_listed and not sized.is_total):
        return [here if sized.is_further and here else discharged]
    first = min((day for day in _given(note, sized.drug) if day), default="")
    return sorted({day for day in (first, here or discharged) if day})


def _given(note: Note, drug: str) -> Iterator[str]:
    """The dates of the documents that speak of the drug as given."""
    for one in facts.of_note(note):
        if any(dose.drug == drug for dose in one.doses) and not medications.is_of_allergies(note, one):
            yield note.documents[one.document].date
