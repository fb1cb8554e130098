"""Search finds what a doctor remembers, in any language, and takes nothing typed for an operator."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history import retention, search
from app.history.entry import Query
from app.history.ephemeral import open_ephemeral
from app.history.search import snippet
from app.history.store import History
from tests.history.conftest import draft, note


@pytest.fixture
def filled(history: History) -> History:
    history.add_case("Ellison", note("Ward round 03/11/2026\nPneumonia of the left base, naïve to β-blockers."), "EX1")
    history.add_case("王小明", note("入院记录\n患者因反复头痛三天入院，青霉素过敏。"), "EX2")
    case = history.add_case("Whitfield", note("Clinic letter 12/10/2026\nNo headache. Asthma well controlled."), "EX3")
    history.add_draft(case.id, draft("Asthma is well controlled on salbutamol."))
    return history


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("pneumonia", ["Ellison"]),
        ("PNEUMON", ["Ellison"]),
        ("naive", ["Ellison"]),
        ("头痛", ["王小明"]),
        ("痛", ["王小明"]),
        ("青霉素过敏", ["王小明"]),
        ("痛头", []),
        ("left base", ["Ellison"]),
        ('"base left"', []),
        ("asthma", ["Whitfield", "Whitfield"]),
        ("asthma salbutamol", ["Whitfield"]),
        ("", []),
        ('" OR * NEAR(', []),
    ],
)
def test_words_are_found(filled: History, words: str, titles: list[str]) -> None:
    assert [hit.title for hit in filled.search(Query(words))] == titles


def test_filters_and_pages(filled: History) -> None:
    assert [hit.kind for hit in filled.search(Query("asthma", kind="draft"))] == ["draft"]
    assert filled.search(Query("asthma", signed=True)) == ()
    assert len(filled.search(Query("asthma", signed=False))) == 1
    assert len(filled.search(Query("asthma", patient="EX3"))) == 2
    assert filled.search(Query("asthma", patient="%")) == ()
    assert len(filled.search(Query("asthma", since="2026-10-12", until="2026-10-12"))) == 1
    pages = [filled.search(Query("asthma", limit=1, offset=offset)) for offset in range(3)]
    assert [len(page) for page in pages] == [1, 1, 0]
    assert pages[0] != pages[1]


def test_a_new_version_replaces_the_old_words(filled: History) -> None:
    (hit,) = filled.search(Query("salbutamol"))
    filled.add_version(hit.source, {"sections": [{"text": "On tiotropium now."}]}, "Dr A")
    assert filled.search(Query("salbutamol")) == ()
    (hit,) = filled.search(Query("tiotropium"))
    filled.sign(hit.source, "Dr A")
    assert filled.search(Query("tiotropium", signed=True))[0].is_signed


def test_snippets_show_the_place() -> None:
    long = "word " * 100 + "Café au lait spots here. " + "word " * 100
    shown = snippet(long, ["cafe"])
    assert "Café au lait" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_nothing_typed_breaks_the_search(words: str) -> None:
    history = open_ephemeral()
    history.add_case("a", note("Chest pain and fever. 患者头痛。"))
    history.search(Query(words))
    history.close()


def test_a_case_is_found_by_its_title_and_its_patient(filled: History) -> None:
    assert [(hit.kind, hit.title) for hit in filled.search(Query("whitf"))] == [("case", "Whitfield")]
    assert "EX1" in filled.search(Query("EX1"))[0].snippet
    assert [hit.title for hit in filled.search(Query("小明"))] == ["王小明"]
    case = filled.search(Query("ellison"))[0].case
    retention.purge_case(filled, case, "asked")
    assert filled.search(Query("ellison")) == ()


def test_accents_are_found_however_they_are_written(history: History) -> None:
    history.add_case("a", note("Chest pain."))
    case = history.cases()[0].id
    history.add_document(case, "one", unicodedata.normalize("NFC", "naïve to β-blockers"))
    history.add_document(case, "two", unicodedata.normalize("NFD", "naïve to steroids"))
    for form in ("NFC", "NFD"):
        assert len(history.search(Query(unicodedata.normalize(form, "naïve")))) == 2
    assert len(history.search(Query("naive"))) == 2


@pytest.mark.parametrize("page", [1, 2, 3, 5, 11])
def test_pages_hold_every_match_once(history: History, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setattr(search, "_RANKED", 4)
    history.add_case("a", note("Chest pain."))
    case = history.cases()[0].id
    for number in range(11):
        history.add_document(case, str(number), "asthma " * (1 + number % 4) + f"and word{number} " * 3)
    seen: list[str] = []
    while hits := history.search(Query("asthma", limit=page, offset=len(seen))):
        seen += [hit.source for hit in hits]
    assert len(seen) == 11
    assert len(set(seen)) == 11
    names = {one.id: int(one.name) for one in history.documents(case)[1:]}
    # Blocks of four, the newest first; in each the one that says asthma most often leads.
    assert [names[one] for one in seen] == [7, 10, 9, 8, 3, 6, 5, 4, 2, 1, 0]
