"""Taking text in: bytes or a paste become clean text, or a plain sentence says why not.

The text stays verbatim but for what nobody typed on purpose: line ends, odd spaces, control and
direction characters. Whatever was changed is told in a warning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import charset_normalizer

from app.errors import EmptyInput, NotText, OnlyHeadings, TooLong, TooShort
from app.notes.note import Note

_MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PK\x03\x04": "a Word document or another packed file",
    b"\xd0\xcf\x11\xe0": "an old Word document",
    b"{\\rtf": "a formatted document (RTF)",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x1f\x8b": "a packed file",
}
_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CJK = "㐀-鿿豈-﫿぀-ヿ가-힯"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’.-][^\W_{_CJK}]+)*")
# A page from a browser or an EHR: a whole tag of HTML's own, not "BP <90" or "<5".
_HTML = re.compile(r"<(?:!doctype html|html|body|div|p|br|table|tr|td|span|ul|ol|li|h[1-6])(?:\s[^<>]*)?/?>", re.I)
# They can make a number read otherwise than it is stored; no keyboard types them.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")  # U+3000 stays: it is Chinese typing
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean text and plain sentences that tell what was changed."""

    text: str
    warnings: tuple[str, ...] = ()


def read_bytes(data: bytes) -> Cleaned:
    """Decode a file's bytes and clean the text.

    Args:
        data: The contents of a file or of standard input.

    Returns:
        The text; a warning names the encoding where it had to be guessed.

    Raises:
        NotText: It is a picture, a PDF, a program or another thing that is not text.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise NotText(what=what)
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return clean(data.decode(encoding, "replace"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text, encoding = _guess(data)
    else:
        encoding = "utf-8"
        if "\x00" in text:  # ASCII in UTF-16 without a mark is valid UTF-8 with a NUL behind each letter
            text, encoding = _guess(data)
    cleaned = clean(text)
    if encoding == "utf-8":
        return cleaned
    said = f"The file did not say its encoding; it was read as {encoding}. Check letters with accents."
    return Cleaned(cleaned.text, (said, *cleaned.warnings))


def clean(text: str) -> Cleaned:
    """Clean pasted text. Cleaning twice changes nothing more.

    Args:
        text: The paste; may be HTML, may hold lone surrogates.

    Returns:
        Clean text in NFC, its line ends line feeds, and what was changed.
    """
    warnings: list[str] = []
    if len(_HTML.findall(text)) >= 2:
        text = _from_html(text)
        warnings.append("The paste was a web page; its text and tables were kept, its layout was not.")
    text = _replace(text, _SURROGATE, "�", "{} characters that could not be read were replaced by �.", warnings)
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    )
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = _replace(text, _CONTROL, "", "{} control characters were removed.", warnings)
    text = _replace(text, _DIRECTION, "", "{} hidden characters that can change how text reads were removed.", warnings)
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text).replace("\t", "    "))
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    return Cleaned(re.sub(r"\n{4,}", "\n\n\n", text).strip("\n"), tuple(warnings))


def count_words(text: str) -> int:
    """Count words; each Chinese, Japanese or Korean character counts as one."""
    return sum(1 for _ in _WORD.finditer(text))


def refuse_too_long(characters: int, limit: int) -> None:
    """Refuse more text than one case may have, before any work is done on it.

    Raises:
        TooLong: It has more characters than the limit.
    """
    if characters > limit:
        raise TooLong(characters=characters, limit=limit)


def refuse_unusable(note: Note, least_words: int) -> None:
    """Refuse a note from which nothing honest can be drafted.

    Args:
        note: The divided note.
        least_words: Fewest words.

    Raises:
        InputError: Empty, too short, or headings only.
    """
    if not note.text.strip():
        raise EmptyInput
    words = count_words(note.text)
    if words < least_words:
        raise TooShort(words=words, least=least_words)
    if not any(count_words(passage.body.of(note.text)) for passage in note.passages):
        raise OnlyHeadings


def _guess(data: bytes) -> tuple[str, str]:
    """Decode bytes that are not UTF-8.

    UTF-16 without a mark shows as zeros in every other byte. For the rest the detector is asked;
    where it finds a western alphabet, Windows-1252 is taken, since short texts mislead it among those.
    """
    zeros_even, zeros_odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) / 2
    if max(zeros_even, zeros_odd) > 0.4 * half and min(zeros_even, zeros_odd) < 0.05 * half:
        encoding = "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
        return data.decode(encoding, "replace"), encoding
    if data.count(0) > 0 or _control_share(data) > 0.05:
        raise NotText(what="a file of another kind")
    best = charset_normalizer.from_bytes(data).best()
    if best is not None and best.encoding in _EAST_ASIAN and _reads_as(data, best.encoding, _is_cjk):
        return str(best), best.encoding
    return data.decode("cp1252", "replace"), "Windows-1252"


_EAST_ASIAN = frozenset(
    {"gb18030", "gbk", "gb2312", "big5", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "hz"}
)


def _reads_as(data: bytes, encoding: str, is_letter: Callable[[str], bool]) -> bool:
    foreign = [letter for letter in data.decode(encoding, "replace") if ord(letter) > 127]
    return bool(foreign) and sum(map(is_letter, foreign)) > 0.7 * len(foreign)


def _is_cjk(letter: str) -> bool:
    return bool(re.match(rf"[{_CJK}　-〿！-～]", letter))


def _control_share(data: bytes) -> float:
    control = sum(byte < 9 or 13 < byte < 32 for byte in data[:4096])
    return control / max(1, len(data[:4096]))


def _replace(text: str, pattern: re.Pattern[str], by: str, said: str, warnings: list[str]) -> str:
    text, count = pattern.subn(by, text)
    if count:
        warnings.append(said.format(count))
    return text


def _from_html(text: str) -> str:
    from inscriptis import get_text  # loads lxml, 80 ms, for web pages only
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    # The strict profile keeps <span> apart from its neighbours only where the page did.
    layout: str = get_text(_SURROGATE.sub("�", _CONTROL.sub("", text)), ParserConfig(css=CSS_PROFILES["strict"]))
    return layout
