"""A note is divided without losing a character, and its parts are where they say they are."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app import paths
from app.notes import dates, intake, segments
from app.notes.note import Note

line = st.sampled_from(
    ["Plan:", "Allergies: none", "PMH: MI 2019. COPD.", "BP: 120/80", "ward round 03/11/2026", "", "  ", "- item one",
     "Seen by Dr. Smith. Well.", "患者头痛。好转。", "HISTORY", "x", "A long line that some program broke in its middle"
     " so that", "it goes on here."]
)  # fmt: skip
paste = st.lists(st.one_of(line, st.text(max_size=30)), max_size=30).map("\n".join)


def gather(*texts: str) -> Note:
    return segments.gather([(f"note {index}", intake.clean(text)) for index, text in enumerate(texts)])


def visible(text: str) -> str:
    return "".join(text.split())


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


def split(text: str) -> list[str]:
    return [span.of(text) for span in segments.sentences(text)]


def test_clinical_full_stops_end_no_sentence() -> None:
    assert split("Temp. 38.2 C today. Given i.v. fluids. Seen by Dr. Smith. Home.") == [
        "Temp. 38.2 C today.",
        "Given i.v. fluids.",
        "Seen by Dr. Smith.",
        "Home.",
    ]


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
