"""The plain shapes of pasted notes. Every offset counts characters of `Note.text`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of `Note.text`: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of the span."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading and the text below it, or text without a heading.

    Attributes:
        span: The whole passage, heading included.
        body: The text below the heading; equal to `span` where there is no heading.
        heading: The heading as written, without its colon; empty where there is none.
        document: Index of the document it stands in, into `Note.documents`.
    """

    span: Span
    body: Span
    heading: str
    document: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a case: a clerking, a ward round, a result sheet.

    Attributes:
        span: Its place in `Note.text`.
        name: File name or first line, for people.
        kind: Guess of its kind (`discharge`, `ward round`, `clinic`, `results`, ...); empty if unknown.
        date: Date as ISO 8601 `YYYY-MM-DD`; empty if none was found.
    """

    span: Span
    name: str
    kind: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """One document by itself, as the doctor sees and corrects it.

    Attributes:
        name: For people.
        kind: See `Document`.
        date: See `Document`.
        text: Its whole text.
    """

    name: str
    kind: str
    date: str
    text: str


@dataclass(frozen=True)
class Note:
    """Everything pasted for one case, cleaned, with its parts. Built by `segments.divide`."""

    text: str
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: tuple[Span, ...]
    warnings: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Notes are asked for in caches thousands of times; Python keeps the hash of a text, not that of its parts."""
        return hash(self.text)

    @cached_property
    def sha256(self) -> str:
        """Hash of the cleaned text, hex: the input hash of every draft made from it."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()
