"""Files of notes: text, Word, PDF, RTF and web pages become clean text, or a plain sentence says why not.

What a file holds decides how it is read, not its name. Nothing is written to disk.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from app.errors import DamagedFile, EmptyInput, NoTextInside, NotText, Protected, TooLargeFile
from app.notes import intake, markup, rtf
from app.notes.intake import Cleaned
from app.notes.leftout import LeftOut

SUFFIXES = (".txt", ".md", ".docx", ".pdf", ".rtf", ".html", ".htm")

_MOST_MB = 64
_PDF, _ZIP, _OLE, _RTF = b"%PDF-", b"PK", b"\xd0\xcf\x11\xe0", b"{\\rtf"
_KINDS = {".docx": "Word document", ".pdf": "PDF document", ".rtf": "RTF document"}
_WEB = (".html", ".htm")
_WEB_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b", re.I | re.S)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(name: str, data: bytes) -> Cleaned:
    """Read one file.

    Args:
        name: The file's name; its ending tells what it should be.
        data: What it holds.

    Returns:
        Clean text. The warnings say what was left out, and where the name misleads.

    Raises:
        InputError: It is empty, a scan, protected, damaged, too large, or of a kind that cannot be read.
    """
    if not data.strip():
        raise EmptyInput
    if len(data) > _MOST_MB * 1_000_000:
        raise TooLargeFile(name=name, limit_mb=_MOST_MB)
    suffix = PurePath(name).suffix.lower()
    kind = _kind(name, data)
    if kind:
        text, warnings = _document(name, data, kind)
        if suffix in SUFFIXES and suffix != kind:
            warnings = (f"The file {name} is a {_KINDS[kind]} by what it holds, and was read as one.", *warnings)
    elif suffix in _KINDS:
        raise DamagedFile(name=name, kind=_KINDS[suffix])
    else:
        return _text(data, is_web=suffix in _WEB)
    return _cleaned(text, warnings)


def is_packed(data: bytes) -> bool:
    """Tell whether a file is a document whose size says nothing of the length of its text."""
    return data.lstrip()[:5].startswith((_PDF, _ZIP, _RTF)) or _PDF in data[:1024]


def _kind(name: str, data: bytes) -> str:
    """Tell the kind of document from its first bytes; empty for text."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(_RTF):
        return ".rtf"
    if start.startswith((_ZIP + b"\x03\x04", _ZIP + b"\x05\x06")):
        return ".docx"
    if start.startswith(_OLE):
        if _ENCRYPTED in data:
            raise Protected(name=name)
        raise NotText(what="an old Word document or another Office file")
    # Some programs write a few bytes before the mark; ISO 32000-1 (H.3) lets readers look through 1,024.
    return ".pdf" if _PDF in data[:1024] and (start.startswith(_PDF) or name.lower().endswith(".pdf")) else ""


def _document(name: str, data: bytes, kind: str) -> tuple[str, tuple[str, ...]]:
    if kind == ".pdf":
        from app.notes import pdf  # with what it imports 10 ms, for PDF only

        text, said = pdf.to_text(name, data)
        return text, said
    left_out = LeftOut()
    if kind == ".rtf":
        read = rtf.to_text(data, left_out)
        if read is None:
            raise DamagedFile(name=name, kind=_KINDS[kind])
        return read, left_out.said()
    from app.notes import worddoc  # with zipfile 15 ms, for Word documents only

    text, has_pictures = worddoc.to_text(name, data, left_out)
    if has_pictures and intake.count_words(text) == 0:
        raise NoTextInside(name=name, pages="all")
    return text, left_out.said()


def _text(data: bytes, *, is_web: bool) -> Cleaned:
    cleaned = intake.read_bytes(data) if not is_web else None
    if cleaned is not None and not _is_page(data):
        return cleaned
    page, said = intake.decoded(data, intake.declared_charset(data))
    left_out = LeftOut()
    text = markup.to_text(page, left_out)
    lowered = page.lower()
    if "<html" in lowered and "</html" not in lowered:
        said = ("The page does not end as pages do; it may be cut short. Check that its last lines are there.", *said)
    return _cleaned(text, (*said, *left_out.said()))


def _is_page(data: bytes) -> bool:
    return _WEB_START.match(data[:4096].decode("latin-1").lstrip("\xef\xbb\xbf")) is not None


def _cleaned(text: str, warnings: tuple[str, ...]) -> Cleaned:
    cleaned = intake.clean(text)
    if not cleaned.text.strip():
        raise EmptyInput
    return Cleaned(cleaned.text, (*warnings, *cleaned.warnings))
