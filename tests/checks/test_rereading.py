"""The second reading adds what the rules miss, softens what they err in, and leaves the rest alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.checks import entailment, evidence, rereading, sentences, wording
from app.checks.entailment import Verdict
from app.checks.finding import Finding, Said, block, said
from app.errors import SetupError
from app.notes.note import Span
from tests.checks.cases import draft_of, note_of

NOTE = note_of("Ward round 04/10/2026\nRash much better. Ramipril stopped. Mother had a stroke.\n咳嗽好转。")
TEXT = "The rash has spread. Ramipril was stopped."


class Reader:
    """Gives verdicts in turn, and remembers what it was asked."""

    passages = 3

    def __init__(self, *agreements: float) -> None:
        self.verdicts = [Verdict(one, "time") for one in agreements]
        self.asked: list[tuple[str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        self.asked += pairs
        return self.verdicts[: len(pairs)]


def settled(
    monkeypatch: pytest.MonkeyPatch,
    reader: Reader | SetupError,
    found: Sequence[Finding] = (),
    text: str = TEXT,
    task: str = "",
) -> tuple[Finding, ...]:
    monkeypatch.setattr(rereading, "_loaded", lambda: reader)
    draft = draft_of(("course", text))
    draft = replace(draft, task=task or draft.task)
    return rereading.settle(NOTE, draft, evidence.of(NOTE, draft), found)


def finding(template: str, start: int = 4, *, kind: str = "negation", sources: tuple[Span, ...] = ()) -> Finding:
    """A blocking finding with whatever facts its template wants."""
    facts = dict.fromkeys(re.findall(r"{(\w+)}", template), "x")
    return block(kind, said(template, **facts), sources, section="course", draft=Span(start, start + 3))


def test_a_sentence_without_a_finding_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    least = rereading.DOUBTED_BELOW["time"]
    (doubted,) = settled(monkeypatch, Reader(least - 0.1, 9.0))
    assert (doubted.kind, doubted.blocking, doubted.draft_span) == ("time", False, Span(0, 20))
    assert doubted.source_spans[0].of(NOTE.text).startswith("Rash")
    assert settled(monkeypatch, Reader(least + 0.1, 9.0)) == ()


@pytest.mark.parametrize("kind", ["number", "dose", "date", "duration", "frequency"])
def test_a_value_is_doubted_where_it_is_very_sure(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    least = rereading.DOUBTED_BELOW[kind]
    assert least <= -3
    reader = Reader()
    reader.verdicts = [Verdict(least - 0.1, kind), Verdict(9.0, kind)]
    (doubted,) = settled(monkeypatch, reader)
    assert (doubted.kind, doubted.blocking) == (kind, False)
    reader.verdicts = [Verdict(least + 0.1, kind), Verdict(9.0, kind)]
    assert settled(monkeypatch, reader) == ()


@pytest.mark.parametrize(
    ("notes", "text", "kind"),
    [
        ("Platelets fell to twenty one.", "Her platelets fell to 21.", "number"),
        ("Adm 4/3/2026, D/C 16/3/2026.", "He was in hospital for twelve days.", "duration"),
        ("DNACPR 2025.", "A decision not to attempt resuscitation is in place.", "time"),
    ],
)
def test_what_it_was_not_taught_is_not_doubted(
    notes: str, text: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader()
    reader.verdicts = [Verdict(-9.0, kind)]
    monkeypatch.setattr(rereading, "_loaded", lambda: reader)
    note, draft = note_of(notes), draft_of(("course", text))
    assert rereading.settle(note, draft, evidence.of(note, draft), ()) == ()


def test_it_reads_beside_the_nearest_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(5.0, 5.0)
    settled(monkeypatch, reader)
    assert [sentence for sentence, _ in reader.asked] == ["The rash has spread.", "Ramipril was stopped."]
    assert "Ramipril stopped." in reader.asked[1][1]


def test_what_is_told_already_is_not_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    told = finding(wording.NUMBER_DIFFERS)
    reader = Reader(9.0)
    assert settled(monkeypatch, reader, [told]) == (told,)
    assert [sentence for sentence, _ in reader.asked] == ["Ramipril was stopped."]  # nothing could change the other


@pytest.mark.parametrize(("kind", "template"), sorted(rereading.SURE_FROM))
def test_a_finding_weighs_less_the_surer_it_is(kind: str, template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told, bounds = finding(template, kind=kind), rereading.SURE_FROM[kind, template]
    for agreement in (bounds.warns - 0.1, math.nan):
        assert settled(monkeypatch, Reader(agreement, 9.0), [told]) == (told,)
    for agreement in (bounds.warns + 0.1, bounds.silent - 0.1):
        (soft,) = settled(monkeypatch, Reader(agreement, 9.0), [told])
        assert (soft.blocking, soft.severity, soft.draft_span) == (False, "warning", told.draft_span)
    assert settled(monkeypatch, Reader(bounds.silent + 0.1, 9.0), [told]) == ()
    unread = finding(template, kind=kind, sources=(Span(0, 5),))
    assert settled(monkeypatch, Reader(9.0, 9.0), [unread]) == (unread,)


@pytest.mark.parametrize(
    "template",
    [
        wording.NUMBER_OF_DIFFERS, wording.NUMBER_SWAPPED, wording.UNIT_DIFFERS, wording.DRUG_ABSENT,
        wording.FREQUENCY_DIFFERS, wording.DATE_DIFFERS, wording.AGE_DIFFERS, wording.STAY_DIFFERS, wording.ALLERGIC,
        wording.ALLERGY_DENIED, wording.SIDE_DIFFERS, wording.OPPOSITE, wording.DIRECTION, wording.ACTION_DENIED,
    ],
)  # fmt: skip
def test_values_drugs_sides_and_allergies_are_left_to_the_rules(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = finding(template)
    assert settled(monkeypatch, Reader(20.0, 20.0), [told]) == (told,)


def test_an_unsupported_sentence_with_a_strange_word_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    told = finding(wording.NO_SUPPORT, kind="support")
    text = "The rash has spread with a history of pancreatitis."
    assert settled(monkeypatch, Reader(20.0), [told], text) == (told,)


@pytest.mark.parametrize("text", ["She has no allergy to the tablets.", "She is for full resuscitation.", "Full code."])
def test_allergies_and_resuscitation_are_never_weighed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = finding(wording.FLIP_NEGATED)
    assert settled(monkeypatch, Reader(20.0), [told], text) == (told,)


def test_signs_behind_words_are_left_to_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    note = note_of("O/E: swelling +, bruising -.")
    reader = Reader()
    reader.verdicts = [Verdict(-9.0, "negation")]
    monkeypatch.setattr(rereading, "_loaded", lambda: reader)
    draft = draft_of(("course", "There was swelling but no bruising."))
    assert rereading.settle(note, draft, evidence.of(note, draft), ()) == ()
    reader.verdicts = [Verdict(-9.0, "time")]
    assert rereading.settle(note, draft, evidence.of(note, draft), ()) != ()


def test_what_concerns_no_sentence_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = replace(finding(wording.NOT_MENTIONED), draft_span=None)
    other = replace(finding(wording.NOT_MENTIONED), section="medicines")
    assert settled(monkeypatch, Reader(20.0, 20.0), [whole, other]) == (whole, other)


def test_without_its_files_the_rules_stand_and_the_doctor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = finding(wording.NOT_MENTIONED)
    first, second = settled(monkeypatch, SetupError(name="x", why="y"), [told])
    assert first == told
    assert isinstance(second.message, Said)
    assert (second.message.template, second.blocking) == (wording.NOT_READ_AGAIN, False)


def test_damaged_files_are_no_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(entailment, "folder", lambda: tmp_path)
    rereading._loaded.cache_clear()
    try:
        assert isinstance(rereading._loaded(), SetupError)
    finally:
        rereading._loaded.cache_clear()


def test_where_no_person_looks_nothing_weighs_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "_loaded", lambda: Reader(-20.0))
    draft = draft_of(("course", TEXT))
    kind, template = next(iter(rereading.SURE_FROM))
    told = finding(template, kind=kind)
    found = rereading.settle(NOTE, draft, evidence.of(NOTE, draft), [told], only_adds=True)
    assert found[0] == told
    assert [one.blocking for one in found] == [True, True]


@pytest.mark.parametrize(
    "text", ["咳嗽加重。", "Ramipril stopped.", "Dear Doctor, thank you.", "Family history:\nStroke."]
)
def test_chinese_quotations_and_greetings_are_not_read_again(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(-9.0)
    assert settled(monkeypatch, reader, text=text) == ()
    assert reader.asked == []


def test_tasks_that_reword_on_purpose_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settled(monkeypatch, Reader(-9.0, -9.0), task="plain-language") == ()


def test_a_flip_in_words_of_no_list_is_told() -> None:
    draft = draft_of(("course", "The rash had become a lot worse."))
    assert [one.kind for one in sentences.find(NOTE, draft, evidence.of(NOTE, draft))]


def test_quotation_marks_and_dashes_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(5.0)
    settled(monkeypatch, reader, text="The patient’s eruption – a rash, in fact – had spread to ≥ 3 sites.")
    assert len(reader.asked) == 1


def test_a_finding_says_the_sentence_so_that_one_decision_settles_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = settled(monkeypatch, Reader(-9.0, -9.0), text="The rash has spread. The rash has gone.")
    assert one.message != other.message
