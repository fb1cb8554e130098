"""Web pages and what word processors put on the clipboard: HTML to text, tables and lists kept readable."""

from __future__ import annotations

import html
import re
from typing import Any

from app.notes.layout import Layout
from app.notes.leftout import LeftOut

_SKIPPED_TAGS = "head script style title template noscript svg math iframe object select textarea button"
_BLOCK_TAGS = "p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre table hr section article header footer figure fieldset main"
_LINE_TAGS = "div li dt dd tr address form caption figcaption nav aside legend option summary details"
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_LINES = frozenset(_LINE_TAGS.split())
_STRUCK = frozenset({"s", "strike", "del"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
# Paragraphs that stand close, as word processors mark them: a new line, but no blank one.
_CLOSE_STYLE = re.compile(r"margin(?:-top|-bottom)?\s*:\s*0", re.IGNORECASE)
_STRUCTURE = re.compile(r"<(?:table|p|div|br|li|h[1-6]|tr|pre|blockquote)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_DEEPEST_INDENT = 8


def has_structure(page: str) -> bool:
    """Tell whether HTML says more of its text than which letters are bold."""
    return _STRUCTURE.search(page) is not None


def to_text(page: str, left_out: LeftOut) -> str:
    """Give the text of a page as its reader sees it.

    Args:
        page: HTML, or a fragment of it.
        left_out: Told of text that was left out on purpose.

    Returns:
        The text; the cells of a row are joined by " | ".
    """
    from lxml import etree  # 20 ms, for documents only

    # lxml reads no entity and no file; huge_tree lets pages be nested 2,048 deep instead of 255.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    clean = page.replace("\x00", "").encode("utf-8", "replace")
    root = etree.fromstring(clean, parser) if clean.strip() else None
    if root is None:
        return ""
    if any("xcessive depth" in entry.message for entry in parser.error_log):  # the parser dropped the rest
        left_out.note("layout")
        return html.unescape(re.sub(r"<[^<>]*>", "\n", _UNSEEN.sub("", page)))
    writer = _Writer(left_out)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if writer.start(element):
                continue
            walk.skip_subtree()
        else:
            writer.end(element)
    return writer.layout.text()


class _Writer:
    """Turns the starts and ends of elements into lines."""

    def __init__(self, left_out: LeftOut) -> None:
        self.layout = Layout(collapse=True)
        self._left_out = left_out
        self._lists: list[int | None] = []  # next number, or None for bullets
        self._skipped: Any = None
        self._pre = 0

    def start(self, element: Any) -> bool:  # noqa: ANN401 - lxml has no types
        """Open an element.

        Returns:
            Whether what is inside it is read.
        """
        tag = str(element.tag)
        if self._is_left_out(tag, element):
            self._skipped = element
            return False
        self._begin(tag, element)
        if tag in ("ul", "ol"):
            self._lists.append(_first_number(element) if tag == "ol" else None)
        elif tag == "li":
            self._label()
        elif tag == "pre":
            self._pre += 1
        elif tag == "input":
            self._field(element)
        self._write(element.text)
        return True

    def _begin(self, tag: str, element: Any) -> None:  # noqa: ANN401
        if tag == "table":
            self.layout.end_block()
            self.layout.open_table()
        elif tag == "tr":
            self.layout.open_row()
        elif tag in ("td", "th"):
            self.layout.open_cell()
        elif tag == "br":
            self.layout.end_line(keep_empty=True)
        elif tag in _BLOCKS or tag in _LINES:
            self._end_of(tag, element)

    def end(self, element: Any) -> None:  # noqa: ANN401
        """Close an element and write the text that follows it."""
        tag = str(element.tag)
        if element is self._skipped:
            self._skipped = None
        elif tag == "table":
            self.layout.close_table()
            self.layout.end_block()
        elif tag in ("td", "th"):
            self.layout.close_cell()
        elif tag in _BLOCKS or tag in _LINES:
            self._end_of(tag, element)
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self._pre -= tag == "pre"
        self._write(element.tail)

    def _is_left_out(self, tag: str, element: Any) -> bool:  # noqa: ANN401
        if tag in _SKIPPED:
            return True
        style = element.get("style") or ""
        if tag == "img":
            # Signs and spacers are pictures too; only one of the size of a note counts.
            if _pixels(element.get("width")) >= 200 and _pixels(element.get("height")) >= 100:
                self._left_out.note("picture")
        elif element.get("hidden") is not None or _HIDDEN_STYLE.search(style):
            self._left_out.note("hidden", "".join(element.itertext()))
            return True
        elif tag in _STRUCK or _STRUCK_STYLE.search(style):
            self._left_out.note("struck", "".join(element.itertext()))
            return True
        return False

    def _end_of(self, tag: str, element: Any) -> None:  # noqa: ANN401
        is_close = tag == "p" and (
            str(element.get("class", "")).startswith("Mso") or _CLOSE_STYLE.search(element.get("style") or "")
        )
        is_inner_list = tag in ("ul", "ol") and len(self._lists) > 1
        if is_close:
            is_empty = not "".join(element.itertext()).strip()
            self.layout.end_line(keep_empty=is_empty)
        elif tag in _BLOCKS and not is_inner_list:
            self.layout.end_block()
        else:
            self.layout.end_line()

    def _label(self) -> None:
        number = self._lists[-1] if self._lists else None
        indent = "\u00a0" * 2 * min(max(len(self._lists) - 1, 0), _DEEPEST_INDENT)
        self.layout.write(f"{indent}- " if number is None else f"{indent}{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _field(self, element: Any) -> None:  # noqa: ANN401
        kind = str(element.get("type", "text")).lower()
        if kind in ("checkbox", "radio"):
            self.layout.write("[x] " if element.get("checked") is not None else "[ ] ")
        elif kind in ("text", "date", "number"):
            self._write(element.get("value"))

    def _write(self, text: str | None) -> None:
        if not text:
            return
        if not self._pre:
            self.layout.write(_SPACE.sub(" ", text))
            return
        first, *others = text.replace("\r\n", "\n").replace(" ", "\u00a0").replace("\t", "\u00a0" * 4).split("\n")
        self.layout.write(first)
        for line in others:
            self.layout.end_line(keep_empty=True)
            self.layout.write(line)


def _first_number(element: Any) -> int:  # noqa: ANN401
    start = str(element.get("start", "1"))
    return int(start) if re.fullmatch(r"\d{1,4}", start) else 1


def _pixels(value: str | None) -> int:
    digits = re.match(r"\d{1,5}", value or "")
    return int(digits[0]) if digits else 0
