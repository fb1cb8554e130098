r"""RTF to text, in one pass whose time grows with the length only.

Written after the Rich Text Format Specification 1.9.1 (Microsoft, 2008). striprtf, the library for this, was tried
first: it keeps text marked as deleted or hidden, loses all text after a picture stored as `\bin` inside `\shppict`,
and its patterns take quadratic time on hostile files.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from app.notes.layout import Layout
from app.notes.leftout import LeftOut

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n\x80-\xff]+)|(?P<high>[\x80-\xff]+)",
    re.DOTALL,
)
# Groups that hold no text of the document. A group that opens with \* is skipped too, unless it is named below.
_SKIPPED_WORDS = """
    fonttbl colortbl stylesheet info pict objdata fldinst sp shprslt listtable listoverridetable rsidtbl generator xe tc
    bkmkstart bkmkend annotation atnid atnauthor atndate atnref nonesttables filetbl revtbl template private ftnsep
    ftnsepc ftncn aftnsep aftnsepc aftncn formfield datafield themedata colorschememapping latentstyles datastore
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_READ_THOUGH_STARRED = frozenset({"shpinst", "shptxt", "result"})
_LETTERS = {
    "tab": "\t", "emdash": "\u2014", "endash": "\u2013", "emspace": " ", "enspace": " ", "qmspace": " ",
    "bullet": "•", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
    "nestcell": " | ",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\"}
_LINE_ENDS = frozenset({"par", "line", "nestrow", "\r", "\n"})
_BLOCK_ENDS = frozenset({"sect", "page", "header", "headerf", "headerl", "headerr", "footer", "footerf", "footerl"})
# \fcharset to code page, as in section "Font Table" of the specification.
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    254: "cp437", 255: "cp850",
}  # fmt: skip
_SYMBOL = 2


@dataclass(frozen=True, slots=True)
class _State:
    """What a group hands on to the groups inside it."""

    is_skipped: bool = False
    is_hidden: bool = False
    is_struck: bool = False
    is_fonts: bool = False
    in_table: bool = False
    is_label: bool = False  # number or bullet of a list
    font: int = -1
    fallback: int = 1  # characters that follow \u for programs that know no Unicode


@dataclass(slots=True)
class _Reader:
    layout: Layout
    left_out: LeftOut
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    fonts: dict[int, int] = field(default_factory=dict)
    code_page: str = "cp1252"
    pending: bytearray = field(default_factory=bytearray)
    to_skip: int = 0
    is_starred: bool = False
    has_table: bool = False
    is_cell_open: bool = False

    def write(self, text: str) -> None:
        """Write text unless it is skipped, hidden or struck out."""
        state = self.state
        if state.is_skipped or not text:
            return
        if state.is_hidden or state.is_struck:
            self.left_out.note("hidden" if state.is_hidden else "struck", text)
            return
        if text.strip():
            self._place()
        self.layout.write(text)

    def _place(self) -> None:
        """Open the table or the cell that text stands in, or close the table that it stands after."""
        if not self.state.in_table:
            self.close_table()
            return
        if not self.has_table:
            self.layout.open_table()
            self.layout.open_row()
            self.has_table = True
        if not self.is_cell_open:
            self.layout.open_cell()
            self.is_cell_open = True

    def close_table(self) -> None:
        """Close the table, if one is open."""
        if self.is_cell_open:
            self.layout.close_cell()
        if self.has_table:
            self.layout.close_table()
        self.has_table = self.is_cell_open = False

    def end_cell(self) -> None:
        """End a cell, also an empty one."""
        self.state = replace(self.state, in_table=True)
        self._place()
        self.layout.close_cell()
        self.is_cell_open = False

    def end_row(self) -> None:
        """End a row; the table stays open for the next."""
        if self.is_cell_open:
            self.layout.close_cell()
            self.is_cell_open = False
        if self.has_table:
            self.layout.open_row()

    def flush(self) -> None:
        """Decode the bytes gathered so far."""
        if self.pending:
            charset = self.fonts.get(self.state.font, 0)
            if charset == _SYMBOL:
                self.write("".join(chr(0xF000 + byte) for byte in self.pending))
            else:
                self.write(self.pending.decode(_CHARSETS.get(charset, self.code_page), "replace"))
            self.pending.clear()

    def word(self, word: str, number: int | None) -> None:
        """Obey a control word."""
        is_on = number != 0
        starred, self.is_starred = self.is_starred, False
        if word in _SKIPPED or (starred and word not in _READ_THOUGH_STARRED):
            self.state = replace(self.state, is_skipped=True, is_fonts=word == "fonttbl")
        elif word in _LETTERS:
            self.write(_LETTERS[word])
        elif word in _LINE_ENDS:
            self._end_line()
        elif word in _BLOCK_ENDS:
            self._end_line(is_block=True)
        elif word == "u" and number is not None:
            self.write(chr(number % 0x10000))
            self.to_skip = self.state.fallback
        elif word in ("strike", "striked", "deleted"):
            self.state = replace(self.state, is_struck=is_on)
        elif word == "v":
            self.state = replace(self.state, is_hidden=is_on)
        elif word == "plain":
            self.state = replace(self.state, is_hidden=False, is_struck=False, font=-1)
        else:
            self._place_word(word, number)

    def _place_word(self, word: str, number: int | None) -> None:
        if word == "intbl":
            self.state = replace(self.state, in_table=True)
        elif word in ("listtext", "pntext"):
            self.state = replace(self.state, is_label=True)
        elif word == "pard" and not self.state.is_label:
            self.state = replace(self.state, in_table=False)
        elif word == "cell" and not self.state.is_skipped:
            self.end_cell()
        elif word == "row" and not self.state.is_skipped:
            self.end_row()
        else:
            self._letter_word(word, number)

    def _letter_word(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self.state = replace(self.state, font=number)
        elif word == "fcharset" and number is not None and self.state.is_fonts:
            self.fonts[self.state.font] = number
        elif word == "uc" and number is not None:
            self.state = replace(self.state, fallback=min(max(number, 0), 16))
        elif word == "ansicpg" and number is not None:
            self.code_page = _known(f"cp{number}")
        elif word == "footnote":
            self.write(" ")

    def _end_line(self, *, is_block: bool = False) -> None:
        if self.state.is_skipped or self.state.is_hidden:
            return
        if not self.state.in_table:
            self.close_table()
        if is_block:
            self.layout.end_block()
        else:
            self.layout.end_line(keep_empty=not self.is_cell_open)


def to_text(data: bytes, left_out: LeftOut) -> str | None:
    """Read an RTF document.

    Args:
        data: The file.
        left_out: Told of text that was left out on purpose.

    Returns:
        The text; None where the document is cut short.
    """
    source = data.decode("latin-1")
    reader = _Reader(Layout(), left_out)
    position = 0
    while token := _TOKEN.match(source, position):
        position = token.end()
        if token["word"] == "bin":
            position += max(0, int(token["number"] or 0))
        elif token["brace"] == "}" and len(reader.stack) == 1:
            reader.flush()
            reader.close_table()
            return reader.layout.text()
        else:
            _take(reader, token)
    return None


def _take(reader: _Reader, token: re.Match[str]) -> None:
    code, high, text = token["hex"], token["high"], token["text"]
    if code or high:
        raw = bytes.fromhex(code) if code else high.encode("latin-1")
        skipped = min(reader.to_skip, len(raw))
        reader.to_skip -= skipped
        reader.pending += raw[skipped:]
        return
    reader.flush()
    if text:
        reader.write(text[reader.to_skip :])
        reader.to_skip = max(0, reader.to_skip - len(text))
        reader.is_starred = False
    elif token["brace"] == "{":
        reader.to_skip = 0
        reader.stack.append(reader.state)
    elif token["brace"]:
        reader.to_skip, reader.is_starred = 0, False
        if reader.stack:
            reader.state = reader.stack.pop()
    elif token["word"]:
        reader.to_skip = 0
        reader.word(token["word"], int(token["number"]) if token["number"] else None)
    elif sign := token["sign"]:
        reader.to_skip = 0
        reader.is_starred = sign == "*"
        if sign in _LINE_ENDS:
            reader.word(sign, None)
        else:
            reader.write(_SIGNS.get(sign, ""))


def _known(code_page: str) -> str:
    try:
        codecs.lookup(code_page)
    except LookupError:
        return "utf-8" if code_page == "cp65001" else "cp1252"
    return code_page
