"""How a drug is given: dose, route and frequency of each mention of a drug in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.checks import quantities, words
from app.checks.quantities import Quantity
from app.checks.words import Word
from app.notes.note import Span

_NO_SPAN = r"(?! (?:of|later|after|before|ago|earlier|previously|or (?:two|so))\b)"  # "a week later" is a span
_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
# "Every 3 weekly" is no "weekly": what counts the weeks or months stands right before.
_NOT_COUNTED = r"(?<!\d-)(?<![^\d.][234689] )(?<! 12 )" + "".join(
    f"(?<!{one}-)(?<!{one} )" for one in ("two", "three", "four", "six", "eight", "twelve")
)
_NOT_MISSED = "".join(f"(?<!{one} )" for one in ("missed", "missing", "skipped", "omitted", "another"))
# "20 cigarettes a day", "two litres daily" are no dose.
_NO_DOSE = "".join(
    f"(?<!{one} )" for one in ("cigarettes", "pack", "packs", "pints", "litres", "liters", "litre", "liter", "drinks")
)
_NOT_EACH = r"(?! (?:in|a|per|each|every|daily|once|twice|three|four|at|o\.?d|b\.?d|t\.?d|q\.?d))"
# Times a day, with the time of day where the words give one.
_FREQUENCIES: tuple[tuple[str, str], ...] = (
    ("stat", rf"stat|x1(?!\d)|one[- ]off|single dose|{_NOT_MISSED}(?:one|1) dose{_NOT_EACH}|once only"
    r"|as a single dose|立即"),
    ("alternate days", r"alt(?:ernate)? days?|every other day|every second day|every 48 hours|q\.?o\.?d|q48h"
    r"|q2d(?:ays)?|eod|隔日(?:一次)?"),
    ("monthly", rf"(?:once )?(?:{_NOT_COUNTED}monthly|a month{_NO_SPAN}|every month|every 4 weeks)|每月(?:一次)?"),
    ("every two weeks", r"fortnightly|q2w|2[- ]?wkly|(?:two|2)[- ]weekly|every fortnight"
    r"|once a fortnight|(?<=im )2/52|every (?:two|2) weeks|every other week"),
    ("twice weekly", r"biw|(?:twice|two times|2x|2 times) (?:weekly|a week|per week)"
    r"|(?<![\d.])x?2x?/(?:wk|week)|每周[^,，。；]{0,3}?(?:两|二|2)次"),
    ("three times weekly", r"tiw|mwf|mon[/ ]wed[/ ]fri|(?:three times|thrice|3x|3 times) (?:weekly|a week|per week)"
    r"|3x/(?:wk|week)|每周[^,，。；]{0,3}?(?:三|3)次"),
    (
        "weekly",
        rf"(?:once )?{_NOT_COUNTED}(?:weekly|wkly)|once (?:a|per) week|(?<=mg )(?:a|per) week{_NO_SPAN}"
        rf"|(?:every|each) week|(?:on |every |each )?{_WEEKDAY}s|(?:every|each) {_WEEKDAY}"
        r"|q1w|1x/wk|once/wk|/wk"
        r"|once-weekly|每周(?:一次|1次)?(?![^,，。；]{0,3}[两二三四五2-5]次)",
    ),
    ("6", r"(?:six times|6x) (?:daily|a day)|(?:4|four)[- ]?hourly|every (?:4|four) hours|q4h|4[- ]?hrly"),
    ("5", r"five times (?:daily|a day)"),
    (
        "4",
        r"q\.?d\.?s\.?|q\.?i\.?d\.?|(?:four times|4x|4 times) (?:daily|a day|per day|each day)|(?:6|six)[- ]?hourly"
        r"|every (?:6|six) (?:hours|hrs)|q6h|6[- ]?hrly|q\.?d\.?s|4x/d(?:ay)?|(?:每日|每天|一日)(?:四|4)次"
        r"|每6小时(?:一次|1次)?",
    ),
    (
        "3",
        r"t\.?d\.?s\.?|t\.?i\.?d\.?"
        r"|(?:three times|thrice|3x|3 times) (?:daily|a day|per day|each day)|(?:8|eight)[- ]?hourly"
        r"|every (?:8|eight) (?:hours|hrs)|q8h|8[- ]?hrly|3x/d(?:ay)?|thrice|(?:每日|每天|一日)(?:三|3)次"
        r"|每8小时(?:一次|1次)?",
    ),
    (
        "2",
        r"b\.?d\.?|b\.?i\.?d\.?"
        r"|(?:twice|two times|2x|2 times)(?:[- ](?:daily|a day|per day|each day))|(?:12|twelve)[- ]?hourly"
        r"|every (?:12|twelve) (?:hours|hrs)|q12h|12[- ]?hrly|2x/d(?:ay)?"
        r"|morning and (?:evening|night)|(?:每日|每天|一日)(?:两|二|2)次"
        r"|每12小时(?:一次|1次)?",
    ),
    (
        "1 at night",
        r"(?:once )?(?:at night|at bedtime|bedtime|nightly|each night|every night|nocte|noct?"
        r"|before bed|in the evening|q ?pm|(?<=units )pm|(?<=\du )pm|(?<=mg )pm)"
        r"|q\.?hs|hs|(?<=\d mg )on(?=[,.;]|$)|(?<=\dmg )on(?=[,.;]|$)|on(?= |$|,|\.)(?-i:(?<=ON))|每晚(?:一次)?|睡前",
    ),
    (
        "1 in the morning",
        r"(?:once |each |every )?(?:in the morning|mane|every morning|each morning|om|q ?am|(?<=units )am|(?<=\du )am"
        r"|(?<=mg )am)|每早|晨起",
    ),
    (
        "1",
        r"(?:once|one time|1x)[- ](?:daily|a day|per day|each day|every day)|o\.?d\.?|q\.?d\.?"
        rf"|(?<!times )(?<!twice )(?<!twice-){_NO_DOSE}daily"
        rf"|{_NO_DOSE}(?:(?:every|each|per) day|(?<!times in )a day{_NO_SPAN})|every 24 hours|24[- ]?hourly|q24h"
        r"|(?:每日|每天|一日)(?:一次|1次)?|qd",
    ),
)  # fmt: skip
# Once, and with its case: a range of 27,000 signs is folded one by one wherever it stands in a pattern of any case.
_EDGE = r"(?:(?<![A-Za-z])|(?-i:(?=[\u3400-\u9fff])))"
_FREQUENCY = re.compile(
    rf"{_EDGE}(?:{'|'.join(f'(?P<f{n}>{pattern})' for n, (_, pattern) in enumerate(_FREQUENCIES))})(?![A-Za-z])",
    re.IGNORECASE,
)
_AS_NEEDED = re.compile(
    r"\b(?:prn|p\.r\.n|as (?:required|needed)|when (?:required|needed)|if (?:required|needed))\b|必要时|按需",
    re.IGNORECASE,
)
_ROUTES: tuple[tuple[str, str], ...] = (
    (
        "intravenous",
        r"iv|i\.v\.?|i/v|ivi|ivib?|gtt|drip|through a drip|by drip|intravenous(?:ly)?|静脉(?:滴注"
        r"|注射|推注)?|静滴|静推|静注|ivgtt",
    ),
    ("by mouth", r"po|p\.o\.?|p/o|oral(?:ly)?|by mouth|tablets?|capsules?|tabs?|caps?|t\.(?= [a-z])|口服"),
    (
        "subcutaneous",
        r"sc|sq|subq|s\.c\.?|s/c|subcut(?:aneous)? injections?|sub-cut|under the skin|subcut"
        r"|subcutaneous(?:ly)?|皮下(?:注射)?",
    ),
    ("intramuscular", r"im|i\.m\.?|i/m|into (?:the|a) muscle|intramuscular(?:ly)?|肌注|肌肉注射"),
    ("inhaled", r"inh|inhaled|inhaler|inhalation|neb|nebs|nebulised|nebulized|nebuliser|puffs?|雾化|吸入"),
    ("rectal", r"pr|rectal(?:ly)?|suppository|enema|直肠"),
    ("sublingual", r"sl|s/l|under the tongue|sublingual(?:ly)?|舌下"),
    ("topical", r"topical(?:ly)?|to the skin|cream|ointment|gel|外用"),
    ("patch", r"patch(?:es)?|transdermal(?:ly)?"),
    (
        "by feeding tube",
        r"(?:via|down) (?:the )?(?:ngt|ng|peg|rig|nj|njt)(?: tube)?|via (?:the "
        r"|a )?nasogastric tube",
    ),
    ("eye drops", r"eye drops?|drops|(?<=one )drop|(?<=1 )drop"),
    ("nasal", r"intranasal(?:ly)?|into (?:the|each) nostrils?|nasal spray"),
)
_ROUTE = re.compile(
    rf"{_EDGE}(?:{'|'.join(f'(?P<r{n}>{pattern})' for n, (_, pattern) in enumerate(_ROUTES))})(?![A-Za-z])",
    re.IGNORECASE,
)
# ", and her blood count is checked twice a week" speaks of another thing; ", and 12 units at night" goes on.
_NEW_CLAUSE = (
    r"(?:, and |\b(?:whereas|while) )(?!(?:is|was|are|were|be|been|has|had|he|she|it|they|this|that|these|should|must"
    r"|may|can|will|would|could|needs?|takes?|taken|taking|receiv\w+|given|got|used|continu\w+|inject\w+|swallow\w+|then|now"
    r"|later|to|at|in|on|once|twice|three|four|every|each|daily|weekly|after|with|when|as|for|by|from|up|one|two|half|\d)\b)"
)
_BREAK = re.compile(
    rf"{_NEW_CLAUSE}|[;；。\n]|，(?=改?予|给予|加用)"
    r"|\.(?=\s|$)|\b(?:but|because|due to|until|and ha[sd](?! been)|for review|instead|however|which|who|gp to)\b",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:then|followed by|switched to|converted to|changed to|reduced to|increased to|later)\b|改为", re.IGNORECASE
)
# What ends one drug's mention before the next one: "added to her weekly methotrexate".
_JOINS = r"\b(?:and|with|to|from|by|for|than|over|plus|instead of|in place of|alongside|on)\b"
_NEXT = re.compile(rf"(?:,|\+|{_JOINS})(?:(?!{_JOINS})[^,])*$", re.IGNORECASE)
_APART = re.compile(
    rf"[,;.:\n]|{_JOINS}|\b(?:was|were|is|are|has|have|had|been|being|added|then|whereas|while|after|before|in)\b",
    re.IGNORECASE,
)
_REACH_BEFORE = 30  # characters before a drug in which its dose or route may stand: "5 mg of oral morphine"


@dataclass(frozen=True, slots=True)
class Dose:
    """One mention of a drug.

    Attributes:
        drug: Key of the drug.
        amounts: Its doses, as many as are given for it.
        frequencies: What it says of how often; `as needed` among them.
        routes: How it is given.
        drug_span: Place of the name.
        span: Place of the whole mention.
    """

    drug: str
    amounts: tuple[Quantity, ...]
    frequencies: tuple[str, ...]
    routes: tuple[str, ...]
    drug_span: Span
    span: Span


def read(text: str, sentence: Span, values: Sequence[Quantity]) -> tuple[Dose, ...]:
    """Find the drugs of a sentence with how they are given.

    Args:
        text: The whole text.
        sentence: The sentence.
        values: Its quantities.

    Returns:
        One entry per mention, in order.
    """
    all_words = words.inside(words.read(text), sentence)
    drugs = [word for word in all_words if word.kind == "drug" and not text.startswith("-induced", word.end)]
    found: list[Dose] = []
    for number, word in enumerate(drugs):
        before = drugs[number - 1].end if number else sentence.start
        after = drugs[number + 1].start if number + 1 < len(drugs) else None
        own = [one for one in values if one.subject == word.key and one.subject_kind == "drug"]
        start = max(sentence.start, before, word.start - _REACH_BEFORE)
        found += _doses(text, word, own, start, _end(text, word, sentence, after))
    return tuple(found)


def frequencies(text: str) -> list[str]:
    """Read how often something is given: times a day, "at night", "weekly", "as needed"."""
    found = [_name(match, "f", _FREQUENCIES) for match in _FREQUENCY.finditer(text)]
    return [*dict.fromkeys(found), *(["as needed"] if _AS_NEEDED.search(text) else [])]


def placed_frequencies(text: str) -> Iterator[tuple[str, int, int]]:
    """Read how often something is done, each with the place where it stands."""
    for match in _FREQUENCY.finditer(text):
        yield _name(match, "f", _FREQUENCIES), match.start(), match.end()


def routes(text: str) -> list[str]:
    """Read how something is given."""
    return list(dict.fromkeys(_name(match, "r", _ROUTES) for match in _ROUTE.finditer(text)))


def same_frequency(one: str, other: str) -> bool:
    """Tell whether two frequencies can be the same; "daily" agrees with "at night"."""
    return one == other or (one[0] == other[0] == "1" and "1" in (one, other))


def _end(text: str, word: Word, sentence: Span, after: int | None) -> int:
    """Where a mention ends. What stands right before the next drug may be that drug's: "aspirin 75 mg, IV morphine"."""
    end = sentence.end if after is None else after
    stop = _BREAK.search(text, word.end, end)
    if stop:
        return stop.start()
    tail = _NEXT.search(text[word.end : end]) if after is not None else None
    return word.end + tail.start() if tail else end


def _doses(text: str, word: Word, own: Sequence[Quantity], start: int, end: int) -> Iterator[Dose]:
    """One dose, or several where one follows the other: "1.2 g IV then 625 mg by mouth"."""
    before = _just_before(text[start : word.start])
    ahead, often = routes(before), frequencies(before)
    places = [match.end() for match in _THEN.finditer(text, word.end, end)]
    for number, (left, right) in enumerate(pairwise([word.end, *places, end])):
        first = start if number == 0 else left
        amounts = tuple(one for one in own if first <= one.span.start and one.span.end <= max(right, word.end))
        said = text[left:right]
        how = routes(said) or ([] if number else ahead)
        place = Span(min([word.start, *(one.span.start for one in amounts)]), right)
        times = frequencies(said) or ([] if number else often)
        yield Dose(word.key, amounts, tuple(times), tuple(how), Span(word.start, word.end), place)


def _just_before(ahead: str) -> str:
    """The words that lead up to a drug: "5 mg of oral", not those of the clause before."""
    return _APART.split(ahead)[-1]


def _name(match: re.Match[str], prefix: str, table: Sequence[tuple[str, str]]) -> str:
    return next(name for number, (name, _) in enumerate(table) if match[f"{prefix}{number}"])


def all_of(text: str, sentence: Span) -> Iterator[Dose]:
    """Find the drugs of a sentence, reading its quantities first."""
    yield from read(text, sentence, quantities.read(text, sentence))
