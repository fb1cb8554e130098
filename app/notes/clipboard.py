"""The clipboard: of the formats a program puts there, the one that keeps most of the note."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.errors import EmptyInput, NotText
from app.notes import intake, markup, rtf
from app.notes.intake import Cleaned
from app.notes.leftout import LeftOut

_HTML, _PLAIN = "text/html", "text/plain"
_RTF = ("text/rtf", "application/rtf", "text/richtext", "application/x-rtf")
_WINDOWS_RTF = 'value="rich text format"'  # Qt's name for it on Windows
_FRAGMENT = re.compile(r"<!--\s*StartFragment\s*-->(.*?)<!--\s*EndFragment\s*-->", re.DOTALL | re.IGNORECASE)
# "Version:0.9 StartHTML:..." before the page, where it comes as Windows stores it.
_WINDOWS_HEADER = re.compile(r"\s*Version:[\d.]+\s.*?(?=<)", re.DOTALL)
_MOST_LOST = 0.9  # share of the plain text's words that a richer format must hold to be trusted
_MOST_BYTES = 64_000_000


def from_formats(formats: Mapping[str, bytes]) -> Cleaned:
    """Choose the best of the formats on the clipboard and give its clean text.

    HTML comes first where it has tables, lists or paragraphs and holds the words that the plain text holds; then
    plain text; then RTF, then what HTML there is.

    Args:
        formats: Contents by MIME type, as Qt names them; types that hold no text are ignored.

    Returns:
        Clean text; the cells of a table's row are joined by " | ".

    Raises:
        EmptyInput: No format holds text.
    """
    held = {_type(name): data for name, data in formats.items() if data and len(data) <= _MOST_BYTES}
    plain = _plain(held.get(_PLAIN, b""))
    page = _decoded(held.get(_HTML, b""))
    web = _web(page)
    if web and plain and not (markup.has_structure(page) and _holds(web, plain)):
        web = None
    if found := web or plain or _rich(held.get(_RTF[0], b"")):
        return found
    raise EmptyInput


def _type(name: str) -> str:
    lowered = name.lower()
    if _WINDOWS_RTF in lowered:
        return _RTF[0]
    bare = lowered.split(";")[0].strip()
    return _RTF[0] if bare in _RTF else bare


def _decoded(data: bytes) -> str:
    try:
        # Every system may end its text with a zero; UTF-16 comes in pairs of bytes and keeps its own.
        return intake.decoded(data if 0 in data[:-1] else data.rstrip(b"\x00"))[0]
    except NotText:
        return ""


def _plain(data: bytes) -> Cleaned | None:
    return _filled(intake.clean(_decoded(data)))


def _web(page: str) -> Cleaned | None:
    """Text of HTML; Word and Excel mark the part that was copied."""
    page = _WINDOWS_HEADER.sub("", page, count=1) if page.lstrip().startswith("Version:") else page
    marked = _FRAGMENT.search(page)
    left_out = LeftOut()
    text = markup.to_text(_as_table(marked[1]) if marked else page, left_out)
    cleaned = intake.clean(text)
    return _filled(Cleaned(cleaned.text, (*left_out.said(), *cleaned.warnings)))


def _as_table(fragment: str) -> str:
    """Put the table back round rows that stand alone: Excel sets its mark inside the table."""
    return f"<table>{fragment}</table>" if re.match(r"\s*<(?:col|tr|tbody|colgroup)\b", fragment, re.I) else fragment


def _rich(data: bytes) -> Cleaned | None:
    if not data.lstrip().startswith(b"{\\rtf"):
        return None
    left_out = LeftOut()
    cleaned = intake.clean(rtf.to_text(data, left_out) or "")
    return _filled(Cleaned(cleaned.text, (*left_out.said(), *cleaned.warnings)))


def _filled(cleaned: Cleaned) -> Cleaned | None:
    return cleaned if cleaned.text.strip() else None


def _holds(web: Cleaned, plain: Cleaned) -> bool:
    """Whether the page lost nothing that the plain text has, but what is told to be left out."""
    return bool(web.warnings) or intake.count_words(web.text) >= _MOST_LOST * intake.count_words(plain.text)
