"""The word lists as they stand, and what they let a letter say of a note in other words."""

from __future__ import annotations

import pytest

from app.checks import vocabulary, words
from app.checks.finding import Finding
from app.notes.note import Note
from tests.checks.cases import draft_of, note_of, of_sentences

WARD = note_of(
    "PTWR 12/9/26\n\n88F BIBA post fall, N+V x3. PMHx: T2DM, AF. CTH NAD, XR pelvis NBI. afeb, sats 96% RA, LTOT 1L, "
    "FEV1 38%.\nWeaned off NIV D3, pH 7.38. Anti-D not req, Rh pos. Depot missed x2/12, living rough.\n"
    "Lap chole 3/6, no perf/collection. Sutured under LA. 14/9 obs stable, BO, E+D well. Vit K im given.\n"
    "No stridor, feeding well, wet nappies. Home w POC TDS. Her mum is asthmatic. DOE 1/52."
)


def found(text: str, note: Note = WARD) -> tuple[Finding, ...]:
    return of_sentences(note, draft_of(("course", text)))


@pytest.mark.parametrize(
    "text",
    [
        "She had vomited three times.",
        "There was no bony injury of the pelvis.",
        "She had no fever, and her saturations were 96 % on room air.",
        "She uses home oxygen at 1 litre per minute, and her FEV1 was 38 %.",
        "She came off non-invasive ventilation on day 3 with a pH of 7.38.",
        "Anti-D was not required because she is rhesus positive.",
        "The depot had been missed for two months.",
        "A laparoscopic cholecystectomy was done on 3 June; there was no perforation or abscess.",
        "The wound was stitched under local anaesthetic.",
        "Vitamin K was given by intramuscular injection.",
        "She was feeding well and had wet nappies.",
        "Her mother is asthmatic.",
    ],
)
def test_other_words_for_the_same_are_borne_out(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "There was a fracture of the pelvis.",
        "She had a fever.",
        "She uses home oxygen at 4 litres per minute.",
        "The depot had been missed for two weeks.",
        "She is rhesus negative.",
        "She is asthmatic.",
    ],
)
def test_what_the_note_denies_or_does_not_say_is_told(text: str) -> None:
    assert found(text)


def test_an_abbreviation_of_two_meanings_bears_out_either_but_no_drug() -> None:
    note = note_of("72M. MS, stable. RA 96%.")
    for text in ("He has multiple sclerosis.", "He has mitral stenosis."):
        assert found(text, note) == ()
    for drug in ("morphine", "magnesium sulfate"):
        assert found(f"He takes {drug}.", note)
    assert {meaning for some in vocabulary.meanings().values() for meaning in some}.isdisjoint(
        entry.key for _, entry in vocabulary._read() if entry.kind == "drug"
    )


def test_no_spelling_is_a_time() -> None:
    """A word of the lists is no value, so one that is a unit of time too would hide the value before it: "8 hrs"."""
    spellings = {spelling.casefold() for spelling, entry in vocabulary._read() if entry.kind != "quantity"}
    assert spellings.isdisjoint({"hr", "hrs", "min", "mins", "wk", "wks", "yr", "yrs", "mth", "mths", "sec", "secs"})


@pytest.mark.parametrize("name", ["wider.txt", "meanings.txt"])
def test_names_that_a_list_refers_to_are_names(name: str) -> None:
    for line in vocabulary.listed_lines(name):
        for one in line.partition(":")[2].split(","):
            read = [word.key for word in words.read(one.strip())]
            assert len(read) == 1, f"{line}: {one}"
