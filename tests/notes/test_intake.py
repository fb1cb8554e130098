"""Whatever is pasted becomes clean text or a plain sentence; never a crash, never a silent change."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import EmptyInput, InputError, NotText, OnlyHeadings, TooLong, TooShort
from app.notes import intake, segments

NOTE = "Seen on the ward. BP 120/80, SpO2 <94% on air, K 4.1 mmol/L. Café au lait spots. Plan: naïve to β-blockers."
any_text = st.text(st.characters(codec=None))
# What web pages, odd editors and hostile notes are made of, in any order.
pieces = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<br>", "<div", ">", "<", "</", "p", "&lt;", "&gt;", "&amp;", "&#8238;", "&nbsp;", "<td>",
         "</td>", "<!--", "-->", "<script>", "\u200b", "\u202e", "\u2067", "\r", "\n", "\x0b", "\u2028", "\x00",
         "\ud83d", "\ude00", "\u0338", "\u0301", "e", " ", "\t", "\u00a0", "\u3000", "BP <90", "患者", "א", "\ufeff",
         "\u00ad"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


def take(text: str) -> segments.Note:
    note = segments.gather([("paste", intake.clean(text))])
    intake.refuse_unusable(note, 5)
    return note


@settings(deadline=None)  # the first web page loads its parser
@given(st.one_of(any_text, pieces))
def test_cleaning_never_fails_and_once_is_enough(text: str) -> None:
    once = intake.clean(text)
    assert intake.clean(once.text).text == once.text
    once.text.encode("utf-8")
    assert "\n\n\n\n" not in once.text
    assert not any(line.endswith(" ") for line in once.text.split("\n"))


@settings(deadline=None)
@given(st.one_of(any_text, pieces))
def test_any_paste_becomes_a_note_or_a_plain_sentence(text: str) -> None:
    with contextlib.suppress(InputError):
        take(text)


@settings(deadline=None)  # the first file in an unknown encoding loads the detector
@given(st.binary(max_size=400))
def test_any_bytes_become_text_or_a_plain_sentence(data: bytes) -> None:
    with contextlib.suppress(InputError):
        intake.read_bytes(data).text.encode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_so_are_read_without_a_word(encoding: str) -> None:
    assert intake.read_bytes(NOTE.encode(encoding)) == intake.Cleaned(NOTE)


@pytest.mark.parametrize(("encoding", "name"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_utf_16_without_a_mark_is_recognised_and_told(encoding: str, name: str) -> None:
    cleaned = intake.read_bytes(NOTE.encode(encoding))
    assert cleaned.text == NOTE
    assert name in cleaned.warnings[0]


def test_latin_1_is_recognised_and_told() -> None:
    text = NOTE.replace("β", "beta")
    cleaned = intake.read_bytes(text.encode("latin-1"))
    assert cleaned.text == text
    assert "Windows-1252" in cleaned.warnings[0]


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("temp 38°C", "latin-1", "Windows-1252"),
        ("“Troponin” 5 µg… rising", "cp1252", "Windows-1252"),
        ("Température 38°C, né à Nîmes, douleur très sévère", "latin-1", "Windows-1252"),
        ("患者头痛", "gb18030", "GB18030"),
        ("患者无过敏史，BP 120/80。", "gb18030", "GB18030"),
        ("患者因反复头痛三天入院，既往高血压病史十年，青霉素过敏。嘱一周后复查。", "gb18030", "GB18030"),
        ("患者頭痛三天入院，無過敏史", "big5", "big5"),
        ("환자는 흉통을 호소하였다. 아스피린 투여", "euc_kr", "cp949"),
        ("Пациент жалуется на боль в груди", "cp1251", "cp1251"),
        ("患者头痛 BP 120/80", "utf-16-le", "utf-16-le"),
        ("患者头痛\n无过敏史 5 mg", "utf-16-be", "utf-16-be"),
    ],
)
def test_short_files_in_old_encodings_are_read_and_told(text: str, encoding: str, name: str) -> None:
    cleaned = intake.read_bytes(text.encode(encoding))
    assert cleaned.text == text
    assert name in cleaned.warnings[0]


def test_a_damaged_byte_does_not_spoil_the_rest_of_the_file() -> None:
    cleaned = intake.read_bytes("Café, 5 µg ".encode() + b"\xff daily")
    assert cleaned == intake.Cleaned("Café, 5 µg � daily", ("1 character that could not be read was replaced by �.",))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 something", "PDF"),
        (b"\xef\xbb\xbf\n%PDF-1.7 something", "PDF"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        (b"\x1f\x8b\x08\x00", "packed"),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (b"PK\x03\x04....word/document.xml", "Word"),
        (b"{\\rtf1 text}", "RTF"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (bytes(range(256)) * 8, "another kind"),
    ],
)
def test_what_is_not_text_is_named(data: bytes, what: str) -> None:
    with pytest.raises(NotText, match=what):
        intake.read_bytes(data)


def test_a_note_may_begin_with_the_letters_of_a_program() -> None:
    assert intake.read_bytes(b"MZ twins, both well.").text == "MZ twins, both well."


@pytest.mark.parametrize("text", ["", "   \n\t \n", "\ufeff", "\u200b\n"])
def test_nothing_is_said_to_be_nothing(text: str) -> None:
    with pytest.raises(EmptyInput):
        take(text)


def test_three_words_are_too_few() -> None:
    with pytest.raises(TooShort, match="3 words"):
        take("Chest pain today")


def test_chinese_characters_count_as_words() -> None:
    assert intake.count_words("患者头痛") == 4
    assert take("患者因头痛三天入院。").text


def test_headings_alone_are_refused() -> None:
    with pytest.raises(OnlyHeadings):
        take("Past medical history:\n\nAllergies:\n\nDischarge medication:\n\nPLAN\n")


def test_a_title_and_headings_are_refused_too() -> None:
    with pytest.raises(OnlyHeadings):
        take("Ward round 03/11/2026 09:10\n\nAllergies:\n\nDischarge medication:\n\nPlan:\n")


def test_a_note_typed_in_capitals_is_no_list_of_headings() -> None:
    assert take("PATIENT COMFORTABLE OVERNIGHT\nEATING AND DRINKING WELL\nNO KNOWN DRUG ALLERGIES").text


def test_two_megabytes_are_refused_before_any_work() -> None:
    with pytest.raises(TooLong, match="2,000,000 characters; one case may have 400,000"):
        intake.refuse_too_long(2_000_000, 400_000)


def test_a_lone_surrogate_is_replaced_and_told() -> None:
    cleaned = intake.clean("troponin \ud83d raised")
    assert cleaned == intake.Cleaned(
        "troponin \ufffd raised", ("1 character that could not be read was replaced by �.",)
    )
    assert intake.clean("two halves \ud83d\ude00 of one").text == "two halves \U0001f600 of one"


def test_hidden_direction_characters_cannot_turn_a_number_around() -> None:
    cleaned = intake.clean("dose \u202e05\u202c mg daily")
    assert cleaned.text == "dose 05 mg daily"
    assert cleaned.warnings


def test_hidden_characters_cannot_split_a_word_or_carry_text() -> None:
    cleaned = intake.clean("aspi\u00adrin war\u200bfarin" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey"))
    assert cleaned.text == "aspirin warfarin"
    assert cleaned.warnings == ("6 hidden characters that can change how text reads were removed.",)


def test_right_to_left_and_chinese_text_stay_as_they_are() -> None:
    text = "המטופל התלונן על כאבים בחזה. 患者无过敏史。 المريض يشكو من ألم."
    assert intake.clean(text) == intake.Cleaned(text)


def test_a_web_page_keeps_its_tables() -> None:
    page = (
        "<html><body><h2>Medication</h2><table><tr><th>Drug</th><th>Dose</th></tr><tr><td>Ramipril</td>"
        "<td>5 mg</td></tr></table><p>Review in clinic.</p><script>alert(1)</script></body></html>"
    )
    cleaned = intake.clean(page)
    assert any(line.split() == ["Ramipril", "5", "mg"] for line in cleaned.text.splitlines())
    assert "alert" not in cleaned.text
    assert "web page" in cleaned.warnings[0]


def test_a_web_page_keeps_what_only_looks_like_a_tag() -> None:
    cleaned = intake.clean("<div>BP <90, K >5, see <drug chart>, &lt;p&gt; as text</div><div>SpO2 &lt;95%</div>")
    assert cleaned.text.split("\n") == ["BP <90, K >5, see <drug chart>, <p> as text", "SpO2 <95%"]


def test_a_page_nested_deeper_than_the_parser_goes_is_not_lost() -> None:
    assert intake.clean("<div>" * 300 + "Troponin raised" + "</div>" * 300 + "<p>Home</p>").text.split() == [
        "Troponin",
        "raised",
        "Home",
    ]


def test_two_words_in_angle_brackets_are_not_a_web_page() -> None:
    text = "Dear <p> , dose <i> of <patient name> and <p> value"
    assert intake.clean(text) == intake.Cleaned(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" + " " * 1_000_000 + "y",
        "\n \n" * 300_000,
        "<" * 500_000,
        "<p " * 300_000,
        "<div>" * 200_000,
        "<script>" * 100_000,
        "&amp;" * 200_000 + "<p></p>",
    ],
)
def test_cleaning_takes_no_longer_than_the_text_is_long(text: str) -> None:
    started = time.perf_counter()
    intake.clean(text)
    assert time.perf_counter() - started < 5  # seconds; it was hours for the first


def test_signs_of_less_and_more_are_not_a_web_page() -> None:
    text = "SpO2 <94%, CRP <5, Hb >120 and BP < 90 systolic, pain <p50."
    assert intake.clean(text).text == text


def test_odd_spaces_and_line_ends_become_plain() -> None:
    assert intake.clean("BP\u00a0120/80\r\nHR 70  \r\n\n\n\n\nend").text == "BP 120/80\nHR 70\n\n\nend"
