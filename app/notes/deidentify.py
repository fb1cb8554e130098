"""Replace names, dates, places, numbers and contacts by surrogates, the same ones all through a row.

Rules made for clinical headings, titles and signatures; a name found once is replaced wherever it stands again.
Dates move by one number of days for a whole row, so that intervals stay; ages above 89 become 90 (HIPAA Safe
Harbor, 45 CFR 164.514(b)(2)). Rules miss things: a person looks through a sample before rows are used.
Presidio and OpenMed were measured beside these rules: `tests/benchmarks/deidentify.py`, figures in training/README.md.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from typing import Any

from app.notes.surrogates import HOUSE, Found, Surrogates

_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
_MONTH += r"|Nov(?:ember)?|Dec(?:ember)?)"
_NAME = r"(?:[A-Z][a-z]*(?:['’][A-Z])?[a-z]*[A-Z]?[a-z]+(?:-[A-Z][a-z]+)?)"
_PERSON = rf"{_NAME}(?:[ ]+(?:[A-Z]\.?[ ]+)?{_NAME}){{0,2}}"
_STREET = r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Drive|Dr|Terrace|Court|Ct|Way|Place|Square|Gardens|Crescent)"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
_PLACE = r"[A-Z][a-z]+(?:[ ](?:[A-Z][a-z]+))?"
# The longest match at a place wins; of equals, the first.
_RULES: tuple[tuple[str, str], ...] = (
    ("email", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("url", r"\bhttps?://\S+|\bwww\.\S+"),
    ("date", r"\b(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})\b"),
    ("date", r"\b(?P<a2>\d{1,2})(?P<s2>[/.])(?P<b2>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d{2})\b"),
    ("date", rf"\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?[ ]+(?P<m3>{_MONTH})\.?,?[ ]+(?P<y3>\d{{4}})\b"),
    ("date", rf"\b(?P<m4>{_MONTH})\.?[ ]+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?[ ]+(?P<y4>\d{{4}})\b"),
    ("month", rf"\b(?P<m5>{_MONTH})\.?,?[ ]+(?P<y5>(?:19|20)\d\d)\b"),
    ("year", r"\b(?:since|in|from)[ ](?P<t0>(?:19|20)\d\d)\b"),
    ("phone", r"(?<!\d)(?:\+\d{1,3}[ -]?)?\(?\d{3,5}\)?[ -]\d{3}[ -]?\d{3,4}(?!\d)|(?<!\d)0\d{4}[ ]?\d{6}(?!\d)"),
    (
        "number",
        r"(?<=\b)(?:MRN|NHS|ID|SSN|[Rr]ecord|[Hh]ospital|[Ii]nsurance|[Aa]ccount|[Pp]olicy)"
        r"(?:[ ]?(?:No|ID|[Nn]umber|[Nn]o)\b\.?|[ ]?#)?[:. ]*(?P<id>(?=[A-Z\d -]*\d{3})[A-Z]{0,3}\d[\d -]{3,}\d[A-Z]?)",
    ),
    ("number", r"(?<![\d.,/-])\d{7,}(?![\d.,/])"),
    ("address", rf"\b\d{{1,4}}[A-Za-z]?[ ](?:[A-Z][\w'.]*[ ]){{1,3}}{_STREET}\b(?:,[ ]{_PLACE})?(?:[ ,]+{_POSTCODE})?"),
    ("postcode", rf"\b{_POSTCODE}"),
    ("hospital", rf"\b(?:[A-Z][\w'’.]*[ ]){{1,4}}{HOUSE}\b"),
    ("age", r"\b(?:9\d|1[01]\d)(?=[ -]?(?:year|y/?o\b|yr))"),
    ("person", rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Sister|Nurse)\b\.?[ ]+(?P<n1>{_PERSON})"),
    ("person", rf"(?:Patient(?: name)?|Name|Re|Signed|Dictated by|Author|Carer|Next of kin)[ ]*:[ ]*(?P<n2>{_PERSON})"),
    ("person", rf"(?m)^(?:CONSULT|PATIENT|NAME)[ ]*:[ ]*(?P<n3>{_NAME},[ ]{_NAME})"),
    ("person", rf"(?P<n4>{_PERSON}),[ ](?:MD|M\.D\.|DO|RN|Consultant|FRCP|MRCP|GP)\b"),
    ("person", rf"(?m)^(?P<n5>{_NAME}[ ]{_NAME})(?=[ ](?:is|was|has|presented|came)\b)"),
    ("person", rf"\b(?:[Ss]poke (?:to|with)|[Ss]een by|[Rr]eferred by|[Rr]eviewed (?:by|with))[ ](?P<n6>{_PERSON})"),
    (
        "person",
        r"\b(?:wife|husband|partner|son|daughter|mother|father|sister|brother|carer)[ ,]+"
        rf"(?P<n7>{_NAME}(?:[ ]{_NAME})?)",
    ),
    # Two capitalised words inside a line: the weakest rule. Headings, drugs and words that begin names of diseases
    # or tests are kept out below.
    (
        "pair",
        rf"(?<![.:!?] )(?<![.:!?]\n)\b(?P<n8>{_NAME}[ ]{_NAME})\b(?![^\n.]{{0,30}}:)(?![ ]\d)"
        r"(?![ ](?:[Dd]isease|[Ss]yndrome|[Ss]core|[Tt]est))",
    ),
    (
        "town",
        r"\b(?:lives|living|resident|wife|husband|man|woman|lady|gentleman)\b[^.\n]{0,30}?"
        rf"\b(?:in|from)[ ](?P<t1>{_PLACE})",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _RULES)
# Capitalised words after a title or label that are no names.
_NO_NAMES = frozenset(
    [
        "the",
        "she",
        "her",
        "his",
        "this",
        "that",
        "patient",
        "doctor",
        "presented",
        "admitted",
        "discharge",
        "discharged",
        "male",
        "female",
        "well",
        "stable",
        "seen",
        "and",
        "with",
        "for",
        "has",
        "was",
        "his",
        "man",
        "woman",
        "year",
        "old",
        "unknown",
        "none",
        "not",
        "date",
        "reason",
        "history",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "left",
        "right",
        "diagnosis",
        "consultant",
        "physician",
    ]
)
# Words that stand capitalised in clinical text and are no names, by ending or whole.
_IS_TERM = re.compile(
    r"(?i)(?:ology|itis|osis|emia|oma|pathy|ectomy|scopy|graphy|plasty|tomy|gram|ism|ion|ment|ing|ic|al|ary|ive|ous|ed"
    r"|ate|olol|pril|statin|cillin|mycin|ine|ide|one|ol|in|ium|ity)$"
    r"|^(?:hospital|infirmary|clinic|center|centre|ward|room|unit|department|street|road|disease|syndrome|test|score|blood"
    r"|heart|chest|lung|liver|kidney|bone|skin|head|neck|back|knee|hip|upper|lower|acute|chronic|type|stage|grade|class"
    r"|family|social|chief|present|review|systems?|plan|vital|signs|general|white|black|african|american|caucasian|hispanic"
    r"|asian|english|spanish|states?|united|tylenol|french|foley|first|second|one|two|day|week|month|axis|gold|lead|mr|ms"
    r"|mrs|dr|no|not|dear|kind|yours|best|regards|colleague|thank|you|please|sincerely)$"
)
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Sister|Nurse)\b\.? ")


def find(text: str) -> list[Found]:
    """Find identifying pieces.

    Args:
        text: A note.

    Returns:
        Pieces in order, without overlap.
    """
    candidates = [one for kind, pattern in _COMPILED for one in _candidates(text, kind, pattern)]
    names = {part for one in candidates if one.kind == "person" for part in _parts(text[one.start : one.end])}
    if names:
        again = re.compile(
            r"\b(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\b(?!['’]s [a-z])"
        )
        candidates += [
            Found(one.start(), one.end(), "person") for one in again.finditer(text) if not _is_word(text, one)
        ]
    kept: list[Found] = []
    for one in sorted(candidates, key=lambda found: (found.start - found.end, found.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)


def _candidates(text: str, kind: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        group = next((name for name in match.groupdict() if name[0] in "nt" or name == "id"), None)
        start, end = match.span(group) if group and match[group] else match.span()
        if kind in ("person", "pair", "town"):
            if title := _TITLE.match(text, start, end):
                start = title.end()
            words = re.findall(r"[\w'’.-]+", text[start:end])
            if kind == "pair" and any(_IS_TERM.search(word) or word.casefold() in _NO_NAMES for word in words):
                continue
            named = [word for word in words if word.casefold().strip(".") not in _NO_NAMES]
            if not named or words[0] != named[0]:
                continue
            while words[-1].casefold() in _NO_NAMES:
                end = start + text[start:end].rstrip().rfind(" ")
                words.pop()
        yield Found(start, end, "person" if kind == "pair" else kind, match)


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"[\w'’-]+", name) if len(part) > 2 and part.casefold() not in _NO_NAMES]


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Whether a name is an English word here: "Hill climbing" at the start of a sentence."""
    before = text[: match.start()].rstrip()
    begins = not before or before[-1] in ".!?:\n"
    following = re.match(r"\s+([a-z]+)", text[match.end() :])
    verbs = r"(?:is|was|has|had|will|can|says|said|lives|takes|denies|reports|states|presented|came)"
    return bool(begins and following and not re.fullmatch(verbs, following[1]))


class Deidentifier:
    """Gives surrogates, consistent within a row.

    Args:
        seed: With the row's id it decides the surrogates and the shift of dates.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """Replace in source and target of a row, with one set of surrogates for both.

        Rows of one `group` (a note, a patient) get the same surrogates. The ids of row and group may name a patient:
        they become hashes; of `meta` nothing stays.
        """
        of = f"{self._seed}/{row.get('group') or row['id']}"
        mark = "\n\u241e\n"
        chance = random.Random(of)  # noqa: S311 - repeatable surrogates, no secret
        both = self.text(f"{row['source']}{mark}{row['target']}", chance)
        source, _, target = both.partition(mark)
        own = f"{self._seed}/{row['id']}"
        hidden = {"id": f"row-{_hash(own)}", "meta": {}}
        if row.get("group"):
            hidden["group"] = f"group-{_hash(of)}"
        return {**row, **hidden, "source": source, "target": target}

    def text(self, text: str, chance: random.Random) -> str:
        """Replace in one text.

        Args:
            text: A note.
            chance: Source of the surrogates.
        """
        makers = Surrogates(chance)
        result, at = "", 0
        for one in find(text):
            result += text[at : one.start] + makers.make(one, text[one.start : one.end])
            at = one.end
        return result + text[at:]


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
