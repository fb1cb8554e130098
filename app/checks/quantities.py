"""Values in a text: number, unit, and what they are a value of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.checks import compound, loose_times, moments, units, words
from app.checks.units import Unit
from app.checks.words import Word
from app.notes import numerals
from app.notes.note import Span

_WORD_VALUES = numerals.COUNTS | numerals.TENS
_WORDS = "|".join([*numerals.LONGEST_FIRST, *numerals.TENS])
_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?:(?<![A-Za-z0-9_.])|(?<=\d[xX\u00d7])|(?<= [xX\u00d7~]))(?<![A-Za-z]-)(?P<value>{_DIGITS})"
    rf"(?:(?:\s?[-\u2013~\uff5e]\s?|\sor\s|至)(?P<upper>{_DIGITS})(?!\d|/(?!(?:7|52|12)(?![/\d]))))?"
    rf"(?:/(?P<under>\d+(?:\.\d+)?)(?![/\d]))?"
    rf"|\b(?P<spelled>{numerals.PATTERN})\b"
    rf"|\b(?P<word>{_WORDS})\b(?:(?:\s(?:to|or)\s|-)(?P<upper_word>{_WORDS})\b)?"
    rf"|(?<!once )(?<!twice )(?<!times )\b(?P<a>an?)\b(?! day (?:case|unit|ward|hospital|cent))"
    rf"|(?P<chinese>[一二两三四五六七八九十])(?=[个周天日小年片粒])",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\b(?P<what>stage|grade|gd|gr|class|nyha|killip|asa(?! ?\d\d)|child[- ]pugh|category|ckd|canadian|g)"
    r"(?:\s(?:class|stage|grade))?[ -]?(?P<grade>[0-9]{1,2}[a-d]?|i{1,3}v?[a-d]?|iv|v|[a-c]|one|two|three|four|five)\b",
    re.IGNORECASE,
)
_GRADE_WORDS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_SPELLED_AGE = rf"(?P<spelled>{numerals.PATTERN}|{_WORDS})"
_AGE = re.compile(
    r"(?P<age>\d{1,3})(?:[ -]?(?:years?|yrs?|y)[ -]?(?:old|of age|/o)|[ -]?y[/.]? ?o\b|[ ]?岁)"
    rf"|\b{_SPELLED_AGE}[ -]years?[ -](?:old|of age)\b"
    r"|(?P<young>\d{1,3})[ -]?(?P<of>days?|weeks?|months?)[ -]?(?:old|of age)\b"
    r"|\b(?:aged?|who is(?: now)?|(?-i:[FM]),) (?P<aged>\d{1,3})\b(?![,.]\d)|\bage of (?P<ageof>\d{1,3})\b"
    r"|(?<![\d/])\b(?P<short>\d{2,3}) ?(?-i:[FM])\b",
    re.IGNORECASE,
)
_A_YEAR_HAS = {"d": 365.25, "w": 52.18, "m": 12.0}
_TAKEN = frozenset({"mass", "unit", "piece", "puff", "drop", "sachet", "volume", "mass/mass", "mass/time", "unit/time"})
_ALONE = frozenset({"time", "month", "length", "pillow", "pack", "session"})
_LINK = re.compile(r"[\s:=(]*(?:(?:is|was|of|at|to|from|now|level|dose|remained|measured|up|down|with|a)\s+)*[\s:=(]*")
_ARROW = re.compile(r"\s*(?:[-=]+>|[\u2192\u2191\u2193]|to|\u81f3|\u5230)\s*")
_FLOWS = frozenset({"peak flow", "urine output", "egfr", "drain output", "cardiac output"})
_CHANGED = frozenset({"mass", "unit", "volume", "amount", "mass/area", "mass/mass"})
_OF_HOURS = re.compile(r"(?:^|[\n:.]\s?|\bfor |\bx ?)$", re.IGNORECASE)  # what "14/24" of a history stands behind
_TIMES = re.compile(r"[x\u00d7] ?\d+", re.IGNORECASE)
_PER = re.compile(
    r"(?:mg|mcg|micrograms?|g|l|units|mls?|tablets?|capsules?|puffs?|drops?|packs?|cigarettes?|lit(?:re|er)s?|times"
    r"|days|nights|evenings|mornings|hours|once|twice|one|two|three|four|five|six|seven|eight|\d)\s$",
    re.I,
)
_NO_PRESSURE = re.compile(r"gradient|pasp|\biop\b|intraocular|\beye\b|cvp|co2|perfusion|map\b", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:levels?|troughs?)(?:\s(?:of|was|is|were|at|now|still|only))*[\s:=]*$", re.IGNORECASE)
_DECADE = re.compile(r"s\b")
_BODY = (25, 45)  # degrees Celsius
_AT_AGE = re.compile(r"(?<!level )(?<!rate )(?<!dose )\bat\s$", re.IGNORECASE)
_SYSTOLIC = re.compile(r"\bSBP(?:\s(?:was|of))?[\s:=]*$")  # with a number; else it is a peritonitis
_SYSTOLIC_BEHIND = re.compile(
    r"\s?sys(?:t|tolic)?\b(?! ?(?:murmur|impair|dys|func|hf|heart|lv))", re.I
)  # "drop 78 sys"
_CLOCK = re.compile(r"0\d[0-5]\d|(?<![^\n])(?:1\d|2[0-3])[0-5]\d(?= )")
_RATE = re.compile(
    rf"(?:\d|\b(?:{'|'.join(numerals.LONGEST_FIRST)}))(?: [\w'\u2019]+)?"
    r" (?!(?:within|in|after|for|by|over|about|of|on|at|to|and|or|until|from|before|with|was|were|is)\b)[\w'\u2019]+ $",
    re.IGNORECASE,
)
_ROW = re.compile(r"[\s|)\]:\d.,<>+-]*")
_OF = re.compile(
    r"\s*(?:of\s+|tablets?\s+(?:of\s+)?)?(?:(?:oral|iv|intravenous|po|sc|subcutaneous|im|nebulised|inhaled)\s+)?", re.I
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value as it stands in a text.

    Attributes:
        value: In the dimension's own unit; the lower one of a range, the upper one of a blood pressure.
        other: Second value of a range or a fraction; None if there is one value.
        dimension: See `units.Unit`; `""` for a bare number, `age`, `grade`.
        subject: Key of what it is a value of; empty if the words do not tell.
        subject_kind: `drug`, `quantity` or empty.
        text: As written, unit included.
        span: Its place.
        decimals: Digits after the point, as written.
        numbers: The numbers as written, before conversion.
        hours: Where "2/52" may mean two weeks: that time.
    """

    value: float
    other: float | None
    dimension: str
    subject: str
    subject_kind: str
    text: str
    span: Span
    decimals: int = 0
    numbers: tuple[float, ...] = ()
    hours: float | None = None


def read(text: str, sentence: Span, heading: Span | None = None) -> tuple[Quantity, ...]:
    """Find the values of one sentence.

    Args:
        text: The whole text.
        sentence: The sentence.
        heading: The heading above it, which may name what its values are of.

    Returns:
        Values in order. Dates, times of day, identifiers and counts of articles ("a cough") are none.
    """
    taken = [one.span for one in moments.read(text, sentence)]
    found = [*_ages(text, sentence), *_grades(text, sentence)]
    all_words = words.read(text)
    known = [one for one in words.inside(all_words, sentence) if one.kind not in ("", "other", "number")]
    taken += [one.span for one in found]
    names = [Span(one.start, one.end) for one in known]
    for one in (*_compound(text, sentence), *_numbers(text, sentence)):
        is_taken = any(span.start < one.span.end and one.span.start < span.end for span in taken)
        if not is_taken and not any(_is_part_of(text, one, name) for name in names):
            found.append(one)
            taken.append(one.span)
    found = _pressures(text, sorted(found, key=lambda one: one.span.start))
    found = _with_units_of_next(text, sorted(found, key=lambda one: one.span.start))
    subjects = [one for one in words.inside(all_words, sentence) if one.kind in ("drug", "quantity")]
    above = [one for one in words.inside(all_words, heading) if one.kind == "quantity"] if heading else []
    placed = (_with_subject(text, one, subjects, above) for one in found)
    return tuple(sorted(placed, key=lambda one: one.span.start))


def _is_part_of(text: str, one: Quantity, name: Span) -> bool:
    """Whether a number is part of a name: "type 2 diabetes", not the time of "24h tape" nor "3 wks" behind "x"."""
    if not name.start <= one.span.start < name.end:
        return False
    own = name.of(text)
    return not (one.dimension in ("time", "month") and ("tape" in own.casefold() or _TIMES.fullmatch(own)))


def _pressures(text: str, found: list[Quantity]) -> list[Quantity]:
    """Join "one hundred and thirty eight over seventy two"."""
    joined: list[Quantity] = []
    for one in found:
        last = joined[-1] if joined else None
        is_bare = last and not last.dimension and one.dimension in ("", "pressure")
        if last and is_bare and {last.other, one.other} == {None} and text[last.span.end : one.span.start] == " over ":
            span = Span(last.span.start, one.span.end)
            numbers = (*last.numbers, *one.numbers)
            joined[-1] = replace(
                last, other=one.value, dimension="pressure", numbers=numbers, span=span, text=span.of(text)
            )
        else:
            joined.append(one)
    return joined


def _with_units_of_next(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give "20 -> 10 mg" its unit on both sides."""
    for place in range(len(found) - 2, -1, -1):
        one, other = found[place], found[place + 1]
        is_bare = one.dimension == "" and other.dimension in _CHANGED and other.numbers[0] and one.other is None
        if is_bare and _ARROW.fullmatch(text[one.span.end : other.span.start]):
            size = other.value / other.numbers[0]
            found[place] = replace(one, dimension=other.dimension, value=one.value * size)
    return found


def _ages(text: str, sentence: Span) -> Iterator[Quantity]:
    for match in _AGE.finditer(text, sentence.start, sentence.end):
        digits = match["age"] or match["aged"] or match["ageof"] or match["short"] or match["young"]
        age = float(digits) if digits else _spelled(match["spelled"])
        if match["young"]:  # in years, as the others
            age /= _A_YEAR_HAS[match["of"][0].lower()]
        yield Quantity(age, None, "age", "age", "", match[0], Span(match.start(), match.end()), numbers=(age,))


def _spelled(words: str) -> float:
    return float(_WORD_VALUES[words.lower()]) if words.lower() in _WORD_VALUES else numerals.value(words)


def _grades(text: str, sentence: Span) -> Iterator[Quantity]:
    for match in _GRADE.finditer(text, sentence.start, sentence.end):
        what, grade = match["what"].casefold(), match["grade"].casefold()
        if what == "g" and not grade[0].isdigit():
            continue
        roman = _ROMAN.get(grade.rstrip("abcd"), grade.rstrip("abcd"))
        roman, grade = (_GRADE_WORDS[grade], "") if grade in _GRADE_WORDS else (roman, grade)
        digits = re.sub(r"\D", "", roman)
        letter = re.sub(r"[^a-d]", "", grade[-1:]) if not grade.rstrip("abcd") or grade[-1:] in "abcd" else ""
        value = float(digits or 0) + (ord(letter) - 96) / 100 if letter else float(digits or 0)
        subject = "stage" if what in ("stage", "ckd", "g") else "grade" if what in ("gd", "gr") else what
        yield Quantity(value, None, "grade", subject, "", match[0], Span(match.start(), match.end()))


def _compound(text: str, sentence: Span) -> Iterator[Quantity]:
    for piece in compound.find(text, sentence):
        unit, written = piece.unit, piece.span.of(text)
        dimension = "ratio" if piece.out_of is not None else unit.dimension if unit else ""
        size = unit.size if unit else 1.0
        numbers = (piece.number,) if piece.out_of is None else (piece.number, piece.out_of)
        decimals = len(f"{piece.number:g}".partition(".")[2])
        yield Quantity(
            piece.number * size, piece.out_of, dimension, "", "", written, piece.span, decimals, numbers
        )  # fmt: skip


def _numbers(text: str, sentence: Span) -> Iterator[Quantity]:
    place = sentence.start
    while match := _NUMBER.search(text, place, sentence.end):
        if match["upper"] and _is_no_range(text, match):
            match = _NUMBER.match(text, match.start(), match.end("value")) or match
        one = _quantity(text, match)
        place = one.span.end if one is not None else match.end()
        if one is not None:
            yield one


def _is_no_range(text: str, match: re.Match[str]) -> bool:
    """Whether a dash only parts a value from units that are given for it: "Hb 79 - 2 units RCC"."""
    lower, upper = (float(match[name].replace(",", "")) for name in ("value", "upper"))
    unit = units.at(text, match.end())
    is_spaced = " " in text[match.end("value") : match.start("upper")]
    return is_spaced and upper < lower and unit is not None and unit.dimension == "unit"


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    unit = units.at(text, match.end())
    unit = None if match["under"] and unit and unit.name == "minutes" else unit  # "6/12 min": at least
    if unit and _DECADE.match(text, match.end()) and (match["value"] or "").endswith("0"):
        return None  # "in the 150s"
    value, other = _values(match)
    if match["value"] is None and not match["spelled"] and not _counts(text, match, unit):
        return None
    is_clock = match["value"] and _CLOCK.match(text, match.start(), match.end() + 1)  # "0445", "1015 3rd trop"
    if unit is None and (is_clock or re.match(r"[A-Za-z]", text[match.end() : match.end() + 1])):
        return None  # "3rd", "10x", part of an identifier
    end = unit.end if unit else match.end()
    dimension, size = (unit.dimension, unit.size) if unit else ("", 1.0)
    if (
        dimension == "temperature"
        and not _BODY[0] <= value <= _BODY[1]
        and text[match.end() : end].strip() == "degrees"
    ):
        dimension = ""  # an angle
    hours = None
    if match["upper"] and match["under"] and not unit and match["under"].isdigit():  # "4-6/52"
        dimension, size = "time", loose_times.PARTS[int(match["under"])]
    elif match["under"]:
        under = int(float(match["under"]))
        is_hours = under == 24 and not _OF_HOURS.search(text, max(0, match.start() - 12), match.start())  # VA, a date
        if not unit and under in loose_times.PARTS and value <= 60 and not is_hours:
            hours = value * loose_times.PARTS[under]
        is_pressure = not unit and 50 <= value <= 280 and 20 <= under <= 160 and value > under
        dimension = dimension or ("pressure" if is_pressure else "ratio")
    written = match["value"] or (f"{value:g}" if match["spelled"] else "")
    numbers = (value,) if other is None else (value, other)
    return Quantity(
        value * size, None if other is None else other * size, dimension, "", "", text[match.start() : end],
        Span(match.start(), end), len(written.partition(".")[2]), numbers, hours,
    )  # fmt: skip


def _counts(text: str, match: re.Match[str], unit: Unit | None) -> bool:
    """Whether a single number word or an article is a value: with a unit in words; of articles, with one of time."""
    if unit is None or (match["a"] and unit.dimension not in ("time", "month")):
        return False
    if match["a"] and _PER.search(text, max(0, match.start() - 14), match.start()):
        return False  # "32 mg a day"
    if match["a"] and _RATE.search(text, max(0, match.start() - 40), match.start()):
        return False  # "seven or eight bags a day"
    if match["a"] and text[match.end() : unit.end].strip() == "second":
        return False  # "a second, four days later"
    return len(text[match.end() : unit.end].strip(" -")) > 1


def _values(match: re.Match[str]) -> tuple[float, float | None]:
    if match["value"]:
        second = match["upper"] or match["under"]
        return float(match["value"].replace(",", "")), float(second.replace(",", "")) if second else None
    if match["spelled"]:
        return numerals.value(match["spelled"]), None
    if match["chinese"]:
        return float(numerals.CHINESE[match["chinese"]]), None
    if match["word"]:
        upper = match["upper_word"]
        return float(_WORD_VALUES[match["word"].lower()]), float(_WORD_VALUES[upper.lower()]) if upper else None
    return 1.0, None


def _with_subject(text: str, one: Quantity, subjects: Sequence[Word], above: Sequence[Word]) -> Quantity:
    if one.subject or one.dimension in _ALONE:
        return one
    is_systolic = _SYSTOLIC.search(text, max(0, one.span.start - 12), one.span.start)
    if not one.dimension and (is_systolic or _SYSTOLIC_BEHIND.match(text, one.span.end)):
        return replace(one, subject="systolic pressure", subject_kind="quantity")
    fitting = [word for word in subjects if _fits(one, word)]
    before = [word for word in fitting if word.end <= one.span.start]
    after = [word for word in fitting if word.start >= one.span.end]
    if before and re.search(r"[;。；]", text[before[-1].end : one.span.start]):
        before = []
    chosen: Word | None = None
    if after and _OF.fullmatch(text[one.span.end : after[0].start]):
        is_linked = before and _LINK.fullmatch(text[before[-1].end : one.span.start])
        chosen = before[-1] if is_linked else after[0]
    elif before:
        chosen = before[-1]
    elif after and one.dimension not in _TAKEN:
        chosen = (
            after[0] if not re.search(r"[,;.]|\bwith\b|\bw/|\band\b", text[one.span.end : after[0].start]) else None
        )
    elif above:
        chosen = above[0]
    return _with_implied(text, one) if chosen is None else _of_word(text, one, chosen)


def _of_word(text: str, one: Quantity, chosen: Word) -> Quantity:
    """The value as one of a word: not a dose where it is an age or a level in the blood."""
    if chosen.kind == "drug" and not one.dimension:
        before = text[max(0, one.span.start - 20) : one.span.start]
        if _AT_AGE.search(before):
            return one  # "wheezing after ibuprofen at 19"
        if _LEVEL.search(before):
            return replace(one, subject=f"{chosen.key} level", subject_kind="quantity")
    one = _with_unit_of_row(text, one, chosen)
    return replace(one, subject=chosen.key, subject_kind=chosen.kind)


def _with_implied(text: str, one: Quantity) -> Quantity:
    """The value with the subject that its unit tells."""
    implied = {"pressure": "blood pressure", "temperature": "temperature"}.get(one.dimension, "")
    if implied and _NO_PRESSURE.search(text, max(0, one.span.start - 40), one.span.start):
        implied = ""
    implied = "weight" if one.text.endswith("kg") else implied
    return replace(one, subject=implied, subject_kind="quantity") if implied else one


def _with_unit_of_row(text: str, one: Quantity, word: Word) -> Quantity:
    """Give a bare value the unit that stands beside the name in its row: "Creatinine umol/L | 128 | 171"."""
    if one.dimension or word.end > one.span.start:
        return one
    start = word.end + len(text[word.end : word.end + 2]) - len(text[word.end : word.end + 2].lstrip(" (["))
    unit = units.at(text, start)
    if unit is None or (word.kind == "drug" and "/" not in unit.dimension):
        return one
    if unit.end > one.span.start or not _ROW.fullmatch(text[unit.end : one.span.start]):
        return one
    other = None if one.other is None else one.other * unit.size
    return replace(one, dimension=unit.dimension, value=one.value * unit.size, other=other)


def _fits(one: Quantity, word: Word) -> bool:
    """Whether a value of this dimension can be one of this word."""
    if one.dimension in _TAKEN or one.dimension.startswith(("mass/mass", "mass/area", "unit/mass", "mass/time")):
        if one.text.casefold().endswith("kg") and one.dimension == "mass":
            return word.key == "weight"
        is_fluid = word.key in ("urine output", "fluid balance", "drain output", "blood loss", "fvc", "fev1")
        return word.kind == "drug" or (one.dimension == "volume" and is_fluid)
    if one.dimension == "":
        return True
    if one.dimension == "ratio" and word.kind == "drug":
        return one.hours is None and len(re.split(r"[-/ ]", word.key)) > 1  # of two drugs in one tablet
    if word.key == "ph":
        return False
    if "temperature" in (one.dimension, word.key):
        return one.dimension == "temperature" and word.key == "temperature"
    if one.dimension == "volume/time":  # "FEV1 38%, home oxygen 1 L/min"
        return word.key in _FLOWS
    if one.dimension == "amount":
        return word.kind == "drug"
    if one.dimension == "area":
        return "area" in word.key.split()
    return word.kind == "quantity"
