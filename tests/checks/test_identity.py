"""Two patients in one paste are stopped; one patient written in two ways is not."""

from __future__ import annotations

import pytest

from app.checks import identity
from app.errors import TwoPatients
from app.notes import intake, segments
from app.notes.note import Note


def case(*texts: str) -> Note:
    return segments.gather([(f"note {index}", intake.clean(text)) for index, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("Hospital number: EX204117", "Hospital no EX204118", "record number"),
        ("NHS number: 943 476 5919", "NHS No: 943 476 5870", "NHS number"),
        ("Date of birth: 14/02/1954", "DOB 15 Feb 1954", "date of birth"),
        ("Patient name: Margaret Ellison", "Patient name: Joan Whitfield", "name"),
        ("姓名：王小明", "姓名：李四光", "name"),
        ("住院号：204117", "住院号：204118", "record number"),
    ],
)
def test_two_patients_are_stopped(first: str, second: str, what: str) -> None:
    with pytest.raises(TwoPatients, match=f"2 different values of {what}") as caught:
        identity.refuse_two_patients(case(first, second))
    assert caught.value.exit_code == 6
    for word in ("Ellison", "204118", "1954", "李四光"):
        assert word not in str(caught.value)


@pytest.mark.parametrize(
    "texts",
    [
        ("Patient name: SMITH, John", "Name: Mr John A. Smith", "Patient: J Smith"),
        ("Name: José García", "Name: JOSE GARCIA"),
        ("DOB: 01/02/1950", "Date of birth: 1 Feb 1950", "出生日期：1950年2月1日"),
        ("NHS number: 943 476 5919", "NHS No 9434765919"),
        ("Patient name: Ann Lee", "Next of kin name: Bob Stone\nDrug name: Aspirin\nWard name: Cedar"),
        ("Name: ____", "Name: XXXX", "Name: not known"),
        ("Patient: Yes.\nDoctor: And now?\nPatient: No, it is better.\nPatient: I Think So.",),
        ("Patient name: Ann Lee\nGP: Dr Bob Stone\nConsultant: Mr Carl Reed",),
    ],
)
def test_one_patient_is_not_stopped(texts: tuple[str, ...]) -> None:
    identity.refuse_two_patients(case(*texts))
    assert not [finding for finding in identity.find(case(*texts)) if finding.blocking]


def test_a_new_name_under_the_same_number_is_told_not_stopped() -> None:
    note = case("Name: Ann Lee\nMRN: 12345", "Name: Ann Stone\nMRN: 12345")
    (finding,) = identity.find(note)
    assert not finding.blocking
    assert [span.of(note.text) for span in finding.source_spans] == ["Ann Lee", "Ann Stone"]


def test_a_man_and_a_woman_are_told() -> None:
    (finding,) = identity.find(case("65-year-old man with pain", "72 year old woman, fall"))
    assert not finding.blocking
