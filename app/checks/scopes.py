"""Which words of a sentence a denial, a doubt, a plan or a relative speaks of.

After ConText (Harkema et al., J Biomed Inform 2009): a trigger word casts a scope over the words after or before it, to
the end of its clause; a list carries a scope on, a new verb ends it. Own rules: see ARCHITECTURE.md for how others did.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app import paths
from app.checks import relatives
from app.notes.note import Span

Way = Literal[
    "negated",
    "unclear",
    "unproven",
    "uncertain",
    "past",
    "current",
    "planned",
    "done",
    "relative",
    "kin",
    "dated",
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
class Scope:
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
    r"| [-\u2013] (?!(?:no|nil|none|neg\w*|absent|denie[ds]|excluded|not (?:needed|required|given|done|indicated))"
    r"\s*(?:[.,;\n]|$|at|for))|，|(?-i:(?<=[\u3400-\u9fff]),|,(?=[\u3400-\u9fff]))",
    re.IGNORECASE,
)
_RELATIVE_BEFORE = re.compile(
    r"\b(?:mother|father|brother|sister|son|daughter|aunt|uncle|mum|mom|dad|husband|wife|partner|twin)$", re.IGNORECASE
)
_DOUBTED = re.compile(
    r"\b(?:probabl[ey]|possibl[ey]|likely|perhaps|presum\w+|maybe|suspected"
    r"|(?:thought|felt|believed|considered)(?: to be)?|prob|poss)$",
    re.IGNORECASE,
)
_TOO = re.compile(
    r"\b(?:had|has|have) (?:this|it|one|the same|them)\b|\b(?:did|does|has|had)(?=\s*(?:[.,;]|$))", re.IGNORECASE
)
_CAUSED = re.compile(r"because|secondary|due", re.IGNORECASE)
# A clause without a thing of its own that tells of the one before: "it was never needed", "but this is unproven".
_BACK_TO = re.compile(
    r"\s*(?:and |yet |which )?(?:(?:it|this|that|which|these|they) )?(?:(?:proved|proves|is|are|was|were|has|have|had"
    r"|did|does|do|could)(?: since| yet| so far| ever)? )?(?:not|never)(?: yet| been| be| actually| in the end)*"
    r" (?:(?P<unproven>prove[nd]?(?! (?:necessary|needed))|confirm\w*|diagnos\w*|establish\w*|substantiat\w*"
    r"|verif\w*|settled)"
    r"|(?P<negated>prove (?:necessary|needed)"
    r"|(?:need(?:ed)?|requir\w*)(?=\s*(?:[.,;)]|$)|\s(?:during|in|at|on|after|as|because|since|this|then)\b)"
    r"|necessary|indicated|done|performed|given|used"
    r"|placed|started|carried out|take place|happen|go ahead|undertaken|obtained|attempted|prescribed|inserted"
    r"|found|seen|detected))\b",
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
    r"\A\s*(?:and )?(?:those|these|this|the|his|her|its)\b|\b(?:only|mod|small|minor|minimal|slight|trace|large"
    r"|multiple|scattered|diffuse|old|chronic|single|bilat\w*|left|right|(?-i:[LR]))\b",
    re.IGNORECASE,
)
# A denial does not reach what tells where, how or why: "without surgery in a sling".
_HOW = re.compile(
    r"\b(?:in an?|in (?:his|her)|(?<!put )(?<!placed )(?<!kept )(?<!started )on|for (?:\w+ )?reasons?"
    r"|by|since|during|despite|because"
    r"|for which|found|showed|revealed|demonstrated)\b"
    r"|(?<=ed )(?<!list\w\w )(?<!consider\w\w )(?<!consent\w\w )for (?:the|his|her|their)\b|[()]|: ",
    re.IGNORECASE,
)
# Nor what tells when, where no list goes on behind it: "no pain before admission, palpitations or syncope".
_WHEN = re.compile(
    r"\b(?:before|prior to|at the time|when|while|whenever)\b(?!.*(?:,|\b(?:or|nor)\b))", re.IGNORECASE | re.DOTALL
)
_BRACKET = re.compile(r"[(（]")
_OWN_CLAUSE = re.compile(r"\b(?:that|which|who|where|found|showed|revealed|with)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:\w{3,}ed|uses?|walks?|takes?|took|came|went|is|are|was|were|has|had|have|negative|positive|showed)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:reason|cause|explanation|source|trigger)s? (?:for|of|why)\b"
    r"|\b(?:aggravat|exacerbat|worsen)\w*|\bcontribut(?:ed|es|ing) to\b",
    re.IGNORECASE,
)
_FREE_REACH = 12  # characters
_PRONOUN = re.compile(r"\b(?:he|she|it|they|who|patient|we|i)\s*$", re.IGNORECASE)
_BECAUSE = re.compile(
    r"\s*(?:because of|due to|owing to|despite|given|in view of|after|before|as a result of|since|until)\b"
    r".*?(?:,|(?=\b\w+\s*$))",
    re.IGNORECASE | re.DOTALL,
)
_AUXILIARY = re.compile(r"^\s*(?:had|has|have|been|was|were)\b", re.IGNORECASE)
_LEAST_DENIED = 3  # characters between a denial and what tells how: "not on the list" denies the list
_LONGEST_ITEM = 6  # words of a list item that a denial carries over to
# A Latin word begins and ends where no further letter stands; a Chinese one or a sign needs no such end: "?DVT".
_BEFORE = r"(?:(?<![A-Za-z])|(?=[^A-Za-z]))"
_BEHIND = r"(?:(?<=[^A-Za-z])|(?![A-Za-z]))"


@cache
def _triggers() -> _Triggers:
    table = tomllib.loads((paths.resources() / "clinical" / "triggers.toml").read_text(encoding="utf-8"))
    family = re.compile(rf"\b(?:{table['family']})\b", re.IGNORECASE)
    return _Triggers(
        forward=_compiled(table, "forward", "other"),
        backward=_compiled(table, "backward", "other"),
        relative_forward=_compiled(table, "forward", "relative"),
        relative_backward=_compiled(table, "backward", "relative"),
        family=family,
    )


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


def of_sentence(text: str, sentence: Span) -> Iterator[Scope]:
    """Tell what each trigger word of a sentence speaks of; relatives are for `of_relatives`."""
    first = Span(sentence.start, sentence.start)
    if text[max(0, sentence.start - 1) : sentence.start] == "?":  # "?DVT", which the division took for two sentences
        span = Span(sentence.start, _reach(text, sentence.start, sentence.end, "uncertain"))
        yield Scope("uncertain", span, True, first)
    before = None
    for clause in clauses(text, sentence):
        back = _BACK_TO.match(text, clause.start, clause.end)
        if back and before:
            way: Way = back.lastgroup  # type: ignore[assignment]
            yield Scope(way, before, False, Span(back.start(), back.end()))
        before = clause
        if _FOR.match(text, clause.start, clause.end):
            yield Scope("planned", clause, True, first)
        for match in _triggers().forward.finditer(text, clause.start, clause.end):
            way, said = _way(match), Span(match.start(), match.end())
            yield Scope(way, Span(said.end, _reach(text, said.end, clause.end, way)), True, said)
        for match in _triggers().backward.finditer(text, clause.start, clause.end):
            way, said = _way(match), Span(match.start(), match.end())
            start = _back(text, clause.start, said.start, way)
            if match[0].casefold().endswith("free"):  # "NTG -> pain free" denies the pain only
                yield Scope(way, Span(max(start, said.start - _FREE_REACH), said.end), False, said)
            else:
                yield Scope(way, Span(start, said.start), False, said)


def of_relatives(text: str, sentence: Span) -> Iterator[Scope]:
    """Tell what a sentence says of relatives, in whatever order of words."""
    own = relatives.without_asides(text, sentence)
    for clause in relatives.clauses(text, sentence):
        start, end = clause.start - sentence.start, clause.end - sentence.start
        for match in _triggers().relative_forward.finditer(own, start, end):
            said = Span(sentence.start + match.start(), sentence.start + match.end())
            stop = sentence.start + relatives.reach(own, match.end(), end)
            yield Scope("relative", Span(said.end, stop), True, said)
        for match in _triggers().relative_backward.finditer(own, start, end):
            said = Span(sentence.start + match.start(), sentence.start + match.end())
            yield Scope("relative", Span(clause.start, said.start), False, said)


def families(text: str, sentence: Span) -> Iterator[tuple[Span, list[int]]]:
    """The clauses that name relatives, and where."""
    for clause in relatives.clauses(text, sentence):
        places = [match.start() for match in _triggers().family.finditer(text, clause.start, clause.end)]
        if places and _TOO.search(text, clause.start, clause.end):
            yield sentence, [sentence.start]  # "no psychosis, though her aunt had this"
        if places:
            yield clause, places


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence into its clauses; what is said of a thing in one does not reach into the next."""
    start = sentence.start
    for match in _CLAUSE.finditer(text, sentence.start, sentence.end):
        if _RELATIVE_BEFORE.search(text, max(sentence.start, match.start() - 16), match.start()) and match[0] != ";":
            continue  # "mum - DVT", "her husband who has"
        is_cause = _CAUSED.search(match[0]) is not None
        if is_cause and _DOUBTED.search(text, max(start, match.start() - 24), match.start()):
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
    most = _without_how(text, start, end) if way == "negated" else end
    for match in _LIST.finditer(text, start, end):
        following = _LIST.search(text, match.end(), end)
        item = text[match.end() : following.start() if following else end]
        if not item.strip():
            continue
        if match[0].casefold() in ("or", "nor"):
            item = _AUXILIARY.sub("", item)  # "has not fainted or had pain"
        is_bare = not _NEW_START.search(item) and len(item.split()) <= _LONGEST_ITEM
        if (
            match[0] in (",", "and")
            and _AFFIRMED.search(item)
            and not (following and following[0].casefold() in ("or", "nor"))
        ):
            is_bare = False
        if not is_bare or (way in ("past", "current", "uncertain") and match[0] != "or"):
            return min(most, match.start())
    return most


def _without_how(text: str, start: int, end: int) -> int:
    """Where what is denied gives way to where, how, when or why, or to a bracket."""
    for pattern, first in ((_HOW, start + _LEAST_DENIED), (_WHEN, start + _LEAST_DENIED), (_BRACKET, start)):
        found = pattern.search(text, first, end)
        end = found.start() if found else end
    return end


def _back(text: str, start: int, end: int, way: Way) -> int:
    """Where a scope that reaches back begins: at the last comma, unless a list comes before it."""
    if way == "done":
        return start
    before = text[start:end]
    if way in ("negated", "unclear") and _PRONOUN.search(before):
        return end  # "after a dose of ondansetron she did not": denies what follows
    if way in ("negated", "unclear") and (because := _BECAUSE.match(before)):
        return start + because.end()  # "because of her dehydration ibuprofen was not used"
    if way != "past":
        before = before.rstrip(" ,")  # "suspected, excluded": the comma stands right before the trigger
    cuts = [match.end() for match in re.finditer(r",(?!\s*$)|->|\u2192|[(（](?![^()（）]*[)）])", before)]
    last = max(cuts, default=0)
    cuts += [one.end() for one in re.finditer(r"\band\b", before) if _VERB.search(before, last, one.start())]
    if way == "negated":
        cuts += [match.end() for match in _OWN_CLAUSE.finditer(before)]
    return start + max(cuts, default=0)
