"""Which words of the notes may stand for a word of the draft that no list joins to them: cut short, spelt otherwise.

Notes of a ward that nobody has seen abbreviate as no list foresees: "amlod" for amlodipine, "MDT" for a
multidisciplinary meeting, "tmrw", "histol". What is found here bears out a draft; it contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.checks import vocabulary, words
from app.checks.words import Word

_LEAST_CUT = 4  # letters of an abbreviation that are the beginning of a word
_LEAST_BARE = 3  # of one that are its consonants
_LEAST_INITIALS, _LEAST_MIXED = 3, 4  # of one that are first letters of words; of one with letters from inside, too
_MOST_INITIALS = 6
_LEAST_STEM = 5
# Endings that tell two names of one beginning apart: cholecystitis, cholecystectomy; nearly all letters must agree.
_ENDING = re.compile(
    r".*(?:itis|osis|oma|pathy|a?emia|uria|algia|pno?ea|otomy|ectomy|ostomy|plasty|oscopy|graphy|gram|therapy)"
)
_FREE = 2  # letters
_SHARED = 0.6  # of the longer word, by which two words begin alike
_LEAST_MISSPELT, _LONG = 6, 10
_JOINING = frozenset({"of", "the", "and", "in", "on", "for", "to", "with", "a", "an", "or", "by", "at"})
_BEFORE_DOSE = re.compile(
    r"\b([A-Za-z]{3,}\.?) ?(?=\d+(?:\.\d+)? ?(?:mg|mcg|g|units?|iu|ml|od|bd|tds|qds|nocte|daily)\b)", re.IGNORECASE
)  # "dex 4 mg"
# Headings, whose letters "a history of pancreatitis" has too.
_HEADINGS = frozenset({"hopc", "hopi", "hpc", "hpi", "pmh", "pmhx", "psh", "pshx", "fhx", "shx", "hoc", "poc", "pohx"})
_DENSE = 0.6  # share of the consonants of a word that a token of its consonants has
_VOWELS = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"[A-Z][A-Za-z]{0,5}[A-Z]s?|[A-Z]{2,6}")
# Words of two names each that begin alike and mean different things.
_BEGINNINGS = (
    "hyper",
    "hypo",
    "inter",
    "intra",
    "electro",
    "micro",
    "macro",
    "peri",
    "post",
    "trans",
    "thrombo",
    "haemo",
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the notes that no list has: in small letters, and its key."""

    text: str
    key: str


class Likeness:
    """The words of a note by their first letters. Get it from `of_text`."""

    def __init__(self, text: str) -> None:
        self._by_letter: dict[str, list[_Token]] = {}
        self._listed: dict[str, list[_Token]] = {}
        self._dosed = {one.casefold().rstrip(". ") for one in _BEFORE_DOSE.findall(text)}
        self._shorts: dict[str, list[tuple[str, str]]] = {}
        self._meanings: dict[str, set[str]] = {}
        seen: set[tuple[str, str]] = set()
        for word in words.read(text):
            for token in vocabulary.tokens(text[word.start : word.end]):
                if (token.text, word.key) in seen or not token.text[0].isalpha() or not token.text.isascii():
                    continue
                seen.add((token.text, word.key))
                for meaning in vocabulary.meanings().get(token.text, ()):
                    self._meanings.setdefault(meaning, set()).add(word.key)
                plain = token.text.casefold()
                kin = self._by_letter if word.kind == "other" else self._listed
                kin.setdefault(plain[0], []).append(_Token(plain, word.key))
                if _SHORT.fullmatch(token.text) and plain not in _HEADINGS:
                    self._shorts.setdefault(plain[0], []).append((plain.removesuffix("s") or plain, word.key))

    def stand_ins(self, text: str, sentence: Sequence[Word], known: frozenset[str]) -> dict[str, frozenset[str]]:
        """Find keys of the notes that may stand for words of a sentence that the notes do not have.

        Args:
            text: The text that the sentence is of.
            sentence: Its words.
            known: Keys of the notes.

        Returns:
            Keys of the notes by key of the sentence; words that the notes have, and those without a like, are left out.
        """
        found: dict[str, set[str]] = {}
        for word, key in self._initials(text, sentence):
            found.setdefault(word.key, set()).add(key)
        for word in sentence:
            if word.key in self._meanings:
                found.setdefault(word.key, set()).update(self._meanings[word.key])
            if word.kind != "number" and word.kind and word.key not in known:
                plain = text[word.start : word.end].casefold()
                if word.kind == "drug":
                    found.setdefault(word.key, set()).update(one for one in self._dosed if word.key.startswith(one))
                if plain.isascii() and plain.isalpha():
                    found.setdefault(word.key, set()).update(self._alike(plain))
                    found[word.key].update(self._family(plain) if word.kind != "drug" else ())
        return {key: frozenset(some) for key, some in found.items() if some and key not in known}

    def _alike(self, plain: str) -> Iterator[str]:
        for token in self._by_letter.get(plain[0], ()):
            if _is_cut(token.text, plain) or _is_form(token.text, plain) or _is_misspelt(token.text, plain):
                yield token.key

    def _family(self, plain: str) -> Iterator[str]:
        """Names of the lists in the notes that begin as a word does: "peritonitic" for peritonitis."""
        for token in self._listed.get(plain[0], ()):
            if _is_form(token.text, plain):
                yield token.key

    def _initials(self, text: str, sentence: Sequence[Word]) -> Iterator[tuple[Word, str]]:
        """Words whose initials, and letters inside them, make an abbreviation of the notes."""
        every = [
            (token.text.casefold(), word)
            for word in sentence
            for token in vocabulary.tokens(text[word.start : word.end])
            if token.text[0].isalpha() and token.text.isascii()
        ]
        for tokens in (every, [one for one in every if one[0] not in _JOINING]):
            for index, (first, own) in enumerate(tokens):
                for short, key in self._shorts.get(first[0], ()) if own.kind else ():
                    length = _spelled_by(short, [plain for plain, _ in tokens[index : index + _MOST_INITIALS]])
                    if length and tokens[index + length - 1][1].kind:
                        yield from ((word, key) for _, word in tokens[index : index + length] if word.kind)


@lru_cache(maxsize=2)
def of_text(text: str) -> Likeness:
    """Build the likeness of a note, once."""
    return Likeness(text)


def _spelled_by(short: str, names: Sequence[str]) -> int:
    """How many words spell an abbreviation, each by its first letter and perhaps more of it; 0 if they do not."""
    if len(short) < _LEAST_INITIALS:
        return 0
    most = 3 if len(short) >= _LEAST_MIXED else 1

    def match(letters: str, number: int) -> int:
        if not letters:
            return number
        if number == len(names) or names[number][0] != letters[0]:
            return 0
        for taken in range(1, min(most, len(letters)) + 1):
            if not _is_inside(letters[:taken], names[number]):
                break
            used = match(letters[taken:], number + 1)
            if used:
                return used
        return 0

    used = match(short, 0)
    return used if used > 1 else 0


def _is_inside(letters: str, word: str) -> bool:
    """Whether the letters stand in the word in this order."""
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _is_cut(short: str, word: str) -> bool:
    """Whether a token is the beginning of a word, "histol", or its consonants, "tmrw", "rpt"."""
    if len(word) < len(short) + 2:
        return False
    if word.startswith(short):
        is_own = short in vocabulary.listed("narrative.txt") or short in vocabulary.listed("no-fact.txt")
        return len(short) >= _LEAST_CUT and not is_own
    is_bare = len(short) >= _LEAST_BARE and not _VOWELS.search(short[1:])
    is_dense = len(short) >= _DENSE * len(_VOWELS.sub("", word))  # "pcrs" is no pancreatitis
    return is_bare and is_dense and short[-1] == word[-1] and _is_inside(short, word)


def _is_form(one: str, other: str) -> bool:
    """Whether a word of the notes and one of the draft begin alike: "helmeted" and "helmet"."""
    if any(one.startswith(part) and other.startswith(part) for part in _BEGINNINGS):
        return False
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if _ENDING.fullmatch(other) and shared < len(other) - _FREE:
        return False
    return shared >= _LEAST_STEM and shared >= _SHARED * max(len(one), len(other))


def _is_misspelt(one: str, other: str) -> bool:
    """Whether one letter, or of long words two, make the difference."""
    shorter = min(len(one), len(other))
    if shorter < _LEAST_MISSPELT or abs(len(one) - len(other)) > 1:
        return False
    return _distance(one, other) <= (2 if shorter >= _LONG else 1)


def _distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap (Damerau 1964, neighbours only)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
