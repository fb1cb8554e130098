"""Makes the documents that the tests read, by the libraries that other programs use. All notes are invented."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

DRUGS = (("Drug", "Dose", "Times"), ("Ramipril", "2.5 mg", "once daily"), ("Bisoprolol", "1.25 mg", "at night"))
ROWS = tuple(" | ".join(row) for row in DRUGS)
PROSE = "Admitted with breathlessness on exertion and ankle swelling for two weeks."
HTML = (
    "<html><head><title>x</title><style>p {}</style></head><body><h2>Ward round 03/11/2026</h2>"
    f"<p>{PROSE} BP &lt;90.</p><table cellpadding='5'>"
    + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in DRUGS)
    + "</table><ol><li>Stop furosemide</li><li>Repeat U&amp;E</li></ol></body></html>"
)
RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset2 Symbol;}{\f2\fcharset161 Arial Greek;}}"
    rb"Ward round 03/11/2026\par " + PROSE.encode() + rb" Caf\'e9 au lait. SpO2 \u8805?94%.\par "
    + b"".join(
        rb"\trowd\cellx1\cellx2\cellx3 \pard\intbl " + b"".join(cell.encode() + rb"\cell " for cell in row) + rb"\row "
        for row in DRUGS
    )
    + rb"\pard Plan: home.\par}"
)  # fmt: skip


def word(document: Any = None) -> bytes:  # noqa: ANN401 - python-docx gives a class of its own
    """Give the bytes of a Word document; the usual one where none is given."""
    buffer = io.BytesIO()
    (document or usual()).save(buffer)
    return buffer.getvalue()


def usual() -> Any:  # noqa: ANN401
    """Make a ward round with a heading, a list, a table and a page header."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "NHS number 999 000 0018"
    document.add_heading("Ward round 03/11/2026", 1)
    document.add_paragraph(PROSE)
    document.add_paragraph("Stop furosemide", style="List Bullet")
    add_table(document)
    document.add_paragraph("Plan: home.")
    return document


def add_table(document: Any) -> None:  # noqa: ANN401
    """Add the drugs."""
    table = document.add_table(len(DRUGS), len(DRUGS[0]))
    for row, cells in enumerate(DRUGS):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell


def paragraph(inside: str) -> Any:  # noqa: ANN401
    """Make a paragraph from the XML inside it."""
    return parse_xml(f"<w:p {nsdecls('w')}>{inside}</w:p>")


def pdf(html: str, *, pictures: int = 0) -> bytes:
    """Print HTML to a PDF by Qt; then so many pages that are only a picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice, QRect
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter, QTextDocument

    QGuiApplication.instance() or QGuiApplication([])
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setResolution(96)
    painter = QPainter(writer)
    image = QImage(60, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("lightgray"))
    image.setPixelColor(3, 3, QColor("black"))
    for number in range(pictures):
        if number:
            writer.newPage()
        painter.drawImage(QRect(0, 0, writer.width(), writer.height()), image)
    if html:
        if pictures:
            writer.newPage()
        document = QTextDocument()
        document.setHtml(html)
        document.setTextWidth(writer.width())
        document.drawContents(painter)
    painter.end()
    return bytes(buffer.data().data())


def without_part(data: bytes, part: str) -> bytes:
    """Give a zip without one of its files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info, old.read(info))
    return buffer.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """Give a zip with one of its files replaced or added."""
    buffer = io.BytesIO(without_part(data, part))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(part, content)
    return buffer.getvalue()


def form(value: bytes, *, turned: int = 0) -> bytes:
    """Write a PDF of one page whose second line was filled into a form."""
    page = b"BT /F1 12 Tf 50 700 Td (Allergies of the patient:) Tj ET"
    filled = b"/Tx BMC BT /F1 12 Tf 2 4 Td (" + value + b") Tj ET EMC"
    fonts = b"/Resources<</Font<</F1 7 0 R>>>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Rotate %d/Contents 4 0 R/Annots[5 0 R]%s>>" % (turned, fonts),
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(%s)/F 4/Rect[50 660 400 680]/AP<</N 6 0 R>>>>" % value,
        b"<</Type/XObject/Subtype/Form/BBox[0 0 350 20]%s/Length %d>>stream\n%s\nendstream"
        % (fonts, len(filled), filled),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, inside) for number, inside in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF"
