"""Whatever is pasted becomes clean text or a plain sentence; never a crash, never a silent change."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import EmptyInput, InputError, NotText, OnlyHeadings, TooLong, TooShort
from app.notes import intake, segments

NOTE = "Seen on the ward. BP 120/80, SpO2 <94% on air, K 4.1 mmol/L. Café au lait spots. Plan: naïve to β-blockers."
any_text = st.text(st.characters(codec=None))


def take(text: str) -> segments.Note:
    note = segments.gather([("paste", intake.clean(text))])
    intake.refuse_unusable(note, 5)
    return note


@given(any_text)
def test_cleaning_never_fails_and_once_is_enough(text: str) -> None:
    once = intake.clean(text)
    assert intake.clean(once.text).text == once.text or "<" in once.text
    assert not any("\ud800" <= letter <= "\udfff" for letter in once.text)


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


def test_chinese_in_gb18030_is_recognised() -> None:
    text = "患者因反复头痛三天入院，既往高血压病史十年，青霉素过敏。予以阿司匹林口服治疗后好转出院，嘱一周后复查。"
    assert intake.read_bytes(text.encode("gb18030")).text == text


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 something", "PDF"),
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


def test_two_megabytes_are_refused_before_any_work() -> None:
    with pytest.raises(TooLong, match="2,000,000 characters; one case may have 400,000"):
        intake.refuse_too_long(2_000_000, 400_000)


def test_a_lone_surrogate_is_replaced_and_told() -> None:
    cleaned = intake.clean("troponin \ud83d raised")
    assert cleaned.text == "troponin \ufffd raised"
    assert "1 characters that could not be read" in cleaned.warnings[0]


def test_hidden_direction_characters_cannot_turn_a_number_around() -> None:
    cleaned = intake.clean("dose \u202e05\u202c mg daily")
    assert cleaned.text == "dose 05 mg daily"
    assert cleaned.warnings


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


def test_signs_of_less_and_more_are_not_a_web_page() -> None:
    text = "SpO2 <94%, CRP <5, Hb >120 and BP < 90 systolic, pain <p50."
    assert intake.clean(text).text == text


def test_odd_spaces_and_line_ends_become_plain() -> None:
    assert intake.clean("BP\u00a0120/80\r\nHR 70  \r\n\n\n\n\nend").text == "BP 120/80\nHR 70\n\n\nend"
