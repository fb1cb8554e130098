"""Facts in a text that harm when they are wrong: numbers, doses, drugs, negations, sides, follow-up.

A scoring tool over many rows, not a check of one draft: it reads surface forms, so single verdicts can be
wrong while rates of two systems over the same rows compare. The app's own checks live in `app/checks`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.notes.segments import sentences

_NUMBER = re.compile(r"\d+(?:[.,/:\-]\d+)*")
_UNIT = r"mg|mcg|micrograms?|milligrams?|grams?|g|ml|millilit\w+|units?|tablets?|puffs?|mmol|meq|%|percent"
_DOSE = re.compile(rf"(\d+(?:[.,]\d+)*)\s*-?\s*({_UNIT})\b", re.IGNORECASE)
_UNIT_NAMES = {"milligram": "mg", "microgram": "mcg", "gram": "g", "milliliter": "ml", "millilitre": "ml"}
# International stems (WHO INN stem list) that few other words share, then common names without such a stem.
_DRUG = re.compile(
    r"\b(?:\w{3,}(?:olol|pril|sartan|statin|prazole|dipine|cillin|mycin|floxacin|cycline|azepam|azolam|triptan|"
    r"gliptin|gliflozin|glutide|oxetine|idone|setron|semide|thiazide|parin|azole|caine|barbital|profen|codone|"
    r"morphone|tidine|lukast|terol|afil|mab|tinib|vir|cept)"
    r"|aspirin|warfarin|heparin|insulin|metformin|digoxin|morphine|codeine|tylenol|acetaminophen|paracetamol|"
    r"motrin|advil|aleve|naproxen|ultram|tramadol|lasix|coumadin|plavix|lipitor|zocor|crestor|synthroid|"
    r"levothyroxine|prednisone|prednisolone|dexamethasone|hydrocortisone|albuterol|ventolin|flovent|advair|"
    r"singulair|zyrtec|claritin|benadryl|allegra|flonase|keflex|cephalexin|bactrim|cipro|levaquin|augmentin|"
    r"zithromax|rocephin|vancomycin|flagyl|diflucan|valtrex|norvasc|lotensin|toprol|tenormin|atacand|diovan|"
    r"cozaar|altace|accupril|amiodarone|flecainide|apixaban|eliquis|rivaroxaban|xarelto|gabapentin|neurontin|"
    r"lyrica|pregabalin|dilantin|depakote|keppra|lithium|zoloft|prozac|paxil|celexa|lexapro|wellbutrin|effexor|"
    r"seroquel|risperdal|zyprexa|xanax|ativan|valium|klonopin|ambien|percocet|vicodin|norco|oxycontin|fentanyl|"
    r"versed|propofol|ketamine|lidocaine|xylocaine|marcaine|ranitidine|pepcid|zantac|nexium|prilosec|protonix|"
    r"colace|senna|miralax|reglan|zofran|phenergan|allopurinol|colchicine|methotrexate|plaquenil|humira|enbrel|"
    r"fosamax|calcium|potassium|magnesium|iron|penicillin|sulfa|glipizide|glyburide|lantus|humalog|januvia|"
    r"farxiga|jardiance|ozempic|nitroglycerin|imdur|clonidine|hydralazine|spironolactone|celebrex|mobic|"
    r"flexeril|soma|skelaxin|robaxin|imitrex|topamax|amitriptyline|trazodone|melatonin)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|denie[sd]|denying|without|negative for|never|none|nor|absence of|free of|rules? out|n't)\b", re.I
)
_SCOPE_END = re.compile(r"\b(?:but|however|except|although|who|which)\b|[;:]", re.IGNORECASE)
_SIDE = re.compile(r"\b(left|right)\s+((?:(?:lower|upper|medial|lateral)\s+)?[a-z]{3,})", re.IGNORECASE)
_FOLLOW_UP = re.compile(r"follow(?:ed|ing)?[ -]?up|return (?:to|in|visit)|appointment|refer(?:red|ral)?\b", re.I)
_ALLERGY = re.compile(r"allerg|nkda|\bnka\b", re.IGNORECASE)
_TERM = re.compile(r"[a-z]{5,}")
_NO_TURN = re.compile(r"^\W*(?:\[?\w+\]?[: ]\s*)?(?:no|nope|nah|never|not)\b", re.IGNORECASE)
_SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = dict(zip(_DECADES, range(20, 100, 10), strict=True))
_VALUE = {word: value for value, word in enumerate(_SMALL)} | _TENS
_NUMBER_WORDS = re.compile(rf"\b(?:(?:{'|'.join(_VALUE)})(?:[ -](?={'|'.join(_VALUE)}|hundred))?|hundred ?)+\b", re.I)


def numbers(text: str) -> set[str]:
    """Numbers as written in digits, thousands separators left out, and those spelt in words.

    "one fifty over eighty" and the like stay apart as 1, 50 and 80: speech is read generously, so that a
    number is only called unsupported where no reading of the source has it.
    """
    found = {one.replace(",", "") for one in _NUMBER.findall(text)}
    found |= {part for one in found for part in re.split(r"[/:\-]", one)}
    for match in _NUMBER_WORDS.finditer(text):
        found |= _spelt(re.findall(r"[a-z]+", match[0].casefold()))
    return found


def _spelt(spoken: list[str]) -> set[str]:
    values = [_VALUE[word] for word in spoken if word in _VALUE]
    found = {str(value) for value in values}
    total = 0
    for word in spoken:
        total = max(total, 1) * 100 if word == "hundred" else total + _VALUE[word]
    found.add(str(total))
    found.add("".join(str(value) for value in values))
    return found


def doses(text: str) -> set[tuple[str, str]]:
    """Amounts with their unit, such as ("2.5", "mg")."""
    found = set()
    for value, unit in _DOSE.findall(text):
        name = unit.casefold().rstrip("s")
        found.add((value.replace(",", ""), _UNIT_NAMES.get(name, "%" if name == "percent" else name)))
    return found


def drugs(text: str) -> set[str]:
    """Drug names in lower case."""
    return {one.casefold() for one in _DRUG.findall(text)}


def has_follow_up(text: str) -> bool:
    """Whether the text speaks of a follow-up."""
    return bool(_FOLLOW_UP.search(text))


def has_allergy(text: str) -> bool:
    """Whether the text speaks of allergies."""
    return bool(_ALLERGY.search(text))


def asserted(text: str) -> dict[str, set[bool]]:
    """For every term of five letters or more: whether it stands negated, not negated, or both.

    A negation reaches from its cue to the end of the clause (after NegEx, Chapman et al. 2001, without its
    list of findings); a question that the next line answers with "no" counts as negated as well.
    """
    result: dict[str, set[bool]] = {}
    lines = text.casefold().splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        is_answered_no = line.rstrip().endswith("?") and bool(_NO_TURN.match(following))
        for span in sentences(line):
            sentence = span.of(line)
            cue = _NEGATION.search(sentence)
            end = _SCOPE_END.search(sentence, cue.end()) if cue else None
            for term in _TERM.finditer(sentence):
                is_negated = bool(cue and cue.end() <= term.start() < (end.start() if end else len(sentence)))
                result.setdefault(term[0], set()).add(is_negated or is_answered_no)
                if is_answered_no:
                    result[term[0]].add(False)
    return result


def sides(text: str) -> set[tuple[str, str]]:
    """Pairs of side and the words it stands before: ("left", "knee")."""
    return {(side.casefold(), what.casefold()) for side, what in _SIDE.findall(text)}


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults of one text against its source, counted in sentences.

    Attributes:
        sentences: Sentences of the text.
        numbers: Sentences with a number that the source lacks.
        doses: Sentences with an amount and unit that the source lacks.
        drugs: Sentences with a drug that the source lacks.
        any_unsupported: Sentences with any of the three.
        negations: Sentences with a term whose only polarity is the opposite of its only one in the source.
        sides: Sentences with a side that the source gives only the other way round.
    """

    sentences: int
    numbers: int
    doses: int
    drugs: int
    any_unsupported: int
    negations: int
    sides: int


def faults(text: str, source: str) -> Faults:
    """Compare a text with its source, sentence by sentence.

    Args:
        text: What was written.
        source: All that it was written from.
    """
    there = numbers(source), doses(source), drugs(source)
    polarity, source_sides = asserted(source), sides(source)
    counts = [0] * 7
    for span in sentences(text):
        sentence = span.of(text)
        # A dose spoken as "two point five milligrams" has its number, if not its form: look at number and unit.
        strange_doses = {one for one in doses(sentence) - there[1] if one[0] not in there[0]}
        strange = (bool(numbers(sentence) - there[0]), bool(strange_doses), bool(drugs(sentence) - there[2]))
        mine = asserted(sentence)
        is_flipped = any(
            len(mine[term]) == 1 and len(polarity.get(term, ())) == 1 and mine[term] != polarity[term] for term in mine
        )
        other = {(("right" if side == "left" else "left"), what) for side, what in sides(sentence) - source_sides}
        seen = (True, *strange, any(strange), is_flipped, bool(other & source_sides))
        counts = [count + flag for count, flag in zip(counts, seen, strict=True)]
    return Faults(*counts)


def repetition(text: str) -> float:
    """Share of four-word runs that stood in the text before, 0 to 1."""
    words = text.casefold().split()
    runs = [tuple(words[at : at + 4]) for at in range(len(words) - 3)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0
