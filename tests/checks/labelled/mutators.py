"""Ways to make a faithful sentence false, one error at a time. Each yields (kind, false sentence)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

from app.checks import words
from app.notes.note import Note

Planted = tuple[str, str]

UNITS = {"mg": "mcg", "mcg": "mg", "micrograms": "mg", "g": "mg", "units": "mg", "mmol/L": "umol/L", "umol/L": "mmol/L"}
FREQUENCIES = {
    "once daily": "twice daily", "twice daily": "once daily", "three times daily": "twice daily", "OD": "BD",
    "BD": "OD",
    "four times daily": "twice daily", "TDS": "BD", "QDS": "OD", "BID": "TID", "TID": "BID", "nocte": "BD", "ON": "BD",
    "at night": "twice daily", "weekly": "daily", "once a week": "once a day", "once weekly": "once daily",
    "daily": "weekly", "每日一次": "每日两次", "每日两次": "每日三次", "每日三次": "每日一次", "每晚一次": "每日三次",
}  # fmt: skip
ROUTES = {
    " IV ": " PO ", "subcutaneously": "orally", " SC ": " IV ", "by mouth": "intravenously", " PO ": " IV ",
    "nebulised": "orally", "静脉滴注": "口服", "口服": "静脉注射",
}  # fmt: skip
OTHER_DRUGS = (
    "aspirin", "ramipril", "metformin", "warfarin", "amoxicillin", "furosemide", "bisoprolol", "omeprazole", "digoxin",
    "levetiracetam", "gliclazide",
)  # fmt: skip
_LET = re.compile(
    r"\b(?:was|were|been|be) left\b(?!-)|\bleft (?:no|the|an?|his|her|to|out|in|with|intensive|hospital|over)\b",
    re.IGNORECASE,
)
SIDES = {"left": "right", "right": "left", "Left": "Right", "Right": "Left", "左": "右", "右": "左"}
NEGATIONS = (
    (r"\bno evidence of ", "evidence of "), (r"\b(There (?:was|were)) no ", r"\1 "), (r"\bshowed no ", "showed "),
    (r"\bhad no ", "had "), (r"\bhas no ", "has "), (r"\bwithout ", "with "), (r"\bexcluded ", "showed "),
    (r"\bNo (\w+)", r"A \1"), (r" was not done", " was done"), (r"\bdenied ", "reported "), (r"否认", "有"),
    (r"无", "有"),
    (r" was excluded", " was found"), (r" was not required", " was required"), (r" and no wheeze", " and wheeze"),
)  # fmt: skip
DENIALS = (
    (r"\bshowed (?!no |neither )(?:an? )?", "showed no "),
    (r"\b(has|had) (?!gained)(?=(?:\w+ed|gone|fallen|risen|drunk|come|grown)\b)", r"\1 not "),
    (r"\b(has|had) (?!no |not |never |been |her |had |gained|come)(?:an? )?(?=[a-z])", r"\1 no "),
    (r"\bThere was a ", "There was no "), (r"\bcaused ", "did not cause "), (r"\bis allergic to", "is not allergic to"),
)  # fmt: skip
INVENTED = (
    "He was reviewed by the dietitian and started on nutritional supplements.",
    "She developed a pneumothorax that needed a chest drain.",
    "A bronchoscopy was carried out and showed a tumour.",
    "The family asked for a transfer to another hospital.",
    "She was colonised with MRSA and nursed in a side room.",
)
ACTIONS = {
    "started": "stopped", "stopped": "started", "increased": "reduced", "reduced": "increased", "continued": "stopped",
    "withheld": "started", "restarted": "stopped", "停用": "加用", "加用": "停用",
}  # fmt: skip
POLAR = {"positive": "negative", "negative": "positive", "improved": "worsened", "upper": "lower", "lower": "upper"}
CONDITIONS = (
    "type 2 diabetes", "hypertension", "pneumothorax", "DVT", "PE", "pneumonia", "consolidation", "stroke", "TIA",
    "AF", "osteoarthritis", "diabetes", "COPD", "sepsis", "cholangitis", "diverticulitis", "cellulitis", "cirrhosis",
    "metastases", "lung cancer", "fracture", "heart failure", "depression", "epilepsy", "rheumatoid arthritis",
)  # fmt: skip

SLIPPED = (
    "heart failure", "pulmonary embolus", "stroke", "multiple sclerosis", "endocarditis", "hepatitis", "sarcoidosis",
    "pancreatitis",
)  # fmt: skip

EPISODES = frozenset(
    {"DVT", "PE", "pneumonia", "stroke", "TIA", "sepsis", "cholangitis", "diverticulitis", "cellulitis"}
)


def numbers(text: str) -> Iterator[Planted]:
    """Ten times as much, two digits swapped, another unit."""
    for match in re.finditer(
        r"(?<![\w/.-])(\d+(?:\.\d+)?)(?=\s?(?:mg|mcg|micrograms|g|units|mL|ml|mmol|umol|kg|%|ng|mm|cm|L)\b)", text
    ):
        number = match[1]
        bigger = number.replace(".", "") if "." in number else number + "0"
        if float(bigger) != float(number):
            yield "x10", text[: match.start()] + bigger + text[match.end() :]
        digits = number.replace(".", "")
        if len(digits) > 1 and digits[0] != digits[1] and "." not in number[:2] and digits[1] != "0":
            yield "transposed", text[: match.start()] + number[1] + number[0] + number[2:] + text[match.end() :]
    for unit, other in UNITS.items():
        if re.search(rf"\d ?{re.escape(unit)}(?![\w/])", text):
            yield "unit", re.sub(rf"(\d ?){re.escape(unit)}(?![\w/])", rf"\g<1>{other}", text, count=1)
    for match in re.finditer(r"(\d{2,3})/(\d{2,3})(?![\d/])", text):
        if int(match[1]) > int(match[2]) > 30:
            yield "transposed", text[: match.start()] + f"{int(match[1]) + 20}/{match[2]}" + text[match.end() :]


def doses(text: str) -> Iterator[Planted]:
    """Another frequency, another route."""
    for kind, table in (("frequency", FREQUENCIES), ("route", ROUTES)):
        for word, other in table.items():
            edge = r"(?<![A-Za-z])" + re.escape(word.strip()) + r"(?![A-Za-z])"
            if re.search(edge, text) and re.search(r"\d", text):
                yield kind, re.sub(edge, other.strip(), text, count=1)
                break


def drugs(text: str) -> Iterator[Planted]:
    """A drug exchanged for another; the doses of two drugs exchanged."""
    found = re.findall(
        r"\b[A-Za-z-]+(?:pril|olol|statin|xaban|parin|cillin|mycin|zole|ine|ide|one|mab|formin|cel|tam|pril|ran|ol|in|am|ac"
        r"|cept|pram)\b(?= \d)", text,
    )  # fmt: skip
    for drug in found[:1]:
        other = next(one for one in OTHER_DRUGS if one.casefold() not in text.casefold())
        other = other.capitalize() if drug[0].isupper() else other
        yield "drug", text.replace(drug, other, 1)
    match = re.search(r"(\d[\d.,]* ?(?:mg|g|mcg))(.*?)(\d[\d.,]* ?(?:mg|g|mcg))\b", text)
    if match and match[1] != match[3] and len(found) > 1:
        yield "swapped", text[: match.start()] + match[3] + match[2] + match[1] + text[match.end() :]


def dates(text: str) -> Iterator[Planted]:
    """A shifted date, an impossible one, another age, another duration."""
    for match in re.finditer(r"(\d{2})/(\d{2})/(\d{4})", text):
        day = datetime.date(int(match[3]), int(match[2]), int(match[1])) + datetime.timedelta(days=13)
        yield "date", text[: match.start()] + day.strftime("%d/%m/%Y") + text[match.end() :]
        yield (
            "impossible date",
            text[: match.start()] + f"31/{'02' if match[2] != '02' else '04'}/{match[3]}" + text[match.end() :],
        )
        break
    for match in re.finditer(
        r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)\b", text
    ):
        yield "date", text[: match.start()] + f"{(int(match[1]) + 11) % 27 + 1} {match[2]}" + text[match.end() :]
        break
    match = re.search(r"(\d{1,2})(?=[ -]year|岁)| aged (\d{2})", text)
    if match:
        number = match[1] or match[2]
        yield "age", text.replace(number, str(int(number) + 10), 1)
    match = re.search(r"\b(?:for|in|of) (two|three|four|five|six|\d{1,2})(?= (?:days|weeks|months|hours)\b)", text)
    if match:
        yield (
            "duration",
            text[: match.start(1)] + ("nine" if match[1].isalpha() else str(int(match[1]) + 5)) + text[match.end(1) :],
        )
    match = re.search(r"\bin (20\d\d)\b", text)
    if match:
        yield "date", text.replace(match[1], str(int(match[1]) - 3))


def negation(text: str) -> Iterator[Planted]:
    """A denial dropped, a denial put in."""
    for pattern, other in NEGATIONS:
        if re.search(pattern, text):
            yield "negation", re.sub(pattern, other, text, count=1)
            return
    for pattern, other in DENIALS:
        if re.search(pattern, text) and not re.search(r"\bno\b|\bnot\b", text):
            yield "negation", re.sub(pattern, other, text, count=1)
            return


def assertion(text: str) -> Iterator[Planted]:
    """Certain for uncertain, past for present, done for planned, the patient for a relative, and the reverse."""
    yield from _doubts(text)
    yield from _whose(text)
    yield from _conditions(text)
    yield from _planned(text)


def _doubts(text: str) -> Iterator[Planted]:
    for pattern, other in (
        (r"\ba possible ", "a "),
        (r" is suspected", " is present"),
        (r", likely pre-renal", ", pre-renal"),
    ):
        if re.search(pattern, text):
            yield "uncertainty", re.sub(pattern, other, text, count=1)


def _whose(text: str) -> Iterator[Planted]:
    relative = re.search(r"\b(His|Her) (?:father|mother|brother|older sister|sister) (had|has)\b", text)
    if relative:
        yield "relative", text.replace(relative[0], ("He " if relative[1] == "His" else "She ") + relative[2])
    for one in ("父亲患", "母亲患"):
        if one in text:
            yield "relative", text.replace(one, "患者患")


def _conditions(text: str) -> Iterator[Planted]:
    for condition in CONDITIONS:
        match = re.search(rf"\b(?:an? )?{re.escape(condition)}\b", text)
        if match and not re.search(
            r"\bno\b|\bnot\b|without|excluded|possible|suspected|nurse|[Nn]o |father|mother|sister|brother|denied", text
        ):
            name = match[0].split(" ", 1)[1] if match[0].startswith(("a ", "an ")) else match[0]
            yield "uncertainty", text.replace(match[0], "possible " + name, 1)
            yield "relative", f"His mother had {name}."
            if condition in EPISODES and not re.search(r"in (?:20|19)\d\d|previous|chronic|as a child", text):
                yield "time", text.replace(match[0], "a previous " + name, 1)
            break
    match = re.search(r"\bhad an? (?:\w+ ){0,3}?(TIA|DVT|stroke|MI)(?: in \d{4})", text)
    if match:
        yield "time", f"He was admitted with an acute {match[1]}."


def _planned(text: str) -> Iterator[Planted]:
    for pattern, other in (
        (r"(?<!Referral for )(\w+) is (?:planned|booked)[^.]*", r"\1 was performed"),
        (r"is to be arranged", "was performed"), (r"is recommended", "was performed"),
        (r"An EEG has been requested", "The EEG was done and was normal"),
    ):  # fmt: skip
        if re.search(pattern, text):
            yield "planned", re.sub(pattern, other, text, count=1)
    done = re.search(
        r"\b(?:underwent|had) (?:an? |primary )?((?:\w+ ){0,2}?(?:PCI|TURP|section|appendicectomy|bypass))", text
    )
    if done:
        yield "planned", f"He is awaiting {done[1]}."


def sides(text: str) -> Iterator[Planted]:
    """The other side."""
    for side, other in SIDES.items():
        is_drug = "左氧氟" in text
        if side.casefold() == "left" and _LET.search(text):
            continue  # "No drain was left"
        if (
            re.search(rf"(?<![A-Za-z]){side}(?![A-Za-z])", text)
            and "heart strain" not in text.split(side)[1][:20]
            and not is_drug
        ):
            yield "side", re.sub(rf"(?<![A-Za-z]){side}(?![A-Za-z])", other, text, count=1)
            return


def opposites(text: str) -> Iterator[Planted]:
    """Started for stopped, positive for negative."""
    for kind, table in (("action", ACTIONS), ("opposite", POLAR)):
        for word, other in table.items():
            if re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", text):
                yield kind, re.sub(rf"(?<![A-Za-z]){word}(?![A-Za-z])", other, text, count=1)
                break


def strangers(note: Note, text: str) -> list[str]:
    """Two conditions that the note never names, to be slipped into a true sentence; none for Chinese."""
    if not text.isascii():
        return []
    known = {word.key for word in words.read(note.text)}
    named = [one for one in SLIPPED if not {word.key for word in words.read(one)} & known]
    return [named[len(text) % len(named)], named[-1]]


MUTATORS: tuple[Callable[[str], Iterator[Planted]], ...] = (
    numbers, doses, drugs, dates, negation, assertion, sides, opposites,
)  # fmt: skip
