"""Notes invented for the project, with the drafts the app's own tasks should give: public data have no such pairs.

MTSamples' descriptions are titles ("Right heart catheterisation."): a model tuned on them alone leaves out the drugs
and results that the app asks for. These rows put them back. Run ``python -m training.invented FILE`` to write them.
"""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One invented illness.

    Attributes:
        complaint: What the patient came with.
        findings: What was found: subject, verb and finding.
        result: A laboratory result as (name, unit, lowest, highest); values are drawn.
        diagnosis: The diagnosis.
        drugs: Drugs with doses.
        plan: What follows.
        plain: Complaint and diagnosis in plain words.
    """

    complaint: str
    findings: tuple[str, ...]
    result: tuple[str, str, float, float]
    diagnosis: str
    drugs: tuple[str, ...]
    plan: tuple[str, ...]
    plain: tuple[str, str]


# fmt: off
CASES = (
    Case("sudden breathlessness", ("CT pulmonary angiogram showed emboli in both lower lobes", "ECG showed sinus tachycardia"), ("D-dimer", "ng/mL", 900, 4000), "bilateral pulmonary embolism", ("apixaban 10 mg twice daily", "oxygen 2 L/min", "paracetamol 1 g"), ("Anticoagulation clinic in four weeks", "Apixaban for at least three months"), ("you were suddenly short of breath", "blood clots in both lungs")),  # noqa: E501
    Case("chest tightness on exertion", ("ECG showed ST depression in V4 to V6", "Angiography showed a narrowed left anterior descending artery"), ("Troponin", "ng/L", 40, 900), "non-ST elevation myocardial infarction", ("aspirin 300 mg", "ticagrelor 180 mg", "fondaparinux 2.5 mg"), ("Cardiac rehabilitation", "Echocardiogram in six weeks"), ("you had tightness in your chest", "a small heart attack")),  # noqa: E501
    Case("cough and fever", ("Chest X-ray showed left lower lobe consolidation", "Oxygen saturation was 90 % on air"), ("CRP", "mg/L", 80, 320), "left lower lobe pneumonia", ("co-amoxiclav 1.2 g three times a day", "clarithromycin 500 mg twice daily"), ("Repeat chest X-ray in six weeks", "Stop smoking advice given"), ("you had a cough and a fever", "an infection of the left lung")),  # noqa: E501
    Case("pain in the right lower abdomen", ("Ultrasound showed a swollen appendix", "The abdomen was tender in the right iliac fossa"), ("White cell count", "x10^9/L", 12, 22), "acute appendicitis", ("cefuroxime 1.5 g", "metronidazole 500 mg", "morphine 5 mg"), ("Laparoscopic appendicectomy", "Wound check with the practice nurse in ten days"), ("you had pain in the right side of your belly", "an inflamed appendix")),  # noqa: E501
    Case("swelling of both ankles and breathlessness lying flat", ("Echocardiogram showed an ejection fraction of 32 %", "Chest X-ray showed small pleural effusions"), ("NT-proBNP", "ng/L", 1800, 9000), "heart failure", ("furosemide 40 mg daily", "ramipril 1.25 mg daily", "bisoprolol 1.25 mg daily"), ("Heart failure nurse in two weeks", "Check kidney function in one week"), ("your ankles were swollen and you were short of breath", "a weak heart muscle")),  # noqa: E501
    Case("burning pain on passing urine and rigors", ("Urine dipstick was positive for nitrites", "The left flank was tender"), ("Lactate", "mmol/L", 1.4, 3.8), "urosepsis", ("gentamicin 320 mg", "amoxicillin 1 g three times a day", "paracetamol 1 g"), ("Renal ultrasound as an outpatient", "Oral ciprofloxacin 500 mg twice daily for seven days"), ("you had a fever and pain when passing urine", "a serious infection that began in your urine")),  # noqa: E501
    Case("black stools and dizziness", ("Endoscopy showed a duodenal ulcer", "Blood pressure was 96/58"), ("Haemoglobin", "g/L", 62, 88), "bleeding duodenal ulcer", ("omeprazole 40 mg twice daily", "two units of red cells"), ("Stop ibuprofen", "Helicobacter eradication for one week", "Repeat full blood count in one week"), ("you had black stools and felt dizzy", "a bleeding ulcer")),  # noqa: E501
    Case("weakness of the left arm and slurred speech", ("CT head showed no bleed", "MRI showed a small infarct in the right hemisphere"), ("Glucose", "mmol/L", 5.1, 9.8), "ischaemic stroke", ("aspirin 300 mg daily", "atorvastatin 80 mg at night"), ("Stroke clinic in four weeks", "Do not drive for one month"), ("your left arm was weak and your speech was slurred", "a stroke")),  # noqa: E501
    Case("thirst and vomiting", ("Breath smelt of ketones", "Venous pH was 7.16"), ("Ketones", "mmol/L", 3.4, 6.8), "diabetic ketoacidosis", ("insulin infusion 6 units/hour", "0.9 % saline 1 L"), ("Diabetes nurse in three days", "Insulin glargine 14 units at night"), ("you were very thirsty and vomiting", "high sugar with acid in the blood")),  # noqa: E501
    Case("a fall onto the left hip", ("X-ray showed a fracture of the left neck of femur", "The left leg was short and rotated"), ("Sodium", "mmol/L", 126, 139), "fracture of the left neck of femur", ("oxycodone 5 mg", "enoxaparin 40 mg daily"), ("Left hemiarthroplasty", "Fracture clinic in six weeks", "Bone protection to be reviewed by the GP"), ("you fell and hurt your left hip", "a broken left hip")),  # noqa: E501
    Case("wheeze and a tight chest", ("Peak flow was 180 L/min", "Chest was silent at both bases"), ("Potassium", "mmol/L", 3.1, 4.4), "severe acute asthma", ("salbutamol 5 mg by nebuliser", "prednisolone 40 mg daily", "ipratropium 500 micrograms"), ("Asthma nurse in two days", "Prednisolone for five days"), ("you were wheezy", "a severe asthma attack")),  # noqa: E501
    Case("palpitations", ("ECG showed fast atrial fibrillation at 148 a minute", "Thyroid was not enlarged"), ("TSH", "mU/L", 0.4, 3.9), "new atrial fibrillation", ("bisoprolol 2.5 mg daily", "edoxaban 60 mg daily"), ("Echocardiogram as an outpatient", "Cardiology clinic in eight weeks"), ("your heart was racing", "an irregular heartbeat")),  # noqa: E501
    Case("upper abdominal pain after a meal", ("Ultrasound showed gallstones", "The abdomen was tender in the epigastrium"), ("Amylase", "U/L", 620, 2400), "gallstone pancreatitis", ("Hartmann's solution 3 L", "morphine 10 mg", "ondansetron 4 mg"), ("Cholecystectomy within two weeks", "Low fat diet"), ("you had pain in your upper belly", "an inflamed pancreas caused by gallstones")),  # noqa: E501
    Case("a red hot right shin", ("The right shin was red, warm and tender", "Doppler showed no thrombosis"), ("CRP", "mg/L", 60, 210), "cellulitis of the right leg", ("flucloxacillin 2 g four times a day", "benzylpenicillin 1.2 g"), ("Oral flucloxacillin for seven days", "Return if the redness spreads"), ("your right leg was red and sore", "a skin infection")),  # noqa: E501
    Case("confusion for two days", ("Urine was cloudy", "CT head showed no acute change"), ("Calcium", "mmol/L", 2.9, 3.4), "delirium due to hypercalcaemia", ("zoledronic acid 4 mg", "0.9 % saline 3 L"), ("Stop calcium tablets", "Repeat calcium in three days", "Memory clinic referral"), ("you were confused", "too much calcium in the blood")),  # noqa: E501
    Case("a first seizure", ("MRI brain was normal", "EEG showed left temporal spikes"), ("Lactate", "mmol/L", 2.2, 5.6), "focal epilepsy", ("lorazepam 4 mg", "levetiracetam 500 mg twice daily"), ("First fit clinic in two weeks", "No driving until reviewed"), ("you had a fit", "epilepsy")),  # noqa: E501
)
# fmt: on
_TURNS = 6
_HOME = (
    "lives alone in a ground floor flat and walks with a stick",
    "lives with {his} wife and is independent",
    "lives with {his} daughter, who helps with washing",
    "lives in a residential home and needs help with dressing",
    "lives in a second floor flat without a lift; a package of care twice a day was arranged",
)
_ASIDES = (
    "{he} had no fever.",
    "Pulse 88, blood pressure 132/78.",
    "{he} does not smoke.",
    "Similar symptoms last year settled without treatment.",
    "{he} takes no regular medicines.",
)
_WELL = (
    "Medically fit. Afebrile for 48 hours. Mobile with one stick.",
    "Eating and drinking. Observations stable. Pain controlled.",
    "Walking on the ward without help. Oxygen saturation 96 % on air.",
    "Alert and orientated. Blood pressure 128/76. Wound clean and dry.",
)


def make(seed: int = 11) -> list[dict[str, Any]]:
    """Make the rows: seven tasks for every case, in several wordings.

    Args:
        seed: Decides ages, values and wordings.
    """
    chance = random.Random(seed)  # noqa: S311 - invented notes, repeatable
    rows = []
    for turn in range(_TURNS):
        for at, case in enumerate(CASES):
            for task, section, source, target in _pairs(case, chance):
                rows.append(
                    {
                        "id": f"inv-{turn}-{at}-{section}",
                        "source": source,
                        "target": target,
                        "task": task,
                        "section": section,
                    }
                )
    return rows


def _pairs(case: Case, chance: random.Random) -> list[tuple[str, str, str, str]]:
    age, is_woman = chance.randint(24, 92), chance.random() < 0.5
    person, he, his = ("woman", "She", "her") if is_woman else ("man", "He", "his")
    name, unit, low, high = case.result
    drawn = chance.uniform(low, high)
    value = f"{drawn:.1f}" if high < 30 else str(round(drawn))
    result, drugs = f"{name} {value} {unit}", _listed(case.drugs)
    finding = chance.choice(case.findings)
    day = f"{chance.randint(1, 28):02}/0{chance.randint(1, 9)}/2026"
    home, well = chance.choice(_HOME).format(his=his), chance.choice(_WELL)
    article = "An" if str(age).startswith("8") or age in (11, 18) else "A"
    given = _listed(tuple(re.sub(r" \d.*", "", one) for one in case.drugs)) if chance.random() < 0.5 else drugs
    title = chance.choice(("Emergency department note.", "Admission note.", "Acute medical unit."))
    short, one_line = _short(case, chance, f"{article} {age}-year-old {person}", he, (name, f"{value} {unit}"), given)
    short = f"{title}\n{short}"
    headed = (
        f"Presenting complaint: {age}-year-old {person} with {case.complaint}.\nFindings: {'. '.join(case.findings)}.\n"
        f"Bloods: {result}.\nDiagnosis: {case.diagnosis.capitalize()}.\nTreatment: {drugs}.\n"
        f"Plan: {'. '.join(case.plan)}."
    )
    diagnosed = f"{article} {age}-year-old {person} with {case.complaint} had {case.diagnosis}."
    course = f"{finding}; {result}. Treated with {drugs}."
    lines = chance.sample([f"Seen {day}, consultant round.", f"{finding}.", f"{result}.", f"Given {drugs}."], 4)
    to_do = "\n".join(f"{one[0].upper()}{one[1:]}." for one in (*case.drugs, *case.plan))
    came, shown = case.plain
    told = f"You came to hospital because {came}. Tests showed {shown}. You were treated with {drugs}."
    return [
        ("brief-summary", "summary", short, one_line),
        ("brief-summary", "summary-headed", headed, diagnosed),
        ("discharge-letter", "course", f"Ward round {day}\n" + "\n".join(lines), course),
        ("discharge-letter", "condition", f"Condition at discharge: {well}", well),
        ("discharge-letter", "social", f"Social history: {he} {home}.", f"{he} {home}."),
        ("problem-summary", "plan", headed, to_do),
        ("plain-language", "what_happened", headed, told),
    ]


def _short(
    case: Case, chance: random.Random, who: str, he: str, result: tuple[str, str], given: str
) -> tuple[str, str]:
    """A note of a few sentences, and its summary, which keeps findings, result and drugs."""
    name, value = result
    found = list(case.findings) if chance.random() < 0.4 else [chance.choice(case.findings)]
    parts = [f"{who} presented with {case.complaint}."]
    if chance.random() < 0.4:
        parts.append(chance.choice(_ASIDES).format(he=he))
    parts += [f"{one}." for one in found] + [f"{name} was {value}.", f"{he} was given {given}."]
    if named := chance.random() < 0.3:
        parts.append(f"The diagnosis was {case.diagnosis}.")
    # Two sentences at most: the app keeps no more of a summary.
    seen = ", ".join(_inside(one) for one in found) + f" and {_inside(name)} was {value}"
    end = f"; the diagnosis was {case.diagnosis}" if named else ""
    if chance.random() < 0.5:
        summary = f"{who} presented with {case.complaint}. {seen[0].upper()}{seen[1:]}; {he.lower()} was given {given}"
    else:
        summary = f"{who} presented with {case.complaint}, {seen}. {he} was given {given}"
    return " ".join(parts), f"{summary}{end}."


def _inside(words: str) -> str:
    """Words as they stand inside a sentence: "Angiography" small, "ECG" and "D-dimer" as they are."""
    return words[0].lower() + words[1:] if words[1].islower() else words


def _listed(parts: tuple[str, ...]) -> str:
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]


def main(path: Path) -> None:
    """Write the rows to a file."""
    rows = [{**row, "section": row["section"].removesuffix("-headed")} for row in make()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
