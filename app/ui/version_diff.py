"""What changed between two versions of a text, word by word. Plain data, no Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Change = Literal["same", "added", "removed"]
Piece = tuple[Change, str]

# A number with its decimals is one word, a Chinese character is one; white space goes with the word before it.
_WORD = re.compile(r"(?:\d+(?:[.,:/]\d+)*|[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|[^\w\s])\s*|\s+")
_LEAST_ALIKE = 0.3  # below, two texts side by side read better than a patchwork
_MOST_WORDS = 4000  # of both texts together: the comparison is quadratic and runs while the window waits
_ISLAND = 3  # letters: so little between two changes is read with them


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section in two versions.

    Attributes:
        key: Name of the section.
        title: Its heading.
        state: `same`, `changed`, `added` or `removed`.
        pieces: Its text in order, with what was added and removed.
    """

    key: str
    title: str
    state: Literal["same", "changed", "added", "removed"]
    pieces: tuple[Piece, ...]

    def words(self, change: Change) -> int:
        """Count the words that were added, removed or stayed."""
        return sum(len([one for one in _words(text) if one.strip()]) for kind, text in self.pieces if kind == change)


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[SectionChange]:
    """Compare two drafts section by section, in the order of the newer one; removed sections come last.

    Args:
        old: Body of the older version, with `sections` of key, title and text.
        new: Body of the newer one.

    Returns:
        Every section of both.
    """
    before = {one["key"]: one for one in old.get("sections", ())}
    after = {one["key"]: one for one in new.get("sections", ())}
    changes = []
    for key, one in after.items():
        if key not in before:
            changes.append(SectionChange(key, one["title"], "added", (("added", one["text"]),)))
        elif before[key]["text"] == one["text"]:
            changes.append(SectionChange(key, one["title"], "same", (("same", one["text"]),)))
        else:
            changes.append(SectionChange(key, one["title"], "changed", pieces(before[key]["text"], one["text"])))
    for key, one in before.items():
        if key not in after:
            changes.append(SectionChange(key, one["title"], "removed", (("removed", one["text"]),)))
    return changes


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Compare two texts by words.

    Args:
        old: The older text.
        new: The newer text.

    Returns:
        Pieces in order. Those not removed make up the newer text, those not added the older one.
    """
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > _MOST_WORDS or matcher.ratio() < _LEAST_ALIKE:
        return _squeezed([("removed", old), ("added", new)])
    return _squeezed(list(_runs(before, after, matcher)))


def _runs(before: Sequence[str], after: Sequence[str], matcher: SequenceMatcher[str]) -> Iterator[Piece]:
    codes = matcher.get_opcodes()
    for place, (code, i, j, k, n) in enumerate(codes):
        removed, added = "".join(before[i:j]), "".join(after[k:n])
        is_between = 0 < place < len(codes) - 1
        if code == "equal" and not (is_between and len(added.strip()) <= _ISLAND):
            yield "same", added
        else:
            yield "removed", removed
            yield "added", added


def _squeezed(found: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join neighbours: between two pieces that stayed, first all that was removed, then all that was added."""
    joined: list[Piece] = []
    texts = {"removed": "", "added": ""}
    for change, text in (*found, ("same", "")):
        if change != "same":
            texts[change] += text
            continue
        joined += [("removed", texts["removed"]), ("added", texts["added"]), ("same", text)]
        texts = {"removed": "", "added": ""}
    return tuple(piece for piece in joined if piece[1])


def _words(text: str) -> list[str]:
    return _WORD.findall(text)
