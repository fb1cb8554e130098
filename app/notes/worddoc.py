"""Word documents (.docx) to text: zipped XML after ECMA-376, read without unpacking pictures or anything to disk.

The parts are read directly: python-docx, which writes letters in this program, gives the text of a paragraph without
what stands in content controls or was inserted with tracked changes, and hospital templates are made of both.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from app.errors import DamagedFile, NotText, Protected, TooLargeFile
from app.notes.layout import Layout
from app.notes.leftout import LeftOut

_KIND = "Word document"
_MOST_MB = 64
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, OSError, ValueError, SyntaxError)
# What stands at the edges of pages comes first: at the end it would read as a part of the last section.
_EDGES, _NOTES = ("header", "footer"), ("footnotes", "endnotes")
_SKIPPED = frozenset(
    {"pPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "instrText", "delText", "rPrChange"}
)


def to_text(name: str, data: bytes, left_out: LeftOut) -> tuple[str, bool]:
    """Read a Word document.

    Args:
        name: The file's name, for errors.
        data: The file.
        left_out: Told of text that was left out on purpose.

    Returns:
        Headers and footers, body, foot- and endnotes; and whether the body holds pictures.

    Raises:
        InputError: It is damaged, protected, too large, or another packed file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _Document(name, packed, left_out).text()
    except RuntimeError as error:  # zipfile's word for a missing password
        raise Protected(name=name) from error
    except _BROKEN as error:
        raise DamagedFile(name=name, kind=_KIND) from error


class _Document:
    """The parts of one document that hold text."""

    def __init__(self, name: str, packed: zipfile.ZipFile, left_out: LeftOut) -> None:
        self._name = name
        self._packed = packed
        self._left_out = left_out
        self._unpacked = 0
        self._has_pictures = False

    def text(self) -> tuple[str, bool]:
        """Give the text of all parts in the order of reading, and whether the body holds pictures."""
        main = self._main_part()
        around: dict[str, list[str]] = {}
        for kind, part in self._related(main):
            around.setdefault(kind, []).append(part)
        if "comments" in around:
            self._left_out.note("comments")
        texts = [self._part_text(part) for kind in _EDGES for part in around.get(kind, ())]
        texts.append(self._part_text(main))
        has_pictures, self._has_pictures = self._has_pictures, False
        texts += [self._part_text(part) for kind in _NOTES for part in around.get(kind, ())]
        return "\n\n".join(dict.fromkeys(text for text in texts if text.strip())), has_pictures

    def _main_part(self) -> str:
        if "[Content_Types].xml" not in self._packed.namelist():
            raise NotText(what="a packed file")
        for kind, part in self._related(""):
            if kind == "officeDocument":
                if not part.startswith("word/"):
                    raise NotText(what="a table or slides")
                return part
        raise DamagedFile(name=self._name, kind=_KIND)

    def _related(self, part: str) -> Iterator[tuple[str, str]]:
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self._packed.namelist():
            return
        for one in self._xml(name):
            if one.get("TargetMode") != "External":
                target = str(one.get("Target", ""))
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                yield str(one.get("Type", "")).rsplit("/", 1)[-1], posixpath.normpath(path)

    def _xml(self, part: str) -> Any:  # noqa: ANN401 - lxml has no types
        from lxml import etree  # 20 ms, for documents only

        info = self._packed.getinfo(part)
        self._unpacked += info.file_size  # zipfile unpacks no more than this, whatever the packed bytes hold
        if self._unpacked > _MOST_MB * 1_000_000:
            raise TooLargeFile(name=self._name, limit_mb=_MOST_MB)
        content = self._packed.read(info).replace(_STRICT, _W[1:-1].encode())
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.doctype:  # no Word document has one; entities would hide text
            raise DamagedFile(name=self._name, kind=_KIND)
        return root

    def _part_text(self, part: str) -> str:
        from lxml import etree

        writer = _Writer(self._left_out)
        walk = etree.iterwalk(self._xml(part), events=("start", "end"))
        for event, element in walk:
            if not isinstance(element.tag, str):
                continue
            tag = element.tag.removeprefix(_W) if element.tag.startswith(_W) else f":{element.tag.rpartition('}')[2]}"
            if event == "end":
                writer.end(tag)
            elif not writer.start(tag, element):
                walk.skip_subtree()
        self._has_pictures = writer.has_pictures
        return writer.layout.text()


class _Writer:
    """Turns the starts and ends of elements into lines; elements of other vocabularies begin with a colon."""

    def __init__(self, left_out: LeftOut) -> None:
        self.layout = Layout()
        self.has_pictures = False
        self._left_out = left_out

    def start(self, tag: str, element: Any) -> bool:  # noqa: ANN401
        """Open an element.

        Returns:
            Whether what is inside it is read.
        """
        if tag in _SKIPPED or tag == ":Fallback":  # the same text box again, for old programs
            return False
        if tag in ("del", "moveFrom"):
            self._left_out.note("deleted", "".join(element.itertext()))
            return False
        if tag == "r":
            return not self._is_left_out(element)
        if tag in ("footnote", "endnote") and element.get(f"{_W}type"):
            return False  # the line above the notes
        if tag == "p":
            self.layout.end_line()
            self.layout.write(_label(element))
        elif tag == "tbl":
            self.layout.open_table()
        elif tag == "tr":
            self.layout.open_row()
        elif tag == "tc":
            self.layout.open_cell()
        else:
            self._inline(tag, element)
        return True

    def end(self, tag: str) -> None:
        """Close an element."""
        if tag == "p":
            self.layout.end_line(keep_empty=True)
        elif tag == "tc":
            self.layout.close_cell()
        elif tag == "tbl":
            self.layout.close_table()

    def _inline(self, tag: str, element: Any) -> None:  # noqa: ANN401
        if tag == "t":
            self.layout.write(element.text or "")
        elif tag == "tab":
            self.layout.write("\t")
        elif tag in ("br", "cr"):
            self.layout.end_line(keep_empty=True)
        elif tag == "noBreakHyphen":
            self.layout.write("-")
        elif tag == "sym":
            self.layout.write(_symbol(str(element.get(f"{_W}char", ""))))
        elif tag == "checkBox":
            marks = [element.find(f"{_W}{kind}") for kind in ("checked", "default")]
            mark = next((one for one in marks if one is not None), None)
            self.layout.write("[x]" if mark is not None and _is_on(mark) else "[ ]")
        elif tag in (":blip", ":imagedata"):
            self.has_pictures = True
            self._left_out.note("picture")

    def _is_left_out(self, run: Any) -> bool:  # noqa: ANN401
        properties = run.find(f"{_W}rPr")
        if properties is None:
            return False
        text = "".join(one.text or "" for one in run.iter(f"{_W}t"))
        for kind in ("strike", "dstrike", "vanish"):
            mark = properties.find(f"{_W}{kind}")
            if mark is not None and _is_on(mark):
                self._left_out.note("hidden" if kind == "vanish" else "struck", text)
                return True
        return False


def _is_on(mark: Any) -> bool:  # noqa: ANN401
    return str(mark.get(f"{_W}val", "1")).lower() not in ("0", "false", "off", "none")


def _label(paragraph: Any) -> str:  # noqa: ANN401
    """A dash where the paragraph is an item of a list; numbers that Word counts itself are not in the file."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return ""
    style = properties.find(f"{_W}pStyle")
    named = str(style.get(f"{_W}val", "")) if style is not None else ""
    numbered = properties.find(f"{_W}numPr")
    number = numbered.find(f"{_W}numId") if numbered is not None else None
    is_item = named.startswith("List") or (number is not None and number.get(f"{_W}val") != "0")
    return "- " if is_item and not named.startswith("Heading") else ""


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"
