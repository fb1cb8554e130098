"""How wards write how much, how long and how often, and where a denial, a doubt or a plan ends."""

from __future__ import annotations

import pytest

from tests.checks.cases import draft_of, note_of, of_sentences

pytestmark = pytest.mark.usefixtures("rules_alone")


# Notes, a faithful sentence, and a false one that the same notation must not excuse.
VALUES = (
    (
        "EtOH 2 units/wk.",
        "She drinks about two units of alcohol a week.",
        "She drinks about five units of alcohol a week.",
    ),
    (
        "Lisinopril 10 mg held x3 d.",
        "Lisinopril was withheld for three days.",
        "Lisinopril was withheld for nine days.",
    ),
    ("Sling x3 wks.", "The arm stays in a sling for three weeks.", "The arm stays in a sling for eight weeks."),
    ("14/24 R eye pain.", "Her eye had been painful for 14 hours.", "Her eye had been painful for 40 hours."),
    ("24h tape: AF.", "AF was found on 24-hour monitoring.", "AF was found on 72-hour monitoring."),
    ("GP: TSH q6mo.", "Please check TSH every six months.", "Please check TSH every two months."),
    ("Meals delivered 5 days/wk.", "Meals are delivered five days a week.", "Meals are delivered three days a week."),
    ("Mirtaz 15 nocte started D10.", "Mirtazapine was introduced on day 10.", "Mirtazapine was introduced on day 16."),
    (
        "Pred reduce by 5mg/wk.",
        "The prednisolone comes down by 5 mg each week.",
        "The prednisolone comes down by 10 mg each week.",
    ),
    (
        "FRIII insulin 5.4u/h.",
        "The insulin infusion ran at 5.4 units an hour.",
        "The insulin infusion ran at 4.5 units an hour.",
    ),
    (
        "Furosemide infusion 240mg/24h.",
        "He had furosemide 240 mg over 24 hours.",
        "He had furosemide 120 mg over 24 hours.",
    ),
    (
        "IVIg 0.4 g/kg/d x5.",
        "Immunoglobulin was given at 0.4 g/kg daily for five days.",
        "Immunoglobulin was given at 0.2 g/kg daily for five days.",
    ),
    (
        "Infliximab 5mg/kg (58 kg -> 300mg).",
        "Infliximab was given at 5 mg for each kilogram.",
        "Infliximab was given at 10 mg for each kilogram.",
    ),
    (
        "Hb 79 - 2 units RCC 12/1, Hb 98.",
        "Haemoglobin fell to 79 and two units were transfused.",
        "Haemoglobin fell to 79 and four units were transfused.",
    ),
    (
        "LFNC 0.1 L, sats 92-97.",
        "His saturation stays between 92 and 97 percent.",
        "His saturation stays between 88 and 97 percent.",
    ),
    (
        "BP 148/80 lying -> 112/64 standing.",
        "Standing, her blood pressure dropped to 112 systolic from 148.",
        "Standing, her blood pressure dropped to 122 systolic from 148.",
    ),
    ("Wt 84 kg (was 89).", "Her weight fell by 5 kg.", "Her weight fell by 8 kg."),
    (
        "Hyperkalemia 5.6 -> 4.4 w/ patiromer. Labs: K 5.6",
        "Potassium fell from 5.6 to 4.4 with patiromer.",
        "Potassium fell from 5.6 to 3.4 with patiromer.",
    ),
    (
        "Levothyroxine 112 mcg. Plan: Levo ^ 125 mcg.",
        "His levothyroxine was increased to 125 mcg.",
        "His levothyroxine was increased to 150 mcg.",
    ),
    (
        "Rituximab #3 9/22, #4 9/29.",
        "The rituximab infusions are due on September 22 and 29.",
        "The rituximab infusions are due on September 24 and 29.",
    ),
    (
        "Ramipril stopped before sac/val 24/26 BD.",
        "Ramipril was stopped before sacubitril with valsartan.",
        "Ramipril was stopped before candesartan.",
    ),
    ("Senna 15 mg nocte started.", "A laxative was introduced.", "Lactulose was introduced."),
    ("Latent TB treated INH 9 mo 1998.", "Isoniazid was taken in 1998.", "Ethambutol was taken in 1998."),
    (
        "Graze R wrist after restraint.",
        "The restraint left a graze on the right wrist.",
        "The restraint caused a graze on the left wrist.",
    ),
    (
        "Growth arrest XR 6 + 12 mo.",
        "X-rays are due at six and twelve months.",
        "X-rays are due at six and nine months.",
    ),
    ("ROM knee 2-112.", "The knee bent to 112 degrees.", "The knee bent to 95 degrees."),
    (
        "Wt 58 -> 54 kg, dietitian.",
        "Having lost four kilos she saw the dietitian.",
        "Having lost six kilos she saw the dietitian.",
    ),
    (
        "Weight 26.4. OW, 9 yr boy, 28 kg. Bolus 20 ml/kg.",
        "His weight had gone down to 26.4 kg.",
        "His weight had gone down to 24.6 kg.",
    ),
    (
        "Walks 30 min, 5 d/wk.",
        "He walks for half an hour five days a week.",
        "He walks for half an hour three days a week.",
    ),
    (
        "GA 95 min.",
        "Anaesthesia lasted an hour and thirty-five minutes.",
        "Anaesthesia lasted an hour and five minutes.",
    ),
    (
        "Furosemide 80 mg IV BID, goal net neg 2 L/day",
        "Furosemide 80 mg intravenously twice a day, with the aim of removing two liters daily.",
        "Furosemide 80 mg intravenously once a day, with the aim of removing two liters daily.",
    ),
    ("Allergy: cotrimoxazole - hives.", "Hives came from co-trimoxazole.", "Hives came from vancomycin."),
    (
        "BC: MSSA.",
        "Methicillin-sensitive Staphylococcus aureus grew.",
        "Methicillin-resistant Staphylococcus aureus grew.",
    ),
    ("Peanut allergy (epi-pen).", "She carries an epinephrine pen.", "She carries an insulin pen."),
    (
        "Amitriptyline stopped, postural drop.",
        "Amitriptyline was stopped for a postural drop.",
        "Amitriptyline eye drops.",
    ),
    (
        "DMSA 4\u20136/12 later.",
        "A DMSA scan follows in four to six months.",
        "A DMSA scan follows in eight to nine months.",
    ),
    (
        "2nd stage 2h40.",
        "The second stage lasted two hours and forty minutes.",
        "The second stage lasted three hours and forty minutes.",
    ),
    ("Wt loss 6 kg/3mo.", "He had lost 6 kilograms over three months.", "He had lost 6 kilograms over seven months."),
    (
        "Li level 1/52, then 3-monthly.",
        "The lithium level is then checked every three months.",
        "The lithium level is then checked every month.",
    ),
    (
        "Heel dressing every 3 d.",
        "The heel dressing is changed every three days.",
        "The heel dressing is changed every day.",
    ),
    ("Apgars 7/9.", "The Apgar scores were 7 and 9.", "The Apgar scores were 4 and 6."),
    (
        "BP 108/70. RVSP 55 -> 38.",
        "The right ventricular systolic pressure fell to 38.",
        "The right ventricular systolic pressure fell to 83.",
    ),
    (
        "IOP R 54, L 17. BP 130/80.",
        "The pressure in the right eye was 54 mmHg.",
        "The pressure in the right eye was 45 mmHg.",
    ),
    (
        "Tmax 103.8 F. T 99 F now.",
        "The highest temperature was 103.8 degrees.",
        "The highest temperature was 101.8 degrees.",
    ),
    ("ESR 88 mm/hr, CRP 64.", "The ESR was 88.", "The ESR was 18."),
    (
        "MVA 0.8 cm2, 1.7 after.",
        "The valve area was 0.8 cm2 before and 1.7 cm2 after.",
        "The valve area was 0.8 cm2 before and 2.7 cm2 after.",
    ),
)
DOSES = (
    ("Ferrous sulfate 325 mg QOD.", "Ferrous sulfate 325 mg every other day.", "Ferrous sulfate 325 mg twice daily."),
    (
        "Valganciclovir 450 mg q2d.",
        "Valganciclovir 450 mg every second day.",
        "Valganciclovir 450 mg three times daily.",
    ),
    ("Glipizide 5 mg qAM.", "Glipizide 5 mg every morning.", "Glipizide 5 mg twice daily."),
    (
        "Levothyroxine 75 mcg daily. Levothyroxine up to 88 mcg.",
        "Levothyroxine 88 mcg daily.",
        "Levothyroxine 98 mcg daily.",
    ),
    (
        "Acetylcysteine 200 mg/kg over 4 h.",
        "Acetylcysteine was given at 200 mg/kg.",
        "Acetylcysteine was given at 200 g/kg.",
    ),
    (
        "Drinks 14 units/wk. Insulin 14 units daily.",
        "She takes insulin 14 units daily.",
        "She takes insulin 41 units daily.",
    ),
)
DENIALS = (
    ("O/E: Neglect absent.", "There was no neglect.", "Neglect was present."),
    ("Fever denied.", "She denied fever.", "She reported fever."),
    ("Urine blood +, protein nil.", "There was no protein in the urine.", "There was protein in the urine."),
    ("Fall \u2013 denied.", "She denied a fall.", "She had a fall."),
    (
        "Admitted after a fall. No LOC.",
        "There was no loss of consciousness at the time of the fall.",
        "She lost consciousness.",
    ),
    ("Fell in the garden. No dizziness.", "She was not dizzy before the fall.", "She was dizzy before the fall."),
    ("Seroma R neck, not tapped.", "The seroma did not require aspiration.", "There was no seroma."),
    (
        "AF. Cardioversion not needed.",
        "Cardioversion was not needed for his atrial fibrillation.",
        "There was no atrial fibrillation.",
    ),
    ("Green sputum. No haemoptysis.", "He had not coughed up any blood.", "He had coughed up blood."),
    (
        "Influenza A, 4 nights in hospital. No ITU.",
        "She had influenza A but did not require intensive care.",
        "She did not have influenza A.",
    ),
)
DOUBTS = (
    ("?sleep apnoea.", "Sleep apnoea is only a possibility at present.", "She has sleep apnoea."),
    ("Lewy body disease suspected.", "Lewy body disease is under suspicion.", "She has Lewy body disease."),
    ("?amyloid - PYP scan to do.", "Cardiac amyloidosis is being considered.", "He has cardiac amyloidosis."),
    ("Ovarian cyst, likely functional.", "The ovarian cyst is likely functional.", "An ovarian cyst is suspected."),
    (
        "Paracetamol 1 g QDS PRN.",
        "She may take paracetamol 1 g up to four times a day.",
        "She may have taken ibuprofen.",
    ),
)
PLANS = (
    ("Plan: MRI hip 24 April.", "The MRI of the hip is on 24 April.", "The MRI of the hip was done."),
    ("PET-CT booked 29/11.", "She should attend for her PET-CT on 29 November.", "Her PET-CT was done."),
    ("Plan: ECG done today, normal.", "An ECG was done today and was normal.", "An ECG is to be arranged."),
    ("Plan: walker issued.", "He has had the walker issued to him.", "A hoist has been issued to him."),
    (
        "Kidney 2 cm lesion, simple cyst, confirmed on US 8/2.",
        "The lesion was confirmed by ultrasound to be a cyst.",
        "The lesion was confirmed by ultrasound to be an abscess.",
    ),
    (
        "Blood patch planned 15/2, cancelled.",
        "The blood patch planned for 15 February was called off.",
        "The blood patch was done on 15 February.",
    ),
    (
        "15/9 popliteal angioplasty cancelled (no lab); done 17/9.",
        "The popliteal angioplasty was carried out on 17 September.",
        "The popliteal angioplasty was carried out on 27 September.",
    ),
    ("Sertraline offered.", "For low mood he was offered sertraline.", "He was offered fluoxetine."),
    (
        "LUL 14 mm spiculated nodule ?malignant.",
        "The nodule in the upper lobe measured 14 mm.",
        "The nodule in the upper lobe measured 41 mm.",
    ),
)

SILENT = (
    ("No chest pain before admission, palpitations or syncope.", "She had no syncope."),
    ("MTX 15 weekly.", "Methotrexate 15 mg weekly."),
    ("Methotrexate 12/wk.", "Methotrexate 12 mg weekly."),
    ("Apixaban 5 mg BD. Missed doses last week.", "She had missed one dose of apixaban."),
    ("Novomix 12 units am, 10 units pm.", "Novomix 12 units in the morning and 10 units in the evening."),
    ("Furosemide 40 mg am, 40 mg pm.", "Furosemide 40 mg twice daily."),
    ("Bisoprolol 2.5 mg started.", "Please continue bisoprolol 2.5 mg."),
    ("CT head done: no bleed.", "Please see the CT head report."),
    ("Pacemaker implanted 3/5/2026.", "She should have her pacemaker checked."),
    ("Chest drain inserted 3/5/2026, suction 5 kPa.", "The chest drain is on 5 kPa suction."),
    ("Bronchiectasis may explain haemoptysis.", "He has bronchiectasis."),
    ("COPD as well as suspicion of PE.", "He has COPD."),
    ("Surgery lasted 2 hrs and 40 mins.", "Surgery lasted two hours and forty minutes."),
    ("RVSP 45.", "The pulmonary artery systolic pressure was 45 mmHg."),
    ("Convex appliance since - dry.", "Since the convex appliance was fitted the bag is dry."),
    ("Pip-tazo -> ceftriaxone 2 g q24h.", "Piperacillin-tazobactam was narrowed to ceftriaxone 2 g every 24 hours."),
    ("NPH down to 10 u.", "NPH insulin had been cut to 10 units."),
    ("Rehab ref: turned down (too fit).", "The rehabilitation unit rejected him because he was too fit."),
    ("Had a fit in ED.", "She fitted in the emergency department."),
    ("Morphine 5 mg hourly.", "She had morphine 5 mg every hour."),
    ("Oxycodone 10 - 5 mg PRN.", "Oxycodone 10 mg as needed."),
    ("Budesonide INH 400 mcg BD.", "She uses inhaled budesonide 400 mcg twice daily."),
    ("Ceftriaxone 3 May to 17 May 2024.", "Ceftriaxone was given from May 3 to 17."),
)


@pytest.mark.parametrize(("notes", "faithful"), SILENT)
def test_what_is_right_stays_silent(notes: str, faithful: str) -> None:
    told = of_sentences(note_of(notes), draft_of(("course", faithful)))
    assert [one for one in told if one.kind != "support"] == []


@pytest.mark.parametrize(("notes", "faithful", "false"), [*VALUES, *DOSES, *DENIALS, *DOUBTS, *PLANS])
def test_a_notation_bears_out_what_it_says_and_no_more(notes: str, faithful: str, false: str) -> None:
    note = note_of(notes)
    told = [one for one in of_sentences(note, draft_of(("course", faithful))) if one.kind != "support"]
    assert told == []
    assert of_sentences(note, draft_of(("course", false)))
