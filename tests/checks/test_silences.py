"""Errors that an excuse once silenced: what excuses a faithful sentence must not excuse these."""

from __future__ import annotations

import pytest

from tests.checks.cases import draft_of, note_of, of_sentences

BLOODS = "Bloods today: Na 128, K 4.2, urea 9, creat 121, CRP 148, Hb 102, plt 210."
DENIED = "No chest pain, no fever, no vomiting, no seizure."


@pytest.mark.parametrize(
    ("notes", "draft"),
    [
        (BLOODS, "Hb was lower at 82."),
        (BLOODS, "CRP was better at 27."),
        ("HR 88, RR 18, sats 96", "Heart rate was lower at 70."),
        ("Glargine 20 units at night, reduced to 16 units at night", "Glargine 36 units at night for better control."),
        ("Warfarin 3 mg x 7 days, then INR.", "Warfarin 21 mg was given."),
        ("DNACPR in place. Ward-based care.", "She is for full resuscitation and ward-based care."),
        ("Not for resuscitation, DNACPR signed.", "For full resuscitation."),
        ("Full code.", "DNACPR is in place."),
        ("Repeat U&E within 1 week.", "Repeat U&E within 3 weeks."),
        (
            "02/10/2026 Admitted with hip fracture. 04/10/2026 Right hemiarthroplasty. 11/10/2026 Ward round. Restart"
            " apixaban 48 hours after surgery.",
            "Restart apixaban 7 days after surgery.",
        ),
        (DENIED, "She presented with fever and vomiting, only mild."),
        (DENIED, "She had chest pain and was unable to stand."),
        (DENIED, "Fever settled."),
        ("No stroke symptoms on examination. No DVT symptoms.", "She was admitted with a stroke."),
        ("Bisoprolol 2.5 mg, continue. Missed clinic last month.", "He was discharged without bisoprolol."),
        ("Father is allergic to nuts. No drug allergies.", "He is allergic to nuts."),
        ("Hb 84, transfused, Hb 101 post 2 units.", "Hb 101 post 3 units."),
        ("X-ray: right distal radius fracture.", "The fracture was left distal radius."),
        ("Left leg DVT. Treated with apixaban.", "Left leg arterial occlusion, treated with apixaban."),
    ],
)
def test_a_wrong_sentence_is_told(notes: str, draft: str) -> None:
    assert of_sentences(note_of(notes), draft_of(("course", draft))) != ()


@pytest.mark.parametrize(
    ("notes", "draft"),
    [
        ("DNACPR 2025, family aware.", "A decision not to attempt resuscitation has been in place since 2025."),
        ("For full escalation, full code.", "She is for full resuscitation."),
        ("Ex-smoker. DNACPR discussed, for full escalation at present.", "She is for full escalation."),
        ("Wound left open, packed.", "The wound was left open."),
    ],
)
def test_a_right_one_is_not(notes: str, draft: str) -> None:
    assert of_sentences(note_of(notes), draft_of(("course", draft))) == ()
