"""Evidence both ways: which passages support a sentence of the draft, and which passages nothing used.

Computed from the words alone. A sentence that stands in the notes word for word is linked to that place; any other
to the sentences that share the most of its weighty words (weight: logarithm of rarity, as in tf-idf).
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from app.checks import derived, facts, likeness, moments, vocabulary, words
from app.checks.facts import Facts
from app.checks.finding import Evidence
from app.checks.words import Word
from app.drafts.draft import Draft, Section
from app.notes.note import Note, Passage, Span
from app.prompts.select import labels

# Measured on tests/checks/labelled: below this share faithful and invented sentences overlap.
LEAST_SUPPORT = 0.35
_LEAST_WITHOUT_STRANGERS = 0.15  # where nothing clinical in the sentence is strange to the notes
_LIKE = 0.9  # of the weight of a word that the notes may have in another form
_BOTH_CHARACTERS = 0.5  # of the weight of a Chinese pair whose characters the passage has, each elsewhere
_MOST_SOURCES = 6
_LEAST_GAIN = 0.08  # of the sentence's weight, by which a further passage must support it
_CONTEXT = 0.6  # weight of a word found in the passage's heading or the document's date only
_NUMBER_WEIGHT = 1.3
_KNOWN_WEIGHT = 1.3  # a word of the lists tells more than one of the language
_STRANGE_NUMBER_WEIGHT = 0.4  # a wrong number is told as such; its sentence may well rest on the notes
_STORY_WEIGHT = 0.3  # "came", "roughly": notes leave such words out
_PAIR_WEIGHT = 0.4  # two Chinese characters that no list has: often halves of two words
_READ_MORE_BELOW = 0.5  # share of a sentence's weight, below which its words alone may have found the wrong passages
_MORE_TO_READ, _MOST_MORE = 3, 240  # passages that are like it by their letters, and characters of these together
_DAY = "@"  # begins the key of a day or a time
_TIMED = ("date", "clock")
_LETTERS = re.compile(r"[^\W\d_]+")
_CHINESE = re.compile("[\u3400-\u9fff]")
# A word of no list that is clinical by its form: "iridotomy", "sarcoidosis", "embolectomy".
_TECHNICAL = re.compile(
    r"[a-z]{2,}(?:itis|osis|oma|pathy|aemia|emia|uria|algia|plegia|paresis|rrhage|otomy|ectomy|ostomy|plasty|pexy|oscopy"
    r"|graphy|gram|centesis|desis|lysis|opsy|clysis|iasis|penia|cytosis|megaly|trophy|sclerosis|otherapy|ization|isation)",
    re.IGNORECASE,
)
_RELATIVES = frozenset({"mother", "father", "sister", "brother", "husband", "wife", "son", "daughter", "aunt", "uncl"})
_LEAST_QUOTE = 3  # characters
_MOST_BUT_VERBATIM = 0.99


class Index:
    """The sentences of a note by their words. Get it from `index`, which keeps the last ones."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.words = words.read(note.text)
        self.spans = tuple(span for span in note.sentences if not facts.is_bare_heading(note, span))
        said = {one.span: {*_days(note.text, one), *derived.names(one.quantities)} for one in facts.of_note(note)}
        self.keys = [_wider({*_keys(words.inside(self.words, span)), *said[span]}) for span in self.spans]
        self.context = [frozenset(self._context(span)) for span in self.spans]
        self.characters = [frozenset(_CHINESE.findall(span.of(note.text))) for span in self.spans]
        counts = Counter(key for keys in self.keys for key in keys)
        self._weight = {key: math.log(1 + len(self.spans) / count) for key, count in counts.items()}
        self._rarest = math.log(2 + len(self.spans))
        self._where: dict[str, list[int]] = {}
        for place, keys in enumerate(self.keys):
            for key in keys | self.context[place]:
                self._where.setdefault(key, []).append(place)

    def weight(self, key: str, others: Iterable[str] = ()) -> float:
        """Tell how much a word counts; `others` are words of the notes that may stand for it."""
        if key not in self._weight and others:
            return _LIKE * max(self._weight.get(other, 0.0) for other in others)
        weight = self._weight.get(key, self._rarest)
        if "\u3400" <= key[0] <= "\u9fff" and len(key) == 2:
            return weight * _PAIR_WEIGHT
        if key[0].isdigit() or key.startswith(_DAY):
            return weight * (_NUMBER_WEIGHT if key in self._weight else _STRANGE_NUMBER_WEIGHT)
        if key in vocabulary.clinical_names():
            return weight * _KNOWN_WEIGHT
        return weight * _STORY_WEIGHT if key in vocabulary.narrative() else weight

    def alike(self, text: str, but: Iterable[Span]) -> Iterator[Span]:
        """Give the sentences that share most of their letters with a text, the most like first.

        Runs of three letters, weighed as words are: "nephrostomy" has those of "nephrostogram".
        """
        shared: dict[int, float] = {}
        for run in _runs(text):
            places = self._runs.get(run, ())
            for place in places:
                shared[place] = shared.get(place, 0.0) + math.log(1 + len(self.spans) / len(places))
        sizes = {place: math.sqrt(1 + len(self.spans[place].of(self.note.text))) for place in shared}
        taken = {span.start for span in but}
        for place in sorted(shared, key=lambda one: (-shared[one] / sizes[one], one)):
            if self.spans[place].start not in taken:
                yield self.spans[place]

    @cached_property
    def _runs(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, span in enumerate(self.spans):
            for run in _runs(span.of(self.note.text)):
                found.setdefault(run, []).append(place)
        return found

    @property
    def known(self) -> frozenset[str]:
        """Every key of the notes."""
        return frozenset(self._where)

    def places(self, keys: Iterable[str]) -> set[int]:
        """Give the indices of the sentences that hold one of these words."""
        return {place for key in keys for place in self._where.get(key, ())}

    def _context(self, span: Span) -> Iterable[str]:
        """Words of the heading above a sentence, and the date of its document."""
        passage = self.passage_of(span)
        heading = Span(passage.span.start, passage.body.start)
        date = self.note.documents[passage.document].date
        return (*_keys(words.inside(self.words, heading)), *((date,) if date else ()))

    def passage_of(self, span: Span) -> Passage:
        """Give the passage that holds a sentence."""
        passages = self.note.passages
        return passages[max(0, bisect_right(passages, span.start, key=lambda one: one.span.start) - 1)]


@lru_cache(maxsize=2)
def index(note: Note) -> Index:
    """Build the index of a note, once."""
    return Index(note)


def of(note: Note, draft: Draft) -> tuple[Evidence, ...]:
    """Find what supports each sentence of a draft.

    Args:
        note: The notes.
        draft: The draft made from them, also one that was edited.

    Returns:
        One entry per sentence, in the order of the draft. Sections that say "not documented" have none.
    """
    return tuple(one for section in draft.sections for one in of_section(note, section))


def of_section(note: Note, section: Section) -> tuple[Evidence, ...]:
    """Find what supports each sentence of one section."""
    if section.state in ("not documented", "failed"):
        return ()
    return tuple(_of_sentence(note, section, one.span) for one in facts.of_text(section.text))


def to_read(note: Note, text: str, sentence: Facts, most: int, known: Evidence | None = None) -> tuple[Span, ...]:
    """Choose the passages that the second reader reads a sentence beside, whether they support it or not.

    Args:
        note: The notes.
        text: The text the sentence stands in.
        sentence: What `facts` read of it.
        most: Passages that its words may choose; where these hold little of it, some that are like it by their
            letters come after them.
        known: What `of` found for it, so that it need not look again.

    Returns:
        Places in the notes, the most like first; none where they share no letters.
    """
    if known is not None and known.source_spans and not known.is_verbatim:
        found, support = known.source_spans, known.support
    else:
        found, support = _supporting(index(note), _own_keys(note, text, sentence), (), 0.0)
    found = found[:most]
    if support >= _READ_MORE_BELOW:
        return found
    more: list[Span] = []
    for span in itertools.islice(index(note).alike(sentence.span.of(text), found), _MORE_TO_READ):
        if sum(one.end - one.start for one in (*more, span)) <= _MOST_MORE:
            more.append(span)
    return (*found, *more)


def has_strangers(note: Note, text: str, sentence: Facts) -> bool:
    """Tell whether a sentence has a clinical word that the notes have in no form.

    Args:
        note: The notes.
        text: The text the sentence stands in.
        sentence: What `facts` read of it.
    """
    keys = _own_keys(note, text, sentence)
    return any(_is_strange(text, one, index(note), keys) for one in sentence.words)


def beside(note: Note, spans: Iterable[Span]) -> str:
    """Write passages one behind the other, each below its heading, for the second reader."""
    source = index(note)
    parts = []
    for span in spans:
        passage = source.passage_of(span)
        heading = note.text[passage.span.start : passage.body.start] if span.start >= passage.body.start else ""
        parts.append(f"{heading.strip()} {span.of(note.text)}".strip())
    return " | ".join(parts)


def unused(note: Note, evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    """Find the sentences of the notes that no sentence of the draft rests on.

    Args:
        note: The notes.
        evidence: What `of` gave.

    Returns:
        Their places, in order. Titles, names, numbers and bare headings are left out.
    """
    used = sorted((span.start, span.end) for one in evidence for span in one.source_spans)
    known = (*used, *((span.start, span.end) for span in labels(note)))
    return tuple(
        span for span in index(note).spans if not any(start < span.end and span.start < end for start, end in known)
    )


def _of_sentence(note: Note, section: Section, span: Span) -> Evidence:
    sentence = next(one for one in facts.of_text(section.text) if one.span == span)
    verbatim = _verbatim(note, section, span.of(section.text))
    if verbatim:
        return Evidence(section.key, span, verbatim, 1.0)
    source = index(note)
    keys = _own_keys(note, section.text, sentence)
    strange = [one for one in sentence.words if _is_strange(section.text, one, source, keys)]
    least = LEAST_SUPPORT if strange else _LEAST_WITHOUT_STRANGERS
    spans, support = _supporting(source, keys, section.read, least)
    return Evidence(section.key, span, spans, round(support, 3))


def _own_keys(note: Note, text: str, sentence: Facts) -> dict[str, frozenset[str]]:
    """The keys of a sentence, each with those of the notes that may stand for it."""
    likes = likeness.of_text(note.text).stand_ins(text, sentence.words, index(note).known)
    return {key: likes.get(key, frozenset()) for key in (*_keys(sentence.words), *_days(text, sentence))}


def _verbatim(note: Note, section: Section, sentence: str) -> tuple[Span, ...]:
    """Places where a sentence stands word for word; those the section was written from come first."""
    if len(sentence) < _LEAST_QUOTE:
        return ()
    pattern = r"(?<![\w.,/])" + r"\s+".join(re.escape(word) for word in sentence.split()) + r"(?!\w)"
    found = [Span(match.start(), match.end()) for match in re.finditer(pattern, note.text)]
    return tuple(sorted(found, key=lambda one: not _is_in(one, section.read)))


def _is_strange(text: str, word: Word, source: Index, keys: Mapping[str, frozenset[str]]) -> bool:
    """Whether a word is clinical, by the lists or by its form, and the notes have neither it nor a like."""
    if word.key in vocabulary.general():
        return False
    is_named = word.is_clinical or word.key in _RELATIVES or vocabulary.group(word.key) == "service"
    is_clinical = is_named or bool(_TECHNICAL.fullmatch(text[word.start : word.end]))
    return is_clinical and word.key not in source.known and not keys.get(word.key)


def _supporting(
    source: Index, keys: Mapping[str, frozenset[str]], read: tuple[Span, ...], least: float
) -> tuple[tuple[Span, ...], float]:
    """Choose the best sentence, then those that support what it leaves open."""
    open_weight = {key: source.weight(key, likes) for key, likes in keys.items()}
    total = sum(open_weight.values())
    chosen: list[int] = []
    covered = 0.0
    places = source.places(one for key, likes in keys.items() for one in (key, *likes))
    while places and total and len(chosen) < _MOST_SOURCES:
        parts = {place: _parts(source, place, keys, open_weight) for place in places}
        best = max(places, key=lambda place: (_gain(source, place, parts[place], read), -place))
        gain = sum(parts[best].values())
        if gain < _LEAST_GAIN * total:
            break
        for key, part in parts[best].items():
            open_weight[key] -= part
        covered += gain
        chosen.append(best)
        places.discard(best)
    if not total or covered / total < least:
        return (), covered / total if total else 0.0
    return tuple(source.spans[place] for place in chosen), min(_MOST_BUT_VERBATIM, covered / total)


def _parts(
    source: Index, place: int, keys: Mapping[str, frozenset[str]], open_weight: Mapping[str, float]
) -> dict[str, float]:
    own, context, characters = source.keys[place], source.context[place], source.characters[place]
    parts = {}
    for key, weight in open_weight.items():
        if key in own or not own.isdisjoint(keys[key]):
            parts[key] = weight
        elif key in context:
            parts[key] = _CONTEXT * weight
        elif len(key) == 2 and key[0] in characters and key[1] in characters:
            parts[key] = _BOTH_CHARACTERS * weight
    return parts


def _gain(source: Index, place: int, parts: Mapping[str, float], read: tuple[Span, ...]) -> float:
    """Weight a sentence supports; shorter ones and those the section was written from win a tie."""
    preference = 1.02 if _is_in(source.spans[place], read) else 1.0
    return sum(parts.values()) * preference / (1 + 0.004 * len(source.keys[place]))


def _runs(text: str) -> set[str]:
    """Every three letters that follow each other in a word, its edges among them."""
    plain = f" {' '.join(_LETTERS.findall(text.casefold()))} "
    return {plain[at : at + 3] for at in range(len(plain) - 2) if plain[at + 1] != " "}


def _keys(some: Iterable[Word]) -> list[str]:
    return list(dict.fromkeys(word.key for word in some if word.kind))


def _wider(keys: set[str]) -> frozenset[str]:
    """The keys of a passage, and the wider names that hold where they do."""
    return frozenset(keys.union(*(vocabulary.wider().get(key, ()) for key in keys)))


def _days(text: str, sentence: Facts) -> set[str]:
    """Keys of the days and times of a sentence, however they are written: "16 February", "2/16", "0610"."""
    values = {one.value[4:] if one.kind == "date" else one.value for one in sentence.moments if one.kind in _TIMED}
    loose = {one.removeprefix("????") for one in moments.loosely(sentence.span.of(text), moments.is_month_first(text))}
    return {_DAY + value for value in values | loose}


def _is_in(span: Span, spans: tuple[Span, ...]) -> bool:
    return any(one.start <= span.start and span.end <= one.end for one in spans)
