"""A letter as one HTML page: no script, no link, no picture, nothing from outside it.

The window's preview, printing and the PDF show it through QTextDocument, which knows a subset of HTML 4 and CSS 2.1:
tables by attributes, sizes in points, no flexbox. Browsers show it too.
"""

from __future__ import annotations

from html import escape

from app.export.layout import Block, Head, Heading, Small, Stamp, Table, Text, Title, Top, blocks
from app.letter.letter import Letter

_INK, _GREY, _LINE, _TINT, _BOX, _ALARM = "#1a1a1a", "#555555", "#b8c0c8", "#f4efe0", "#eaf1f6", "#a31515"
FONTS = (
    "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Micro Hei",
)  # fmt: skip
POINTS = 9.0  # of the plain text; who draws the page takes headings from there
_STYLE = f"""
body {{ font-family: {", ".join(f'"{name}"' for name in FONTS)}, sans-serif; font-size: {POINTS:g}pt; color: {_INK}; }}
h1 {{ font-size: x-large; margin-top: 0px; margin-bottom: 1px; }}
h2 {{ font-size: medium; color: #1f4e6b; margin-top: 6px; margin-bottom: 0px; }}
p {{ margin-top: 0px; margin-bottom: 1px; }}
ul {{ margin-top: 0px; margin-bottom: 1px; margin-left: 0px; -qt-list-indent: 0; }}
td, th {{ font-size: 8.5pt; }}
.small {{ font-size: 7pt; color: {_GREY}; margin-top: 5px; }}
.mark {{ color: {_ALARM}; }}
"""
_WIDTHS = {"actions": ("18%", "52%", "30%"), "medicines": ("20%", "24%", "12%", "44%")}


def render(letter: Letter) -> str:
    """Write a letter as a page of HTML.

    Args:
        letter: The letter.

    Returns:
        The page; the notes' own `<` and `&` are shown, never read.
    """
    body = "\n".join(_block(block) for block in blocks(letter))
    language = escape(letter.language, quote=True)
    title = escape(letter.title)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Title():
            return f"<h1>{escape(block.text)}</h1>"
        case Stamp():
            look = ' class="mark"' if block.is_draft else ""
            return f"<p{look}><b>{escape(block.text)}</b></p>"
        case Head():
            return _head(block)
        case Top():
            return _top(block)
        case Heading():
            mark = f' <span class="mark">{escape(block.mark)}</span>' if block.mark else ""
            return f"<h2>{escape(block.text)}{mark}</h2>"
        case Text():
            return _text(block)
        case Table():
            return _table(block)
        case Small():
            return f'<p class="small"><b>{escape(block.label)}:</b> {escape(block.text)}</p>'


def _head(head: Head) -> str:
    rows = "".join(
        f'<tr><td width="22%"><b>{escape(heading)}</b></td><td width="78%">'
        + "; ".join(_fact(name, value) for name, value in lines)
        + "</td></tr>"
        for heading, lines in head.rows
    )
    return f'<table width="100%" cellspacing="0" cellpadding="1" border="0">{rows}</table>'


def _fact(name: str, value: str) -> str:
    return f'<span style="color:{_GREY}">{escape(name)}</span> {escape(value)}' if name else escape(value)


def _top(top: Top) -> str:
    lines = "".join(f"<p><b>{escape(name)}:</b> {escape(text)}</p>" for name, text in top.rows)
    cell = f'<tr><td bgcolor="{_TINT}">{lines}</td></tr>'
    return f'<table width="100%" cellspacing="0" cellpadding="3" border="0">{cell}</table>'


def _text(text: Text) -> str:
    name = f'<span style="color:{_GREY}">{escape(text.label)}:</span> ' if text.label else ""
    if text.is_list:
        return "".join(f"<p>{'' if index else name}{escape(line)}</p>" for index, line in enumerate(text.lines))
    return f"<p>{name}{escape(' '.join(text.lines))}</p>"


def _table(table: Table) -> str:
    widths = _WIDTHS[table.kind]
    tint = _BOX if table.kind == "actions" else "#ffffff"
    head = "".join(
        f'<th align="left" width="{width}" bgcolor="{_BOX}">{escape(name)}</th>'
        for name, width in zip(table.columns, widths, strict=True)
    )
    rows = []
    for index, row in enumerate(table.rows):
        is_strong = index in table.strong
        colour = _TINT if is_strong and table.kind == "medicines" else tint
        cells = []
        for column, cell in enumerate(row):
            words = escape(cell)
            if is_strong and column < 2:
                words = f"<b>{words}</b>"
            cells.append(f'<td bgcolor="{colour}" valign="top">{words}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    style = f"border-collapse:collapse;border-color:{_LINE};border-style:solid"
    return (
        f'<table width="100%" cellspacing="0" cellpadding="2" border="1" style="{style}">'
        f"<thead><tr>{head}</tr></thead>{''.join(rows)}</table>"
    )
