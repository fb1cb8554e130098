"""Which fact of a sentence is of which thing, where it has several; and dates, times and spans as wards write them."""

from __future__ import annotations

import pytest

from tests.checks.cases import draft_of, note_of, of_sentences

pytestmark = pytest.mark.usefixtures("rules_alone")


# Notes, a faithful sentence, and a false one of the same form.
PAIRS = (
    (
        "DOA 21-06-2024. Sputum sent 26-06, report pending.",
        "Sputum was sent on 26 June.",
        "Sputum was sent on 28 June.",
    ),
    ("Mech fall 0630, lay ~3/24. Pain.", "He fell at 6.30 in the morning.", "He fell at 7.30 in the morning."),
    (
        "Pip-taz 4.5 g qds, 1st dose 11:25. CRP 11.",
        "The first dose of piperacillin-tazobactam went in at 11.25.",
        "The first dose of piperacillin-tazobactam went in at 12.25.",
    ),
    (
        "Azathioprine 2018-20 stopped for pancreatitis.",
        "Azathioprine was stopped in 2020 because of pancreatitis.",
        "Azathioprine was stopped in 2021 because of pancreatitis.",
    ),
    (
        "ASA held 1/9, resumed 1/17. MD review.",
        "Aspirin was interrupted on January 9 and taken up again on January 17.",
        "Aspirin was interrupted on January 12.",
    ),
    (
        "MD note. Apixaban held 8/22-23 (plt 48), resumed 8/24.",
        "Apixaban was withheld on 22 and 23 August because the platelets were 48.",
        "Apixaban was withheld on 28 August.",
    ),
    (
        "14/11 adm. 29/11 d/c. 01/12 rehab.\nMild forgetfulness 18/12, no formal dx.",
        "She had eighteen months of mild forgetfulness.",
        "She had sixteen months of mild forgetfulness.",
    ),
    (
        "Adm at 35+4 wks. Headache x 1 day.",
        "She was admitted at 35 weeks and four days.",
        "She was admitted at 35 weeks and two days.",
    ),
    (
        "Cement: transient BP drop 78 sys. Later SBP 98.",
        "Blood pressure fell briefly to 78 systolic.",
        "Blood pressure fell briefly to 68 systolic.",
    ),
    (
        "TTE: EF 40-45%, no LV thrombus.",
        "Echocardiography found an ejection fraction of 40 to 45 percent.",
        "Echocardiography found an ejection fraction of 40 to 55 percent.",
    ),
    (
        "Stoma: watery output x 4 d, 7-8 bags/day.",
        "She had had watery output for four days, amounting to seven or eight bags a day.",
        "She had had watery output for two days, amounting to seven or eight bags a day.",
    ),
    ("Fe infusion 1 g given. Hb 88.", "He was given 1 g of iron by infusion.", "He was given 2 g of iron by infusion."),
    (
        "Found on floor of kitchen, fall unwitnessed.",
        "The fall in the kitchen was not witnessed.",
        "The fall in the kitchen was witnessed.",
    ),
    (
        "Teicoplanin 400 OD via HITH. FBC twice weekly.",
        "Teicoplanin is given every day, and her blood count is to be checked twice a week.",
        "Teicoplanin is given by hospital in the home twice a week.",
    ),
    (
        "Warfarin stopped, INR 2.9. Apixaban 5 mg BD started INR 1.7.",
        "Warfarin was stopped at an INR of 2.9, and apixaban was begun when it had come down to 1.7.",
        "Warfarin was stopped at an INR of 1.2, and apixaban was begun.",
    ),
    (
        "Carbamazepine stopped, interacts with dolutegravir. Dolutegravir stopped. Lamotrigine continued.",
        "Carbamazepine was stopped as it interacts with dolutegravir, and lamotrigine was carried on.",
        "Dolutegravir and lamotrigine were continued.",
    ),
    (
        "Simvastatin held (CK 640).",
        "Simvastatin was held for the raised creatine kinase.",
        "He went home on a raised simvastatin dose.",
    ),
    (
        "Dapsone not started till G6PD. G6PD normal 20/08: dapsone 100 mg OD from 21/08.",
        "Dapsone 100 mg daily was started on 21 August.",
        "Dapsone 50 mg daily was started on 21 August.",
    ),
    (
        "Lithium discussed: deferred. 10/12: lithium 300 mg BID start 10/12 pm.",
        "Having first put lithium off, she started it on 12 October.",
        "Lithium was put up on 12 October.",
    ),
    (
        "Enoxaparin 40 mg OD from 04/12. Enoxaparin stopped at d/c.",
        "Enoxaparin 40 mg daily was started on 4 December and was stopped on discharge.",
        "Enoxaparin was stopped and then started on discharge.",
    ),
    (
        "DOA 21-06-2024. T. diclofenac from shop x 10 days upto 19-06. Diclofenac stopped.",
        "He used diclofenac for ten days up to 19 June.",
        "Diclofenac went up to 100 mg.",
    ),
    ("INR 2.9. No INR on apixaban.", "The INR was high at 2.9.", "The INR was high at 3.9."),
)
# Abbreviations that are no illness: "HOPC" has the letters of "a history of pancreatitis", "PCRs" its consonants.
STRANGE = ("HOPC: mech fall off step, lay till found.", "Valgan until 2 neg PCRs a wk apart.")


@pytest.mark.parametrize(("notes", "faithful", "false"), PAIRS)
def test_each_fact_is_of_its_own_thing(notes: str, faithful: str, false: str) -> None:
    note = note_of(notes)
    told = [one for one in of_sentences(note, draft_of(("course", faithful))) if one.kind != "support"]
    assert told == []
    assert of_sentences(note, draft_of(("course", false)))


@pytest.mark.parametrize("notes", STRANGE)
def test_the_letters_of_an_illness_do_not_make_one(notes: str) -> None:
    told = of_sentences(note_of(notes), draft_of(("course", "He fell, with a history of pancreatitis.")))
    assert any(one.kind == "support" and one.blocking for one in told)
