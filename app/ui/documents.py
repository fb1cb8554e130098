"""The documents of a case as a list: split, merged and moved, and where a place of the whole notes lies. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.notes.note import DocumentText, Span

_BETWEEN = len("\n\n")  # what `segments.rebuild` puts between two documents


def split(documents: Sequence[DocumentText], row: int, at: int) -> list[DocumentText]:
    """Make two documents of one; the second has neither kind, date nor name yet.

    Args:
        documents: The documents.
        row: Index of the one to divide.
        at: Character of its text at which the second begins.

    Returns:
        The documents as they then are.
    """
    one = documents[row]
    first, second = one.text[:at].rstrip("\n"), one.text[at:].lstrip("\n")
    return [*documents[:row], replace(one, text=first), DocumentText("", "", "", second), *documents[row + 1 :]]


def merge(documents: Sequence[DocumentText], row: int) -> list[DocumentText]:
    """Put a document at the end of the one above, which keeps its kind, date and name.

    Args:
        documents: The documents.
        row: Index of the one that goes, at least 1.

    Returns:
        The documents as they then are.
    """
    above, one = documents[row - 1 : row + 1]
    return [*documents[: row - 1], replace(above, text=f"{above.text}\n\n{one.text}"), *documents[row + 1 :]]


def move(documents: Sequence[DocumentText], row: int, by: int) -> list[DocumentText]:
    """Let a document change places with another.

    Args:
        documents: The documents.
        row: Index of the one.
        by: Distance to the other, which must be there.

    Returns:
        The documents as they then are.
    """
    order = list(documents)
    order[row], order[row + by] = order[row + by], order[row]
    return order


def length(documents: Sequence[DocumentText]) -> int:
    """Characters of the whole notes."""
    return sum(len(one.text) for one in documents) + _BETWEEN * max(0, len(documents) - 1)


def start_of(documents: Sequence[DocumentText], index: int) -> int:
    """Where a document begins in the whole notes, in characters."""
    return sum(len(one.text) + _BETWEEN for one in documents[:index])


def place(documents: Sequence[DocumentText], position: int) -> tuple[int, int]:
    """Find a character of the whole notes.

    Args:
        documents: The documents.
        position: Character of the whole notes.

    Returns:
        Index of its document, and the character there; the last document's begin where there is no such character.
    """
    for index, one in enumerate(documents):
        start = start_of(documents, index)
        if position <= start + len(one.text):
            return index, max(0, position - start)
    return max(0, len(documents) - 1), 0


def spread(documents: Sequence[DocumentText], spans: Sequence[Span]) -> list[list[Span]]:
    """Divide passages of the whole notes among the documents.

    Args:
        documents: The documents.
        spans: Passages of the whole notes.

    Returns:
        For each document its passages, in its own characters; a passage over two documents is in both.
    """
    found: list[list[Span]] = []
    for index, one in enumerate(documents):
        start = start_of(documents, index)
        end = start + len(one.text)
        found.append(
            [
                Span(max(span.start, start) - start, min(span.end, end) - start)
                for span in spans
                if span.start < end and start < span.end
            ]
        )
    return found
