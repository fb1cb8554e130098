"""A letter as PDF/A-1b through Qt: text that can be selected, fonts embedded, a footer on every page.

Qt's PDF is not tagged; who needs a document for a screen reader takes the Word file. Nothing but the finished bytes
leaves this module: no file in between.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLayout,
)

from app.drafts.labels import label
from app.errors import MissingGlyphs
from app.export import html
from app.export.layout import stamp
from app.letter.letter import Letter

_MARGIN_MM, _DPI = 15.0, 600
_FOOTER_PT, _FOOTER_GAP_PT, _WATERMARK_PT = 7.0, 16.0, 110.0
_GREY, _FAINT = QColor("#555555"), QColor("#e8e8e8")  # PDF/A-1 has no transparency: the watermark is drawn below
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})


def render(letter: Letter) -> bytes:
    """Write a letter as PDF/A-1b on A4.

    Args:
        letter: The letter.

    Returns:
        The file's bytes.

    Raises:
        MissingGlyphs: No font of this machine has some of its characters; Qt would draw boxes without a word.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer)
    writer.setTitle(letter.title)
    paint(letter, writer)
    buffer.close()
    return bytes(buffer.data().data())


def pages(letter: Letter) -> int:
    """Count the pages that `render` would write."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = _writer(buffer)
    document = _document(letter)
    _lay_out(document, writer)
    return document.pageCount()


def _document(letter: Letter) -> QTextDocument:
    """The page of HTML; its headings are sized by a font of ours, not by the size of the window's text."""
    document = QTextDocument()
    document.setDefaultFont(_font(html.POINTS))
    document.setHtml(html.render(letter))
    return document


def _writer(buffer: QBuffer) -> QPdfWriter:
    """A PDF/A-1b on A4, still empty."""
    _application()
    writer = QPdfWriter(buffer)
    writer.setPdfVersion(QPdfWriter.PdfVersion.PdfVersion_A1b)
    writer.setResolution(_DPI)
    writer.setCreator("Epicrisis")
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    return writer


def _lay_out(document: QTextDocument, device: QPagedPaintDevice) -> tuple[float, float]:
    """Divide a document into the pages of a device; their width and height without the footer."""
    document.setDocumentMargin(0)
    document.documentLayout().setPaintDevice(device)
    width, height = float(device.width()), device.height() - _FOOTER_GAP_PT * device.logicalDpiY() / 72
    document.setPageSize(QSizeF(width, height))
    _keep_headings(document)
    return width, height


def paint(letter: Letter, device: QPagedPaintDevice) -> None:
    """Draw the pages of a letter, with footer and watermark, as a PDF has them.

    Args:
        letter: The letter.
        device: A PDF writer, or the window's printer with its page and margins chosen.

    Raises:
        MissingGlyphs: See `render`; nothing was drawn.
    """
    document = _document(letter)
    _refuse_missing(f"{document.toPlainText()}{_footer(letter, 1, 1)}{label('watermark', letter.language)}")
    width, height = _lay_out(document, device)
    gap = _FOOTER_GAP_PT * device.logicalDpiY() / 72
    painter = QPainter(device)
    for page in range(document.pageCount()):
        if page:
            device.newPage()
        if not letter.is_signed:
            _watermark(painter, width, height, label("watermark", letter.language))
        painter.save()
        painter.translate(0, -page * height)
        document.drawContents(painter, QRectF(0, page * height, width, height))
        painter.restore()
        painter.setFont(_font(_FOOTER_PT))
        painter.setPen(_GREY)
        place = QRectF(0, height + gap / 4, width, gap * 3 / 4)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _footer(letter, page + 1, document.pageCount()))
    painter.end()


@lru_cache(maxsize=1)
def _application() -> QGuiApplication:
    """Qt measures fonts only beside an application object: the window's, else one without a screen, kept for later."""
    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    screenless = ["-platform", "offscreen"] if sys.platform == "linux" else []
    return QGuiApplication(["epicrisis", *screenless])


def _keep_headings(document: QTextDocument) -> None:
    """Move a heading whose text begins on the next page to that page; Qt does not do it by itself."""
    layout, height = document.documentLayout(), document.pageSize().height()
    block = document.begin()
    while block.isValid() and block.next().isValid():
        bottom, start = layout.blockBoundingRect(block).bottom(), layout.blockBoundingRect(block.next()).top()
        if block.blockFormat().headingLevel() and int(bottom // height) != int(start // height):
            shape = block.blockFormat()
            shape.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(block).setBlockFormat(shape)
        block = block.next()


def _watermark(painter: QPainter, width: float, height: float, text: str) -> None:
    painter.save()
    painter.setFont(_font(_WATERMARK_PT))
    painter.setPen(_FAINT)
    painter.translate(width / 2, height / 2)
    painter.rotate(-45)
    painter.drawText(QRectF(-height / 2, -height / 4, height, height / 2), Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _footer(letter: Letter, page: int, pages: int) -> str:
    who = " ".join(one for one in (letter.value("name"), letter.value("number")) if one)
    words = (who, stamp(letter), label("page", letter.language).format(page, pages))
    return "  |  ".join(one for one in words if one)


def _font(points: float) -> QFont:
    font = QFont()
    font.setFamilies(list(html.FONTS))
    font.setPointSizeF(points)
    return font


def _refuse_missing(text: str) -> None:
    """Lay every character out once; the glyph 0 stands for one that no font has."""
    signs = "".join(sorted({one for one in text if unicodedata.category(one) not in _INVISIBLE}))
    layout = QTextLayout(signs, _font(9))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    glyphs = [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
    has_font = len(set(glyphs)) > 1  # without any font Qt draws the same box for every sign
    missing = glyphs.count(0) if has_font else len(signs)
    if missing:
        raise MissingGlyphs(count=missing)
