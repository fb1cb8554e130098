"""Taking text in: bytes or a paste become clean text, or a plain sentence says why not.

The text stays verbatim but for what nobody typed on purpose. Line ends, odd spaces, tabs (four spaces)
and blank lines beyond two become plain without a word; whatever else is changed is told in a warning.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from dataclasses import dataclass

import charset_normalizer

from app.errors import EmptyInput, NotText, OnlyHeadings, TooLong, TooShort
from app.notes.note import Note

_MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF87a": "a picture",
    b"GIF89a": "a picture",
    b"PK\x03\x04": "a Word document or another packed file",
    b"PK\x05\x06": "a packed file",
    b"\xd0\xcf\x11\xe0": "an old Word document",
    b"{\\rtf": "a formatted document (RTF)",
    b"\x7fELF": "a program",
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
# Ordinary characters of living scripts: no control, private or unassigned ones.
_ORDINARY = re.compile(rf"[\t\r\n -~\u00a0-\u02af\u0300-\u0fff\u1e00-\u2bff\u3000-\u303f\uff00-\uffef{_CJK}]")
_HIGH = bytes(range(0x80, 0x100))
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# GB2312: punctuation, and the 3,755 characters of daily use.
_DAILY_CHINESE = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_EAST_ASIAN = re.compile("gb|big5|shift_j|cp932|cp949|euc_|johab|hz|iso2022")

# Tags that make a paste a web page, and all those that may stand in one. "BP <90" and "<5" are neither.
_BLOCK_TAGS = "html|body|div|p|br|table|tr|td|th|span|ul|ol|li|h[1-6]"
_ALL_TAGS = (
    _BLOCK_TAGS
    + "|a|abbr|address|article|aside|b|big|blockquote|button|caption|center|cite|code|col|colgroup|dd|del|dfn"
    "|dl|dt|em|fieldset|figure|figcaption|font|footer|form|head|header|hr|i|iframe|img|input|ins|kbd|label|legend|link"
    "|main|mark|meta|nav|noscript|object|option|pre|q|s|samp|script|section|select|small|strike|strong|style|sub|summary"
    "|sup|svg|tbody|textarea|tfoot|thead|time|title|tt|u|var|wbr"
)
_HTML = re.compile(rf"<(?:!doctype html|/?(?:{_BLOCK_TAGS}))(?:\s[^<>]*)?/?>", re.I)
_SURELY_HTML = re.compile("</|<!|<br|<html", re.I)
_TAG_START = re.compile(rf"<(?=!doctype html|/?(?:{_BLOCK_TAGS})\b)", re.I)
_NO_TAG = re.compile(rf"<(?!/?(?:{_ALL_TAGS})(?=[\s/>])|/?[a-z]\w*:[a-z]|!--|!doctype|[?]xml)", re.I)
_UNSEEN = re.compile(r"<(script|style|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)

# Overrides, isolates, tag characters and the like: they can make a number read otherwise than it is stored, split
# a drug's name unseen or carry text that nobody sees, and no keyboard types them. The marks U+200E and U+200F and
# the joiners stay: Hebrew, Arabic, Persian and Indic typing needs them, and none of them can turn digits around.
_HIDDEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")  # U+3000 stays: it is Chinese typing
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACED = re.compile("\ufffd")


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
    text, said = decoded(data)
    cleaned = clean(text)
    return Cleaned(cleaned.text, (*said, *cleaned.warnings))


def decoded(data: bytes, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """Decode a file's bytes and leave the text as it is.

    Args:
        data: The contents.
        declared: The encoding that the contents name, used where they are not UTF-8 and carry no mark.

    Returns:
        The text, and a sentence that names the encoding where it had to be guessed.

    Raises:
        NotText: It is not text.
    """
    _refuse_binary(data)
    if declared and not data.startswith(tuple(_BOMS)) and 0 not in data:
        try:
            return data.decode("utf-8"), ()
        except UnicodeDecodeError:
            return data.decode(declared, "replace"), ()
    text, assumed = _decoded(data)
    if not assumed:
        return text, ()
    return text, (f"The file did not say its encoding; it was read as {assumed}. Check accents, signs and units.",)


def declared_charset(page: bytes) -> str:
    """Find the encoding that a web page names in its head; empty if it names none that is known."""
    found = _CHARSET.search(page[:4096])
    name = found[1].decode("ascii") if found else ""
    try:
        return codecs.lookup(name).name if name and "".encode(name) == b"" else ""
    except (LookupError, ValueError):
        return ""


def clean(text: str) -> Cleaned:
    """Clean pasted text. Cleaning twice changes nothing more; time grows with the length only.

    Args:
        text: The paste; may be HTML, may hold lone surrogates.

    Returns:
        Clean text in NFC, its line ends line feeds, and what was changed.
    """
    warnings: list[str] = []
    text = _plain(text, warnings)
    if _is_web_page(text):
        warnings.append("The paste was a web page; its text and tables were kept, its layout was not.")
        text = _plain(_from_html(text), warnings)
        if _is_web_page(text):  # a page that shows tags as text: they stay readable, but are tags no more
            text = _TAG_START.sub("\u2039", text)
    # Not " +$" as a pattern: that takes hours on one long run of spaces.
    text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return Cleaned(re.sub(r"\n{4,}", "\n\n\n", text).strip("\n"), tuple(dict.fromkeys(warnings)))


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
    titles = {document.span.start for document in note.documents if document.kind}
    has_headings = any(passage.heading for passage in note.passages)
    for passage in note.passages:
        is_title = has_headings and passage.span.start in titles and not passage.heading
        if count_words(passage.body.of(note.text)) and not is_title:
            return
    raise OnlyHeadings


def _refuse_binary(data: bytes) -> None:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, what in _MAGIC.items():
        if start.startswith(magic):
            raise NotText(what=what)
    if data.startswith(b"MZ") and b"\x00" in data[:512]:  # "MZ twins" begins a note
        raise NotText(what="a program")


def _decoded(data: bytes) -> tuple[str, str]:
    """Decode bytes; the second part names the encoding where it had to be assumed, else it is empty."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data.decode(encoding, "replace"), ""
    if data.count(0) * 10 > len(data):
        return _decoded_wide(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded_wide(data) if 0 in data else _guess(data)
    if _control_share(data) > 0.05:
        raise NotText(what="a file of another kind")
    return text, ""


def _decoded_wide(data: bytes) -> tuple[str, str]:
    """Decode bytes with zeros among them: UTF-16 or UTF-32 without a mark, or no text at all.

    The right byte order is the one that shows more ASCII, which every note has: spaces, digits, line ends.
    """
    best, name = "", ""
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        text = data.decode(encoding, "replace")
        if len(_ORDINARY.findall(text)) > 0.95 * len(text) and _ascii(text) > _ascii(best):
            best, name = text, encoding
    if not name:
        raise NotText(what="a file of another kind")
    return best, name


def _guess(data: bytes) -> tuple[str, str]:
    """Decode bytes that are neither UTF-8 nor hold zeros. Short texts mislead detectors, so it is asked last.

    UTF-8 with a few damaged bytes stays UTF-8. Chinese shows in pairs of bytes that nearly all are daily
    characters. The detector decides among the other scripts where they prevail; else it is Windows-1252.
    """
    if _control_share(data) > 0.05:
        raise NotText(what="a file of another kind")
    mended = data.decode("utf-8", "surrogateescape")
    damaged = len(_SURROGATE.findall(mended))
    if len(mended) - _ascii(mended) >= 2 * damaged:
        return mended, ""
    if _is_daily_chinese(data):
        return data.decode("gb18030", "replace"), "GB18030"
    high = len(data) - len(data.translate(None, _HIGH))
    letters = sum(data.count(letter) for letter in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if high >= 8 and high > letters and (best := charset_normalizer.from_bytes(data).best()) is not None:
        text = str(best)
        if not _EAST_ASIAN.match(best.encoding) or _stands_in_runs(text):
            return text, best.encoding
    return data.decode("cp1252", "replace"), "Windows-1252"


def _is_daily_chinese(data: bytes) -> bool:
    pairs = _PAIR.findall(data)
    daily = [pair for pair in pairs if _DAILY_CHINESE.fullmatch(pair)]
    characters = [pair for pair in daily if pair[0] >= 0xB0]
    if len(characters) < 2 or len(daily) < 0.8 * len(pairs):
        return False
    # Korean in EUC-KR has pairs of the same kind, but none above 0xC8; Chinese has a third of them there.
    return len(characters) < 8 or any(pair[0] > 0xC8 for pair in characters)


def _stands_in_runs(text: str) -> bool:
    """Whether East Asian characters stand beside each other; "38°C" misread gives single ones."""
    runs = re.findall(rf"[{_CJK}]+", text)
    return sum(len(run) for run in runs if len(run) > 1) > 0.5 * sum(map(len, runs))


def _ascii(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


def _control_share(data: bytes) -> float:
    control = sum(byte < 9 or 13 < byte < 32 for byte in data[:4096])
    return control / max(1, len(data[:4096]))


def _plain(text: str, warnings: list[str]) -> str:
    """Make characters plain, each kind told."""
    if _SURROGATE.search(text):  # two halves that belong together are joined, single ones become U+FFFD
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _replace(text, _REPLACED, "\ufffd", "{} characters that could not be read were replaced by �.", warnings)
    text = _LINE_END.sub("\n", text)
    text = _replace(text, _CONTROL, "", "{} control characters were removed.", warnings)
    text = _replace(text, _HIDDEN, "", "{} hidden characters that can change how text reads were removed.", warnings)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).replace("\t", "    "))


def _replace(text: str, pattern: re.Pattern[str], by: str, said: str, warnings: list[str]) -> str:
    text, count = pattern.subn(by, text)
    if count:
        said = said.format(count)
        warnings.append(said if count > 1 else said.replace("characters", "character").replace(" were ", " was "))
    return text


def _is_web_page(text: str) -> bool:
    tags = _HTML.findall(text)
    return len(tags) > 1 and any(_SURELY_HTML.match(tag) for tag in tags)


def _from_html(text: str) -> str:
    from inscriptis import get_text  # loads lxml, 80 ms, for web pages only
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    page = _NO_TAG.sub("&lt;", text)
    # The strict profile keeps <span> apart from its neighbours only where the page did.
    layout: str = get_text(page, ParserConfig(css=CSS_PROFILES["strict"]))
    # The parser drops what is nested more than 255 deep, without a word; then the bare text is better.
    bare = html.unescape(re.sub(r"<[^<>]*>", "\n", _UNSEEN.sub("", page)))
    return layout if count_words(layout) >= 0.9 * count_words(bare) else bare
