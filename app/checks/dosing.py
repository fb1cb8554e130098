"""Is every drug of the draft one of the notes, and given so: dose, route and frequency together?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks import facts, likeness, vocabulary, wording, words
from app.checks.doses import Dose, same_frequency
from app.checks.facts import Facts
from app.checks.finding import Finding, block, named, said, warn
from app.checks.sameness import is_in, same
from app.checks.words import Word
from app.notes.note import Note

_SWITCHED = re.compile(
    r"\bIV ?(?:to|->|>|\u2192|/) ?(?:PO|oral)|\b(?:PO|oral) switch|switched to (?:PO|oral)", re.IGNORECASE
)
# What is measured under another name than it is given.
_MEASURED = {
    "colecalciferol": ("vitamin d level",), "immunoglobulin": ("igg", "immunoglobulin g"),
    "glucose solution": ("glucose", "d50", "d10", "d5w"), "human albumin": ("albumin",), "thyroxine": ("free t4",),
    "iron": ("ferritin", "transferrin saturation"), "morphine": ("patient controlled analgesia",),
    "oxytocin": ("augmentation of labour",), "calcium": ("calcium gluconate",),
}  # fmt: skip

# The form that a medicine mostly comes in, which notes leave out, and what tells of a vein.
_FORM_OF = {
    **dict.fromkeys(
        (
            "salbutamol",
            "ipratropium",
            "tiotropium",
            "beclometasone",
            "budesonide",
            "fluticasone",
            "salmeterol",
            "formoterol",
        ),
        "inhaled",
    ),
    **dict.fromkeys(("latanoprost", "timolol", "brimonidine", "dorzolamide", "bimatoprost", "travoprost"), "eye drops"),
}
_INH = re.compile(r"\bINH\b(?! ?\d* ?puff)")  # "inhaled" as well
_TUBERCULOSIS = re.compile(r"\bTB\b|tubercul|\bPZA\b|rifamp|pyridoxine", re.IGNORECASE)
_VEIN = re.compile(r"(?<!NYHA )(?<!class )(?<!stage )(?<!grade )\b(?:IVI?|PICC|VRIII|infusion|bolus|drip)\b")
_MORNING_AND_NIGHT = frozenset({"1 in the morning", "1 at night"})
# What is given in one way only: notes leave the way out.
_GIVEN_SO = dict.fromkeys(
    ("ferric carboxymaltose", "ferric derisomaltose", "iron sucrose", "human albumin", "noradrenaline", "propofol"),
    "intravenous",
)
# A regimen by the names of its parts, one of which is enough.
_MADE_OF = {
    "capox": {"capecitabine", "oxaliplatin"}, "folfox": {"oxaliplatin"}, "folfiri": {"irinotecan"},
    "folfirinox": {"irinotecan", "oxaliplatin"}, "flot": {"docetaxel"}, "r-chop": {"rituximab"},
    "abvd": {"bleomycin", "dacarbazine"}, "beacopp": {"procarbazine"}, "bep chemotherapy": {"bleomycin"},
    "fec-t": {"epirubicin"}, "tchp": {"trastuzumab"},
}  # fmt: skip


def of_sentence(note: Note, section: str, sentence: Facts, source: Sequence[Facts]) -> Iterator[Finding]:
    """Compare the drugs of one sentence of a draft with the notes.

    Args:
        note: The notes.
        section: Key of the sentence's section.
        sentence: What `facts` read of it.
        source: What `facts` read of the notes.

    Yields:
        Findings of the kinds `drug` and `dose`.
    """
    every = [dose for one in source for dose in one.doses]
    for dose in sentence.doses:
        known = _same(dose.drug, every)
        if not known and _is_otherwise_known(note, dose, sentence):
            continue
        if not known:
            yield block("drug", said(wording.DRUG_ABSENT, drug=dose.drug), section=section, draft=dose.drug_span)
            continue
        problems = [*_frequencies(section, dose, known), *_routes(note, section, dose, known)]
        yield from problems or _mixed(note, section, dose, known)


def _is_named_otherwise(note: Note, drug: str, sentence: Facts) -> bool:
    """Whether the notes have a drug by a part of it, a measure, a regimen or one of its class."""
    others = "|".join(re.escape(one.drug) for one in sentence.doses if one.drug != drug)
    if others and re.search(rf"\b(?:(?:{others})/{re.escape(drug)}|{re.escape(drug)}/(?:{others}))\b", note.text, re.I):
        return True  # "glecaprevir with pibrentasvir", which the notes part by a stroke
    if drug == "isoniazid" and _INH.search(note.text) and _TUBERCULOSIS.search(note.text):
        return True
    if drug in ("methicillin", "meticillin"):
        return True  # nobody is given it; a germ is sensitive to it or not
    there = {word.key for word in words.read(note.text)}
    if not there.isdisjoint(_MEASURED.get(drug, ())) or not there.isdisjoint(_MADE_OF.get(drug, ())):
        return True
    is_allergy = any(word.key == "allergy" for word in sentence.words)
    return not is_allergy and any(drug in vocabulary.wider().get(name, ()) for name in there)  # "a laxative" for senna


def _is_otherwise_known(note: Note, dose: Dose, sentence: Facts) -> bool:
    """Whether the notes may have a drug cut short or misspelt, or measure it: "dex 1.9 mg", "Vit D 14"."""
    if _is_named_otherwise(note, dose.drug, sentence):
        return True
    if dose.drug == "noradrenaline" and re.search(r"\bNA\b(?! ?[\d<>])", note.text):
        return True
    name = Word(dose.drug, "drug", 0, len(dose.drug))
    if likeness.of_text(note.text).stand_ins(dose.drug, [name], frozenset()):
        return True
    amounts = "|".join(re.escape(f"{one.numbers[0]:g}") for one in dose.amounts if one.numbers)
    if not amounts:
        return False
    cuts = "|".join(re.escape(dose.drug[:length]) for length in range(2, len(dose.drug)))
    if re.search(rf"\b(?:{cuts})\b\.? ?(?:IV |PO |SC |IM )?(?:{amounts})(?![\d.])", note.text, re.IGNORECASE):
        return True
    if dose.drug not in vocabulary.names():
        return False
    names = (one for fact in facts.of_note(note) for one in fact.doses if not vocabulary.group(one.drug))
    unlisted = (one for one in names if one.drug not in vocabulary.names())  # "Thyronorm 50 mcg": a brand of no list
    return any(same(mine, their) for one in unlisted for their in one.amounts for mine in dose.amounts)


def _same(drug: str, every: Sequence[Dose]) -> list[Dose]:
    """The notes' mentions of a drug. "Insulin" bears out no insulin degludec where the notes name another insulin."""
    found = [one for one in every if same_drug(drug, one.drug)]
    wider = [one for one in found if set(one.drug.split()) < set(drug.split())]
    if found and len(wider) == len(found):
        rivals = (one for one in every if set(wider[0].drug.split()) < set(one.drug.split()))
        return [] if any(rivals) else found
    return found


def same_drug(one: str, other: str) -> bool:
    """Tell whether names mean one drug: the same, or one a wider name for the other: insulin, insulin glargine."""
    if "iron" in (one, other) and any(name.startswith(("ferr", "iron")) for name in (one, other) if name != "iron"):
        return True
    return one == other or set(one.split()) < set(other.split()) or set(other.split()) < set(one.split())


def _frequencies(section: str, dose: Dose, known: Sequence[Dose]) -> Iterator[Finding]:
    stated = [(one, name) for one in known for name in one.frequencies]
    for name in dose.frequencies:
        if _is_one_of(name, [other for _, other in stated]):
            continue
        value = often(name)
        if not stated and (name == "stat" or _is_rate(name, dose, known)):
            continue  # notes leave out that what was given was given once, and "5 mg/wk" says how often
        if not stated:
            message = said(wording.FREQUENCY_ABSENT, drug=named(dose.drug), value=value)
            yield warn("dose", message, (known[0].span,), section=section, draft=dose.span)
        elif name == "as needed" or all(other == "as needed" for _, other in stated):
            message = said(wording.FREQUENCY_DIFFERS, drug=named(dose.drug), value=value, source=often(stated[0][1]))
            yield warn("dose", message, (stated[0][0].span,), section=section, draft=dose.span)
        else:
            message = said(wording.FREQUENCY_DIFFERS, drug=named(dose.drug), value=value, source=often(stated[0][1]))
            yield block("dose", message, (stated[0][0].span,), section=section, draft=dose.span)


def _is_rate(name: str, dose: Dose, known: Sequence[Dose]) -> bool:
    """Whether the notes' amount says how often the draft's one is taken: "5 mg/wk"."""
    hours = {"weekly": 168.0, "1": 24.0}.get(name)
    amounts = [(mine, theirs) for mine in dose.amounts for other in known for theirs in other.amounts]
    return hours is not None and any(is_in(hours, mine, theirs) for mine, theirs in amounts)


def _routes(note: Note, section: str, dose: Dose, known: Sequence[Dose]) -> Iterator[Finding]:
    stated = [(one, name) for one in known for name in one.routes]
    for name in dose.routes:
        if any(name == _GIVEN_SO.get(one.drug) for one in known):
            continue
        if any(name == other for _, other in stated) or (name == "by mouth" and _SWITCHED.search(note.text)):
            continue
        if not stated:
            is_told = name == "intravenous" and any(_VEIN.search(_line(note, one)) for one in known)
            if name != "by mouth" and name != _FORM_OF.get(dose.drug) and not is_told:
                message = said(wording.ROUTE_ABSENT, drug=named(dose.drug), value=said(name))
                yield warn("dose", message, (known[0].span,), section=section, draft=dose.span)
        else:
            message = said(wording.ROUTE_DIFFERS, drug=named(dose.drug), value=said(name), source=said(stated[0][1]))
            yield block("dose", message, (stated[0][0].span,), section=section, draft=dose.span)


def _line(note: Note, one: Dose) -> str:
    """The line of the notes that a drug is mentioned in."""
    start, stop = note.text.rfind("\n", 0, one.span.start) + 1, note.text.find("\n", one.span.end)
    return note.text[start : stop if stop >= 0 else None]


def _mixed(note: Note, section: str, dose: Dose, known: Sequence[Dose]) -> Iterator[Finding]:
    """A dose of one day with the frequency of another."""
    full = [one for one in known if _says_as_much(one, dose)]
    amounts = [amount for one in known for amount in one.amounts]
    if not all(any(same(mine, other) for other in amounts) for mine in dose.amounts):
        return  # said of the number itself
    is_told_so = any(same(mine, other) for one in full for other in one.amounts for mine in dose.amounts)
    is_changed = not is_told_so and any(_is_bare(dose, one) for one in known)  # "75 mcg daily", later "up to 88 mcg"
    if full and not is_changed and not any(_agrees(dose, one) for one in full):
        best = full[0]
        message = said(wording.DOSE_MIXED, drug=named(dose.drug), source=best.span.of(note.text))
        yield block("dose", message, tuple(one.span for one in full[:3]), section=section, draft=dose.span)


def _is_bare(dose: Dose, one: Dose) -> bool:
    """Whether a mention gives the dose alone, how often being told elsewhere."""
    is_alone = not one.frequencies and not one.routes
    return is_alone and any(same(mine, other) for mine in dose.amounts for other in one.amounts)


def _says_as_much(one: Dose, dose: Dose) -> bool:
    counts = ((one.amounts, dose.amounts), (one.frequencies, dose.frequencies), (one.routes, dose.routes))
    return sum(bool(mine) for _, mine in counts) > 1 and all(theirs or not mine for theirs, mine in counts)


def _agrees(dose: Dose, one: Dose) -> bool:
    is_amount = not dose.amounts or any(same(a, b) for a in dose.amounts for b in one.amounts)
    is_often = not dose.frequencies or any(_is_one_of(name, one.frequencies) for name in dose.frequencies)
    return is_amount and is_often and (not dose.routes or not set(dose.routes).isdisjoint(one.routes))


def _is_one_of(name: str, stated: Sequence[str]) -> bool:
    """Whether a frequency is one of these, or what they are together: "40 mg am, 20 mg pm" is twice a day."""
    return any(same_frequency(name, other) for other in stated) or (name == "2" and set(stated) >= _MORNING_AND_NIGHT)


def often(frequency: str) -> str:
    """Write a frequency of `doses` in words."""
    names = {
        "1": "once daily", "1 at night": "at night", "1 in the morning": "in the morning", "2": "twice daily",
        "3": "three times daily", "4": "four times daily", "5": "five times daily", "6": "six times daily",
    }  # fmt: skip
    return said(names.get(frequency, frequency))
