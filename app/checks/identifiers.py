"""Identifiers of the patient: names, dates of birth and record numbers, not those of relatives or staff.

They have a label, or stand by themselves in a line that says nothing else: "Ann Lee, 4471823".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.checks import words
from app.notes import dates, nameplates
from app.notes.documents import lines
from app.notes.nameplates import Nameplate
from app.notes.note import Note, Span

# Quantifiers are bounded and possessive: a label before a very long run of spaces costs no time.
_START = r"(?<![A-Za-z0-9_/'’-])"
_GAP = r"[ \t*_]{0,40}+"
_ASIDE = rf"(?:\([^()\n]{{0,20}}\){_GAP})?"
_COLON = rf"{_GAP}{_ASIDE}[:：|]{_GAP}"
# Numbers and dates have a shape of their own, so the colon may be missing and the value may stand a line below.
_MAYBE_COLON = rf"{_GAP}{_ASIDE}[.]?{_GAP}[:：#|]?{_GAP}\n?{_GAP}"
_NO = r"(?:[ \t]*(?:no|num(?:ber)?|id)\b)"
_NAME_VALUE = r"(?P<value>[一-鿿·]{2,6}|[^\n;；|(（\d]{2,80}+)"
_DATE_VALUE = _MAYBE_COLON + r"(?P<value>[^\n;|]{6,30})"
_RECORD_VALUE = _MAYBE_COLON + r"(?P<value>[A-Z]{0,4}[ -]?\d[\dA-Z-]{3,15})"
_SURE = r"patient(?:['’]?s)? name|pt name|name of (?:the )?patient|患者姓名|病人姓名"
_SURE_LABEL = re.compile(_SURE, re.IGNORECASE)
# Kind, series of numbers, pattern. One patient may have a number of each series.
_LABELS = (
    ("name", "", rf"(?P<label>{_SURE}|full name|name|patient|pt|姓名){_COLON}{_NAME_VALUE}"),
    # In a table copied from a web page, label and value stand in columns.
    ("name", "", rf"(?P<label>{_SURE}|(?<=\n)name|(?<=\A)name) {{2,40}}+{_NAME_VALUE}"),
    (
        "date of birth",
        "",
        rf"(?:date of birth|d\.?o\.?b\b|(?<=[,(] )born|(?<=[(])born|出生日期|出生年月日?){_DATE_VALUE}",
    ),
    ("record number", "hospital", rf"(?:hosp(?:ital)?\.?|unit){_NO}{_RECORD_VALUE}"),
    ("record number", "record", rf"(?:mrn{_NO}?|(?:medical )?record{_NO}|patient{_NO}|病历号|病案号){_RECORD_VALUE}"),
    ("record number", "stay", rf"住院号{_RECORD_VALUE}"),
    ("NHS number", "", rf"nhs{_NO}?{_MAYBE_COLON}(?P<value>\d{{3}}[ -]?\d{{3}}[ -]?\d{{4}})(?!\d)"),
)
_PATTERNS = tuple((kind, series, re.compile(_START + text, re.IGNORECASE)) for kind, series, text in _LABELS)
KINDS = tuple(dict.fromkeys(kind for kind, _, _ in _LABELS))

_RELATIVE = (
    r"mother|father|baby|babe|infant|newborn|son|daughter|husband|wife|spouse|partner|sister|brother|twin|child|sibling"
    r"|parent|grand\w+|aunt|uncle|niece|nephew|cousin|carer|friend|neighbour|donor|next of kin|nok"
)
OF_RELATIVE = re.compile(
    rf"(?:\b(?:{_RELATIVE})(?:['’]?s)?|母亲|父亲|家属|配偶|子女)[ \t:：,(-]*(?:an?[ ])?$", re.IGNORECASE
)
_STAFF = (
    r"gp|general practitioner|signed?|signature|author|clinician|consultant|prescriber|referrer|doctor|nurse|pharmacist"
    r"|(?:completed|signed|seen|written|requested|reported|referred|prepared|dictated|prescribed) by"
    r"|(?:emergency )?contact"
)
# A line that says whose details the lines below it are: "Next of kin", "Signed:", "GP details".
_OTHERS_HEADER = re.compile(
    rf"\W*(?:(?:discharging|responsible|referring|admitting|completing|reporting|usual) )?(?:{_RELATIVE}|{_STAFF}"
    r"|联系人|家属|医师签名)(?:['’]s)?(?: (?:details|information|contact|person|signature))*\W*",
    re.IGNORECASE,
)
_AFTER_OTHERS = re.compile(
    rf"[ \t]*\((?:{_RELATIVE})\b"
    r"|[ \t,;|]*\n?[^\n\w]*(?:grade|gmc|nmc|bleep|designation|role|job title|relationship"
    r"|dose|strength|route|frequency)\b",
    re.IGNORECASE,
)
_ASIDE_OTHERS = re.compile(rf"\((?:{_RELATIVE}|{_STAFF})\b", re.IGNORECASE)
_STAFF_TITLE = re.compile(r"(?:dr|prof(?:essor)?|sister|nurse)\b", re.IGNORECASE)
_ROLE_BELOW = re.compile(
    r"[ \t]*\n[ \t]*(?:fy?[12]|[sc]t\d|spr|sho|registrar|consultant|resident|intern|attending|gp|rn|nurse|doctor"
    r"|physician|pharmacist|therapist|physio\w*)\b",
    re.IGNORECASE,
)
_TOP_LINES = 2
PLATE = "plate "
_WORD_BEFORE = re.compile(r"[\w/'’]+[ \t]?$")

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "master", "先生", "女士"})
_NOT_NAMES = re.compile(
    r"unknown|not (?:known|given|stated|recorded|available)|redacted|withheld|as above|x{2,}|_{2,}|\.{3}|\*{2,}|\[.*\]"
    r"|^[\W_]*(?:n/?a|tbc|name|test)[\W_]*$",
    re.IGNORECASE,
)
# Where a name ends because the next label begins. "John Ward" stays whole: there, no colon follows.
_NEXT_LABEL = re.compile(
    r" {2,}| [\u2013\u2014-]+ |\b(?:d\.?o\.?b|mrn|nhs|chi|sex|gender|male|female|aged?)\b|性别|年龄|出生"
    r"|\b(?:date of birth|born|hospital|hosp|ward|address|tel|phone|gp|consultant|unit|record|id)\b"
    r"(?= *[:：.#]| (?:no|number)\b)",
    re.IGNORECASE,
)
_OWN_LABEL = re.compile(
    r"(?:d\.?o\.?b|date of birth|born|mrn|nhs|chi|sex|gender|age|hosp|record|[\d(（])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in the notes.

    Attributes:
        kind: `name`, `date of birth`, `record number` or `NHS number`.
        series: Which of several numbers of that kind (a hospital's, a stay's); empty where there is one. For a number
            without a label `PLATE` and its shape: only numbers of one shape can be compared.
        value: In a form that can be compared.
        span: Its place.
        document: Index of the document it stands in.
    """

    kind: str
    series: str
    value: str
    span: Span
    document: int


def identifiers(note: Note) -> tuple[Identifier, ...]:
    """Find identifiers of the patient, in the order of the text.

    Args:
        note: The divided notes.

    Returns:
        Those of relatives and staff are left out, and so are placeholders.
    """
    found = []
    for kind, series, pattern in _PATTERNS:
        for match in pattern.finditer(note.text):
            value = _NORMALISE.get(kind, _plain_number)(match["value"])
            is_patients = _is_patients_name if kind == "name" else _is_patients_number
            if value and is_patients(note.text, match):
                span = Span(match.start("value"), match.start("value") + len(_shown(kind, match["value"])))
                found.append(Identifier(kind, series, value, span, document_of(note, span.start)))
    labelled = {(one.kind, one.value): one for one in reversed(found)}
    taken = {one.span.start for one in found}
    for one in _on_plates(note):
        if one.span.start not in taken:
            known = labelled.get((one.kind, one.value))
            found.append(replace(one, series=known.series) if known else one)
    return tuple(sorted(found, key=lambda one: one.span.start))


def _on_plates(note: Note) -> Iterator[Identifier]:
    """Identifiers of lines that only say whose document it is."""
    for document, place in enumerate(note.documents):
        all_lines = [*lines(note.text, place.span)]
        for number, line in enumerate(all_lines):
            plate = nameplates.read(note.text, line)
            if plate is None or not _is_patients_plate(note.text, plate, line, is_top=number < _TOP_LINES):
                continue
            name = _plain_name(plate.name.of(note.text))
            if name:
                yield Identifier("name", "", name, plate.name, document)
            for span in plate.numbers:
                yield _numbered(span.of(note.text), span, document)
            if plate.born:
                yield Identifier("date of birth", "", plate.born, line, document)


def _is_patients_plate(text: str, plate: Nameplate, line: Span, *, is_top: bool) -> bool:
    """Whether a plate is the patient's: not a signature, not below "Next of kin", and no finding with its number.

    Below the first lines of a document it counts where text follows at once: a signature ends its block of lines.
    """
    following = text[line.end : line.end + 80]
    if _is_below_others(text, line.start) or _AFTER_OTHERS.match(following) or _ROLE_BELOW.match(following):
        return False
    if any(word.is_clinical for word in words.read(plate.name.of(text))):
        return False
    starts_block = text[max(0, line.start - 2) : line.start] in ("\n\n", "")
    return is_top or bool(starts_block and re.match(r"\n[^\n]", following))


def _numbered(raw: str, span: Span, document: int) -> Identifier:
    value = _plain_number(raw)
    if nameplates.is_nhs_number(raw):
        return Identifier("NHS number", "", value, span, document)
    shape = re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", value))
    return Identifier("record number", PLATE + shape, value, span, document)


def same_name(one: str, other: str) -> bool:
    """Whether two names can be one person's: each word of the shorter has its own in the longer, or its initial."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    if "".join(shorter) == "".join(longer):
        return True
    rest = list(longer)
    for word in sorted(shorter, key=len, reverse=True):  # whole words first, so that no initial takes their place
        fits = [w for w in rest if w == word] or [w for w in rest if 1 in (len(w), len(word)) and w[0] == word[0]]
        if not fits:
            return False
        rest.remove(fits[0])
    return True


def same_date(one: str, other: str) -> bool:
    """Dates agree; where one was written with two digits of the year, so do these."""
    return one == other or ("??" in (one[:2], other[:2]) and one[2:] == other[2:])


def _shown(kind: str, raw: str) -> str:
    """The part of a matched value that is the value."""
    raw = _NEXT_LABEL.split(raw, maxsplit=1)[0] if kind == "name" else raw
    return raw.rstrip(" \t*_,.|")


def _plain_name(raw: str) -> str:
    raw = _shown("name", raw)
    parts = [part.strip() for part in raw.split(",")]
    # "SMITH, John", but not "Ann Lee, female, from Leeds".
    raw = " ".join(parts[:2]) if len(parts[0].split()) == 1 else parts[0]
    if _NOT_NAMES.search(raw):
        return ""
    letters = unicodedata.normalize("NFKD", re.sub("['’]", "", raw)).casefold()
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    kept = [word for word in re.findall(r"[^\W\d_]+", plain) if word not in _TITLES]
    # "Mueller" is "Müller".
    return re.sub("([aou])e", r"\1", " ".join(kept)) if 1 <= len(kept) <= 4 else ""


def _plain_date(raw: str) -> str:
    found = dates.find(raw)
    if not found or found[0].span.start != 0:
        return ""
    iso = found[0].iso
    return iso if iso[:4] in raw else "??" + iso[2:]


def _plain_number(raw: str) -> str:
    if dates.find(raw):
        return ""
    return re.sub(r"[\s-]", "", raw).upper().lstrip("0")


_NORMALISE: dict[str, Callable[[str], str]] = {"name": _plain_name, "date of birth": _plain_date}


def _is_patients_number(text: str, match: re.Match[str]) -> bool:
    return not OF_RELATIVE.search(line_before(text, match.start())) and not _is_below_others(text, match.start())


def _is_patients_name(text: str, match: re.Match[str]) -> bool:
    """Whether a label really names the patient.

    "Patient name" does. "Name" does not where another word stands before it (next of kin name, drug name), nor
    in the details of a relative or of staff; "Patient:" does not where it begins a line of a transcript: there, a
    name is two to four words, each with a capital.
    """
    value = match["value"]
    words = re.findall(r"[^\W\d_]+", _shown("name", value))
    if not re.search("[:：]", text[match.end("label") : match.start("value")]) and not _is_row(match, words):
        return False
    if _SURE_LABEL.fullmatch(match["label"]):
        return True
    if not all(word[0].isupper() or not word[0].isascii() for word in words[:2]):
        return False
    if _WORD_BEFORE.search(line_before(text, match.start("label"))) or _STAFF_TITLE.match(value):
        return False
    below = text[match.end("value") : match.end("value") + 80]
    if _ASIDE_OTHERS.search(match[0]) or _AFTER_OTHERS.match(below) or _is_below_others(text, match.start()):
        return False
    if match["label"].lower() not in ("patient", "pt"):
        return True
    is_capitalised = 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)
    return is_capitalised and not re.search(r"[?!:]|\w{3}\.", value) and _is_no_shout(text, match)


def _is_row(match: re.Match[str], words: list[str]) -> bool:
    """Whether a row of a table is "Name | Ann Lee", and not the head of another table: "Name | Dose | Route"."""
    rest = match["value"][len(_shown("name", match["value"])) :].strip(" \t*_|")
    following = match.string[match.end("value") : match.end("value") + 40].split("\n", 1)[0].strip(" \t*_|")
    is_name = len(words) > 1 or not "".join(words).isascii()
    return is_name and all(not other or bool(_OWN_LABEL.match(other)) for other in (rest, following))


def _is_no_shout(text: str, match: re.Match[str]) -> bool:
    """Whether "PATIENT: SLEEPS WELL" may be a name after all: a comma or an identifier is near."""
    if not match["value"].isupper() or "," in match["value"]:
        return True
    following = text[match.end("value") : match.end("value") + 60]
    return bool(re.search(r"\b(?:dob|d\.o\.b|date of birth|mrn|nhs|hosp)", following, re.I))


def line_before(text: str, position: int) -> str:
    """Give what stands before a place on its line, forty characters at most."""
    return text[max(text.rfind("\n", 0, position) + 1, position - 40) : position]


def _is_below_others(text: str, position: int) -> bool:
    """Whether a line above, in the same block of lines, says that these are the details of somebody else."""
    block = text[max(0, position - 400) : position].rsplit("\n\n", 1)[-1]
    return any(_OTHERS_HEADER.fullmatch(line) for line in block.split("\n")[:-1][-6:])


def document_of(note: Note, position: int) -> int:
    """Give the index of the document that holds a character of the notes."""
    return max(0, bisect_right(note.documents, position, key=lambda document: document.span.start) - 1)
