"""Sides, ways that values go, levels and what was done with drugs: told where the notes say otherwise, else not."""

from __future__ import annotations

import pytest

from tests.checks.cases import draft_of, note_of, of_sentences


def kinds(note: str, text: str) -> set[str]:
    return {one.kind for one in of_sentences(note_of(note), draft_of(("course", text)))}


@pytest.mark.parametrize(
    ("note", "text", "is_told"),
    [
        ("Nodule L upper zone.", "A nodule lay in the upper zone of the right lung.", True),
        ("Nodule L upper zone.", "A nodule lay in the upper zone of the left lung.", False),
        ("Systolic murmur LSE.", "A systolic murmur was heard at the right sternal edge.", True),
        ("L nephrectomy 2003 (stone).", "His right kidney was removed in 2003.", True),
        (
            "R 3rd toe amputated, left open. L knee old scar.",
            "A toe on the right was amputated and the wound left open.",
            False,
        ),
        ("R hand burn, L foot abrasion.", "There was a burn of the right hand.", False),
        ("Wrists swollen, the left more than the right.", "The wrists were swollen, chiefly the left.", False),
        (
            "Cavity RLL, bilat consolidation.",
            "A cavity in the right lower lobe and consolidation on both sides.",
            False,
        ),
    ],
)
def test_sides_belong_to_a_part_of_the_body(note: str, text: str, is_told: bool) -> None:
    assert ("side" in kinds(note, text)) == is_told


@pytest.mark.parametrize(
    ("note", "text", "is_told"),
    [
        ("Hb 71 (May 115).", "His haemoglobin had dropped from 115 in May to 71.", False),
        ("Hb 71 (May 115).", "His haemoglobin had risen.", True),
        ("Weight 70.2 kg (74.0 in June).", "Her weight has dropped to 70.2 kg.", False),
        ("CEA 3.1 (pre-op 12).", "The CEA had risen above its preoperative level.", True),
        ("LABS: Na 128, K 5.6, TSH 7.2.", "Her serum potassium was low.", True),
        ("LABS: Na 128, K 5.6, TSH 7.2.", "Her serum potassium was raised.", False),
        ("LABS: Na 128, K 5.6, TSH 7.2.", "Thyroid stimulating hormone was suppressed.", True),
        ("LABS: Na 128, K 5.6, TSH 7.2.", "Sodium was normal.", True),
        ("5 mm nodule RLL.", "There was a nodule in the right upper lobe.", True),
    ],
)
def test_values_go_the_way_they_go(note: str, text: str, is_told: bool) -> None:
    assert ("opposite" in kinds(note, text)) == is_told


MEDICINES = (
    "DH: losartan 50, atorvastatin 20, naproxen 250.\nHOLD losartan. Stop naproxen 5 d prior to surgery.\n"
    "| eplerenone | 25 mg od | CHANGED (was 50) |\nCefalexin NOT prescribed. Sertraline discussed, declined for now.\n"
    "Abx not started. folic acid \u2191 to 5 mg. naltrexone - start in clinic? defer till LFTs better.\n"
    "Losartan remains OFF - GP to review."
)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Losartan was restarted before discharge.", True),
        ("Losartan was withheld.", False),
        ("The eplerenone dose was doubled.", True),
        ("The eplerenone dose was halved.", False),
        ("A course of cefalexin was prescribed.", True),
        ("He agreed to try sertraline.", True),
        ("Antibiotics were started.", True),
        ("Folic acid was reduced.", True),
        ("Naproxen was to be withheld for five days before surgery.", False),
        ("Naltrexone has been postponed until his liver tests improve.", False),
    ],
)
def test_what_was_done_with_drugs(text: str, is_told: bool) -> None:
    assert ("opposite" in kinds(MEDICINES, text)) == is_told
