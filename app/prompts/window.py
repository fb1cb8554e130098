"""Dividing notes that exceed the model's window into parts that fit. Nothing is cut."""

from __future__ import annotations

from collections.abc import Sequence

from app.notes.note import Span


def parts(text: str, atoms: Sequence[Span], characters: int) -> tuple[Span, ...]:
    """Pack atoms, in order, into as few parts as possible.

    Args:
        text: The text the spans point into.
        atoms: Consecutive pieces that should stay whole, usually sentences.
        characters: Most characters of a part.

    Returns:
        Spans of parts; together they hold every atom. An atom longer than a part is divided at spaces,
        or where it has none, anywhere.
    """
    result: list[Span] = []
    for atom in atoms:
        for piece in _divide(text, atom, characters):
            if result and piece.end - result[-1].start <= characters:
                result[-1] = Span(result[-1].start, piece.end)
            else:
                result.append(piece)
    return tuple(result)


def _divide(text: str, atom: Span, characters: int) -> list[Span]:
    pieces = []
    start = atom.start
    while atom.end - start > characters:
        space = text.rfind(" ", start + 1, start + characters + 1)
        end = space if space > start else start + characters
        pieces.append(Span(start, end))
        start = end
    pieces.append(Span(start, atom.end))
    return pieces
