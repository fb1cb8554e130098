"""Of what programs put on the clipboard, the format that keeps most of the note is taken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import EmptyInput, EpicrisisError
from app.notes import segments
from app.notes.clipboard import from_formats
from tests.notes.documents import HTML, PROSE, ROWS, RTF

# What Word puts there: a head with styles, comments for its own use, bullets as text, close paragraphs.
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office' xmlns:w='urn:schemas-microsoft-com:office:word'><head>"
    "<meta name=Generator content='Microsoft Word 15'><!--[if gte mso 9]><xml><w:WordDocument>secret</w:WordDocument>"
    "</xml><![endif]--><style><!-- p.MsoNormal {margin:0cm} --></style></head><body lang=EN-GB><!--StartFragment-->"
    "<p class=MsoNormal><b>Ward round 03/11/2026<o:p></o:p></b></p><p class=MsoNormal>Seen by\r\nDr&nbsp;Okafor.</p>"
    "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'>"
    "<span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Stop furosemide</p>"
    "<table class=MsoTableGrid border=1><tr><td width=200><p class=MsoNormal>Ramipril<o:p></o:p></p></td>"
    "<td><p class=MsoNormal>2.5 mg</p></td></tr></table><!--EndFragment--></body></html>"
)
WORD_PLAIN = "Ward round 03/11/2026\r\nSeen by Dr Okafor.\r\n\r\n·\tStop furosemide\r\nRamipril\t2.5 mg\r\n"
# Excel sets its mark inside the table.
EXCEL = (
    "<html><body><table border=0><!--StartFragment--> <col width=64 span=2><tr><td>Sodium</td><td>140</td></tr>"
    "<tr><td></td><td align=right>4.1</td></tr><!--EndFragment--></table></body></html>"
)


def test_word_gives_its_paragraphs_lists_and_tables() -> None:
    read = from_formats({"text/html": WORD.encode(), "text/plain": WORD_PLAIN.encode(), "text/rtf": RTF})
    assert read.text.split("\n") == [
        "Ward round 03/11/2026",
        "Seen by Dr Okafor.",
        "",
        "- Stop furosemide",
        "",
        "Ramipril | 2.5 mg",
    ]
    assert read.warnings == ()


def test_excel_gives_rows() -> None:
    assert from_formats({"text/html": EXCEL.encode()}).text == "Sodium | 140\n4.1"


def test_a_page_gives_what_its_reader_sees() -> None:
    text = from_formats({"text/html": HTML.encode("utf-16"), "image/png": b"\x89PNG"}).text
    assert f"{PROSE} BP <90." in text
    assert "\n".join(ROWS) in text


def test_windows_header_is_no_text() -> None:
    header = "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000200\r\n"
    assert from_formats({"text/html": (header + EXCEL).encode()}).text.startswith("Sodium")


def test_bold_letters_alone_are_no_reason_to_leave_plain_text() -> None:
    formats = {"text/html": b"<b>K</b> 4.1   Na 140", "text/plain": b"K 4.1   Na 140"}
    assert from_formats(formats).text == "K 4.1   Na 140"


def test_html_that_lost_words_is_not_taken() -> None:
    formats = {"text/html": b"<p>K 4.1</p>", "text/plain": PROSE.encode()}
    assert from_formats(formats).text == PROSE


def test_struck_out_text_is_told_and_stays_out() -> None:
    formats = {"text/html": b"<p><s>Digoxin</s> Ramipril</p>", "text/plain": b"Digoxin Ramipril"}
    read = from_formats(formats)
    assert read.text == "Ramipril"
    assert "Struck-out" in read.warnings[0]


@pytest.mark.parametrize(
    "name", ["text/rtf", "application/rtf", 'application/x-qt-windows-mime;value="Rich Text Format"', "Text/RTF"]
)
def test_rtf_is_read_where_there_is_nothing_else(name: str) -> None:
    text = from_formats({name: RTF + b"\x00", "application/x-foo": b"\x00\x01"}).text
    assert "\n".join(ROWS) in text


def test_plain_text_with_a_character_set_and_a_zero_at_its_end() -> None:
    assert from_formats({"text/plain;charset=utf-8": "38 °C\x00".encode()}).text == "38 °C"


@pytest.mark.parametrize(
    "formats", [{}, {"image/png": b"\x89PNG"}, {"text/plain": b""}, {"text/plain": b" \n", "text/html": b"<p></p>"}]
)
def test_nothing_is_nothing(formats: dict[str, bytes]) -> None:
    with pytest.raises(EmptyInput):
        from_formats(formats)


def test_two_documents_in_one_paste_stay_divided() -> None:
    page = f"<p>Ward round 03/11/2026</p><p>{PROSE}</p><p>Discharge summary 05/11/2026</p><p>Home on ramipril.</p>"
    note = segments.gather([("paste", from_formats({"text/html": page.encode()}))])
    assert [one.kind for one in note.documents] == ["ward round", "discharge"]


def test_a_list_in_a_list_and_a_listing_keep_their_form() -> None:
    page = "<ol start=3><li>Bloods<ul><li>U&amp;E</li></ul></li><li>ECG</li></ol><pre>Na   140\n K   4.1</pre>"
    assert from_formats({"text/html": page.encode()}).text == "3. Bloods\n  - U&E\n4. ECG\n\nNa   140\n K   4.1"


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["text/html", "text/plain", "text/rtf", "image/png", "", "x"]),
        st.one_of(st.binary(max_size=200), st.sampled_from([WORD.encode()[:700], RTF[:90], EXCEL.encode("utf-16")])),
    )
)
def test_anything_is_read_or_refused(formats: dict[str, bytes]) -> None:
    try:
        assert from_formats(formats).text.strip()
    except EpicrisisError:
        return
