"""The formats a letter can be saved in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import PolicyForbids, UnknownFormat
from app.export import ccda, files, html, letter_json, markdown, plain
from app.letter.letter import Letter


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: On the command line.
        title: For people.
        suffix: Of the file's name.
        render: Gives the letter as text or bytes.
    """

    name: str
    title: str
    suffix: str
    render: Callable[[Letter], str | bytes]


# Imported when asked for: each takes up to a second, and most runs need none of them.
def _docx(letter: Letter) -> bytes:
    from app.export import docx

    return docx.render(letter)


def _pdf(letter: Letter) -> bytes:
    from app.export import pdf

    return pdf.render(letter)


def _fhir(letter: Letter) -> str:
    from app.export import fhir

    return fhir.render(letter)


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("docx", "Word document", ".docx", _docx),
        Format("pdf", "PDF/A", ".pdf", _pdf),
        Format("txt", "Plain text", ".txt", plain.render),
        Format("md", "Markdown", ".md", markdown.render),
        Format("html", "Web page", ".html", html.render),
        Format("fhir", "FHIR R4 document", ".json", _fhir),
        Format("ccda", "HL7 CDA document", ".xml", ccda.render),
        Format("json", "JSON", ".json", letter_json.render),
    )
}


def refuse_forbidden(name: str, allowed: Sequence[str]) -> None:
    """Stop where policy does not allow letters or drafts to be saved in a format.

    Args:
        name: One of `FORMATS`.
        allowed: Those that policy allows; empty for all.

    Raises:
        PolicyForbids: It does not.
    """
    if allowed and name not in allowed:
        raise PolicyForbids(what=f"files of the format {name}", setting="export_formats")


def to_bytes(letter: Letter, name: str) -> bytes:
    """Write a letter in a format.

    Args:
        letter: The letter.
        name: One of `FORMATS`.

    Returns:
        The file's bytes; text is UTF-8.

    Raises:
        UnknownFormat: There is no such format.
        MissingGlyphs: No font of this machine has some of its characters (PDF only).
    """
    if name not in FORMATS:
        raise UnknownFormat(name=name, known=", ".join(FORMATS))
    rendered = FORMATS[name].render(letter)
    return rendered.encode("utf-8") if isinstance(rendered, str) else rendered


def write(letter: Letter, name: str, path: Path) -> None:
    """Save a letter: the file is there whole or not at all, readable by its owner only.

    Args:
        letter: The letter.
        name: One of `FORMATS`.
        path: Where.

    Raises:
        OutputError: It could not be written; nothing was changed.
    """
    files.write(path, to_bytes(letter, name))
