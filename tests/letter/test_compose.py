"""A draft laid out as a letter: order, states, the top three, who signed, and the hashes that prove it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.drafts import standards
from app.drafts.draft import Section
from app.letter.letter import Letter, Signature, compose, version_hash
from app.notes.segments import sentences
from app.prompts.select import select
from tests.checks.cases import PNEUMONIA, note_of
from tests.fakes import known_tasks
from tests.letter import cases

TASK = known_tasks()["discharge-letter"]
SIGNED = Signature("Dr Ada Stone", "Consultant", "2026-11-24T10:00:00+00:00")


def letter(name: str = "prsb", *, signature: Signature | None = None, **texts: str) -> Letter:
    """The sample stay as a letter."""
    note = cases.stay()
    standard = standards.load(name)
    return compose(note, cases.draft_of(note, **texts), standard, signature=signature, made_at=cases.MADE_AT)


@pytest.mark.parametrize("name", ["prsb", "jc", "eu", "cn"])
def test_headings_stand_in_the_standard_s_order(name: str) -> None:
    standard = standards.load(name)
    made = letter(name)
    assert [one.key for one in made.sections] == [one.key for one in standard.headings]
    assert [one.heading for one in made.sections] == [one.title[standard.language] for one in standard.headings]
    assert made.language == standard.language


def test_the_three_things_first() -> None:
    assert [(one.name, one.value) for one in letter().top] == [
        ("diagnosis", "Decompensated heart failure with reduced ejection fraction"),
        ("changes", "added Apixaban, Bisoprolol, Furosemide; stopped Aspirin, Metformin"),
        ("first", "GP to repeat U&E in one week. (about 16 November 2026)"),
    ]


def test_a_drug_of_the_list_is_not_told_as_stopped_first_of_all() -> None:
    note = note_of(*PNEUMONIA)
    draft = cases.draft_of(note)
    assert "Restart warfarin 2 mg tonight." in next(one.text for one in draft.sections if one.key == "changes")
    made = compose(note, draft, standards.load("prsb"))
    assert ("changes", "amended Warfarin; stopped Amlodipine") in [(one.name, one.value) for one in made.top]


def test_a_line_that_names_the_patient_stands_in_the_head_only() -> None:
    plate = "HOLLOWAY, Margaret  NHS 943 476 5919"
    text = f"Ward round\n{plate}\nAfebrile. GP to check CRP in 1 week.\n\nDiagnosis:\nPneumonia\n{plate}\nGout\n"
    note = note_of(text)
    draft = cases.draft_of(note)
    made = compose(note, draft, standards.load("prsb"))
    assert made.value("name") == "HOLLOWAY, Margaret"
    assert "Pneumonia\nGout" in [section.text for section in draft.sections]
    assert not any("HOLLOWAY" in part.text for section in made.sections for part in section.parts)
    course = next(one for one in TASK.sections if one.key == "course")
    assert not any("HOLLOWAY" in span.of(note.text) for span in select(note, TASK, course))
    assert not any("HOLLOWAY" in action.quote for action in made.actions)


def test_every_text_of_the_draft_is_in_the_letter() -> None:
    made = letter(course="She improved <quickly> & went home.")
    body = " ".join(part.text for one in made.sections for part in one.parts)
    texts = [one.text for one in cases.draft_of(cases.stay()).sections]
    for line in (span.of(text) for text in texts for span in sentences(text)):
        if line != "Not documented in the pasted notes.":
            shown = [f"{row.drug} {row.how} {row.reason}" for row in made.medicines] + [
                one.what for one in made.actions
            ]
            assert line in body or any(line in one for one in shown), line
    assert "She improved <quickly> & went home." in body


def test_absent_headings_are_named_but_optional_ones_are_not() -> None:
    absent = [one.key for one in letter(course="Well.").absent]
    assert absent == [
        "practice", "referrer", "alerts", "individual", "legal", "concerns", "author", "distribution",
    ]  # fmt: skip


def test_a_letter_in_another_language_keeps_the_notes_words() -> None:
    note = cases.stay()
    made = compose(note, cases.draft_of(note), standards.load("prsb"), language="zh-CN")
    assert made.title == "出院小结"
    assert made.actions[0].due.said("zh-CN") == "in one week（约2026年11月16日）"
    assert any(part.text.startswith("Penicillin") for one in made.sections for part in one.parts)


def test_a_signed_letter_says_who_and_when() -> None:
    made = letter(signature=SIGNED)
    assert made.is_signed
    assert made.value("author") == "Dr Ada Stone, Consultant"
    assert "author" not in [one.key for one in made.absent]
    assert not letter().is_signed


def test_the_version_hash_tells_any_change_of_text_or_head() -> None:
    note = cases.stay()
    draft = cases.draft_of(note)
    prsb = standards.load("prsb")
    plain = compose(note, draft, prsb).provenance.version_sha256
    assert compose(note, draft, prsb).provenance.version_sha256 == plain
    assert compose(note, cases.draft_of(note, course="Well."), prsb).provenance.version_sha256 != plain
    assert compose(note, draft, prsb, facts={"gp": "Dr B."}).provenance.version_sha256 != plain
    assert version_hash(draft) != plain


def test_typed_facts_take_the_place_of_the_notes() -> None:
    note = cases.stay()
    made = compose(note, cases.draft_of(note), standards.load("prsb"), facts={"discharged": "2026-11-10"})
    assert [one.value for one in made.facts if one.name == "discharged"] == ["2026-11-10"]
    assert "10 November 2026" in next(one for one in made.sections if one.key == "discharge_details").text


def test_a_section_that_failed_is_called_incomplete_not_undocumented() -> None:
    note = cases.stay()
    draft = cases.draft_of(note)
    failed = Section("course", "Hospital course", "", "failed")
    draft = replace(draft, sections=tuple(failed if one.key == "course" else one for one in draft.sections))
    made = compose(note, draft, standards.load("prsb"))
    section = next(one for one in made.sections if one.key == "summary")
    assert (section.state, section.text) == ("not documented", "[INCOMPLETE]")
    assert "summary" not in [one.key for one in made.absent]


def test_a_note_with_nothing_of_a_letter_gives_a_letter_that_says_so() -> None:
    note = note_of("He slept well and ate his breakfast.")
    made = compose(note, cases.draft_of(note), standards.load("prsb"))
    assert (made.top, made.actions, made.facts, made.medicines) == ((), (), (), ())
    assert len(made.absent) == 16


def test_devices_are_quoted_under_the_medicines() -> None:
    note = note_of("Discharge medication:\nRamipril 5 mg once daily\n\nCourse:\nA pacemaker was checked.")
    made = compose(note, cases.draft_of(note), standards.load("prsb"))
    section = next(one for one in made.sections if one.key == "medications")
    assert [part.text for part in section.parts] == ["Ramipril 5 mg once daily", "A pacemaker was checked."]


def test_a_chinese_record_keeps_admission_and_discharge_apart() -> None:
    note = cases.chinese_stay()
    made = compose(note, cases.draft_of(note, course="予呋塞米静脉利尿。"), standards.load("cn"))
    texts = {one.heading: one.text for one in made.sections}
    assert texts["入院诊断"].splitlines() == ["1. 心力衰竭", "2. 心房颤动", "3. 高血压病"]
    assert texts["出院诊断"].splitlines() == [
        "1. 射血分数降低的心力衰竭", "2. 持续性心房颤动", "3. 高血压病", "4. 2型糖尿病",
    ]  # fmt: skip
    assert [one.heading for one in made.absent] == ["医师签名"]
    rows = {one.drug: (one.status, one.before, one.reason) for one in made.medicines}
    assert rows["阿司匹林"] == ("stopped", "100mg 每日一次", "以减少出血风险")
    assert rows["二甲双胍"][0] == "continued"
    assert [one.value for one in made.top] == [
        "射血分数降低的心力衰竭",
        "新增 利伐沙班、呋塞米、美托洛尔; 停用 硝苯地平、阿司匹林",
        "2周后心内科门诊复查肾功能及电解质。（约2026年7月2日）",
    ]


def test_what_a_person_wrote_is_not_taken_apart() -> None:
    note = cases.chinese_stay()
    made = compose(note, cases.draft_of(note, diagnoses="1. 心力衰竭"), standards.load("cn"))
    assert next(one for one in made.sections if one.key == "discharge_diagnoses").text == "1. 心力衰竭"


def test_impressions_on_admission_are_no_discharge_diagnoses() -> None:
    texts = {one.key: one.text for one in letter("jc").sections}
    assert texts["admission_diagnoses"].startswith("Decompensated heart failure with new atrial fibrillation.")
    assert texts["diagnoses"].startswith("Decompensated heart failure with reduced ejection fraction\n")


@pytest.mark.parametrize("text", ["No follow-up required.", "None."])
def test_that_there_is_nothing_to_do_is_said(text: str) -> None:
    made = letter(actions=text, pending="")
    section = next(one for one in made.sections if one.key == "plan")
    assert (made.actions, section.state, [part.text for part in section.body]) == ((), "stated as none", [text])


def test_actions_that_failed_are_called_incomplete() -> None:
    note = cases.stay()
    draft = cases.draft_of(note)
    broken = tuple(
        replace(one, text="", state="failed") if one.key in ("actions", "pending") else one for one in draft.sections
    )
    made = compose(note, replace(draft, sections=broken), standards.load("prsb"))
    section = next(one for one in made.sections if one.key == "plan")
    assert [part.text for part in section.body] == ["[INCOMPLETE]", "[INCOMPLETE]"]
