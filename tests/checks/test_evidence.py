"""Each sentence of a draft is tied to what supports it, and to nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks import evidence
from tests.checks.cases import draft_of, note_of

NOTE = note_of(
    "Ward round 05/11/2026\n\nBreathing easier. Weight 89.3 kg.\n\nAllergies: Penicillin - widespread rash in 2011.\n\n"
    "Plan: Start bisoprolol 2.5 mg once daily for rate control.\nStop aspirin now that apixaban has been started.",
    "Nursing note 07/11/2026\n\nWalking to the bathroom without help. Blood glucose 8.4 mmol/L before lunch.",
)


def linked(text: str) -> list[str]:
    (one,) = evidence.of(NOTE, draft_of(("course", text)))
    return [span.of(NOTE.text) for span in one.source_spans]


def test_a_copied_sentence_is_linked_to_its_place() -> None:
    (one,) = evidence.of(NOTE, draft_of(("course", "Start bisoprolol 2.5 mg once daily for rate control.")))
    assert [span.of(NOTE.text) for span in one.source_spans] == ["Start bisoprolol 2.5 mg once daily for rate control."]
    assert one.support == 1.0


def test_a_paraphrase_is_linked_to_what_it_rewords() -> None:
    assert linked("He was commenced on bisoprolol 2.5 mg daily to control the rate.")[0].startswith("Plan: Start bisop")
    assert linked("He is allergic to penicillin, which caused a rash.")[0].startswith("Allergies: Penicillin")


def test_a_sentence_of_two_facts_is_linked_to_both() -> None:
    found = linked("Weight was 89.3 kg and blood glucose 8.4 mmol/L.")
    assert any("89.3" in one for one in found)
    assert any("8.4" in one for one in found)


def test_an_invented_sentence_gets_no_guessed_link() -> None:
    assert linked("He developed hospital acquired pneumonia and was given meropenem.") == []


def test_what_nothing_used_is_found_and_titles_are_not() -> None:
    used = evidence.of(NOTE, draft_of(("course", "Breathing easier. Weight 89.3 kg.")))
    left = [span.of(NOTE.text) for span in evidence.unused(NOTE, used)]
    assert "Walking to the bathroom without help." in left
    assert not any("Weight" in one or "Ward round" in one for one in left)


@settings(deadline=None)
@given(st.data())
def test_every_sentence_of_the_notes_supports_itself(data: st.DataObject) -> None:
    spans = evidence.index(NOTE).spans
    span = data.draw(st.sampled_from(spans))
    (one,) = evidence.of(NOTE, draft_of(("course", span.of(NOTE.text))))[:1]
    assert one.source_spans[0].of(NOTE.text) in span.of(NOTE.text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    found = evidence.of(NOTE, draft_of(("course", text)))
    assert all(one.draft_span.of(text).strip() for one in found)
    assert all(0 <= one.support <= 1 for one in found)
