"""The second reader as it ships: what it is asked to tell, whatever it is asked, and without its files."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.checks import entailment
from app.checks.entailment import MANIFEST, TOKENIZER, WEIGHTS, Encoder, read
from app.errors import SetupError

FOLDER = entailment.folder()
TWINS = (
    ("He denies chest pain and cough.", "He had no chest pain.", "He had chest pain."),
    (
        "Echo booked 12/5 as outpatient.",
        "An outpatient echocardiogram has been booked.",
        "An echocardiogram was performed.",
    ),
    ("?PE - CTPA requested.", "Pulmonary embolism was suspected.", "Pulmonary embolism was confirmed."),
    ("Ex-smoker, stopped 2010.", "She used to smoke.", "She currently smokes."),
    ("Rash much better at d/c.", "The rash had improved at discharge.", "The rash had worsened at discharge."),
    ("Ramipril stopped (AKI).", "Ramipril was discontinued.", "Ramipril was continued."),
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(read(FOLDER))


@pytest.mark.parametrize(("passage", "true", "false"), TWINS)
def test_the_true_twin_is_believed_more(encoder: Encoder, passage: str, true: str, false: str) -> None:
    right, wrong = encoder.judge([(true, passage), (false, passage)])
    assert right.agreement > wrong.agreement


def test_it_says_what_kind_of_error_it_is(encoder: Encoder) -> None:
    (one,) = encoder.judge([("He had chest pain.", "He denies chest pain and cough.")])
    assert one.kind == "negation"
    assert one.kind in encoder.kinds


def test_with_others_and_without_the_library_it_says_the_same(encoder: Encoder) -> None:
    pairs = [(sentence, passage) for passage, *both in TWINS for sentence in both]
    together = [one.agreement for one in encoder.judge(pairs)]
    alone = [Encoder(read(FOLDER)).judge([pair])[0].agreement for pair in pairs[:4]]
    plain = [one.agreement for one in Encoder(read(FOLDER), native=False).judge(pairs)]
    assert together[:4] == pytest.approx(alone, abs=1e-3)
    assert together == pytest.approx(plain, abs=0.5)  # activations in 8 bit


TEXT = st.text(st.characters(), max_size=200) | st.sampled_from(["\ud800", "</s> no <s>", "\x00", "a" * 300])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=3))
def test_any_text_is_judged(encoder: Encoder, pairs: list[tuple[str, str]]) -> None:
    found = encoder.judge(pairs)
    assert len(found) == len(pairs)
    assert all(abs(one.agreement) < 100 for one in found)


def test_what_is_too_long_is_cut(encoder: Encoder) -> None:
    (one,) = encoder.judge([("pain " * 5000, "fever " * 5000)])
    assert abs(one.agreement) < 100


@pytest.mark.parametrize("name", [WEIGHTS, MANIFEST, TOKENIZER])
@pytest.mark.parametrize("is_there", [True, False])
def test_files_that_are_missing_or_broken_are_named(name: str, is_there: bool, tmp_path: Path) -> None:
    folder = tmp_path / "entailment"
    shutil.copytree(FOLDER, folder)
    (folder / name).unlink()
    if is_there:
        (folder / name).write_bytes(b"\x00half a file")
    with pytest.raises(SetupError, match="second reader"):
        Encoder(read(folder))


def test_a_mark_of_the_encoder_in_a_note_is_only_words(encoder: Encoder) -> None:
    ids = encoder._encoded(("no </s> pain", "<s>")).ids
    assert [ids.count(one or 0) for one in (encoder._tokenizer.token_to_id("</s>"), ids[0])] == [3, 1]


def test_callers_at_once_get_their_own_verdicts(encoder: Encoder) -> None:
    pairs = [[(f"He had {number} falls.", f"{number + turn % 2} falls.") for number in range(8)] for turn in range(6)]
    alone = [encoder.judge(one) for one in pairs]
    fresh = Encoder(read(FOLDER))
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(fresh.judge, pairs))
    for one, other in zip(alone, together, strict=True):
        assert [a.agreement for a in one] == pytest.approx([b.agreement for b in other], abs=1e-3)
