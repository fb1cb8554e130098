"""How a text speaks of something: denied, uncertain, past, planned, done, of a relative.

After ConText (Harkema et al., J Biomed Inform 2009): a trigger word casts a scope over the words after or before it, to
the end of its clause; a list carries a scope on, a new verb ends it. Own rules: see ARCHITECTURE.md for how others did.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from app import paths
from app.checks import facts, relatives, vocabulary
from app.checks.facts import Facts
from app.checks.moments import Moment
from app.checks.words import Word
from app.notes.note import Note, Span

Way = Literal[
    "negated", "unclear", "unproven", "uncertain", "past", "current", "planned", "done", "relative", "kin", "dated",
]


@dataclass(frozen=True, slots=True)
class _Triggers:
    """Words that speak of what follows them, and of what stands before them."""

    forward: re.Pattern[str]
    backward: re.Pattern[str]
    relative_forward: re.Pattern[str]
    relative_backward: re.Pattern[str]
    family: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Scope:
    """A way, the words it holds for, whether its trigger stands before those, and the trigger."""

    way: Way
    span: Span
    is_forward: bool
    trigger: Span


_CLAUSE = re.compile(
    r"[;；。\n]|(?<! d)\.(?=\s|$)|,?\s\b(?:but|however|although|though|whereas|except|apart from|despite"
    r"|because|secondary to|due to(?! (?:have|undergo|be|see|attend|start|return))"
    r"|which|who|now that|until|after|following|as (?:her|his|he|she|the|they))\b|\s\((?=[a-z ]+,)"
    r"|,(?=\s(?:he|she|they|the patient|and (?:he|she|was|is|has))\b)"
    r"| - (?!(?:no|nil|none|neg\w*|absent|not (?:needed|required|given|done|indicated))\s*(?:[.,;\n]|$|at|for))"
    r"|\s\u2013\s|，|(?<=[\u3400-\u9fff]),|,(?=[\u3400-\u9fff])",
    re.IGNORECASE,
)
_RELATIVE_BEFORE = re.compile(
    r"\b(?:mother|father|brother|sister|son|daughter|aunt|uncle|mum|mom|dad|husband|wife|partner|twin)$", re.IGNORECASE
)
_DOUBTED = re.compile(
    r"\b(?:probabl[ey]|possibl[ey]|likely|perhaps|presum\w+|maybe|suspected|(?:thought|felt|believed|considered)(?: to be)?"
    r"|prob|poss)$",
    re.IGNORECASE,
)
# A clause without a thing of its own that tells of the one before: "it was never needed", "but this is unproven".
_BACK_TO = re.compile(
    r"\s*(?:and |yet |which )?(?:(?:it|this|that|which|these|they) )?(?:(?:proved|proves|is|are|was|were|has|have|had|did"
    r"|does|do|could)(?: since| yet| so far| ever)? )?(?:not|never)(?: yet| been| be| actually| in the end)*"
    r" (?:(?P<unproven>prove[nd]?(?! (?:necessary|needed))|confirm\w*|diagnos\w*|establish\w*|substantiat\w*|verif\w*|settled)"
    r"|(?P<negated>prove (?:necessary|needed)|need(?:ed)?|requir\w*|necessary|indicated|done|performed|given|used|placed|started"
    r"|carried out|take place|happen|go ahead|undertaken|obtained|attempted|prescribed|inserted|found|seen|detected))\b",
    re.IGNORECASE,
)
_FOR = re.compile(r"[\s\-*•]*for\s", re.IGNORECASE)
_LIST = re.compile(r",|、|/|\b(?:and|or|nor)\b|或|及|和|与", re.IGNORECASE)
# What a further item of a denied list never holds.
_NEW_START = re.compile(
    r"\b(?:is|are|was|were|has|had|have|started|given|show\w*|remain\w*|with|develop\w*|continue\w*|commenced"
    r"|new|now|then"
    r"|he|she|it|they|patient|reports?|complain\w*|treated"
    r"|admitted|discharged|stable|normal|improv\w*|resolved"
    r"|able|can|will"
    r"|on|some|mild|moderate|severe|still|tender|ongoing|known|found|noted|awaited|pending|sent|positive|plan\w*"
    r"|booked|referred|to"
    r"|following|after|for|mobili[sz]\w*|walk\w*|uses?|lives?|works?|drives?|smok\w+|takes?|took|stopped|ex|prev\w*"
    r"|pos|rh|wet|feeding|good|comfortable|comfy|afeb\w*|apyr\w*|bo|obs|sats|hr|bp|rr|temp|bf|asked|happy"
    r"|avoid\w*|d/?c|w|w/|c/o|s/p|says?|eating|drinking|tolerating|passing|feels?|looks?|alert|settled|kept|keep\w*)\b"
    r"|\d|\?",
    re.IGNORECASE,
)
# What a further item of a list of denials never holds where a comma only joins it: "no bleed, old infarct".
_AFFIRMED = re.compile(
    r"\A\s*(?:and )?(?:those|these|this|the|his|her|its)\b|\b(?:only|mod|small|minor|minimal|slight|trace|large|multiple"
    r"|scattered|diffuse|old|chronic|single|bilat\w*|left|right|(?-i:[LR]))\b",
    re.IGNORECASE,
)
# A denial does not reach what tells where, how or why: "without surgery in a sling".
_HOW = re.compile(
    r"\b(?:in an?|in (?:his|her)|(?<!put )(?<!placed )(?<!kept )(?<!started )on|for (?:\w+ )?reasons?"
    r"|by|since|during|despite|because"
    r"|for which|found|showed|revealed|demonstrated)\b|[()]|: ",
    re.IGNORECASE,
)
_OWN_CLAUSE = re.compile(r"\b(?:that|which|who|where|found|showed|revealed|with)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:\w{3,}ed|uses?|walks?|takes?|took|came|went|is|are|was|were|has|had|have|negative|positive|showed)\b",
    re.IGNORECASE,
)
_DATE_REACH = 60  # characters
# A specimen that was sent has no result yet; what is booked for a day is yet to come.
_NOT_YET = re.compile(
    r"[.;]|\b(?:goes|will|sent|taken|collected|requested|ordered|booked|due|listed|scheduled|planned|arranged|repeat\w*)\b"
    r"|送检|采集|预约",
    re.IGNORECASE,
)
_DOING = frozenset(vocabulary.stem(one) for one in ("done", "performed", "carried", "tolerated", "possible", "taken"))
_SIDES = frozenset({"left", "right", "bilateral", "both"})
_YEAR_AHEAD = re.compile(r"年曾?(?:行|做过?|因|患过?|诊断(?:为)?)?")
_AHEAD = re.compile(
    r" (?:in |at )?(?!0\d/)\d+(?:-\d+)? ?(?:/52|/12|mo\b|mths?\b|months?\b|wks?\b|weeks?\b)(?! ago| post| after| of)",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\b(?:reason|cause|explanation|source|trigger)s? (?:for|of|why)\b", re.IGNORECASE)
_FREE_REACH = 12  # characters
_BARE_YEAR = re.compile(r"(?: (?:left|right|l|r))?\s?\(?(?:dx )?", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:\[?\w+\]?: ?)?(?:(?:ok(?:ay)?|and|so|now|alright|well)[, ]+)*(?:any|do|does|did|have|has|had|are|is|was|were"
    r"|can|could|would|what|when|where|how|which|who|why|you)\b[^?]*\?",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:he|she|it|they|who|patient|we|i)\s*$", re.IGNORECASE)
_BECAUSE = re.compile(
    r"\s*(?:because of|due to|owing to|despite|given|in view of|after|before|as a result of|since|until)\b"
    r".*?(?:,|(?=\b\w+\s*$))",
    re.IGNORECASE | re.DOTALL,
)
_AUXILIARY = re.compile(r"^\s*(?:had|has|have|been|was|were)\b", re.IGNORECASE)
_LEAST_DENIED = 3  # characters between a denial and what tells how: "not on the list" denies the list
_LONGEST_ITEM = 6  # words of a list item that a denial carries over to
_HEADINGS: tuple[tuple[Way, re.Pattern[str]], ...] = (
    ("relative", re.compile(r"family history|fhx?$|家族史", re.IGNORECASE)),
    ("past", re.compile(r"past|pmh|psh|previous|background|comorbid|既往", re.IGNORECASE)),
    ("planned", re.compile(r"plan|pending|outstanding|follow|actions?|待回报|随访|计划", re.IGNORECASE)),
)
_OF_IT = re.compile(
    r" (?:changes?|attacks?|exacerbations?|flares?|flare-ups?|medications?|meds|tablets|treatment|therapy|clinic|nurse|review"
    r"|complications?|symptoms?|team|surgery|relapse|recurrence|progression|screening|crisis|crises)\b",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[^A-Za-z]*(?:nil|none|no|absent|negative)?[^A-Za-z]*", re.IGNORECASE)
_NONE_KNOWN = frozenset({"nkda", "nka"})
_INSIDE_WORD = {
    "afebrile": "fever",
    "apyrexial": "fever",
    "apyrexic": "fever",
    "asymptomatic": "symptom",
    "afeb": "fever",
    "nonop": "surgery",
    "apyrexia": "fever",
    "anicteric": "jaundice",
    "acyanotic": "cyanosis",
    "nontender": "tenderness",
    "nbi": "fracture",
}


# A Latin word begins and ends where no further letter stands; a Chinese one or a sign needs no such end: "?DVT".
_BEFORE = r"(?:(?<![A-Za-z])|(?=[^A-Za-z]))"
_BEHIND = r"(?:(?<=[^A-Za-z])|(?![A-Za-z]))"


_DIRECTIONS = ("forward", "backward")


@cache
def _triggers() -> _Triggers:
    table = tomllib.loads((paths.resources() / "clinical" / "triggers.toml").read_text(encoding="utf-8"))
    family = re.compile(rf"\b(?:{table['family']})\b", re.IGNORECASE)
    return _Triggers(*(_compiled(table, name, ways) for ways in ("other", "relative") for name in _DIRECTIONS), family)


def _compiled(table: dict[str, Any], direction: str, which: str) -> re.Pattern[str]:
    ways = []
    for number, group in enumerate(table[direction]):
        if (group["way"] == "relative") != (which == "relative"):
            continue
        said = "|".join(group["words"])
        for name in ("FAMILY", "DONE", "EFFECT"):
            said = said.replace(name, table[name.lower()])
        ways.append(rf"(?P<{group['way']}_{number}>{_BEFORE}(?:{said}){_BEHIND})")
    return re.compile("|".join(ways), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A word with how it is spoken of.

    Attributes:
        word: The word.
        ways: What holds for it by the words round it.
        by_heading: What holds for it by the heading above it only.
        sentence: The sentence it stands in.
    """

    word: Word
    ways: frozenset[Way]
    by_heading: frozenset[Way]
    sentence: Facts


@lru_cache(maxsize=2)
def of_note(note: Note) -> dict[Span, tuple[Mention, ...]]:
    """Read every sentence of a note, by its place; what is only asked about, in a talk, is not said."""
    return {one.span: () if _asks(one.span.of(note.text)) else read(note.text, one) for one in facts.of_note(note)}


def _asks(sentence: str) -> bool:
    """Whether a sentence is a question of a talk: "Any fever?"; "PE?" of a note is a doubt."""
    return bool(_QUESTION.fullmatch(sentence.strip()))


def read(text: str, sentence: Facts) -> tuple[Mention, ...]:
    """Read how each word of a sentence is spoken of.

    Args:
        text: The whole text.
        sentence: What `facts` read of the sentence.

    Returns:
        One entry per word that carries a fact.
    """
    scopes = [*_scopes(text, sentence.span), *_relative_scopes(text, sentence.span)]
    families = list(_families(text, sentence.span))
    said = [one.trigger for one in scopes if one.way == "uncertain"]
    above = by_heading(sentence.heading)
    found = []
    for word in sentence.words:
        if text[max(0, word.start - 4) : word.start].casefold() == "not-":
            continue  # "a do-not-resuscitate order"
        if word.kind in ("", "number") or (word.kind == "other" and (_overlaps(word, said) or _tells_nothing(word))):
            continue
        ways = {one.way for one in scopes if one.span.start <= word.start < one.span.end}
        if word.is_clinical and "relative" not in ways and any(
            clause.start <= word.start < clause.end and relatives.leaves_open(text, clause, places, word)
            for clause, places in families
        ):
            ways.add("kin")
        if "unproven" in ways:  # neither sure nor denied
            ways = ways - {"unproven", "negated"} | {"uncertain", "unclear"}
        is_denied = any(_denies(scope, word) or _is_signed(text, scope, word) for scope in scopes)
        if word.kind == "other" and "negated" in ways and not is_denied:
            ways.remove("negated")  # "the hip was not fractured" denies no hip
        is_ordered = word.kind in ("procedure", "test") and "planned" not in ways | above
        if is_ordered and any(_is_dated(text, word, one) for one in sentence.moments):
            ways.add("done")  # "TURP 13/02/2026"
        if word.kind in ("procedure", "test") and _AHEAD.match(text, word.end):
            ways.add("planned")  # "CT chest 3/12"
        if any(_is_of_year(text, word, one) for one in sentence.moments):
            ways.add("dated")  # "cholecystectomy 2019"
        written = text[word.start : word.end].casefold()
        if written in _INSIDE_WORD:
            word = Word(_INSIDE_WORD[written], "symptom", word.start, word.end)
            ways.add("negated")
        elif written in _NONE_KNOWN or re.search(
            r"\bnon-?\s?$", text[max(0, word.start - 4) : word.start], re.IGNORECASE
        ):
            ways.add("negated")
        if "negated" in ways and word.kind == "condition" and _OF_IT.match(text, word.end):
            ways = ways - {"negated"} | {"unclear"}  # "no asthma attacks", "no hyperkalaemia changes"
        found.append(Mention(word, frozenset(ways), above, sentence))
    return tuple(found)


def _tells_nothing(word: Word) -> bool:
    """Whether a word of no list is one of the story or of doing, or a part of a Chinese word."""
    return (
        word.key in vocabulary.narrative()
        or word.key in _DOING
        or word.key in _SIDES
        or "\u3400" <= word.key[0] <= "\u9fff"
    )


def _overlaps(word: Word, said: list[Span]) -> bool:
    """Whether a word is part of what tells how others are spoken of: "unlikely", "suggested"."""
    return any(one.start <= word.start and word.end <= one.end for one in said)


def by_heading(heading: str) -> frozenset[Way]:
    """Tell how a heading speaks of what stands below it: "Pending", "Family history"."""
    return frozenset(way for way, pattern in _HEADINGS if pattern.search(heading))


def _is_dated(text: str, word: Word, moment: Moment) -> bool:
    """Whether a date follows a procedure or test in its clause: what has a date and is not planned was done."""
    between = text[word.end : moment.span.start] if moment.span.start >= word.end else ";"
    return moment.kind == "date" and len(between) < _DATE_REACH and not _NOT_YET.search(between)


def _is_of_year(text: str, word: Word, moment: Moment) -> bool:
    """Whether a bare year stands right behind a condition or a procedure: of this stay a day or a month is known."""
    if moment.kind != "year" or word.kind not in ("condition", "procedure"):
        return False
    if moment.span.end <= word.start:
        return bool(_YEAR_AHEAD.fullmatch(text[moment.span.end : word.start]))
    return moment.span.start >= word.end and bool(_BARE_YEAR.fullmatch(text[word.end : moment.span.start]))


def _denies(scope: _Scope, word: Word) -> bool:
    return scope.way == "negated" and scope.is_forward and scope.span.start <= word.start < scope.span.end


def _is_signed(text: str, scope: _Scope, word: Word) -> bool:
    """Whether a sign right behind a word denies it: "rigidity -", "seizures: none"."""
    is_next = scope.way == "negated" and not scope.is_forward and 0 <= scope.trigger.start - word.end <= 2
    return is_next and bool(_SIGN.fullmatch(scope.trigger.of(text)))


def _scopes(text: str, sentence: Span) -> Iterator[_Scope]:
    first = Span(sentence.start, sentence.start)
    if text[max(0, sentence.start - 1) : sentence.start] == "?":  # "?DVT", which the division took for two sentences
        span = Span(sentence.start, _reach(text, sentence.start, sentence.end, "uncertain"))
        yield _Scope("uncertain", span, True, first)
    before = None
    for clause in clauses(text, sentence):
        back = _BACK_TO.match(text, clause.start, clause.end)
        if back and before:
            way: Way = back.lastgroup  # type: ignore[assignment]
            yield _Scope(way, before, False, Span(back.start(), back.end()))
        before = clause
        if _FOR.match(text, clause.start, clause.end):
            yield _Scope("planned", clause, True, first)
        for match in _triggers().forward.finditer(text, clause.start, clause.end):
            way, said = _way(match), Span(match.start(), match.end())
            yield _Scope(way, Span(said.end, _reach(text, said.end, clause.end, way)), True, said)
        for match in _triggers().backward.finditer(text, clause.start, clause.end):
            way, said = _way(match), Span(match.start(), match.end())
            start = _back(text, clause.start, said.start, way)
            if match[0].casefold().endswith("free"):  # "NTG -> pain free" denies the pain only
                yield _Scope(way, Span(max(start, said.start - _FREE_REACH), said.end), False, said)
            else:
                yield _Scope(way, Span(start, said.start), False, said)


def _relative_scopes(text: str, sentence: Span) -> Iterator[_Scope]:
    own = relatives.without_asides(text, sentence)
    for clause in relatives.clauses(text, sentence):
        start, end = clause.start - sentence.start, clause.end - sentence.start
        for match in _triggers().relative_forward.finditer(own, start, end):
            said = Span(sentence.start + match.start(), sentence.start + match.end())
            stop = sentence.start + relatives.reach(own, match.end(), end)
            yield _Scope("relative", Span(said.end, stop), True, said)
        for match in _triggers().relative_backward.finditer(own, start, end):
            said = Span(sentence.start + match.start(), sentence.start + match.end())
            yield _Scope("relative", Span(clause.start, said.start), False, said)


def _families(text: str, sentence: Span) -> Iterator[tuple[Span, list[int]]]:
    """The clauses that name relatives, and where."""
    for clause in relatives.clauses(text, sentence):
        places = [match.start() for match in _triggers().family.finditer(text, clause.start, clause.end)]
        if places:
            yield clause, places


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence into its clauses; what is said of a thing in one does not reach into the next."""
    start = sentence.start
    for match in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if _RELATIVE_BEFORE.search(text, max(sentence.start, match.start() - 16), match.start()) and match[0] != ";":
            continue  # "mum - DVT", "her husband who has"
        if _DOUBTED.search(text, max(start, match.start() - 24), match.start()):
            continue  # "probably due to": the doubt is about what follows
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, sentence.end)


def _way(match: re.Match[str]) -> Way:
    name = match.lastgroup or ""
    way: Way = name.rpartition("_")[0]  # type: ignore[assignment]
    return way


def _reach(text: str, start: int, end: int, way: Way) -> int:
    """Where a scope ends: with its clause; a denial or a doubt ends where a list item is no bare item."""
    if way not in ("negated", "uncertain", "past", "current"):
        return end
    if way == "uncertain" and (cause := _CAUSE.search(text, start, end)):
        end = cause.start()  # the doubt is about the cause
    most = end
    if way == "negated" and (how := _HOW.search(text, start + _LEAST_DENIED, end)):
        most = how.start()
    if way == "negated" and (bracket := re.compile(r"[(（]").search(text, start, most)):
        most = bracket.start()
    for match in _LIST.finditer(text, start, end):
        following = _LIST.search(text, match.end(), end)
        item = text[match.end() : following.start() if following else end]
        if not item.strip():
            continue
        if match[0].casefold() in ("or", "nor"):
            item = _AUXILIARY.sub("", item)  # "has not fainted or had pain"
        is_bare = not _NEW_START.search(item) and len(item.split()) <= _LONGEST_ITEM
        if match[0] in (",", "and") and _AFFIRMED.search(item) and not (following and following[0].casefold() in ("or", "nor")):
            is_bare = False
        if not is_bare or (way in ("past", "current", "uncertain") and match[0] != "or"):
            return min(most, match.start())
    return most


def _back(text: str, start: int, end: int, way: Way) -> int:
    """Where a scope that reaches back begins: at the last comma, unless a list comes before it."""
    if way == "done":
        return start
    before = text[start:end]
    if way == "negated" and _PRONOUN.search(before):
        return end  # "after a dose of ondansetron she did not": denies what follows
    if way == "negated" and (because := _BECAUSE.match(before)):
        return start + because.end()  # "because of her dehydration ibuprofen was not used"
    if way != "past":
        before = before.rstrip(" ,")  # "suspected, excluded": the comma stands right before the trigger
    cuts = [match.end() for match in re.finditer(r",(?!\s*$)|->|\u2192|[(（](?![^()（）]*[)）])", before)]
    last = max(cuts, default=0)
    cuts += [one.end() for one in re.finditer(r"\band\b", before) if _VERB.search(before, last, one.start())]
    if way == "negated":
        cuts += [match.end() for match in _OWN_CLAUSE.finditer(before)]
    return start + max(cuts, default=0)
