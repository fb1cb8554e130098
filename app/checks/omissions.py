"""What stands in the notes, matters, and is not in the draft: the worst first, each ready to be put in.

Ranked by what its absence can do: allergies and resuscitation status first, then medicines, pending results, follow-up,
diagnoses, results, procedures and devices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.checks import (
    context,
    courses,
    discharge_list,
    dosing,
    evidence,
    facts,
    medications,
    ranges,
    vocabulary,
    wording,
)
from app.checks.facts import Facts
from app.checks.finding import Finding, Severity, said
from app.drafts.draft import Draft
from app.notes.note import Note, Span

# Category: weight, keys of the sections where it fits (the first that the draft has is taken).
_WEIGHTS = {
    wording.ALLERGY: 100,
    wording.CODE_STATUS: 95,
    wording.MEDICINE: 85,
    wording.COURSE: 82,
    wording.REACTION: 80,
    wording.PENDING: 78,
    wording.STOPPED_MEDICINE: 76,
    wording.FOLLOW_UP: 72,
    wording.DIAGNOSIS: 70,
    wording.RESULT: 55,
    wording.PROCEDURE: 60,
    wording.DEVICE: 50,
}
_SECTIONS = {
    wording.ALLERGY: ("allergies",),
    wording.REACTION: ("allergies",),
    wording.CODE_STATUS: ("legal", "alerts", "condition", "course"),
    wording.MEDICINE: ("medications",),
    wording.COURSE: ("medications",),
    wording.STOPPED_MEDICINE: ("changes", "medications"),
    wording.PENDING: ("pending", "results"),
    wording.FOLLOW_UP: ("actions", "plan", "follow-up"),
    wording.DIAGNOSIS: ("diagnoses",),
    wording.RESULT: ("results",),
    wording.PROCEDURE: ("procedures",),
    wording.DEVICE: ("procedures", "medications"),
}
# Where a letter with a list of medicines says how long one is taken; its hospital course tells of the past.
_WHERE_COURSES_END = frozenset({"medications", "actions", "changes", "plan", "follow-up", "advice"})
_RISKY = frozenset({"anticoagulant", "diabetes"})
_RISK_BONUS, _FAR_BONUS = 8, 6
_HEADINGS = {
    "diagnoses": re.compile(r"diagnos|impression|problem|诊断", re.IGNORECASE),
    "follow-up": re.compile(r"follow|actions?|discharge plan|^gp|随访", re.IGNORECASE),
    "pending": re.compile(r"pending|outstanding|待回报", re.IGNORECASE),
    "family": re.compile(r"family|fhx?$|家族", re.IGNORECASE),
}
_PENDING = re.compile(
    r"\b(?:pending|await(?:ed|ing|s)?|outstanding|to (?:be )?chased?|not (?:yet )?(?:back|available|reported)"
    r"|sent (?:today|off)"
    r"|results? to follow)\b|待回报|未回报",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(
    r"\b(?:gp to|follow[- ]?up|outpatient|refer(?:red|ral)? to|booked for|to be seen in|district nurse"
    r"|(?:clinic|review|appointment|repeat\w*|recheck|see|seen|check) [^.]{0,60}"
    r"\b(?:in|at|within) (?:\d|a |an |one|two|three|four|six))\b|随访|复查|门诊",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:dnacpr|dnar|dnr|dni|not for (?:resus\w*|cpr|intubation|escalation|itu|icu)"
    r"|for (?:full )?(?:resus\w*|cpr|escalation)|full (?:code|escalation)|ceiling of (?:care|treatment)|respect form"
    r"|advance (?:decision|directive))\b|拒绝心肺复苏|不予心肺复苏",
    re.IGNORECASE,
)
_ALLERGY = re.compile(r"\b(?:allerg\w*|anaphyla\w*|intoleran\w*|adverse reaction|nkda)\b|过敏", re.IGNORECASE)
_NO_ALLERGY = re.compile(
    r"\b(?:nkda|nka|no (?:known )?(?:drug )?allerg\w*|none|nil)\b"
    r"|(?:否认|无)[^。；，]{0,8}过敏",
    re.IGNORECASE,
)
_ENOUGH = 0.55  # share of an item's words that one sentence of the draft must have
_LEAST_SECTIONS = 3
_NO_TEXT = ("not documented", "failed")


@dataclass(frozen=True, slots=True)
class Omission:
    """Something the draft leaves out.

    Attributes:
        what: One of the names in `wording`.
        weight: How much it matters; the highest come first.
        span: The sentence of the notes that says it.
        name: What it is about, for telling the same thing said twice.
    """

    what: str
    weight: float
    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class _Written:
    """The words of the draft: all, and sentence by sentence with the section's key.

    Attributes:
        keys: All of them.
        sentences: Key of the section, text and words of each sentence.
        listed: Drugs in its list of medicines at discharge; None for a draft without such a section.
    """

    keys: frozenset[str]
    sentences: tuple[tuple[str, str, frozenset[str]], ...]
    listed: frozenset[str] | None = None

    def has_drug(self, row: medications.Medicine) -> bool:
        """Whether the draft has a drug where it belongs: one to be taken in the list, whatever else speaks of it."""
        if self.listed is None or not row.is_at_discharge:
            return row.drug in self.keys
        return any(dosing.same_drug(row.drug, one) for one in self.listed)

    def says(self, wanted: frozenset[str], share: float = _ENOUGH) -> bool:
        """Whether one sentence has most of these words."""
        return not wanted or any(len(wanted & keys) >= share * len(wanted) for _, _, keys in self.sentences)


def find(note: Note, draft: Draft) -> tuple[Finding, ...]:
    """Name what a letter leaves out.

    Drafts of one or two sections leave out on purpose: they are asked for the medicines at discharge only, and only
    where they list those.

    Args:
        note: The notes.
        draft: The draft; one written elsewhere is a single section of the task `external`.

    Returns:
        Findings of the kind `omission` with what to insert, the worst first.
    """
    is_whole = len(draft.sections) >= _LEAST_SECTIONS or draft.task == "external"
    is_list = any(section.key == discharge_list.KEY for section in draft.sections)
    return tuple(
        _finding(note, draft, one)
        for one in (ranked(note, draft) if is_whole or is_list else ())
        if is_whole or one.what in (wording.MEDICINE, wording.COURSE)
    )


def ranked(note: Note, draft: Draft) -> tuple[Omission, ...]:
    """List what the draft leaves out, the worst first, each thing once."""
    written = _read(draft)
    found: dict[tuple[str, str], Omission] = {}
    for look in _LOOKS:
        for one in look(note, written):
            kept = found.get((one.what, one.name))
            if kept is None or one.weight > kept.weight:
                found[one.what, one.name] = one
    first = {(one.what, one.span): one for one in sorted(found.values(), key=_rank, reverse=True)}
    return tuple(sorted(first.values(), key=_rank))


def _rank(one: Omission) -> tuple[float, int]:
    return -one.weight, one.span.start


def _finding(note: Note, draft: Draft, one: Omission) -> Finding:
    keys = [section.key for section in draft.sections]
    section = next((key for key in _SECTIONS[one.what] if key in keys), keys[0] if len(keys) == 1 else "")
    text = one.span.of(note.text).strip(" -*•\n")
    severity: Severity = "warning" if one.weight >= _WEIGHTS[wording.DIAGNOSIS] else "note"
    message = said(wording.OMITTED, what=said(one.what), quote=text)
    return Finding("omission", severity, False, message, (one.span,), None, section, text)


def _read(draft: Draft) -> _Written:
    sentences = []
    for section in draft.sections:
        for sentence in facts.of_text(section.text) if section.state not in _NO_TEXT else ():
            keys = frozenset(word.key for word in sentence.words if word.kind)
            sentences.append((section.key, sentence.span.of(section.text), keys))
    every = frozenset(key for _, _, keys in sentences for key in keys)
    return _Written(every, tuple(sentences), _listed(draft))


def _listed(draft: Draft) -> frozenset[str] | None:
    if not any(section.key == discharge_list.KEY for section in draft.sections):
        return None
    return frozenset(
        dose.drug
        for section, sentence in discharge_list.sentences(draft)
        for dose in sentence.doses
        if dose.drug not in discharge_list.stopped_in(section, sentence)
    )


def _allergies(note: Note, written: _Written) -> Iterator[Omission]:
    spoken = [keys for key, words, keys in written.sentences if key == "allergies" or _ALLERGY.search(words)]
    said_keys = frozenset(key for keys in spoken for key in keys)
    for sentence in facts.of_note(note):
        words = sentence.span.of(note.text)
        if not medications.is_of_allergies(note, sentence) and not _ALLERGY.search(words):
            continue
        if _NO_ALLERGY.search(words):
            if not spoken:
                yield Omission(wording.ALLERGY, 60, sentence.span, "none")
            continue
        drugs = {word.key for word in sentence.words if word.kind == "drug"}
        reactions = {word.key for word in sentence.words if word.kind in ("symptom", "condition")} - {"allergy"}
        for drug in drugs:
            if drug not in said_keys:
                yield Omission(wording.ALLERGY, _WEIGHTS[wording.ALLERGY], sentence.span, drug)
            elif reactions and not reactions & said_keys:
                yield Omission(wording.REACTION, _WEIGHTS[wording.REACTION], sentence.span, drug)
        other = frozenset(word.key for word in sentence.words if word.kind == "other")
        if not drugs and sentence.heading and other and not other & said_keys:
            yield Omission(wording.ALLERGY, _WEIGHTS[wording.ALLERGY] - 1, sentence.span, min(other))


def _code_status(note: Note, written: _Written) -> Iterator[Omission]:
    if any(_CODE.search(words) for _, words, _ in written.sentences):
        return
    for sentence in facts.of_note(note):
        if _CODE.search(sentence.span.of(note.text)):
            yield Omission(
                wording.CODE_STATUS, _WEIGHTS[wording.CODE_STATUS] + sentence.document, sentence.span, "code"
            )


def _medicines(note: Note, written: _Written) -> Iterator[Omission]:
    for row in medications.reconcile(note):
        what = wording.STOPPED_MEDICINE if row.status == "stopped" else wording.MEDICINE
        if written.has_drug(row) or row.status == "in hospital only" or not row.spans:
            continue
        bonus = _RISK_BONUS if vocabulary.group(row.drug) in _RISKY else 0
        yield Omission(what, _WEIGHTS[what] + bonus, _sentence_at(note, row.spans[0]), row.drug)


def _courses(note: Note, written: _Written) -> Iterator[Omission]:
    """Courses that run past the discharge and of which the draft gives neither length nor end."""
    rows = {row.drug: row for row in medications.reconcile(note)}
    for course in courses.running(note):
        row = rows.get(course.drug)
        if row is not None and row.is_at_discharge and not written.has_drug(row):
            continue  # the medicine itself is missing
        own = (
            words
            for key, words, keys in written.sentences
            if course.drug in keys and (written.listed is None or key in _WHERE_COURSES_END)
        )
        if not any(courses.gives_length(words) for words in own):
            yield Omission(wording.COURSE, _WEIGHTS[wording.COURSE], course.span, course.drug)


def _pending(note: Note, written: _Written) -> Iterator[Omission]:
    yield from _lines(note, written, wording.PENDING, _HEADINGS["pending"], _PENDING)


def _follow_up(note: Note, written: _Written) -> Iterator[Omission]:
    yield from _lines(note, written, wording.FOLLOW_UP, _HEADINGS["follow-up"], _FOLLOW_UP)


def _lines(
    note: Note, written: _Written, what: str, heading: re.Pattern[str], cue: re.Pattern[str]
) -> Iterator[Omission]:
    """Lines under a heading, or with words that tell their kind, of which the draft has too little."""
    for sentence in _bodies(note):
        words = sentence.span.of(note.text)
        if not heading.search(sentence.heading) and not cue.search(words):
            continue
        wanted = _wanted(sentence)
        if not written.says(wanted):
            yield Omission(
                what, _WEIGHTS[what], sentence.span, " ".join(sorted(key for key in wanted if not key[0].isdigit()))
            )


def _diagnoses(note: Note, written: _Written) -> Iterator[Omission]:
    for sentence in _bodies(note):
        if not _HEADINGS["diagnoses"].search(sentence.heading):
            continue
        mentions = [one for one in context.of_note(note)[sentence.span] if one.word.kind == "condition"]
        missing = [
            one for one in mentions if not one.ways & {"negated", "relative"} and one.word.key not in written.keys
        ]
        if missing:
            yield Omission(wording.DIAGNOSIS, _WEIGHTS[wording.DIAGNOSIS], sentence.span, missing[0].word.key)
        elif not mentions and not written.says(_wanted(sentence)):
            yield Omission(wording.DIAGNOSIS, _WEIGHTS[wording.DIAGNOSIS], sentence.span, sentence.span.of(note.text))


def _results(note: Note, written: _Written) -> Iterator[Omission]:
    for sentence in facts.of_note(note):
        for value in sentence.quantities:
            if value.subject_kind == "quantity" and value.subject not in written.keys and ranges.is_abnormal(value):
                yield Omission(wording.RESULT, _WEIGHTS[wording.RESULT], sentence.span, value.subject)
        tests = [word.key for word in sentence.words if word.kind == "test"]
        seen = [one for one in context.of_note(note)[sentence.span] if one.word.kind == "condition"] if tests else []
        shown = [one.word.key for one in seen if not one.ways & {"negated", "planned", "uncertain", "relative"}]
        if shown and tests[0] not in written.keys and not set(shown) & written.keys:
            yield Omission(wording.RESULT, _WEIGHTS[wording.RESULT] + _FAR_BONUS, sentence.span, tests[0])


def _procedures(note: Note, written: _Written) -> Iterator[Omission]:
    yield from _of_kind(note, written, wording.PROCEDURE, "procedure")


def _devices(note: Note, written: _Written) -> Iterator[Omission]:
    yield from _of_kind(note, written, wording.DEVICE, "device")


def _of_kind(note: Note, written: _Written, what: str, kind: str) -> Iterator[Omission]:
    for sentence in facts.of_note(note):
        if _HEADINGS["family"].search(sentence.heading):
            continue
        for one in context.of_note(note)[sentence.span]:
            is_open = one.ways & {"negated", "planned", "uncertain", "relative"} or "planned" in one.by_heading
            if one.word.kind == kind and not is_open and one.word.key not in written.keys:
                is_old = "past" in one.ways or "past" in one.by_heading
                yield Omission(what, _WEIGHTS[what] - (10 if is_old else 0), sentence.span, one.word.key)


def _bodies(note: Note) -> Iterator[Facts]:
    """Sentences that are text, not bare headings."""
    text = set(evidence.index(note).spans)
    return (one for one in facts.of_note(note) if one.span in text)


def _wanted(sentence: Facts) -> frozenset[str]:
    """The words of a line that a letter must have: not those of its heading, and better no common ones."""
    above = {vocabulary.stem(token.text) for token in vocabulary.tokens(sentence.heading)}
    own = [word for word in sentence.words if word.kind and word.key not in above]
    return frozenset(word.key for word in own if word.kind != "word") or frozenset(word.key for word in own)


def _sentence_at(note: Note, span: Span) -> Span:
    return next((one for one in note.sentences if one.start <= span.start < one.end), span)


_LOOKS: Sequence[Callable[[Note, _Written], Iterator[Omission]]] = (
    _allergies, _code_status, _medicines, _courses, _pending, _follow_up, _diagnoses, _results, _procedures, _devices,
)  # fmt: skip
