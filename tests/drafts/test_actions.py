"""The box of actions: every sentence is in it, with who, when and the notes' own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts import actions
from app.drafts.actions import Action
from app.drafts.draft import Draft, Section
from tests.checks.cases import draft_of, note_of
from tests.letter import cases


def only(text: str) -> Action:
    """The one action of a draft."""
    (found,) = actions.find(draft_of(("actions", text)), note_of("He is well."), "2026-11-09")
    return found


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("GP to repeat U&E in one week.", "GP"),
        ("Please could the GP check the wound.", "GP"),
        ("Heart failure clinic in 2 weeks.", "Heart failure clinic"),
        ("Cardiology will arrange an echo.", "Cardiology"),
        ("Dressing to be changed by the district nurse.", "district nurse"),
        ("Follow-up by the home treatment team.", "home treatment team"),
        ("He should be seen in the thrombosis clinic in three months.", "thrombosis clinic"),
        ("Clinic in 3 months with Mr K. Adeyemi.", "Mr K. Adeyemi"),
        ("1个月后心内科门诊复查。", "心内科门诊"),
        ("GP to repeat U&E in 1 week.", "GP"),
        ("District nurse to remove clips on 14/10/2026.", "District nurse"),
        ("Clips out by district nurse in 10 days.", "district nurse"),
        ("We will see her in clinic in 6 weeks.", "We (hospital team)"),
        ("Patient to book an appointment with the practice nurse.", "Patient"),
        ("The patient has been asked to arrange a dental review.", "patient"),
        ("He should make an appointment with his GP in one week.", "patient"),
        ("She will see her GP in 2 weeks.", "GP"),
        ("请家庭医生2周后复查血常规。", "家庭医生"),
        ("嘱患者2周后复查。", "患者"),
        ("由社区护士换药。", "社区护士"),
        ("Follow up with PCP in 1 week.", "PCP"),
        ("Follow-up with Dr. Alvarez in cardiology in 2 weeks.", "Dr. Alvarez"),
        ("Home health RN to draw CBC weekly.", "Home health RN"),
        ("Ortho f/u 2 weeks.", "Ortho"),
        ("Cardiology follow-up in 4 weeks.", "Cardiology"),
        ("Wound check with practice nurse in 5 days.", "practice nurse"),
        ("INR check in 3 days at the practice.", "practice"),
        ("Her daughter will collect the tablets.", "daughter"),
        ("Histology to be chased by the surgical team.", "surgical team"),
        ("Apixaban to continue for 3 months.", ""),
        ("Oral potassium to stop when potassium is normal.", ""),
        ("Health visitor to be informed.", ""),
        ("She will have a repeat scan in 6 weeks.", ""),
        ("Repeat chest X-ray in 6 weeks.", ""),
        ("Plan to repeat the MRI.", ""),
        ("Bloods to be repeated.", ""),
        ("Needs to return if worse.", ""),
    ],
)
def test_who_is_the_notes_word_or_nobody(text: str, owner: str) -> None:
    assert only(text).owner == owner


def test_the_sample_stay() -> None:
    note = cases.stay()
    found = actions.find(cases.draft_of(note), note, "2026-11-09")
    assert [one.kind for one in found] == ["action"] * 4 + ["pending"]
    first = found[0]
    assert (first.owner, first.due.first, first.quote) == ("GP", "2026-11-16", "GP to repeat U&E in one week.")
    assert first.source is not None
    assert first.source.of(note.text) == first.quote


def test_what_is_urgent_comes_first_and_what_a_person_wrote_has_no_quote() -> None:
    draft = draft_of(("actions", "Clinic in 2 weeks.\nUrgent CT chest to be arranged."), ("pending", "Histology."))
    found = actions.find(draft, note_of("Clinic in 2 weeks."), "")
    assert [one.what for one in found] == ["Urgent CT chest to be arranged.", "Clinic in 2 weeks.", "Histology."]
    assert [one.quote for one in found] == ["", "Clinic in 2 weeks.", ""]


@pytest.mark.parametrize("text", ["None.", "No follow-up required.", "Nil", "无"])
def test_none_is_no_action(text: str) -> None:
    assert actions.find(draft_of(("actions", text)), note_of("He is well."), "") == ()


def test_a_list_for_the_gp_is_the_gps() -> None:
    note = note_of("Actions for GP:\nRepeat FBC in two weeks.")
    found = actions.find(cases.draft_of(note), note, "2026-11-09")
    assert [(one.owner, one.due.first) for one in found] == [("GP", "2026-11-23")]


WORDS = st.lists(st.sampled_from(["clinic", "repeat", "bloods", "scan", "wound", "chest"]), min_size=2, max_size=6)


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_no_line_is_dropped(lines: list[list[str]]) -> None:
    texts = [" ".join(words).capitalize() + "." for words in lines]
    section = Section("actions", "Actions", "\n".join(texts), "written")
    found = actions.find(Draft("t", "T", (section,), (), draft_of().stamp, ""), note_of("He is well."), "")
    assert sorted(one.what for one in found) == sorted(set(texts))
