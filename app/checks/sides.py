"""Left, right or both: of the same part of the body as in the notes?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checks import facts, vocabulary, wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.checks.words import Word
from app.drafts.draft import Section
from app.notes.note import Note, Span

_PART = (
    r"(?:sided|hip|knee|leg|arm|foot|hand|lung|eye|ear|shoulder|kidney|breast|basal|base|side|lower|upper|hemi|ankle"
    r"|groin|calf|thigh|wrist|elbow|toe|finger|thumb|heel|loin|flank|axilla|ovary|testis|iliac|radial|femoral|popliteal)"
)
_PAIR = (
    r"(?:arms|legs|hands|feet|knees|hips|eyes|ears|lungs|bases|kidneys|breasts|shoulders|ankles|wrists|sides|zones"
    r"|calves|lobes|groins|upper|lower|mid)"
)
# "The wound was left open", "she left on foot": no side.
_LET = (
    r"(?:(?<=\bwas )|(?<=\bwere )|(?<=\bbeen )|(?<=\bbe )|(?<=\bhe )|(?<=\bshe )|(?<=\bthey ))left\b"
    r"(?=[- ](?:in|on|at|to|as|out|open|un\w+|with\w*|for|alone|behind|the|him|her|off)\b)"
)
_SIDE = re.compile(
    rf"(?<![A-Za-z])(?:(?P<left>(?!{_LET})left(?! (?:the|hospital|home|ward|on|at|against|him|her|in"
    rf"|an?|his|their|its|some|several|school|work|unchanged|alone)\b)|lt|l(?=[ -]{_PART}))"
    rf"|(?P<right>(?<!\ball )right(?! (?:now|away|after)\b)|rt|r(?=[ -]{_PART}))"
    rf"|(?P<both>bilateral(?:ly)?|both(?= (?:\w+ )?{_PAIR})))(?![A-Za-z])"
    r"|(?<![A-Za-z])(?P<bboth>b/l|bilat)(?![A-Za-z])"
    r"|(?<![\dA-Za-z>/])(?<!\d )(?-i:(?P<aleft>L)|(?P<aright>R))(?= [a-zA-Z]| (?:19|20)\d\d\b"
    r"|\s*[,.;)]|\s*$)"
    r"|(?<![\dA-Za-z>/])(?-i:(?P<dright>R))(?= [a-z]| \d(?:st|nd|rd|th)\b)"
    r"|(?P<cleft>左(?!氧氟|旋|乙拉|甲状|炔|卡尼|西孟))|(?P<cright>右)|(?P<cboth>双)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\W*(?:(?:side )?(?:more|worse|greater|rather|bigger|larger) than(?: the| on the)?|>+)\W*", re.IGNORECASE
)
_BETWEEN = re.compile(r"[,;.，；。]|\b(?:and|but|with)\b", re.IGNORECASE)
_OF = re.compile(r"\bof (?:the |his |her )?$", re.IGNORECASE)  # "the upper zone of the left lung"
_EMPTY = frozenset({"side", "sid", "sided"})
_BODY = "body"
_REACH = 4  # words after a side that it may belong to
_ASIDES = frozenset(
    {
        "increas",
        "reduc",
        "start",
        "stop",
        "improv",
        "worsen",
        "pain",
        "continu",
        "restart",
        "withheld",
        "normal",
        "clear",
    }
    | {"small", "sever", "moderat", "plann", "remov", "review"}
)
# "LUL", "RIF", "LLE": the side is the first letter.
_PARTS: dict[str, tuple[str, ...]] = {
    "UL": ("upper lobe", "lung"), "LL": ("lower lobe", "lung"), "ML": ("middle", "lobe", "lung"),
    "UQ": ("upper", "quadrant", "abdomen"), "LQ": ("lower", "quadrant", "abdomen"), "IF": ("iliac", "fossa", "abdomen"),
    "UZ": ("upper", "zone", "lung"), "LZ": ("lower", "zone", "lung"), "MZ": ("middle", "zone", "lung"),
    "UE": ("upper", "arm"), "LE": ("lower", "leg"), "CA": ("coronary", "artery"), "AD": ("anterior", "descend"),
    "SE": ("sternal", "edge", "sternum"), "SB": ("sternal", "edge", "sternum"), "FA": ("forearm",),
    "V": ("ventricle",), "VH": ("ventricle",), "MCA": ("middle cerebral artery",),
}  # fmt: skip
_QUADRANT = re.compile(rf"(?<![A-Za-z])(?!LMCA)(?P<side>[LR])(?P<part>{'|'.join(_PARTS)})(?![A-Za-z])")
# "LE" and "RE" are eyes where both are named; alone, "LE" is a leg.
_EYES = re.compile(r"\b(?:(?P<left>LE|OS)|(?P<right>RE))\b(?!\s+(?:o?edema|swelling))")


@dataclass(frozen=True, slots=True)
class Side:
    """A side and the words it belongs to."""

    side: str
    of: tuple[str, ...]
    span: Span
    sentence: Facts

    @property
    def parts(self) -> frozenset[str]:
        """The single words of `of`, so that "hip fracture" meets "fracture of the hip"."""
        every = {vocabulary.stem(token.text) for key in (*self.of, *self.body) for token in vocabulary.tokens(key)}
        return frozenset(every - {"left", "right"})

    @property
    def body(self) -> frozenset[str]:
        """The parts of the body among them, and where its conditions and operations are: nephrectomy, kidney."""
        every = {*self.of, *(place for key in self.of for place in vocabulary.places().get(key, ()))}
        return frozenset(key for key in every if vocabulary.group(key) == _BODY)


def read(text: str, sentence: Facts) -> tuple[Side, ...]:
    """Find the sides in a sentence, each with the words of its part of the body."""
    found = []
    for match in _SIDE.finditer(text, sentence.span.start, sentence.span.end):
        side = next(name for name, value in match.groupdict().items() if value)
        side = next(one for one in ("left", "right", "both") if side.endswith(one))
        span = Span(match.start(), match.end())
        found.append(Side(side, _parts(text, sentence, span), span, sentence))
    for match in _QUADRANT.finditer(text, sentence.span.start, sentence.span.end):
        span = Span(match.start(), match.end())
        own = _PARTS[match["part"]]
        found.append(
            Side("left" if match["side"] == "L" else "right", (*own, *_parts(text, sentence, span)), span, sentence)
        )
    if re.search(r"\bRE\b", text) and re.search(r"\bLE\b", text):
        for match in _EYES.finditer(text, sentence.span.start, sentence.span.end):
            span = Span(match.start(), match.end())
            parts = _parts(text, sentence, span)
            found.append(Side("left" if match["left"] else "right", ("eye", *parts), span, sentence))
    return tuple(found)


def of_sentence(note: Note, section: Section, sentence: Facts, spans: tuple[Span, ...]) -> Iterator[Finding]:
    """Compare the sides that one sentence of a draft gives with those of the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.
        spans: The passages it rests on.

    Yields:
        Findings of the kind `side`; all block.
    """
    own = read(section.text, sentence)
    for one in own:
        theirs = _alike(one, _of_note(note), spans)
        if any(other.side == "both" for other in own) and any(other.side == "both" for other in theirs):
            continue  # "both hands, the right more than the left"
        if theirs and spans and _is_so_at(one, note, spans[0], theirs):
            continue
        if theirs and not any(other.side == one.side or _is_outdone(note, one, other) for other in theirs):
            message = said(
                wording.SIDE_DIFFERS,
                value=one.span.of(section.text),
                what=" ".join(one.of[:2]).removeprefix(f"{one.side} "),
                source=theirs[0].span.of(note.text),
            )
            yield block("side", message, tuple(other.span for other in theirs[:3]), section=section.key, draft=one.span)


def _is_so_at(one: Side, note: Note, first: Span, theirs: Sequence[Side]) -> bool:
    """Whether the passage that a sentence rests on gives its side, and the other side stands elsewhere."""
    if any(first.start <= other.span.start < first.end for other in theirs):
        return False
    here = [other for other in _of_note(note) if first.start <= other.span.start < first.end]
    return bool(here) and all(other.side == one.side for other in here)


def _is_outdone(note: Note, one: Side, other: Side) -> bool:
    """Whether the notes name the draft's side first, as the worse of two: "the right more than the left"."""
    mine = (each for each in _of_note(note) if each.sentence.span == other.sentence.span and each.side == one.side)
    return any(_MORE.fullmatch(note.text, each.span.end, other.span.start) for each in mine)


@lru_cache(maxsize=2)
def _of_note(note: Note) -> tuple[Side, ...]:
    return tuple(side for sentence in facts.of_note(note) for side in read(note.text, sentence))


def _parts(text: str, sentence: Facts, span: Span) -> tuple[str, ...]:
    """The words that follow a side; those before it too if few do: "fracture of the left hip"."""
    said_words = [one for one in sentence.words if one.kind not in ("", "number") and one.key not in _EMPTY]
    said_words = [one for one in said_words if not (span.start <= one.start and one.end <= span.end)]
    after = [
        one for one in said_words if one.end > span.end
    ]  # a name that begins with the side is its own: "right iliac fossa"
    near = after[:_REACH]
    stop = _BETWEEN.search(text, span.end, sentence.span.end)
    if stop:
        near = [one for one in near if one.start < stop.start()]
    before = [one for one in said_words if one.end <= span.start]
    breaks = [match.end() for match in _BETWEEN.finditer(text, sentence.span.start, span.start)]
    if near:
        is_of_before = len(near) == 1 or bool(_OF.search(text, sentence.span.start, span.start))
        before = [one for one in before if is_of_before and (not breaks or one.start >= breaks[-1])]
    elif breaks and any(one.start >= breaks[-1] for one in before):
        before = [one for one in before if one.start >= breaks[-1]]
    elif not before:
        near = after[:_REACH]  # "On the right, the lid drooped"
    keys = tuple(one.key for one in (*near, *reversed(before[-_REACH:])))
    # A Chinese part of the body follows at once: "右肝".
    own = re.match(r"[\u3400-\u9fff]", text[span.end : span.end + 1]) if text[span.start] in "左右双" else None
    return (*keys, own[0]) if own else keys


def _alike(one: Side, every: Sequence[Side], spans: tuple[Span, ...]) -> list[Side]:
    """The notes' sides of the same part, in the sentences most like the draft's."""
    wanted = one.parts - _ASIDES or one.parts
    same = [other for other in every if wanted & other.parts and _can_be_one_place(one, other)]
    if not same:
        return []
    mine = _content(one.sentence.words)

    def score(other: Side) -> tuple[int, int]:
        return len(one.parts & other.parts), len(mine & _content(other.sentence.words))

    best = max(map(score, same))
    return [other for other in same if score(other) == best]


def _can_be_one_place(one: Side, other: Side) -> bool:
    """Whether two sides are not of different parts of the body, as far as both name one."""
    return not one.body or not other.body or not one.body.isdisjoint(other.body)


def _content(some: Sequence[Word]) -> set[str]:
    return {word.key for word in some if word.kind not in ("", "number")} - {"left", "right", "bilater"}
