"""A note comes as a file of any usual kind: its words, rows and order arrive, or a plain sentence says why not."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
import zlib
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import (
    DamagedFile,
    EmptyInput,
    EpicrisisError,
    InputError,
    NoTextInside,
    NotText,
    Protected,
    TooLargeFile,
)
from app.notes import files, segments
from tests.notes import documents
from tests.notes.documents import HTML, PROSE, ROWS, RTF

PDF = documents.pdf(HTML)
DOCX = documents.word()
OF_EACH = {"note.docx": DOCX, "note.pdf": PDF, "note.rtf": RTF, "note.html": HTML.encode()}


@pytest.mark.parametrize("name", OF_EACH)
def test_prose_and_tables_of_each_kind_arrive(name: str) -> None:
    read = files.read(name, OF_EACH[name])
    flowing = " ".join(read.text.split())
    assert PROSE in flowing
    assert "Ward round 03/11/2026" in read.text.split("\n")
    for row in ROWS:
        assert row in read.text.split("\n")
    assert flowing.index(PROSE) < flowing.index(ROWS[0])
    assert read.warnings == ()


@pytest.mark.parametrize("name", OF_EACH)
def test_the_content_decides_and_a_wrong_name_is_told(name: str) -> None:
    wrong = "note.rtf" if name != "note.rtf" else "note.txt"
    if name == "note.html":
        assert files.read("note.txt", OF_EACH[name]).text == files.read(name, OF_EACH[name]).text
        return
    read = files.read(wrong, OF_EACH[name])
    assert read.text == files.read(name, OF_EACH[name]).text
    assert "was read as one" in read.warnings[0]


@pytest.mark.parametrize("name", ["note.docx", "note.pdf", "note.rtf"])
def test_a_name_that_promises_more_than_text_is_refused(name: str) -> None:
    with pytest.raises(DamagedFile, match=re.escape(name)):
        files.read(name, PROSE.encode())


@pytest.mark.parametrize("name", ["note.docx", "note.pdf", "note.rtf"])
def test_half_a_file_is_refused(name: str) -> None:
    data = OF_EACH[name]
    with pytest.raises((DamagedFile, NoTextInside, EmptyInput)):
        files.read(name, data[: len(data) // 2])


def test_a_pdf_without_its_end_is_refused_though_its_pages_could_be_shown() -> None:
    with pytest.raises(DamagedFile):
        files.read("a.pdf", PDF[: PDF.rindex(b"%%EOF")])
    assert files.read("a.pdf", PDF + b"\r\n" + b"\x00" * 5000).text == files.read("a.pdf", PDF).text


def test_a_pdf_with_a_stream_that_breaks_off_is_told() -> None:
    start = PDF.index(b"stream\nx") + 100
    broken = PDF[:start] + b"\x00" * 40 + PDF[start + 40 :]
    try:
        warnings = files.read("a.pdf", broken).warnings
    except InputError:
        return
    assert any("damaged" in one for one in warnings)


def test_what_was_filled_into_a_form_is_read() -> None:
    text = files.read("a.pdf", documents.form(b"Penicillin, rash")).text
    assert text.split("\n") == ["Allergies of the patient:", "Penicillin, rash"]


def test_a_turned_page_is_read() -> None:
    text = files.read("a.pdf", documents.form(b"Penicillin, rash", turned=90)).text
    assert "Penicillin, rash" in text


def test_a_page_without_its_end_is_told() -> None:
    assert "cut short" in files.read("a.html", HTML[:-30].encode()).warnings[0]


@pytest.mark.parametrize("name", ["note.txt", "note.docx", "note.pdf", "note.rtf", "note.html", "note.md"])
def test_nothing_is_refused_as_nothing(name: str) -> None:
    for data in (b"", b" \r\n\t"):
        with pytest.raises(EmptyInput):
            files.read(name, data)


def test_documents_without_a_word_are_refused() -> None:
    for name, data in (
        ("a.docx", documents.word(docx.Document())),
        ("a.rtf", rb"{\rtf1 \par}"),
        ("a.html", b"<html><body><p></p></body></html>"),
    ):
        with pytest.raises(EmptyInput):
            files.read(name, data)


def test_a_scan_is_refused_in_words() -> None:
    with pytest.raises(NoTextInside, match="cannot read pictures"):
        files.read("scan.pdf", documents.pdf("", pictures=2))


def test_a_scanned_page_among_others_is_told() -> None:
    read = files.read("mixed.pdf", documents.pdf(HTML, pictures=2))
    assert PROSE in " ".join(read.text.split())
    assert "pages 1 and 2" in read.warnings[0]


def test_a_protected_pdf_is_refused() -> None:
    # The marks of encryption with a hash that no password gives.
    locked = PDF.replace(
        b"trailer\n<<",
        b"trailer\n<</Encrypt <</Filter/Standard/V 1/R 2/Length 40/P -4/O <" + b"41" * 32 + b">/U <" + b"42" * 32
        + b">>>/ID [<" + b"43" * 16 + b"><" + b"43" * 16 + b">]",
    )  # fmt: skip
    assert locked != PDF
    with pytest.raises(Protected):
        files.read("locked.pdf", locked)


def test_protected_and_old_office_files_are_refused() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    with pytest.raises(Protected):
        files.read("a.docx", ole + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(NotText, match="old Word"):
        files.read("a.doc", ole)


def test_other_packed_files_are_refused() -> None:
    with pytest.raises(NotText, match="packed"):
        files.read("a.docx", documents.without_part(DOCX, "[Content_Types].xml"))
    with pytest.raises(NotText, match="picture"):
        files.read("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(NotText):
        files.read("a.txt", bytes(range(256)) * 4)


def test_bombs_are_refused_before_they_unpack() -> None:
    bomb = documents.with_part(DOCX, "word/document.xml", b"<a>" + b" " * 70_000_000 + b"</a>")
    assert len(bomb) < 200_000
    with pytest.raises(TooLargeFile):
        files.read("bomb.docx", bomb)
    with pytest.raises(TooLargeFile):
        files.read("bomb.pdf", PDF + b"\nstream\n" + zlib.compress(b" " * 40_000_000) + b"%%EOF")
    entities = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 99 + b'">]><a>' + b"&b;" * 99 + b"</a>"
    with pytest.raises(InputError):
        files.read("bomb.docx", documents.with_part(DOCX, "word/document.xml", entities))


def test_nothing_is_written_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.open

    def only_reading(file: object, mode: str = "r", *others: object, **more: object) -> object:
        assert not set(mode) & set("wax+"), file
        return real(file, mode, *others, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", only_reading)
    for name, data in OF_EACH.items():
        files.read(name, data)


def test_what_word_hides_strikes_or_deletes_is_left_out_and_told() -> None:
    document = documents.usual()
    document.add_paragraph("Digoxin 125 micrograms").runs[0].font.strike = True
    document.add_paragraph("secret").runs[0].font.hidden = True
    body = document.element.body
    body.insert(0, documents.paragraph('<w:del w:id="1"><w:r><w:delText>warfarin</w:delText></w:r></w:del>'))
    body.insert(0, documents.paragraph('<w:ins w:id="2"><w:r><w:t>apixaban 5 mg</w:t></w:r></w:ins>'))
    read = files.read("a.docx", documents.word(document))
    assert "apixaban 5 mg" in read.text
    for gone in ("Digoxin", "secret", "warfarin"):
        assert gone not in read.text
    assert len(read.warnings) == 3


def test_content_controls_and_signs_of_the_symbol_font_are_read() -> None:
    document = documents.usual()
    inside = "<w:sdt><w:sdtContent><w:r><w:t>Allergic to penicillin: rash</w:t></w:r></w:sdtContent></w:sdt>"
    sign = '<w:r><w:t>SpO2 </w:t><w:sym w:font="Symbol" w:char="F0B3"/><w:t>94%</w:t></w:r>'
    document.element.body.insert(0, documents.paragraph(inside))
    document.element.body.insert(0, documents.paragraph(sign))
    read = files.read("a.docx", documents.word(document))
    assert "Allergic to penicillin: rash" in read.text
    assert "SpO2 ≥94%" in read.text
    assert "NHS number 999 000 0018" in read.text
    assert "- Stop furosemide" in read.text


def test_a_cell_of_many_lines_and_a_table_in_a_table() -> None:
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Medicines"
    documents.add_table(table.cell(0, 1))
    document.add_table(1, 2).cell(0, 0).text = "Aspirin 75 mg\nRamipril 5 mg"
    document.tables[-1].cell(0, 1).text = "continue"
    lines = files.read("a.docx", documents.word(document)).text.split("\n")
    assert lines == ["Medicines", *ROWS, "Aspirin 75 mg; Ramipril 5 mg | continue"]


def test_rtf_keeps_signs_and_leaves_out_what_is_deleted_hidden_or_a_picture() -> None:
    read = files.read("a.rtf", RTF)
    assert "Café au lait. SpO2 ≥94%." in read.text
    assert "Plan: home." in read.text
    source = (
        rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset2 Symbol;}{\f2\fcharset161 Greek;}}"
        rb"{\header MRN 77\par}{\*\generator Riched}{\f1\'b3}5 {\f2\'e1} {\deleted warfarin}{\v secret}"
        rb"{\*\shppict{\pict\bin4 }{}}}}kept{\field{\*\fldinst HYPERLINK x}{\fldrslt  link}}"
        rb"\par{\listtext\'b7\tab}Stop\par}"
    )
    read = files.read("a.rtf", source)
    assert read.text.split("\n") == ["MRN 77", "≥5 \u03b1 kept link", "- Stop"]
    assert len(read.warnings) == 2


def test_a_page_nested_too_deep_loses_no_text() -> None:
    page = f"<html><p>before</p>{'<table><tr><td>' * 9000}{PROSE}</html>"
    read = files.read("a.html", page.encode())
    assert PROSE in read.text
    assert "nested" in read.warnings[0]


def test_a_page_says_its_encoding() -> None:
    page = '<html><head><meta charset="windows-1253"></head><body><p>38\u00b0C \u03bcg \u03b1\u03b2</p></body></html>'
    assert files.read("a.html", page.encode("windows-1253")).text == "38°C \u03bcg \u03b1\u03b2"
    assert files.read("a.html", page.encode()).text == "38°C \u03bcg \u03b1\u03b2"


def test_two_columns_are_read_one_after_the_other() -> None:
    left = "Left words tell the story of the stay from the first day to the last one. " * 6
    right = "Right words list what the doctor at home is asked to look at next week. " * 6
    page = f"<table width='100%' cellspacing='20'><tr><td width='50%'>{left}</td><td>{right}</td></tr></table>"
    text = " ".join(files.read("a.pdf", documents.pdf(page)).text.split())
    assert left.strip() in text
    assert right.strip() in text
    assert text.index("Left") < text.index("Right")


def test_a_raised_number_stays_a_power() -> None:
    text = files.read("a.pdf", documents.pdf("<p>Platelets 250 x10<sup>9</sup>/L today</p>")).text
    assert text == "Platelets 250 x10^9/L today"


@pytest.mark.parametrize("name", ["stay.docx", "stay.rtf", "stay.html", "stay.pdf"])
def test_two_documents_in_one_file_stay_divided(name: str) -> None:
    parts = ("Ward round 03/11/2026", PROSE, "Discharge summary 05/11/2026", "Sent home well on ramipril.")
    document = docx.Document()
    for part in parts:
        document.add_paragraph(part)
    page = "".join(f"<p>{part}</p>" for part in parts)
    data = {
        "stay.docx": lambda: documents.word(document),
        "stay.rtf": lambda: rb"{\rtf1 " + b"".join(part.encode() + rb"\par " for part in parts) + b"}",
        "stay.html": lambda: f"<html><body>{page}</body></html>".encode(),
        "stay.pdf": lambda: documents.pdf(page),
    }[name]()
    note = segments.gather([(name, files.read(name, data))])
    assert [one.kind for one in note.documents] == ["ward round", "discharge"]


def test_reading_loads_no_library_until_it_needs_it() -> None:
    code = "import sys, app.notes.files, app.notes.clipboard; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    for name in ("lxml", "pypdfium2", "docx", "app.notes.pdf", "app.notes.worddoc"):
        assert f"'{name}'" not in loaded


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(OF_EACH)), cut=st.floats(0, 1))
def test_any_cut_file_is_read_or_refused(name: str, cut: float) -> None:
    _try(name, OF_EACH[name][: int(cut * len(OF_EACH[name]))])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(OF_EACH)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=8),
)
def test_any_changed_file_is_read_or_refused(name: str, changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(OF_EACH[name])
    for place, new in changes:
        start = int(place * len(data))
        data[start : start + len(new)] = new
    _try(name, bytes(data))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", b"\\", b"\\'", b"e9", b"\\u", b"-1", b"8805", b" ", b"\\bin", b"\\pict", b"\\intbl", b"\\cell",
             b"\\row", b"\\*", b"\\uc", b"\\f", b"\\fonttbl", b"\\fcharset2", b"\\ansicpg", b"\\pard", b"\\v", b"x"]
        ),
        max_size=40,
    ).map(b"".join)
)  # fmt: skip
def test_any_rtf_is_read_or_refused(inside: bytes) -> None:
    _try("a.rtf", rb"{\rtf1 " + inside)
    _try("a.rtf", rb"{\rtf1 " + inside + b"}")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<p>", "</p>", "<li>", "<ol>", "</ol>", "<pre>",
             "</pre>", "<br>", "<del>", "</del>", "x", " ", "\n", "<!--", "-->", "<![if x]>", "<o:p>", "&nbsp;", "\x00"]
        ),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_any_page_is_read_or_refused(inside: str) -> None:
    _try("a.html", inside.encode())


def _try(name: str, data: bytes) -> None:
    try:
        read = files.read(name, data)
    except EpicrisisError:
        return
    assert read.text.strip()


def test_hostile_lengths_take_no_long_time() -> None:
    for data in (
        rb"{\rtf1 " + rb"{\field{\*\fldinst{HYPERLINK " * 20_000,
        rb"{\rtf1{\fonttbl" + rb"\f1" * 50_000 + b"}}",
        rb"{\rtf1 " + b"{" * 100_000 + b"}" * 100_001,
    ):
        _try("a.rtf", data)
    for tag in ("<div>", "<table><tr><td>", "<ol><li>", "<![if", "<!--"):
        _try("a.html", (tag * 20_000 + "text").encode())


def test_the_sample_notes_read_as_before() -> None:
    for sample in Path("resources/samples").rglob("*.txt"):
        assert files.read(sample.name, sample.read_bytes()).warnings == ()
