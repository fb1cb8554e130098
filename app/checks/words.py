"""A text as the checks read it: words with one key per meaning, so that "SOB" meets "breathlessness"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from app.checks import vocabulary
from app.checks.vocabulary import Entry, Kind, Raw
from app.notes import dates, numerals
from app.notes.note import Span

_CLINICAL: frozenset[Kind] = frozenset({"drug", "condition", "symptom", "test", "procedure", "device", "quantity"})


_DOSE = re.compile(r" \d[\d.,]* ?(?:mg|mcg|micrograms?|units)\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"(?:ly|ed|ing)$|^(?:dose|total|extra|plus|about|given|then|with|from|under|over|only|just|another|further|level|loading"
    r"|bolus|maximum|strength|tablets?|capsules?)$",
    re.IGNORECASE,
)
_LEAST_NAME = 4
# "x2/12" is two months, not twice, and "7x3 cm" a size; "PE:" heads what an examination found.
_NO_TERM = re.compile(r"[xX\u00d7]\d/\d|(?<=\d)[xX\u00d7]\d|PE(?: adm\w*)?:")
_SPELLED = re.compile(rf"\b(?:{numerals.PATTERN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number or a known phrase.

    Attributes:
        key: What it means: the name in the lists, else its stem.
        kind: What it is; empty for words that carry no fact.
        start: Its place in the text.
        end: Its end.
    """

    key: str
    kind: Kind
    start: int
    end: int

    @property
    def is_clinical(self) -> bool:
        """Whether the lists know it as a drug, a condition, a test and so on."""
        return self.kind in _CLINICAL


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Word, ...]:
    """Read the words of a text, known phrases joined.

    Args:
        text: Any text; reading it again costs nothing.

    Returns:
        Words in order, without overlap.
    """
    raw = _tokens_and_dates(text)
    stems = [vocabulary.stem(one.text) for one in raw]
    known = vocabulary.phrases()
    words: list[Word] = []
    index = 0
    while index < len(raw):
        length, entry = _known(text, raw, stems, index, known)
        if entry is None:
            words.append(_plain(text, raw, stems, index))
        else:
            words.append(Word(entry.key, entry.kind, raw[index].start, raw[index + length - 1].end))
        index += length
    return tuple(words)


def inside(words: Sequence[Word], span: Span) -> Sequence[Word]:
    """Give the words of a part of the text they were read from."""
    first = bisect_left(words, span.start, key=lambda word: word.start)
    return words[first : bisect_left(words, span.end, key=lambda word: word.start)]


def _tokens_and_dates(text: str) -> list[Raw]:
    """Tokens; a full date is one, in its ISO form, and so is a number in words, in figures."""
    spelled = (Raw(f"{numerals.value(one[0]):g}", one.start(), one.end()) for one in _SPELLED.finditer(text))
    days = (Raw(one.iso, one.span.start, one.span.end) for one in dates.find(text))
    found = iter((*sorted((*days, *spelled), key=lambda one: one.start), None))
    date = next(found)
    all_tokens: list[Raw] = []
    for token in vocabulary.tokens(text):
        while date is not None and token.start >= date.end:
            date = next(found)
        if date is None or token.end <= date.start:
            all_tokens.append(token)
        elif not all_tokens or all_tokens[-1].end != date.end:
            all_tokens.append(date)
    return all_tokens


def _known(
    text: str,
    raw: list[Raw],
    stems: list[str],
    index: int,
    known: dict[str, tuple[tuple[tuple[str, ...], Entry], ...]],
) -> tuple[int, Entry | None]:
    for spelling, entry in known.get(stems[index], ()):
        end = index + len(spelling)
        if tuple(stems[index:end]) == spelling and _is_one_phrase(text, raw, index, end):
            if len(spelling) == 1 and not (_is_meant(raw, index, entry) and not _NO_TERM.match(text, raw[index].start)):
                continue
            return len(spelling), entry
    return 1, None


def _is_one_phrase(text: str, raw: list[Raw], index: int, end: int) -> bool:
    """Whether only spaces, hyphens and strokes stand between the tokens, and no sentence ends there."""
    return all(
        not text[one.end : two.start].strip(" -/.+\n&’'")
        and ".\n" not in text[one.end : two.start]
        and not (". " in text[one.end : two.start] and len(two.text) == 1 and two.text.isupper())  # "5 d. C diff"
        for one, two in zip(raw[index:], raw[index + 1 : end], strict=False)
    )


def _is_meant(raw: list[Raw], index: int, entry: Entry) -> bool:
    """Whether a short spelling is the abbreviation: in capitals, or a quantity with its number."""
    word = raw[index].text
    if word.islower() and word in vocabulary.listed("no-fact.txt"):
        return False  # "does" is no "DES"
    is_dosed_drug = entry.kind == "drug" and word[0].isupper() and _has_number(raw, index)  # "Epo 10k"
    if not vocabulary.needs_capitals(word) or word.isupper() or is_dosed_drug:
        return word != "Mr" and (len(word) > 1 or entry.kind != "quantity" or _has_number(raw, index))
    return entry.kind == "quantity" and _has_number(raw, index)


def _has_number(raw: list[Raw], index: int) -> bool:
    return any(one.text[0].isdigit() for one in raw[index + 1 : index + 3])


def _plain(text: str, raw: list[Raw], stems: list[str], index: int) -> Word:
    one, key = raw[index], stems[index]
    if key[0].isdigit():
        return Word(key.replace(",", ""), "number", one.start, one.end)
    if key in _without_fact():
        return Word(key, "", one.start, one.end)
    if re.match("[㐀-鿿]", key):
        following = raw[index + 1] if index + 1 < len(raw) else None
        if following and following.start == one.end and re.match("[㐀-鿿]", following.text):
            return Word(key + following.text, "other", one.start, following.start)
        return Word(key, "", one.start, one.end)
    if cut := vocabulary.cut_name(one.text):
        return Word(cut.key, cut.kind, one.start, one.end)
    if vocabulary.is_like_drug(one.text) or _is_dosed(text, raw, index):
        return Word(one.text.casefold(), "drug", one.start, one.end)
    return Word(key, "other", one.start, one.end)


def _is_dosed(text: str, raw: list[Raw], index: int) -> bool:
    """Whether a name that no list has is followed by a dose at once: "Evista 60 mg"."""
    name = raw[index].text
    if len(name) < _LEAST_NAME or not name[0].isupper() or name.isupper() or _NO_NAME.search(name):
        return False
    return bool(_DOSE.match(text, raw[index].end))


@cache
def _without_fact() -> frozenset[str]:
    return frozenset(vocabulary.stem(word) for word in vocabulary.listed("no-fact.txt"))
