"""A letter as a Word document: real headings, tables with head rows, the stamp and page numbers on every page."""

from __future__ import annotations

import datetime
import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from app.drafts.labels import label
from app.export.layout import Block, Head, Heading, Small, Stamp, Table, Text, Title, Top, blocks, stamp
from app.letter.letter import Letter

_FONT, _FONT_CHINESE = "Calibri", "Microsoft YaHei"
_INK, _BLUE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x1F, 0x4E, 0x6B)
_GREY, _ALARM = RGBColor(0x55, 0x55, 0x55), RGBColor(0xA3, 0x15, 0x15)
_BOX, _TINT = "EAF1F6", "F4EFE0"
_MARGIN = Cm(1.8)
_WIDTHS = {"actions": (3.2, 9.2, 5.0), "medicines": (3.4, 4.2, 2.2, 7.6), "head": (4.4, 13.0)}  # cm
_WATERMARK = """
<w:r {w}><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:w10="urn:schemas-microsoft-com:office:word">
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>
<v:f eqn="sum @6 0 @5"/></v:formulas>
<v:path textpathok="t" o:connecttype="custom"
 o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="Watermark" o:spid="_x0000_s2049" type="#_x0000_t136" o:allowincell="f" fillcolor="#ececec" stroked="f"
 style="position:absolute;margin-left:0;margin-top:0;width:330pt;height:100pt;rotation:315;z-index:-251658752;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin"><v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt"
 string="{text}"/></v:shape></w:pict></w:r>
"""


def render(letter: Letter) -> bytes:
    """Write a letter as a DOCX file.

    Args:
        letter: The letter.

    Returns:
        The file's bytes.
    """
    document = Document()
    _set_up(document, letter)
    for block in blocks(letter):
        _add(document, block)
    _frame(document, letter)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _set_up(document: Any, letter: Letter) -> None:  # noqa: ANN401 - python-docx's own types are factories
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    section.header_distance = section.footer_distance = Cm(0.8)
    for name, size, colour in (
        ("Normal", 9, _INK), ("Title", 15, _INK), ("Heading 1", 10, _BLUE), ("List Bullet", 9, _INK),
    ):  # fmt: skip
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), _FONT_CHINESE)
        style.paragraph_format.space_before = Pt(6 if name == "Heading 1" else 0)
        style.paragraph_format.space_after = Pt(1)
        style.paragraph_format.line_spacing = 1.0
    document.styles["Title"].font.bold = True
    bullets = document.styles["List Bullet"].paragraph_format
    bullets.left_indent, bullets.first_line_indent = Cm(0.4), Cm(-0.4)
    _set_language(document)
    facts = document.core_properties
    facts.title, facts.author, facts.comments, facts.language = letter.title, "", "", letter.language
    if letter.provenance.signature is not None:
        facts.author = letter.provenance.signature.name
    if letter.provenance.made_at:
        made = datetime.datetime.fromisoformat(letter.provenance.made_at)
        facts.created = facts.modified = made.astimezone(datetime.UTC).replace(tzinfo=None)


def _set_language(document: Any) -> None:  # noqa: ANN401
    """Tell a screen reader and the spelling checker which language it is: of Latin letters, and of Chinese ones."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def _add(document: Any, block: Block) -> None:  # noqa: ANN401
    match block:
        case Title():
            _title(document, block)
        case Stamp():
            run = document.add_paragraph().add_run(_plain(block.text))
            run.bold = True
            run.font.color.rgb = _ALARM if block.is_draft else _INK
        case Head():
            _head(document, block)
        case Top():
            _top(document, block)
        case Heading():
            heading = document.add_heading(_plain(block.text), level=1)
            heading.add_run(f" {block.mark}" if block.mark else "").font.color.rgb = _ALARM
        case Text():
            _text(document, block)
        case Table():
            _table(document, block)
        case Small():
            _small(document, block)


def _title(document: Any, title: Title) -> None:  # noqa: ANN401
    paragraph = document.add_paragraph(_plain(title.text), style="Title")
    properties = paragraph.style.element.pPr
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _top(document: Any, top: Top) -> None:  # noqa: ANN401
    for name, text in top.rows:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{_plain(name)}: ").bold = True
        paragraph.add_run(_plain(text))


def _small(document: Any, small: Small) -> None:  # noqa: ANN401
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(5)
    paragraph.add_run(f"{_plain(small.label)}: ").bold = True
    paragraph.add_run(_plain(small.text))
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(7.5), _GREY


def _head(document: Any, head: Head) -> None:  # noqa: ANN401
    table = document.add_table(rows=0, cols=2)
    for heading, lines in head.rows:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(_plain(heading)).bold = True
        for index, (name, value) in enumerate(lines):
            between = "; " if index else ""
            run = cells[1].paragraphs[0].add_run(f"{between}{_plain(name)}: " if name else between)
            run.font.color.rgb = _GREY
            cells[1].paragraphs[0].add_run(_plain(value))
    _widths(table, _WIDTHS["head"])


def _text(document: Any, text: Text) -> None:  # noqa: ANN401
    if text.label and text.is_list:
        document.add_paragraph(f"{_plain(text.label)}:").runs[0].font.color.rgb = _GREY
    for line in text.lines:
        paragraph = document.add_paragraph(style="List Bullet" if text.is_list else None)
        if text.label and not text.is_list:
            paragraph.add_run(f"{_plain(text.label)}: ").font.color.rgb = _GREY
        paragraph.add_run(_plain(line))


def _table(document: Any, shown: Table) -> None:  # noqa: ANN401
    table = document.add_table(rows=1, cols=len(shown.columns), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, shown.columns, strict=True):
        cell.paragraphs[0].add_run(_plain(name)).bold = True
        _shade(cell, _BOX)
    for index, row in enumerate(shown.rows):
        is_strong = index in shown.strong
        for column, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            cell.paragraphs[0].add_run(_plain(text)).bold = is_strong and column < 2
            if is_strong and shown.kind == "medicines":
                _shade(cell, _TINT)
    _mark_rows(table)
    _widths(table, _WIDTHS[shown.kind])


def _widths(table: Any, widths: tuple[float, ...]) -> None:  # noqa: ANN401
    """Fix the columns; Word reads the cells' widths, other programs the columns'."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def _shade(cell: Any, colour: str) -> None:  # noqa: ANN401
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _mark_rows(table: Any) -> None:  # noqa: ANN401
    """Keep rows whole; the head row is repeated on each page and read out as heads of columns."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.trPr.append(OxmlElement("w:tblHeader"))


def _frame(document: Any, letter: Letter) -> None:  # noqa: ANN401
    """Stamp, patient and page numbers on every page; a watermark on a draft."""
    section = document.sections[0]
    footer = section.footer.paragraphs[0]
    who = " ".join(one for one in (letter.value("name"), letter.value("number")) if one)
    before, between, after = label("page", letter.language).split("{}")
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(_plain("  |  ".join(one for one in (who, stamp(letter)) if one)) + "  |  " + before)
    _field(footer, "PAGE")
    footer.add_run(between)
    _field(footer, "NUMPAGES")
    footer.add_run(after)
    for run in footer.runs:
        run.font.size, run.font.color.rgb = Pt(7.5), _GREY
    if not letter.is_signed:
        word = label("watermark", letter.language)
        mark = parse_xml(_WATERMARK.format(w=nsdecls("w"), text=word).strip())
        section.header.paragraphs[0]._p.append(mark)


def _field(paragraph: Any, name: str) -> None:  # noqa: ANN401
    """A number that Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size, run.font.color.rgb = Pt(7.5), _GREY
    field.append(run._r)
    paragraph._p.append(field)


def _plain(text: str) -> str:
    """Drop what XML cannot hold."""
    return "".join(one for one in text if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff"))
