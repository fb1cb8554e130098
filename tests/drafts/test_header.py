"""The head of a letter: labelled facts, never a relative's, with the place they come from."""

from __future__ import annotations

import pytest

from app.drafts import header
from tests.checks.cases import note_of
from tests.letter import cases


def found(text: str) -> dict[str, str]:
    """Facts by name, the first of each."""
    facts: dict[str, str] = {}
    for one in header.facts(note_of(text)):
        facts.setdefault(one.name, one.value)
    return facts


def test_the_sample_stay() -> None:
    note = cases.stay()
    facts = {one.name: one for one in header.facts(note)}
    assert (facts["name"].value, facts["born"].value, facts["number"].value) == (
        "Margaret Ellison", "1954-02-14", "EX204117",
    )  # fmt: skip
    assert (facts["admitted"].value, facts["admitted"].is_inferred) == ("2026-11-03", True)
    assert (facts["discharged"].value, facts["discharged"].is_inferred) == ("2026-11-09", True)
    assert all(one.source is not None and one.source.of(note.text) for one in facts.values())


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Name: Ann Lee  DOB: 01/02/1960  Sex: F\nShe is well.", {"name": "Ann Lee", "born": "1960-02-01", "sex": "F"}),
        ("Ward round\nHOLLOWAY, Margaret  NHS 943 476 5919  DOB 11/06/1948\nWell.",
         {"name": "HOLLOWAY, Margaret", "nhs": "943 476 5919", "born": "1948-06-11"}),
        ("Patient name: Ann Lee\n\nWard round\nAnn M Lee, QX771204\nWell.", {"name": "Ann Lee", "number": "QX771204"}),
        ("GP: Dr B. Stone, Mill Surgery\nWard: 7B", {"gp": "Dr B. Stone, Mill Surgery", "ward": "7B"}),
        ("姓名：李明，性别：男，住院号：A12345\n出院日期：2026年5月20日",
         {"name": "李明", "sex": "男", "number": "A12345", "discharged": "2026-05-20"}),
        ("Admitted on 03/11/2026 via the emergency department.\nDischarged to a care home.",
         {"admitted": "2026-11-03", "destination": "a care home"}),
    ],
)  # fmt: skip
def test_labelled_facts(text: str, facts: dict[str, str]) -> None:
    assert facts.items() <= found(text).items()


@pytest.mark.parametrize(
    "text", ["Next of kin name: John Lee", "Mother's name: Mary Lee", "Name: unknown", "Drug name: ramipril"]
)
def test_what_is_no_fact_of_the_patient(text: str) -> None:
    assert "name" not in found(f"{text}\nShe is well today.")


def test_two_values_are_both_there() -> None:
    facts = header.facts(note_of("Date of discharge: 01/03/2026\nWell.", "Date of discharge: 02/03/2026\nWell."))
    assert [one.value for one in facts if one.name == "discharged"] == ["2026-03-01", "2026-03-02"]
