"""PDF documents to text, by PDFium: where each letter stands decides what is a line, a row and a column.

PDFium is the reader of Chromium, tested there against hostile files every day. Scans are refused, not guessed at.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
import zlib
from collections.abc import Iterator
from typing import Any

from app.errors import DamagedFile, NoTextInside, Protected, TooLargeFile, TooLong
from app.notes.pagelines import Letter, lines_of

_KIND = "PDF document"
_MOST_CHARACTERS = 10_000_000
_MOST_MB = 32  # unpacked, of one stream that is no picture
_MOST_MB_IN_ALL = 64
_MOST_PICTURE_MB = 256
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78])")
_END = 2048  # bytes in which the mark of the end must stand; mail systems add a few after it
_CHUNK = 1 << 20
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_LEAST_LETTERS = 3  # on a page: fewer are a stamp on a scan
_MOST_UNKNOWN = 0.3  # of a page's letters; its fonts do not say which letters they draw
_TURNED = 0.05  # sine of the angle: a scanner's slant stays below
_SPACES = (10, 13, 32)
_WHOLE_PAGE = 0.8
_UNKNOWN = "\ufffd"
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFFFE: "-", 0x02: "-"}
_BROKEN = "A part of the PDF is damaged, so text may be missing. Hold the end of each page against the original."
_one_at_a_time = threading.Lock()  # PDFium is not made for threads


def to_text(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Read a PDF document that holds text.

    Args:
        name: The file's name, for errors.
        data: The file.

    Returns:
        The text, page after page, and sentences on pages that hold no text or a machine's reading of a scan.

    Raises:
        InputError: It is a scan, protected, damaged or too large.
    """
    # PDFium mends a file that is cut short and gives the pages it has; a letter may lack its last pages then.
    if b"%%EOF" not in data.rstrip(b"\x00 \r\n")[-_END:]:
        raise DamagedFile(name=name, kind=_KIND)
    is_broken = _refuse_bomb(name, data)
    with _one_at_a_time:
        text, said = _read(name, data)
    return text, (_BROKEN, *said) if is_broken else said


def _read(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    import pypdfium2  # a library of 8 MB, for PDF only
    import pypdfium2.raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise Protected(name=name) from error
        raise DamagedFile(name=name, kind=_KIND) from error
    try:
        if document.get_formtype() != pypdfium2.raw.FORMTYPE_NONE:
            document.init_forms()  # draws fields that were filled but not drawn
        return _pages(name, document, pypdfium2.raw)
    except pypdfium2.PdfiumError as error:
        raise DamagedFile(name=name, kind=_KIND) from error
    finally:
        document.close()


def _pages(name: str, document: Any, raw: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401 - no types there
    texts: list[str] = []
    without: list[int] = []
    recognised: list[int] = []
    count = len(document)
    length = 0
    for number in range(1, count + 1):
        page = _filled_page(document, number - 1, raw)
        try:
            text, is_blank = _page_text(page, raw), raw.FPDFPage_CountObjects(page) == 0
            if not _is_text(text):
                without += [] if is_blank else [number]
                continue
            if _is_picture(page, raw):
                recognised.append(number)
        finally:
            page.close()
        texts.append(text)
        length += len(text)
        if length > _MOST_CHARACTERS:
            raise TooLong(characters=length, limit=_MOST_CHARACTERS)
    if without and not texts:
        raise NoTextInside(name=name, pages=_counted(len(without)))
    return "\n".join(texts), tuple(_said(without, recognised))


def _filled_page(document: Any, index: int, raw: Any) -> Any:  # noqa: ANN401
    """Load a page; what was filled into a form or typed on it as a note becomes text of the page."""
    page = document[index]
    if raw.FPDFPage_GetAnnotCount(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
        page.close()
        page = document[index]
    return page


def _said(without: list[int], recognised: list[int]) -> Iterator[str]:
    if without:
        yield f"No text could be read on {_named(without)}; what is drawn or pictured there was not read."
    if recognised:
        yield (
            f"On {_named(recognised)} the text lies over a picture, as scanners make it: letters and digits may have "
            "been misread. Hold doses and results against the paper."
        )


def _page_text(page: Any, raw: Any) -> str:  # noqa: ANN401
    text_page = page.get_textpage()
    try:
        letters = list(_letters(text_page, raw))
        upright = [one for one in letters if one.is_upright]
        if page.get_rotation() or 2 * len(upright) < len(letters):
            return str(text_page.get_text_range()).replace("\ufffe", "-")
        lines = lines_of(upright)
        aside = "".join(one.text for one in letters if not one.is_upright).strip()  # a stamp, a label at the edge
        return "\n".join([*lines, aside] if aside else lines)
    finally:
        text_page.close()


def _letters(text_page: Any, raw: Any) -> Iterator[Letter]:  # noqa: ANN401
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    at_x, at_y, at_box = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    handle = text_page.raw
    last_left, last_baseline, is_upright = math.inf, math.inf, True
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        raw.FPDFText_GetCharOrigin(handle, index, at_x, at_y)
        raw.FPDFText_GetLooseCharBox(handle, index, at_box)
        left, baseline = x.value, y.value
        if baseline != last_baseline or left < last_left:  # turned text does one or the other with each letter
            angle = raw.FPDFText_GetCharAngle(handle, index)
            is_upright = abs(math.sin(angle)) < _TURNED and math.cos(angle) > 0
        last_left, last_baseline = left, baseline
        size = max(box.top - box.bottom, 1.0)
        yield Letter(_letter(handle, index, code, raw), left, max(box.right, left), baseline, size, is_upright)


def _letter(handle: Any, index: int, code: int, raw: Any) -> str:  # noqa: ANN401
    """Text of one letter; empty for a space that PDFium only sees by the gap."""
    if code in _SPACES and raw.FPDFText_IsGenerated(handle, index) == 1:
        return ""
    if code == 0 or raw.FPDFText_HasUnicodeMapError(handle, index) == 1:
        return _UNKNOWN
    return _LIGATURES.get(code) or chr(code)


def _is_text(text: str) -> bool:
    letters = sum(not one.isspace() for one in text)
    return letters >= _LEAST_LETTERS and text.count(_UNKNOWN) <= _MOST_UNKNOWN * letters


def _is_picture(page: Any, raw: Any) -> bool:  # noqa: ANN401
    """Tell whether one picture fills the page."""
    area = page.get_width() * page.get_height()
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > _WHOLE_PAGE * area:
            return True
    return False


def _refuse_bomb(name: str, data: bytes) -> bool:
    """Refuse streams that unpack to far more than text needs, before PDFium, which would, unpacks them.

    Returns:
        Whether a stream breaks off; PDFium gives what comes before, without a word.

    Raises:
        TooLargeFile: There is such a stream.
    """
    in_all = 0
    is_broken = False
    for found in _STREAM.finditer(data):
        is_picture = b"/Image" in data[max(0, found.start() - 500) : found.start()]
        most = _MOST_PICTURE_MB if is_picture else _MOST_MB
        size, is_whole = _unpacked(data, found.end(), most * 1_000_000)
        is_broken = is_broken or not (is_whole or is_picture)
        in_all += 0 if is_picture else size
        if size > most * 1_000_000 or in_all > _MOST_MB_IN_ALL * 1_000_000:
            raise TooLargeFile(name=name, limit_mb=most)
    return is_broken


def _unpacked(data: bytes, start: int, most: int) -> tuple[int, bool]:
    """Bytes that a packed stream gives, counted up to a little more than `most`; and whether it came to its end.

    What is packed in another way gives no bytes and counts as whole.
    """
    unpacking = zlib.decompressobj()
    size = 0
    try:
        for here in range(start, len(data), _CHUNK // 16):
            rest = data[here : here + _CHUNK // 16]
            while rest and not unpacking.eof and size <= most:
                size += len(unpacking.decompress(rest, _CHUNK))
                rest = unpacking.unconsumed_tail
            if unpacking.eof or size > most:
                break
    except zlib.error:
        pass  # packed in another way, or not at all
    return size, unpacking.eof or size == 0


def _counted(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"


def _named(pages: list[int]) -> str:
    if len(pages) == 1:
        return f"page {pages[0]}"
    if len(pages) > 6:
        return f"{len(pages)} pages (the first is page {pages[0]})"
    return f"pages {', '.join(map(str, pages[:-1]))} and {pages[-1]}"
