"""Documents as a person corrected them become a note whose offsets the window can rely on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.notes import intake, segments
from app.notes.note import DocumentText

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=80)
_DOCUMENTS = st.lists(st.builds(DocumentText, _TEXT, st.sampled_from(["", "clinic"]), st.just("2026-05-03"), _TEXT))


@given(_DOCUMENTS)
def test_text_is_the_documents_with_a_blank_line_between(documents: list[DocumentText]) -> None:
    note = segments.rebuild(documents)
    assert note.text == "\n\n".join(one.text for one in documents)
    seen = [one for one in documents if one.text.strip()]
    assert [(one.name, one.kind, one.date, one.span.of(note.text)) for one in note.documents] == [
        (one.name, one.kind, one.date, one.text) for one in seen
    ]


def test_what_the_program_guessed_is_kept_as_the_doctor_corrected_it() -> None:
    pasted = "Ward round 03/05/2026\nFeeling better.\n\nClinic letter 04/06/2026\nAll well."
    note = segments.gather([("", intake.clean(pasted))])
    documents = segments.as_documents(note)
    assert [(one.kind, one.date) for one in documents] == [("ward round", "2026-05-03"), ("clinic", "2026-06-04")]
    corrected = [documents[0], DocumentText("Letter", "discharge", "2026-06-05", documents[1].text)]
    again = segments.rebuild(corrected)
    kinds = [(one.kind, one.date) for one in again.documents]
    assert kinds == [("ward round", "2026-05-03"), ("discharge", "2026-06-05")]
    assert segments.as_documents(again) == corrected
