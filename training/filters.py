"""Which rows are worth learning from, which ones leak, and the part of a long source that matters."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable

from app.notes.segments import sentences
from training import facts

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,/:\-]\d+)*")
_COUNT_OF_LINE = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_SHINGLE = 8  # words: long enough that clinical phrases ("no murmurs, gallops or rubs") rarely collide
_MOST_SHARED = 0.5


def words(text: str) -> list[str]:
    """Words and numbers in lower case."""
    return _WORD.findall(text.casefold())


def coverage(target: str, source: str) -> float:
    """Share of the target's content words (four letters or more) that its source has, 0 to 1."""
    wanted = [word for word in words(target) if len(word) >= 4]
    there = set(words(source))
    return sum(word in there for word in wanted) / len(wanted) if wanted else 1.0


def numbers_supported(target: str, source: str) -> bool:
    """Whether every number of the target stands in the source, in digits or as it is spoken.

    Numbers that only count the lines of a list do not matter.
    """
    there = facts.numbers(source)
    return all(_is_there(one, there) for one in _NUMBER.findall(_COUNT_OF_LINE.sub("", target)))


def _is_there(number: str, there: set[str]) -> bool:
    plain = number.replace(",", "")
    return plain in there or all(part in there for part in re.split(r"[/:\-]", plain))


def pruned(target: str, source: str) -> str:
    """The target without the sentences that have a number, a dose or a drug that the source lacks.

    Line breaks stay; a heading stays even where nothing is left below it.
    """
    for span in reversed(sentences(target)):
        if facts.faults(span.of(target), source).any_unsupported:
            target = target[: span.start] + target[span.end :]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in target.splitlines())).strip()


def shingles(text: str) -> set[bytes]:
    """Hashes of all runs of eight words."""
    found = words(text)
    runs = (" ".join(found[at : at + _SHINGLE]) for at in range(len(found) - _SHINGLE + 1))
    return {hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs}


class LeakCheck:
    """Finds training rows that share text with rows they will be measured on.

    Args:
        held_out: Texts of the valid rows, sources and targets.
    """

    def __init__(self, held_out: Iterable[str]) -> None:
        self._shingles: set[bytes] = set()
        self._exact: set[str] = set()
        for text in held_out:
            self._shingles |= shingles(text)
            self._exact.add(" ".join(words(text)))

    def leaks(self, *texts: str) -> bool:
        """Whether any text of at least eight words is a held-out text, or shares half of its runs with them."""
        for text in texts:
            own = shingles(text)
            if own and (" ".join(words(text)) in self._exact or len(own & self._shingles) / len(own) > _MOST_SHARED):
                return True
        return False


def crop(source: str, target: str, most_words: int) -> str:
    """Shorten a source to the run of lines that best holds the target.

    Args:
        source: Text with lines: a note, or the turns of a dialogue.
        target: What is to be written from it; empty where nothing is. Any window is right then, and one
            anywhere is taken: were it always the first, its place would give the answer away.
        most_words: Longest result in words.

    Returns:
        A run of whole lines; the source itself where it is short enough. A single line longer than the
        limit stays whole.
    """
    lines = [line for line in source.splitlines() if line.strip()]
    sizes = [len(line.split()) for line in lines]
    if sum(sizes) <= most_words:
        return source
    wanted = {word for word in words(target) if len(word) >= 4 or word.isdigit()}
    held = [wanted & set(words(line)) for line in lines]
    if not wanted:
        start = zlib.crc32(source.encode()) % len(lines)
        held[start] = {""}
    best, best_score, start = (0, 1), -1, 0
    for end in range(1, len(lines) + 1):
        while sum(sizes[start:end]) > most_words and start < end - 1:
            start += 1
        score = len(set().union(*held[start:end]))
        if score > best_score:
            best, best_score = (start, end), score
    start, end = best
    room = most_words - sum(sizes[start:end])
    while end < len(lines) and sizes[end] <= room:
        room -= sizes[end]
        end += 1
    while start > 0 and sizes[start - 1] <= room:
        start -= 1
        room -= sizes[start]
    return "\n".join(lines[start:end])
