"""Names: lay words, shorthand and classes bear a draft out; words that only share a stem with a name are none."""

from __future__ import annotations

import pytest

from app.checks import words
from tests.checks.cases import draft_of, note_of, of_sentences

NOTE = note_of(
    "No LOC. R TM perforated, L clavicle #. Asterixis present. BNO 4/7, no flatus. T 38.6. "
    "Wound swab: Staph aureus. Pt had phlebitis at cannula site. Started bisoprolol and Humalog. "
    "Abdo peritonitic. Brother: haemochromatosis. Ileum resected, stapled. CAM+ overnight. CODE: full."
)


@pytest.mark.parametrize(
    "text",
    [
        "He had not blacked out.",
        "The right eardrum was perforated and the left collarbone broken.",
        "A flapping tremor was present.",
        "He had passed no wind.",
        "There was inflammation of a vein at the cannula site.",
        "A beta blocker and insulin were started.",
        "The wound was infected with Staphylococcus aureus.",
        "Abdominal examination showed peritonitis.",
        "A brother has iron overload.",
        "The ileum was excised and the ends stapled.",
        "He is for full resuscitation.",
    ],
)
def test_other_words_for_what_the_notes_have_pass(text: str) -> None:
    assert [one for one in of_sentences(NOTE, draft_of(("course", text))) if one.kind in ("support", "drug")] == []


@pytest.mark.parametrize(
    "text", ["He developed acute pancreatitis.", "Hepatitis was found.", "He has Zieve syndrome and phlebitis."]
)
def test_what_no_word_of_the_notes_stands_for_is_told(text: str) -> None:
    assert "support" in {one.kind for one in of_sentences(NOTE, draft_of(("course", text)))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the septal wall", "sepsis"),
        ("a secondary cause", "metastases"),
        ("hard faeces", "chemotherapy"),
        ("a sensor was fitted", "insulin pump"),
        ("not stocked on the ward", "compression stockings"),
        ("he sleeps well", "drowsiness"),
        ("a local anaesthetic", "loss of consciousness"),
        ("the feeding tube", "intubation"),
        ("her voice is hoarse", "hallucinations"),
        ("newly diagnosed", "news"),
    ],
)
def test_a_shared_stem_makes_no_name(text: str, name: str) -> None:
    assert name not in {word.key for word in words.read(text)}


def test_names_that_say_little_are_asked_of_no_notes() -> None:
    note = note_of("Plt 210 -> 96 after surgery. Injury of the knee dressed daily by the nurse.")
    draft = draft_of(("course", "A fall in platelets after surgery complicated the dressing of the knee by the nurse."))
    assert [one.message for one in of_sentences(note, draft) if one.kind == "support"] == []
