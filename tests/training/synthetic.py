"""Notes invented for this project, with the place of every identifying word in them."""

from __future__ import annotations

import random
from dataclasses import dataclass

FORENAMES = [
    "Maeve",
    "Tobias",
    "Ingrid",
    "Callum",
    "Priya",
    "Dmitri",
    "Rosalind",
    "Kwame",
    "Beatrix",
    "Yusuf",
    "Odette",
    "Hamish",
    "Lucia",
    "Farid",
]
SURNAMES = [
    "Ashdown",
    "Okafor",
    "Lindqvist",
    "MacTavish",
    "Ramaswamy",
    "Petrov",
    "Featherstone",
    "Mensah",
    "Delacroix",
    "Rahman",
    "O'Malley",
    "Brandt",
    "Santos-Lima",
    "Nakagawa",
    "Hill",
    "Young",
    "Frost",
    "Baker",
]
TOWNS = ["Harrowgate", "Eastbrook", "Millford", "Kingsmere", "Port Ellery", "Dunwick"]
STREETS = ["Larch Close", "Station Road", "Mulberry Avenue", "Quarry Street", "St Anne's Terrace"]
HOSPITALS = ["Eastbrook General Hospital", "St Brannoc's Infirmary", "Millford Medical Center", "Kingsmere Clinic"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

TEMPLATES = (
    """Patient: {name}
DOB: {date}
MRN: {number}
Address: {address}
Telephone: {phone}

Mr {surname} was admitted to {hospital} on {date} with pneumonia. He was seen by Dr {surname2} and treated with
amoxicillin 500 mg three times a day. CRP fell from 142 to 18. {forename} lives with his wife in {town}.
Discharged on {date}. Follow-up in 2 weeks.""",
    """DISCHARGE SUMMARY
Re: {name}, NHS No. {nhs}
Dear Dr. {surname2},
This {age}-year-old retired teacher presented on {date} with chest pain. Troponin 34 ng/L. Bell's palsy in the past.
She takes Warfarin 3 mg. Her daughter {forename} can be reached at {phone} or {email}.
Signed: {name2}, Consultant Physician, {hospital}""",
    """{name} is a {age} y/o man from {town} referred by {name2}, MD, for knee pain. Seen {date}.
Exam: no effusion. Baker's cyst on the left. McMurray negative. Plan: MRI, return {date}.
Record number {number}. Insurance ID: {insurance}.""",
    """NURSING NOTE {date} 14:20
Spoke to {forename} {surname} (mother) on {phone}. BP 118/74, HR 72, temp 37.2. Given paracetamol 1 g.
Hill climbing at weekends, young and fit. Frost damage to two toes. She will bring {forename} to {hospital}.
N/K allergies. Contact: {email}. Home: {address}.""",
    """CONSULT: {surname}, {forename}
ID {number}
HPI: Ms. {surname} underwent hip replacement at {hospital} in {month} {year}. Crohn disease since {year}. Postal code
on file {postcode}. Reviewed with Dr {name2} at {date}. Hb 9.8, Na 138. Parkinson disease is stable.""",
)


# Written after the rules of `deidentify` and never used to mend them: what the rules do on other people's habits.
HELD_OUT = (
    """Ward 7B, {hospital}. Pt {name}, bed 12. Admitted {date} via ED after a fall at home ({address}). NOK: son
{forename2}, tel {phone}. {forename} normally independent. Imp: NOF fracture. Dr. {surname2} aware.""",
    """Dear Colleague,
Thank you for seeing {name} ({date}), a {age} year old farmer near {town}. {surname} has had dysphagia since {month}.
Kind regards,
{name2}
cc: {name}, {address}""",
    """{surname} {forename}   hosp no {number}   d.o.b. {date}
Ward round, {name2} SpR. Apyrexial. Creatinine 112. {forename}'s sister visited from {town}; she works at {hospital}.
Home {date} with district nurse. Email results to {email}""",
)


@dataclass(frozen=True)
class Marked:
    """A note, its identifying words as (start, end, kind), and words that must stay."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


CLINICAL = (
    *("amoxicillin", "500 mg", "142", "Troponin 34", "Bell's palsy", "Warfarin 3 mg", "Baker's cyst", "McMurray"),
    *("118/74", "37.2", "paracetamol 1 g", "Hill climbing", "Crohn disease", "Parkinson disease", "Hb 9.8", "Na 138"),
)


def notes(count: int, seed: int = 1, templates: tuple[str, ...] = TEMPLATES) -> list[Marked]:
    """Make notes."""
    chance = random.Random(seed)  # noqa: S311 - test data
    return [_note(templates[at % len(templates)], chance) for at in range(count)]


def _note(template: str, chance: random.Random) -> Marked:
    forename, surname = chance.choice(FORENAMES), chance.choice(SURNAMES)
    forename2, surname2 = chance.choice(FORENAMES), chance.choice(SURNAMES)
    fixed = {
        "name": f"{forename} {surname}",
        "name2": f"{forename2} {surname2}",
        "forename": forename,
        "surname": surname,
        "surname2": surname2,
        "forename2": forename2,
    }
    text, spans, rest = "", [], template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        kind, _, rest = rest.partition("}")
        value = fixed.get(kind) or _value(kind, chance)
        text += before
        if kind != "age" or int(value) > 89:
            spans.append((len(text), len(text) + len(value), kind))
        text += value
    return Marked(text + rest, tuple(spans))


def _value(kind: str, chance: random.Random) -> str:
    number = chance.randint
    day, month, year = number(1, 28), number(1, 12), number(1948, 2024)
    dates = (
        *(f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day} {MONTHS[month - 1]} {year}"),
        *(f"{MONTHS[month - 1]} {day}, {year}", f"{month}/{day}/{year % 100:02}", f"{day}.{month}.{year}"),
    )
    postcode = f"{chance.choice('ABEHKLS')}{chance.choice('NELRT')}{number(1, 20)} {number(1, 9)}{chance.choice('AB')}Z"
    made = {
        "date": chance.choice(dates),
        "month": MONTHS[month - 1],
        "year": str(year),
        "number": str(number(1_000_000, 9_999_999)),
        "nhs": f"{number(400, 499)} {number(100, 999)} {number(1000, 9999)}",
        "insurance": f"XK{number(100000, 999999)}{chance.choice('ABCD')}",
        "address": f"{number(1, 240)} {chance.choice(STREETS)}, {chance.choice(TOWNS)} {postcode}",
        "phone": chance.choice(
            [f"0{number(1200, 1900)} {number(100000, 999999)}", f"({number(200, 900)}) 555-0{number(100, 199)}"]
        ),
        "email": f"{chance.choice(FORENAMES).lower()}.{number(10, 99)}@example.org",
        "hospital": chance.choice(HOSPITALS),
        "town": chance.choice(TOWNS),
        "postcode": postcode,
        "age": str(number(30, 97)),
    }
    return made[kind]
