"""Two patients in one paste are stopped; one patient written in two ways is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        ("MRN 12345", "Medical record no. 12346", "record number"),
        ("Hosp No: 12345", "Hosp. number: 12346", "record number"),
        ("MRN: **12345**", "**MRN:** 12346", "record number"),
        ("MRN\n12345", "MRN\n12346", "record number"),
        ("| Name | Ann Lee |", "| Name | Bob Stone |", "name"),
        ("Name\tAnn Lee\tDOB\t01/02/1950", "Name\tBob Stone", "name"),
        ("patient name: ann lee", "patient name: bob stone", "name"),
        ("Pt: Ann Lee", "Pt: Bob Stone", "name"),
        ("Patient: Mrs Ann Lee (72)", "Patient: Mr Bob Stone (65)", "name"),
        ("Name: S Smith", "Name: John Smith", "name"),
        ("Name: John Ward", "Name: John Smith", "name"),
        ("Date of birth (age): 01/02/1950", "Date of birth\n01/02/1951", "date of birth"),
        ("Ann Lee (born 01/02/1950) came.", "DOB: 01/02/1951", "date of birth"),
        ("Consultant: Dr Reed\nName: Ann Lee", "GP: Dr Hall\nName: Bob Stone", "name"),
        ("Ward round\nMargaret Holloway, 4471823\nFall at home.", "Ward round\nHarold Pym, 5518204\nCough.", "name"),
        ("Margaret Holloway, 4471823\nFall.", "Margaret Holloway, 4471832\nCough.", "record number"),
        ("HOLLOWAY, Margaret  NHS 485 777 3456\nFall.", "Patient name: Harold Pym\nCough.", "name"),
        ("Hospital number: QX771204\nName: Harold Pym", "Holloway, Margaret (EX990112)\nFall at home.", "name"),
        ("Re: Margaret Holloway, DOB 11/06/1948\nFall.", "Re: Joan Whitfield, DOB 12/07/1950\nFall.", "name"),
        ("Seen at home.\n\nMargaret Holloway 4471823\nFall.\n\nHarold Pym 5518204\nCough.", "Well.", "name"),
        ("Margaret Holloway 943 476 5919\nFall.", "Margaret Holloway 943 476 5870\nFall.", "NHS number"),
        ("DOE, JANE A  MRN 00123456\nFall.", "ROE, JOHN  MRN 00654321\nCough.", "name"),
        ("王小明，女，72岁，住院号 204117\n咳嗽。", "李建国，男，60岁，住院号 204118\n胸痛。", "name"),
        ("Consultant ward round 05/11/2026\nName: Ann Lee", "Consultant ward round 06/11/2026\nName: Bo Stone", "name"),
    ],
)
def test_two_patients_are_stopped(first: str, second: str, what: str) -> None:
    with pytest.raises(TwoPatients, match=f"2 different values of {what}") as caught:
        identity.refuse_two_patients(case(first, second))
    assert caught.value.exit_code == 6
    for word in ("Ellison", "Stone", "stone", "Smith", "12346", "204118", "1954", "李四光"):
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
        ("Name: O'Neil, Sean", "Name: Sean O’Neil"),
        ("Name: Müller, Hans", "Name: Hans Mueller"),
        ("Name: Jean-Luc Martin", "Name: Jean Luc Martin"),
        ("Name: Ann Lee, female", "Name: Ann Lee Age: 50 Sex: F", "Name: Ann Lee    Ward: Cedar"),
        ("DOB 01.02.1950", "Date of birth: 1950-02-01", "DOB 1/2/50"),
        ("MRN: 0012345", "MRN: 12345"),
        ("MRN: 12345\nHospital number: EX99", "MRN: 12345"),
        ("病历号：1234567 住院号：7654321", "病历号：1234567 住院号：7654321"),
        ("姓名：王小明 性别：男", "姓名：王 小明", "家属姓名：李四光"),
        ("Patient name: Ann Lee", "Next of kin\nName: Bob Stone\nDOB: 03/04/1990", "Name: Bob Stone (son)"),
        ("Name: Ann Lee\nDOB: 01/02/1950", "Daughter DOB: 03/04/1990. Mother's date of birth: 05/06/1920"),
        ("Name: Ann Lee", "Signed:\nName: Bob Stone\nGrade: ST3", "Name (doctor): Bob Stone", "Name: Dr Carl Reed"),
        ("Name: Ann Lee", "Name: Aspirin\nDose: 75 mg", "| Name | Dose | Route |\n| Aspirin | 75 mg | PO |"),
        ("Name: Ann Lee", "PATIENT: SLEEPING WELL", "Patient: Alert and oriented"),
        ("Patient: Yes.\nDoctor: And now?\nPatient: No, it is better.\nPatient: I Think So.",),
        ("Patient name: Ann Lee\nGP: Dr Bob Stone\nConsultant: Mr Carl Reed",),
        ("HOLLOWAY, Margaret  NHS 485 777 3456", "Margaret Holloway, 4471823", "Name: Mrs M Holloway\nMRN: 4471823"),
        ("Margaret Holloway, 4471823", "Margaret Holloway, 26H0049213", "Hospital number: QX771204"),
        ("Margaret Holloway, 4471823\nWell.\n\nJane Smith 7654321", "Plan: home.\nJane Smith RN 123456"),
        ("Margaret Holloway, 4471823\nNext of kin\nHarold Holloway, 07700900123", "Dr B. Stone, 7123456"),
        ("Margaret Holloway, 4471823", "Mill Surgery, 01632 960123\nElm Road, 123456\nHuman Insulin 123457"),
        ("Margaret Holloway, 4471823", "Escherichia Coli, 100000\nPlatelet Count 150000\nBlood Cultures 123456"),
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


def test_an_initial_hides_nobody() -> None:
    with pytest.raises(TwoPatients, match="2 different values of name"):
        identity.refuse_two_patients(case("Name: J Smith", "Name: Joan Smith", "Name: John Smith"))


def test_a_number_shared_by_two_documents_says_nothing_of_a_third() -> None:
    with pytest.raises(TwoPatients, match="of name"):
        identity.refuse_two_patients(case("Name: Ann Lee\nMRN: 12345", "Name: Ann Lee\nMRN: 12345", "Name: Bob Stone"))


@pytest.mark.parametrize(
    ("texts", "is_told"),
    [
        (("65-year-old man with pain", "82-year-old man, fall"), True),
        (("患者，男，65岁", "患者，女，72岁"), True),
        (("65-year-old man with pain", "66-year-old man, better"), False),
        (("Clinic letter 01/02/2016\n55-year-old man", "Ward round 01/02/2026\n65-year-old man"), False),
        (("MRN: 12345\n65-year-old man", "MRN: 12345\n72-year-old woman"), False),
        (("65-year-old man, lives with his wife, a 72-year-old woman",), False),
    ],
)
def test_age_and_sex_are_told_where_nothing_else_agrees(texts: tuple[str, ...], is_told: bool) -> None:
    findings = identity.find(case(*texts))
    assert bool(findings) is is_told
    assert not any(finding.blocking for finding in findings)


def test_spans_hold_the_value_and_nothing_else() -> None:
    note = case("Name: Ann Lee   Ward: Cedar\nMRN: **12345**", "**Name:** Bob Stone\nMRN: 12346")
    shown = [span.of(note.text) for finding in identity.find(note) for span in finding.source_spans]
    assert shown == ["Ann Lee", "Bob Stone", "12345", "12346"]


label = st.sampled_from(
    ["Name:", "Patient:", "DOB", "MRN", "NHS number", "born", "姓名：", "|", "\n", "Next of kin\n", "  "]
)


@settings(deadline=None)
@given(st.lists(st.one_of(label, st.text(max_size=12)), max_size=20).map(" ".join))
def test_any_note_is_looked_at_without_a_fault(text: str) -> None:
    note = case(text)
    for finding in identity.find(note):
        assert all(span.of(note.text).strip() for span in finding.source_spans)


@pytest.mark.parametrize("unit", ["MRN", "Name: Ann Lee ", "Name: a/", "born ", "name", "Patient: A B\n"])
def test_looking_takes_no_longer_than_the_text_is_long(unit: str) -> None:
    texts = (
        unit * (400_000 // len(unit)),
        unit + " " * 390_000 + "1",
        "".join(f"Name: A{i} B\n" for i in range(25_000)),
    )
    started = time.perf_counter()
    for text in texts:
        identity.find(case(text))
    assert time.perf_counter() - started < 15  # seconds; about 2
