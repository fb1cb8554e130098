"""The word lists of `resources/clinical`: drugs, quantities, terms and words of the language, by the names meant."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from app import paths
from app.notes import numerals

Kind = Literal["drug", "quantity", "condition", "symptom", "test", "procedure", "device", "word", "number", "", "other"]

_CJK = "㐀-鿿"
_TOKEN = re.compile(rf"[{_CJK}]|[+-]ve\b|#(?!\d)|\d+(?:[.,:/]\d+)*|[^\W\d_{_CJK}](?:[^\W_{_CJK}]|(?<=\w)['’](?=\w))*")
_SUFFIXES = (
    "ations", "ation", "ements", "ement", "ments", "ment", "ative", "ating", "ated", "ates", "ities", "ings", "ions",
    "ate", "ity", "ing", "ies", "ied", "ion", "ness", "edly", "ally", "ed", "es", "ly", "al", "ic", "e", "s", "y",
)  # fmt: skip
_NUMBER_WORDS = {word: str(number) for word, number in (numerals.UNITS | numerals.TENS).items()}
# Endings by which generic names tell their class (WHO INN stems); a word of these is a drug that the list lacks.
_DRUG_ENDING = re.compile(
    r"[a-z]{3,}(?:pril|sartan|olol|statin|dipine|xaban|parin|cillin|mycin|micin|cycline|floxacin|azole|vir|prazole"
    r"|gliptin|gliflozin|glutide|formin|triptan|setron|tidine|oxetine|azepam|azolam|barbital|caine|curium|tinib|umab"
    r"|zumab|ximab|sone|solone|onide|terol|phylline|semide|thiazide|profen|coxib|dronate|lukast|cyclovir|oxacin"
    r"|cef\w+)"
)
_LEAST_CUT = 4  # letters of a drug's name that is cut short
_LEAST_FIRST = 6  # of the first word of a name of several
_NO_DRUG = re.compile(r"(?:in|re)?person\w*|abdomen|jasone")


# Keys of the words for a patient's relatives; "uncl" is the stem of one that no list has.
RELATIVES = frozenset(
    {"mother", "father", "sister", "brother", "son", "daughter", "husband", "wife", "uncl", "aunt", "grandmother",
     "grandfather", "cousin", "nephew", "niec", "sibl", "parent", "grandparent", "twin"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What a spelling stands for.

    Attributes:
        key: The name it stands for.
        kind: What that is.
        group: Group of the list, e.g. `anticoagulant`.
    """

    key: str
    kind: Kind
    group: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """A token as it stands in a text."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Raw]:
    """Cut a text into words, numbers and single Chinese characters, with their places."""
    return [Raw(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]


@cache
def stem(word: str) -> str:
    """Bring a word to a form that its inflections and its American spelling share.

    Args:
        word: One token of any case.
    """
    plain = re.sub(r"['’]s?$", "", word.casefold()).replace("’", "'").replace("'", "")
    if plain in _NUMBER_WORDS:
        return _NUMBER_WORDS[plain]
    if plain in listed("whole.txt"):
        return plain
    plain = plain.replace("ae", "e").replace("oe", "e").replace("sulph", "sulf").replace("yse", "yze")
    plain = re.sub(r"ise(?=$|d$|s$|r$)", "ize", plain)
    for suffix in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= (3 if len(suffix) < 3 else 4):
            return plain[: -len(suffix)]
    return plain


@cache
def phrases() -> dict[str, tuple[tuple[tuple[str, ...], Entry], ...]]:
    """Every spelling of the lists by its first stem, the longest first."""
    found: dict[str, dict[tuple[str, ...], Entry]] = {}
    for spelling, entry in _read():
        stems = tuple(map(stem, _TOKEN.findall(spelling)))
        found.setdefault(stems[0], {}).setdefault(stems, entry)
    return {first: tuple(sorted(some.items(), key=lambda one: -len(one[0]))) for first, some in found.items()}


@cache
def names() -> frozenset[str]:
    """Every name that some spelling of the lists stands for."""
    return frozenset(entry.key for _, entry in _read())


@cache
def clinical_names() -> frozenset[str]:
    """The names of drugs, quantities, conditions, symptoms, tests, procedures and devices."""
    return frozenset(entry.key for _, entry in _read() if entry.kind not in ("word", "other"))


@cache
def group(key: str) -> str:
    """Give the group of a name of the lists, e.g. `anticoagulant` or `service`; empty if it has none."""
    return _groups().get(key, "")


@cache
def wider() -> dict[str, frozenset[str]]:
    """The names of `wider.txt` and `classes.txt` that hold wherever a name does: a STEMI is a myocardial infarction."""
    pairs = [*_pairs("wider.txt"), *((member, one) for one, member in _pairs("classes.txt"))]
    return _joined(pairs)


@cache
def places() -> dict[str, frozenset[str]]:
    """The parts of the body of `places.txt` that a name is at: nephrectomy, kidney."""
    return _joined(_pairs("places.txt"))


@cache
def drug_classes() -> frozenset[str]:
    """Names that stand for any drug of a class: "antibiotics", "beta blocker"."""
    groups = {wide for name, wide in _pairs("wider.txt") if name.startswith("[")}
    classes = {_key(one) for one in groups | {one for one, _ in _pairs("classes.txt")}}
    return frozenset(classes) & {entry.key for _, entry in _read() if entry.kind == "word"}


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """The names of a file of lines "name: others", each with each of the others."""
    for line in listed_lines(name):
        one, _, rest = line.partition(":")
        yield from ((one.strip(), other.strip()) for other in rest.split(","))


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        for key in _members(one):
            found.setdefault(key, set()).add(_key(other))
    return {key: frozenset(some) for key, some in found.items()}


def _members(name: str) -> Iterable[str]:
    """A name of `wider.txt`, or every name of a group: "[steroid]"."""
    if not name.startswith("["):
        return (_key(name),)
    return {entry.key for _, entry in _read() if entry.group == name.strip("[] ")}


@cache
def meanings() -> dict[str, frozenset[str]]:
    """The names that a word of the notes may stand for beside its own, from `meanings.txt`: "LA", "collection"."""
    pairs = (line.partition(":") for line in listed_lines("meanings.txt"))
    return {word: frozenset(_key(one) for one in rest.split(",")) for word, _, rest in pairs}


@cache
def sites() -> dict[str, str]:
    """The place in the body that a word names, by the word's stem: "gastric" is of the stomach."""
    pairs = (line.partition(":") for line in listed_lines("sites.txt"))
    return {stem(one.strip()): name for name, _, rest in pairs for one in (name, *rest.split(","))}


def _key(word: str) -> str:
    """The key under which a text's words are read: a name of the lists, else a word's stem."""
    return word.strip() if word.strip() in names() else stem(word.strip())


def usual_unit(drug: str) -> str:
    """Tell in what a drug of the list is dosed where a note leaves the unit out: `mcg`, `units`, else `mg`."""
    return _usual_units().get(drug, "mg")


@cache
def _usual_units() -> dict[str, str]:
    pairs = (line.partition(":") for line in listed_lines("usual-units.txt"))
    return {name.strip(): unit for unit, _, rest in pairs for name in rest.split(",")}


@lru_cache(maxsize=4096)
def cut_name(word: str) -> Entry | None:
    """Give the one drug or condition whose name a word is the beginning of: "amlod", "pyelo"; None of several.

    It may be the beginning of no other entry's spelling, nor a word of the language.
    """
    cut = word.casefold()
    if len(cut) < _LEAST_CUT or any(cut in listed(name) for name in ("narrative.txt", "no-fact.txt", "no-name.txt")):
        return None
    spellings = _sorted()
    first = bisect_left(spellings, cut, key=lambda one: one[0])
    found: Entry | None = None
    for plain, entry in itertools.takewhile(
        lambda one: one[0].startswith(cut), itertools.islice(spellings, first, None)
    ):
        is_name = entry.kind in ("drug", "condition") and plain.isalpha() and plain.isascii()
        least = _LEAST_CUT if entry.kind == "drug" else _LEAST_CUT + 1
        can_be_cut = is_name and least <= len(cut) < len(plain) - 1
        if not can_be_cut or (found is not None and found.key != entry.key):
            return None
        found = entry
    return found


@cache
def _sorted() -> list[tuple[str, Entry]]:
    """Spellings in order, a drug's only by its first word: "amlodipine besilate" forbids no "amlod"."""
    found = []
    for spelling, entry in _read():
        plain = spelling.casefold()
        first, _, rest = plain.partition(" ")
        found.append((first if entry.kind == "drug" and rest and len(first) >= _LEAST_FIRST else plain, entry))
    return sorted(found, key=lambda one: one[0])


def is_like_drug(word: str) -> bool:
    """Tell whether a word that no list has is named like a drug."""
    plain = word.casefold()
    return bool(_DRUG_ENDING.fullmatch(plain)) and not _NO_DRUG.fullmatch(plain)


def needs_capitals(word: str) -> bool:
    """Tell whether a spelling is an abbreviation only where it is written in capitals."""
    return word.casefold() in listed("capitals-only.txt") or stem(word) in _capitals_only()


@cache
def _capitals_only() -> frozenset[str]:
    """Stems of those abbreviations: "newly" is no "NEWS"."""
    return frozenset(stem(word) for word in listed("capitals-only.txt"))


@cache
def listed(name: str) -> frozenset[str]:
    """Read a file of `resources/clinical` that is a list of words."""
    text = (paths.resources() / "clinical" / name).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def narrative() -> frozenset[str]:
    """Stems of the words by which a sentence tells its story, without a fact of their own."""
    return frozenset(stem(word) for word in listed("narrative.txt"))


@cache
def general() -> frozenset[str]:
    """Names of the lists that say too little to be told as strange to the notes."""
    return frozenset(_key(line) for line in listed_lines("general.txt"))


@cache
def listed_lines(name: str) -> frozenset[str]:
    """Read a file of `resources/clinical` that is a list of names, one a line."""
    text = (paths.resources() / "clinical" / name).read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _groups() -> dict[str, str]:
    return {entry.key: entry.group for _, entry in _read()}


@cache
def _read() -> tuple[tuple[str, Entry], ...]:
    return tuple(_entries())


def _entries() -> Iterator[tuple[str, Entry]]:
    folder = paths.resources() / "clinical"
    kinds: dict[str, Kind] = {
        "drugs.txt": "drug", "quantities.txt": "quantity", "terms.txt": "word", "language.txt": "other",
    }  # fmt: skip
    for name, kind in kinds.items():
        section = ""
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[] ")
            elif line and not line.startswith("#"):
                key, _, rest = line.partition(":")
                entry = Entry(key.strip(), _kind_of(kind, section), section)
                yield from ((spelling.strip(), entry) for spelling in (key, *rest.split(",")) if spelling.strip())


def _kind_of(kind: Kind, section: str) -> Kind:
    known: dict[str, Kind] = {
        "condition": "condition", "symptom": "symptom", "test": "test", "procedure": "procedure", "device": "device",
    }  # fmt: skip
    return known.get(section, kind) if kind == "word" else kind
