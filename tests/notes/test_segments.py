"""A note is divided without losing a character, and its parts are where they say they are."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import paths
from app.notes import dates, intake, segments
from app.notes.note import Note

line = st.sampled_from(
    ["Plan:", "Allergies: none", "PMH: MI 2019. COPD.", "BP: 120/80", "ward round 03/11/2026", "", "  ", "- item one",
     "Seen by Dr. Smith. Well.", "患者头痛。好转。", "HISTORY", "x", "A long line that some program broke in its middle"
     " so that", "it goes on here.", "1. home", "- Plan", "--- a.txt ---", "03/11/2026 Ward round", "NO ALLERGIES"]
)  # fmt: skip
paste = st.lists(st.one_of(line, st.text(max_size=30)), max_size=30).map("\n".join)


def gather(*texts: str) -> Note:
    return segments.gather([(f"note {index}", intake.clean(text)) for index, text in enumerate(texts)])


def visible(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)
@given(st.lists(paste, min_size=1, max_size=3))
def test_the_parts_hold_every_character_in_order(texts: list[str]) -> None:
    note = gather(*texts)
    for spans in (
        [document.span for document in note.documents],
        [passage.span for passage in note.passages],
        list(note.sentences),
    ):
        assert visible("".join(span.of(note.text) for span in spans)) == visible(note.text)
        assert all(one.end <= following.start for one, following in pairwise(spans))
        assert all(span.of(note.text).strip() for span in spans)
    for passage in note.passages:
        assert passage.span.start <= passage.body.start <= passage.body.end == passage.span.end
        assert note.documents[passage.document].span.start <= passage.span.start


def test_the_sample_stay_is_four_dated_documents() -> None:
    files = sorted((paths.resources() / "samples" / "stay").glob("*.txt"))
    note = segments.gather([(file.name, intake.read_bytes(file.read_bytes())) for file in files])
    assert [(document.kind, document.date) for document in note.documents] == [
        ("clerking", "2026-11-03"),
        ("ward round", "2026-11-05"),
        ("nursing", "2026-11-07"),
        ("ward round", "2026-11-09"),
    ]


def test_one_paste_with_several_documents_is_divided() -> None:
    note = gather(
        "Emergency department clerking 03/11/2026 18:40\nChest pain.\n\nWard round 04/11/2026\nBetter.\n\n"
        "Discharge summary\nDate: 6 Nov 2026\nHome."
    )
    assert [document.kind for document in note.documents] == ["clerking", "ward round", "discharge"]
    assert [document.date for document in note.documents] == ["2026-11-03", "2026-11-04", "2026-11-06"]


def test_names_of_joined_files_open_documents() -> None:
    note = gather("--- ward-round.txt ---\nWell.\n\n=== bloods.txt ===\nBlood results 04/11/2026\nNa 140")
    assert [(one.name, one.kind, one.date) for one in note.documents] == [
        ("ward-round.txt", "", ""),
        ("bloods.txt", "results", "2026-11-04"),
    ]
    assert note.passages[0].span.of(note.text) == "--- ward-round.txt ---"


@pytest.mark.parametrize(
    "title",
    [
        "03/11/2026 09:10 Ward round",
        "Ward round 03/11/2026 09:10 - Dr A. Okafor, registrar",
        "## Consultant ward round (3 Nov 2026)",
        "WARD ROUND - DR OKAFOR - 03.11.2026",
        "查房记录 2026年11月3日 王医师",
    ],
)
def test_titles_with_a_date_and_a_writer(title: str) -> None:
    (document,) = gather(f"{title}\nFeels well today.").documents
    assert (document.kind, document.date) == ("ward round", "2026-11-03")


@pytest.mark.parametrize(
    "line",
    [
        "CT report 03/11/2026: no pulmonary embolism.",
        "CT REPORT 03/11/2026 NO PE",
        "Radiology report 03/11/2026 - Pneumonia",
        "Ward round 03/11/2026 Dr Okafor: home tomorrow",
        "Discharge summary sent to GP",
        "Ward round plan as above",
    ],
)
def test_a_line_that_says_something_is_no_title(line: str) -> None:
    assert gather(line).documents[0].kind == ""


def test_the_date_of_a_discharge_summary_is_not_that_of_the_admission() -> None:
    text = (
        "Discharge summary\nPatient: Ann Lee\nDOB: 01/02/1950\nWard: Cedar\nAdmitted: 01/11/2026\n"
        "Discharged: 06/11/2026\n\nHad a stent on 03/02/2019."
    )
    assert gather(text).documents[0].date == "2026-11-06"
    assert gather("出院小结\n入院日期：2026年11月1日\n出院日期：2026年11月6日").documents[0].date == "2026-11-06"
    assert gather("ED clerking\nAdmitted: 01/11/2026\nChest pain.").documents[0].date == "2026-11-01"


def test_the_date_of_birth_is_not_the_date_of_the_document() -> None:
    assert gather("Clinic letter\nDOB: 01/02/1950\nSeen 03/11/2026").documents[0].date == "2026-11-03"


def headings(text: str) -> list[tuple[str, str]]:
    note = gather(text)
    return [(passage.heading, passage.body.of(note.text)) for passage in note.passages]


def test_headings_of_many_kinds() -> None:
    assert headings("Allergies: penicillin, rash\nPMH: COPD") == [("Allergies", "penicillin, rash"), ("PMH", "COPD")]
    assert headings("Past medical history:\nCOPD\n\nGout") == [("Past medical history", "COPD\n\nGout")]
    assert headings("HISTORY OF PRESENT ILLNESS: cough for days") == [("HISTORY OF PRESENT ILLNESS", "cough for days")]
    assert headings("## Plan\nhome") == [("Plan", "home")]
    assert headings("1. Discharge medication:\naspirin") == [("Discharge medication", "aspirin")]
    assert headings("入院诊断：急性心肌梗死\n出院医嘱：\n阿司匹林") == [
        ("入院诊断", "急性心肌梗死"),
        ("出院医嘱", "阿司匹林"),
    ]


def test_what_follows_a_finished_value_is_not_part_of_it() -> None:
    assert headings("Allergies: penicillin, rash.\nGiven aspirin.") == [
        ("Allergies", "penicillin, rash."),
        ("", "Given aspirin."),
    ]
    assert headings("Allergies: penicillin.\n- latex\nResults: Hb 112\nCRP 9") == [
        ("Allergies", "penicillin.\n- latex"),
        ("Results", "Hb 112\nCRP 9"),
    ]


def test_single_results_stay_under_the_heading_results() -> None:
    text = "Results:\nECG: sinus rhythm.\nCRP 9 mg/L\nPlan: home"
    assert headings(text) == [("Results", "ECG: sinus rhythm.\nCRP 9 mg/L"), ("Plan", "home")]


def test_vital_signs_and_speakers_are_not_headings() -> None:
    assert headings("BP: 120/80\nHR: 70") == [("", "BP: 120/80\nHR: 70")]
    assert headings("Doctor: any pain?\nPatient: yes, here.") == [("", "Doctor: any pain?\nPatient: yes, here.")]


def test_items_of_a_plan_are_not_headings() -> None:
    assert headings("Plan:\n1. Home\n2. Bloods\n- ECG") == [("Plan", "1. Home\n2. Bloods\n- ECG")]
    assert headings("1. Plan\nhome\n2. Bloods\nFBC") == [("Plan", "home"), ("Bloods", "FBC")]


def test_capitals_are_headings_only_above_other_text() -> None:
    assert headings("BRIEF COURSE\nTreated and better.") == [("BRIEF COURSE", "Treated and better.")]
    assert headings("NO KNOWN DRUG ALLERGIES\nTakes aspirin.") == [("", "NO KNOWN DRUG ALLERGIES\nTakes aspirin.")]
    assert headings("SLEPT WELL\nATE BREAKFAST\nWALKED TO THE DOOR")[0][0] == ""


def split(text: str) -> list[str]:
    return [span.of(text) for span in segments.sentences(text)]


def test_clinical_full_stops_end_no_sentence() -> None:
    assert split("Temp. 38.2 C today. Given i.v. fluids. Seen by Dr. Smith. Home.") == [
        "Temp. 38.2 C today.",
        "Given i.v. fluids.",
        "Seen by Dr. Smith.",
        "Home.",
    ]


def test_the_number_of_an_item_stays_with_it() -> None:
    assert split("1. home\n2. repeat bloods. Then clinic.") == ["1. home", "2. repeat bloods.", "Then clinic."]


@pytest.mark.parametrize("unit", ["患者头痛。好转。", "He is ok. ", "He is better. "])
def test_a_very_long_line_is_divided_as_a_short_one(unit: str) -> None:
    once, often = split(unit * 3), split(unit * 3000)
    assert len(often) == 1000 * len(once)
    assert set(often[:-1]) <= set(once)


def test_an_abbreviation_ends_no_sentence_of_a_very_long_line() -> None:
    assert split("Took approx. 5 " * 3) == ["Took approx. 5 " * 2 + "Took approx. 5"]
    assert {len(one) for one in split("Took approx. 5 " * 3000)} == {599}  # cut for its length alone


ROUND = (
    "Ward round 03/11/2026 09:10\nPMH: COPD. MI 2019.\nObservations:\nBP: 120/80\nSeen by Dr. Smith. Plan: home.\n\n"
)


@pytest.mark.parametrize(
    "unit",
    [
        ROUND,
        "患者头痛。好转。",
        "03/11/2026 ",
        "He is ok. ",
        "approx. 5 ",
        "jan",
        "Ward round\n",
        "x\n",
        "# ",
        "a:",
        " ",
    ],
)
def test_the_largest_case_is_divided_in_seconds(unit: str) -> None:
    text = "x" + unit * (400_000 // len(unit)) + "y"
    started = time.perf_counter()
    segments.gather([("note", intake.Cleaned(text))])
    assert time.perf_counter() - started < 10  # about 2 s at worst; it was minutes


def test_chinese_sentences_and_bullets() -> None:
    assert split("患者头痛。予以治疗。\n- 复查血常规\n- 门诊随访") == [
        "患者头痛。",
        "予以治疗。",
        "- 复查血常规",
        "- 门诊随访",
    ]


def test_a_line_broken_by_a_program_is_one_sentence() -> None:
    text = "The patient was admitted with three days of increasing breathlessness\nand ankle swelling. No pain."
    assert split(text) == [text[: text.index(" No pain")], "No pain."]


def test_dates_as_people_write_them() -> None:
    text = "03/11/2026, 2026-11-03, 3 Nov 2026, 3rd November 2026, November 3, 2026, 2026年11月3日, 3.11.26, 11/23/2026"
    assert [one.iso for one in dates.find(text)] == ["2026-11-03"] * 7 + ["2026-11-23"]
    assert dates.find("BP 120/80/60, 31/02/2026, ratio 1/2, 10-20 mg") == ()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["fever ", "无发热", "x", "1,234 ", "no cough, "]), st.integers(1000, 20000))
def test_a_line_without_an_end_is_cut_at_its_pauses(piece: str, length: int) -> None:
    text = (piece * length)[:length].strip()
    found = segments.sentences(text)
    assert visible("".join(one.of(text) for one in found)) == visible(text)
    assert max(one.end - one.start for one in found) <= 600
    assert not any(text[one.end - 1 : one.end + 1] in ("1,", "12", "23", "34") for one in found[:-1])


def test_a_question_mark_before_a_word_doubts_it_and_ends_nothing() -> None:
    text = "Low mood, nightmares ?PTSD - referral made. Any fever? No."
    assert [one.of(text) for one in segments.sentences(text)] == [
        "Low mood, nightmares ?PTSD - referral made.",
        "Any fever?",
        "No.",
    ]


def test_an_entry_of_another_day_is_not_of_the_heading_above() -> None:
    text = (
        "Plan: furosemide 240 mg/24 h. Ward weights\n06/02 Dr Hale WR: weight 88. Echo: EF 22%.\n"
        "10/02: fall in the bathroom, CT head not done\nGP: repeat U&E"
    )
    note = segments.gather([("note", intake.clean(text))])
    assert [(one.heading, one.span.of(note.text)[:6]) for one in note.passages] == [("Plan", "Plan: "), ("", "06/02 ")]
    short = segments.gather([("note", intake.clean("Plan: home today\n14/02 clinic\nGP: repeat U&E"))])
    assert [one.heading for one in short.passages] == ["Plan"]


def test_what_is_no_relative_s_is_not_family_history() -> None:
    text = "PMH: AF\nPresenting: fever\nFHx: brother MI\nmother DM\nOxytocin infusion 40 units given\nAllergies: latex"
    note = segments.gather([("note", intake.clean(text))])
    assert [(one.heading, one.span.of(note.text).splitlines()[-1]) for one in note.passages] == [
        ("PMH", "PMH: AF"), ("Presenting", "Presenting: fever"), ("FHx", "mother DM"),
        ("", "Oxytocin infusion 40 units given"), ("Allergies", "Allergies: latex"),
    ]  # fmt: skip


def test_a_line_with_a_label_or_a_day_is_one_more_allergy() -> None:
    text = "Allergies: penicillin - rash\nCodeine: nausea\n12/03 latex: hives on the hands\nPMH: HTN\nCKD: stage 3"
    note = segments.gather([("note", intake.clean(text))])
    assert [(one.heading, one.span.of(note.text).splitlines()[-1]) for one in note.passages] == [
        ("Allergies", "12/03 latex: hives on the hands"), ("PMH", "CKD: stage 3")
    ]  # fmt: skip
