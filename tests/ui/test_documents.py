"""The documents of a case as a list: places of the whole notes, found again in the documents."""

from hypothesis import given
from hypothesis import strategies as st

from app.notes import segments
from app.notes.note import DocumentText, Span
from app.ui import documents

SOME = st.lists(st.text(st.characters(codec="utf-8"), min_size=1).map(lambda text: DocumentText("", "", "", text)))


@given(SOME)
def test_a_place_of_the_whole_notes_is_found_again_in_its_document(some: list[DocumentText]) -> None:
    whole = "\n\n".join(one.text for one in some)
    assert documents.length(some) == len(whole)
    for index, one in enumerate(some):
        start = documents.start_of(some, index)
        assert whole[start : start + len(one.text)] == one.text
        for at in range(len(one.text)):
            assert documents.place(some, start + at) == (index, at)


def test_the_whole_notes_are_joined_as_the_reader_joins_them() -> None:
    some = [DocumentText("a", "clinic letter", "2026-05-01", "Chest pain."), DocumentText("b", "", "", "No fever.")]
    assert documents.length(some) == len(segments.rebuild(some).text)
    assert documents.place(some, segments.rebuild(some).text.index("fever")) == (1, 3)


@given(SOME, st.data())
def test_passages_are_the_same_text_in_the_documents(some: list[DocumentText], data: st.DataObject) -> None:
    whole = "\n\n".join(one.text for one in some)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    found = documents.spread(some, [Span(start, end)])
    pieces = [span.of(one.text) for one, spans in zip(some, found, strict=True) for span in spans]
    assert "".join("".join(pieces).split()) == "".join(whole[start:end].split())


@given(SOME.filter(bool), st.data())
def test_no_word_is_lost_by_splitting_merging_and_moving(some: list[DocumentText], data: st.DataObject) -> None:
    words = sorted("".join(one.text for one in some).replace("\n", ""))
    row = data.draw(st.integers(0, len(some) - 1))
    at = data.draw(st.integers(0, len(some[row].text)))
    after = documents.split(some, row, at)
    assert len(after) == len(some) + 1
    after = documents.merge(after, row + 1)
    after = documents.move(after, 0, len(after) - 1)
    assert sorted("".join(one.text for one in after).replace("\n", "")) == words
