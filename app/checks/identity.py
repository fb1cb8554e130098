"""Is this one patient? Names, dates of birth and record numbers that contradict each other."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from app.checks.finding import Finding
from app.errors import TwoPatients
from app.notes import dates
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
_KINDS = tuple(dict.fromkeys(kind for kind, _, _ in _LABELS))

_RELATIVE = (
    r"mother|father|baby|babe|infant|newborn|son|daughter|husband|wife|spouse|partner|sister|brother|twin|child|sibling"
    r"|parent|grand\w+|aunt|uncle|niece|nephew|cousin|carer|friend|neighbour|donor|next of kin|nok"
)
_OF_RELATIVE = re.compile(
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
_PERSON = re.compile(
    r"\b(?P<age>\d{1,3})[- ]?(?:years?[- ]old|y/?o|yr[- ]old)(?: [a-z-]+){0,2}?"
    r" (?P<sex>man|male|gentleman|woman|female|lady)\b"
    r"|(?P<age2>\d{1,3})岁[,，、 ]?(?P<sex2>[男女])|(?P<sex3>[男女])性?[,，、 ]{0,2}(?P<age3>\d{1,3})岁",
    re.IGNORECASE,
)
_MOST_COMPARED = 200  # values of one kind; a list of more patients than that is stopped by those
_MALE = frozenset({"man", "male", "gentleman", "男"})


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in the notes.

    Attributes:
        kind: `name`, `date of birth`, `record number` or `NHS number`.
        series: Which of several numbers of that kind (a hospital's, a stay's); empty where there is one.
        value: In a form that can be compared.
        span: Its place.
        document: Index of the document it stands in.
    """

    kind: str
    series: str
    value: str
    span: Span
    document: int


@dataclass(frozen=True, slots=True)
class _Conflict:
    kind: str
    group: tuple[Identifier, ...]
    blocks: bool


def identifiers(note: Note) -> tuple[Identifier, ...]:
    """Find labelled identifiers of the patient, in the order of the text.

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
                found.append(Identifier(kind, series, value, span, _document_of(note, span.start)))
    return tuple(sorted(found, key=lambda one: one.span.start))


def find(note: Note) -> tuple[Finding, ...]:
    """Tell whether the notes seem to hold more than one patient.

    A different record number, NHS number or date of birth blocks. Different names block unless the documents
    they stand in share a number or a date of birth: then it is a change of name or a slip. People of different
    age or sex in documents that share nothing are told, not blocked.

    Args:
        note: The divided notes.

    Returns:
        One finding per kind of identifier that has more than one value.
    """
    found = identifiers(note)
    findings = [
        Finding(
            "identity",
            "serious" if conflict.blocks else "warning",
            conflict.blocks,
            f"{len(conflict.group)} different values of {conflict.kind} stand in these notes.",
            tuple(one.span for one in conflict.group),
        )
        for conflict in _conflicts(found)
    ]
    return (*findings, *_different_people(note, found))


def refuse_two_patients(note: Note) -> None:
    """Stop before anything is sent to the model.

    Args:
        note: The divided notes.

    Raises:
        TwoPatients: An identity finding blocks. The sentence holds counts and kinds, no identifier.
    """
    for conflict in _conflicts(identifiers(note)):
        if conflict.blocks:
            raise TwoPatients(count=len(conflict.group), what=conflict.kind)


def _conflicts(found: tuple[Identifier, ...]) -> list[_Conflict]:
    conflicts = []
    for kind in _KINDS:
        of_kind = [one for one in found if one.kind == kind]
        for comparable in _comparable(of_kind):
            group = _distinct(comparable)
            if len(group) > 1:
                blocks = kind != "name" or not _are_one_persons(group, found)
                conflicts.append(_Conflict(kind, tuple(group), blocks))
    return conflicts


def _comparable(found: list[Identifier]) -> list[list[Identifier]]:
    """Numbers that can be compared: all, unless one document gives two series with a value of its own each."""
    in_one_document: dict[int, dict[str, str]] = {}
    for one in found:
        in_one_document.setdefault(one.document, {}).setdefault(one.series, one.value)
    if any(len(set(values.values())) > 1 and len(values) > 1 for values in in_one_document.values()):
        return [[one for one in found if one.series == series] for series in sorted({one.series for one in found})]
    return [found]


def _distinct(found: list[Identifier]) -> list[Identifier]:
    """First of each value; names of the same person written differently count once, as the fullest."""
    first: dict[str, Identifier] = {}
    for one in found:
        first.setdefault(one.value, one)
    same = _SAME.get(found[0].kind, str.__eq__) if found else str.__eq__
    kept: list[Identifier] = []
    # The fullest first: "J Smith" can be John or Joan, and must not hide that both are there.
    different = list(first.values())[:_MOST_COMPARED]
    for one in sorted(different, key=lambda one: (-len(one.value.split()), -len(one.value))):
        if not any(same(one.value, other.value) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.span.start)


def _are_one_persons(names: list[Identifier], found: tuple[Identifier, ...]) -> bool:
    shared = _by_document(found)
    written = {(one.value, one.document) for one in found if one.kind == "name"}
    where = {name.value: {doc for value, doc in written if _same_name(value, name.value)} for name in names}
    return all(
        any(_share(here, there, shared) for here in where[one.value] for there in where[other.value])
        for one, other in combinations(names, 2)
    )


def _by_document(found: tuple[Identifier, ...]) -> dict[int, Counter[tuple[str, str]]]:
    """Numbers and dates of birth of each document."""
    shared: dict[int, Counter[tuple[str, str]]] = {}
    for one in found:
        if one.kind != "name":
            shared.setdefault(one.document, Counter())[one.kind, one.value] += 1
    return shared


def _share(here: int, there: int, shared: dict[int, Counter[tuple[str, str]]]) -> bool:
    """Whether two documents share a number or date of birth; a single document must give it twice."""
    if here not in shared or there not in shared:
        return False
    if here == there:
        return any(count > 1 for count in shared[here].values())
    return not shared[here].keys().isdisjoint(shared[there])


def _same_name(one: str, other: str) -> bool:
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


def _same_date(one: str, other: str) -> bool:
    """Dates agree; where one was written with two digits of the year, so do these."""
    return one == other or ("??" in (one[:2], other[:2]) and one[2:] == other[2:])


_SAME: dict[str, Callable[[str, str], bool]] = {"name": _same_name, "date of birth": _same_date}


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
    return not _OF_RELATIVE.search(_line_before(text, match.start())) and not _is_below_others(text, match.start())


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
    if _WORD_BEFORE.search(_line_before(text, match.start("label"))) or _STAFF_TITLE.match(value):
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


def _line_before(text: str, position: int) -> str:
    return text[max(text.rfind("\n", 0, position) + 1, position - 40) : position]


def _is_below_others(text: str, position: int) -> bool:
    """Whether a line above, in the same block of lines, says that these are the details of somebody else."""
    block = text[max(0, position - 400) : position].rsplit("\n\n", 1)[-1]
    return any(_OTHERS_HEADER.fullmatch(line) for line in block.split("\n")[:-1][-6:])


def _document_of(note: Note, position: int) -> int:
    return max(0, bisect_right(note.documents, position, key=lambda document: document.span.start) - 1)


def _different_people(note: Note, found: tuple[Identifier, ...]) -> tuple[Finding, ...]:
    """A man of 65 here, a woman of 72 there: told, not blocked, as relatives stand in notes too."""
    shared = _by_document(found)
    people = [m for m in _PERSON.finditer(note.text) if not _OF_RELATIVE.search(_line_before(note.text, m.start()))]
    for other in people[1:]:
        here, there = (_document_of(note, match.start()) for match in (people[0], other))
        if _differ(people[0], other, _years_apart(note, here, there)) and not _share(here, there, shared):
            spans = tuple(Span(match.start(), match.end()) for match in (people[0], other))
            message = "The notes speak of people of different age or sex, and nothing shows that they are one patient."
            return (Finding("identity", "warning", False, message, spans),)
    return ()


def _differ(one: re.Match[str], other: re.Match[str], years_apart: int) -> bool:
    (first_age, is_first_male), (second_age, is_second_male) = _age_and_sex(one), _age_and_sex(other)
    return is_first_male != is_second_male or abs(first_age - second_age) > years_apart + 1


def _age_and_sex(person: re.Match[str]) -> tuple[int, bool]:
    age = person["age"] or person["age2"] or person["age3"]
    sex = person["sex"] or person["sex2"] or person["sex3"]
    return int(age), sex.lower() in _MALE


def _years_apart(note: Note, here: int, there: int) -> int:
    years = [note.documents[index].date[:4] for index in (here, there) if note.documents[index].date]
    return abs(int(years[0]) - int(years[1])) if len(years) == 2 else 1
