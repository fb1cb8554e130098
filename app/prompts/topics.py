"""Section detection: which passages of a note speak of a topic, whether or not headings say so.

A linear classifier for each topic (logistic regression on hashed words, Weinberger et al., "Feature Hashing for Large
Scale Multitask Learning", ICML 2009) looks at a passage's heading, words, length, place and neighbours. It only points:
what it points at is copied, so nothing can be invented. `python -m training topics` trains it; what was measured stands
in `resources/topics/README.md`. The weights hold no words.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from app import paths
from app.errors import SetupError
from app.notes.note import Note, Span

WEIGHTS, MANIFEST = "weights.i8", "topics.json"
_TOKEN = re.compile(r"[a-z]+|\d+(?:[.,]\d+)?|[\u3400-\u9fff]|[^\w\s]")
_WORDS, _PAIRS, _NEAR_WORDS = 80, 60, 40  # so many of a passage are looked at
_NEAR = (("p", -1), ("n", 1), ("pp", -2), ("nn", 2))
_SIGN = 1 << 31

# How headings of US notes begin under which a topic stands.
HEADINGS: dict[str, tuple[str, ...]] = {
    "allergies": ("allerg",),
    "diagnosis": ("diagnos", "impression", "assessment"),
    "family_history": ("family history", "family medical history"),
    "hospital_course": ("hospital course", "course in hospital", "brief hospital"),
    "investigations": ("laborator", "labs", "diagnostic", "radiolog", "imaging", "x-ray", "ekg", "investigation"),
    "medications": ("medication", "current meds", "meds"),
    "past_medical_history": ("past medical history", "medical history", "pmh", "past history"),
    "past_surgical_history": ("past surgical history", "surgical history", "psh"),
    "plan_and_follow_up": ("plan", "recommendation", "follow", "disposition", "discharge instruction"),
    "presentation": ("chief complaint", "reason for", "history of present", "presenting", "hpi", "subjective"),
    "procedures": ("procedure", "operation", "surgery performed"),
    "social_history": ("social history", "social", "habits"),
}


@dataclass(frozen=True, slots=True)
class Topics:
    """The classifier.

    Attributes:
        names: Topics it knows, such as `allergies`.
        weights: For each topic, in the order of `names`, one byte for each of `1 << bits` hashed features.
        scales: What a unit of a topic's weights is worth, as log-odds.
        biases: Log-odds of each topic for a passage without features.
        bits: Size of the hash, in bits.
        least: Least probability at which a passage speaks of a topic.
    """

    names: tuple[str, ...]
    weights: array[int]
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    bits: int
    least: float

    def probabilities(self, note: Note, topic: str) -> list[float]:
        """How likely each passage of a note speaks of a topic.

        Args:
            note: The divided note.
            topic: One of `names`.

        Returns:
            A probability for each of `note.passages`, in their order.
        """
        at = self.names.index(topic)
        return [self._probability(features, at) for features in hashed(note, self.bits)]

    def best(self, note: Note, least: float) -> tuple[str, ...]:
        """What each passage speaks of most likely.

        Args:
            note: The divided note.
            least: Least probability.

        Returns:
            A topic for each of `note.passages`, in their order; empty where none is likely enough.
        """
        found = []
        for features in hashed(note, self.bits):
            likely, at = max((self._probability(features, at), at) for at in range(len(self.names)))
            found.append(self.names[at] if likely >= least else "")
        return tuple(found)

    def find(self, note: Note, topic: str) -> tuple[Span, ...]:
        """The passages that speak of a topic.

        Args:
            note: The divided note.
            topic: One of `names`.

        Returns:
            Their spans in the order of the text; empty where none does.
        """
        filled = [one for one in note.passages if one.body.of(note.text).strip()]
        likely = dict(zip(note.passages, self.probabilities(note, topic), strict=True))
        found = [one for one in filled if likely[one] >= self.least]
        if not found:  # a heading that names the topic is enough, as in a note of three lines
            begins = HEADINGS.get(topic, ())
            found = [one for one in filled if begins and one.heading.casefold().strip().startswith(begins)]
        return tuple(one.span for one in found)

    def _probability(self, features: Mapping[int, float], at: int) -> float:
        first = at << self.bits
        total = sum(value * self.weights[first + place] for place, value in features.items())
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.biases[at] + self.scales[at] * total))))


@lru_cache(maxsize=1)
def load() -> Topics:
    """Read the classifier that the program came with.

    Raises:
        SetupError: It is missing or damaged.
    """
    return read(paths.resources() / "topics")


def read(folder: Path) -> Topics:
    """Read a classifier.

    Args:
        folder: Folder with `topics.json` and `weights.i8`.

    Raises:
        SetupError: It is missing or damaged.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        weights = array("b", (folder / WEIGHTS).read_bytes())
        names = tuple(told["topics"])
        one = Topics(names, weights, tuple(told["scales"]), tuple(told["biases"]), int(told["bits"]), told["least"])
        if len(weights) != len(names) << one.bits or not len(names) == len(one.scales) == len(one.biases):
            raise ValueError("the weights have another size")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SetupError(name="The section detector", why=f"{type(error).__name__}: {error}") from error
    return one


def hashed(note: Note, bits: int) -> Iterator[Mapping[int, float]]:
    """The features of each passage, as training and use see them.

    Args:
        note: The divided note.
        bits: Size of the hash, in bits.

    Yields:
        Values by place in the hash; the sign of a feature's value is hashed too, so that collisions cancel out.
    """
    tokens = [_tokens(passage.body.of(note.text)) for passage in note.passages]
    headings = [" ".join(_tokens(passage.heading)) for passage in note.passages]
    for index in range(len(tokens)):
        values: dict[int, float] = {}
        for feature, value in _features(tokens, headings, index):
            code = zlib.crc32(feature.encode())
            place = code & ((1 << bits) - 1)
            values[place] = values.get(place, 0.0) + (value if code & _SIGN else -value)
        yield values


def _tokens(text: str) -> list[str]:
    return ["#" if one[0].isdigit() else one for one in _TOKEN.findall(text.lower())]


def _features(tokens: Sequence[list[str]], headings: Sequence[str], index: int) -> Iterator[tuple[str, float]]:
    own, heading = tokens[index], headings[index]
    for word in dict.fromkeys(own[:_WORDS]):
        yield f"w:{word}", 1.0
    for first, second in dict.fromkeys(pairwise(own[:_PAIRS])):
        yield f"b:{first} {second}", 1.0
    for word in dict.fromkeys(own[:3]):
        yield f"f:{word}", 1.0
    yield f"len:{_size(own)}", 1.0
    yield f"pos:{8 * index // len(tokens)}", 1.0
    yield f"idx:{min(index, 8)}", 1.0
    if heading:
        for word in dict.fromkeys(heading.split()):
            yield f"h:{word}", 2.0
        yield f"h:{heading}", 2.0
        if heading not in headings[:index]:
            yield f"first:{heading}", 2.0
    yield from _nearby(tokens, headings, index)


def _nearby(tokens: Sequence[list[str]], headings: Sequence[str], index: int) -> Iterator[tuple[str, float]]:
    for side, step in _NEAR:
        near = index + step
        if not 0 <= near < len(tokens):
            yield f"{side}:<none>", 1.0
            continue
        for word in dict.fromkeys(tokens[near][:_NEAR_WORDS]):
            yield f"{side}:{word}", 0.5
        yield f"{side}len:{_size(tokens[near])}", 1.0
        if headings[near]:
            yield f"{side}h:{headings[near]}", 1.0


def _size(tokens: Sequence[str]) -> int:
    return min(9, (len(tokens) + 1).bit_length())
