"""Medication reconciliation: on admission, in hospital, at discharge -> continued, added, amended, stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.checks import actions, facts, wording
from app.checks.actions import Action
from app.checks.doses import Dose, same_frequency
from app.checks.facts import Facts
from app.checks.finding import Finding, remark, said
from app.checks.sameness import same
from app.notes.note import Note, Span

Status = Literal["continued", "added", "amended", "stopped", "in hospital only", "unclear"]
When = Literal["admission", "hospital", "discharge"]

_ADMISSION = re.compile(
    r"(?:on|at|before|prior to) admission|admission (?:medic|drug)|drug history|^dhx?$|medic\w+ history"
    r"|(?:regular|home|usual|current|pre-?admission) (?:medic|drug)|入院前用药|既往用药|长期用药",
    re.IGNORECASE,
)
_DISCHARGE = re.compile(
    r"discharge (?:medic|drug)|medic\w+ (?:on|at|for) discharge|^ttos?$|^ttas?$|to take (?:home|out)|take-home"
    r"|出院带药|出院医嘱",
    re.IGNORECASE,
)
_ANY_LIST = re.compile(r"^(?:medic\w*|drugs?|meds)$|^用药$", re.IGNORECASE)
_SAID_AT_DISCHARGE = re.compile(
    r"discharged?(?: home)? (?:on|with)\b|to take home|to go home on|出院带药", re.IGNORECASE
)
_SAID_ON_ADMISSION = re.compile(
    r"\b(?:takes|taking|on)\b[^.]{0,40}\b(?:at home|regularly|before admission|prior to admission)\b"
    r"|\b(?:regular|usual|home) medic\w+|normally takes|长期服用|平素服用",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|in view of|given (?:his|her|the|that)|secondary to|now that|since|while"
    r"|as (?=[a-z])(?!required|needed|an?\b|per)"
    r"|for (?!\d|review|gp|the next|one|two|three|four|five|six|seven|ten|fourteen)"
    r"|to (?:reduce|prevent|control|treat|avoid|protect|allow|help|lower))\b(?:[^.;\n]|\.(?=\d))*"
    r"|(?:因|以(?:减少|降低|预防|防止|避免|控制|改善))[^。；，]*",
    re.IGNORECASE,
)
_NOT_TAKEN = frozenset({"nsaids", "iodine contrast"})


@dataclass(frozen=True, slots=True)
class Medicine:
    """One row of the table.

    Attributes:
        drug: Name, as in the word lists or as written.
        on_admission: How it was taken before, in the notes' words; `""` if the notes do not say it was.
        in_hospital: How it was given in hospital, the last way first said; `""` if it was not.
        at_discharge: How it is to be taken; `""` if it is not.
        is_on_admission: Whether it stands among the medicines on admission, with or without a dose.
        is_at_discharge: The same at discharge.
        status: What became of it.
        reason: Why it changed, in the notes' words, or `reason not documented`; empty where nothing changed.
        spans: Places in the notes that say so, the one to quote first.
        last: The sentence of the last thing done with it, without its heading; None where nothing was.
    """

    drug: str
    on_admission: str
    in_hospital: str
    at_discharge: str
    is_on_admission: bool
    is_at_discharge: bool
    status: Status
    reason: str
    spans: tuple[Span, ...]
    last: Span | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it was added, amended or stopped: what a letter highlights."""
        return self.status in ("added", "amended", "stopped")

    @property
    def has_reason(self) -> bool:
        """Whether the notes say why it changed."""
        return bool(self.reason) and self.reason != wording.REASON_NOT_DOCUMENTED


@dataclass(frozen=True, slots=True)
class _Said:
    """A mention of a drug and the time it speaks of."""

    when: When
    dose: Dose
    sentence: Facts


@lru_cache(maxsize=2)
def reconcile(note: Note) -> tuple[Medicine, ...]:
    """Build the table of medicines.

    Args:
        note: The notes.

    Returns:
        One row per drug that was taken, given, started or stopped, in the order of the alphabet. Drugs that are named
        as allergies only are left out.
    """
    mentions = _said(note)
    acts = actions.of_note(note)
    has_list = any(one.when == "discharge" for one in mentions)
    names = sorted({one.dose.drug for one in mentions} | {one.drug for one in acts})
    rows = (_row(note, name, mentions, acts, has_list=has_list) for name in names if name not in _NOT_TAKEN)
    return tuple(row for row in rows if row is not None)


@lru_cache(maxsize=2)
def at_discharge(note: Note) -> dict[str, tuple[Dose, ...]]:
    """Give how each drug is to be taken, by the last document that lists it at discharge."""
    found: dict[str, list[_Said]] = {}
    for one in _said(note):
        if one.when == "discharge":
            found.setdefault(one.dose.drug, []).append(one)
    last = {drug: some[-1].sentence.document for drug, some in found.items()}
    return {
        drug: tuple(one.dose for one in some if one.sentence.document == last[drug]) for drug, some in found.items()
    }


def is_discharge_list(heading: str) -> bool:
    """Tell whether a heading is that of the medicines at discharge."""
    return bool(_DISCHARGE.search(heading))


def find(note: Note) -> tuple[Finding, ...]:
    """Name the changes whose reason the notes do not give.

    Args:
        note: The notes.

    Returns:
        A remark for each drug taken on admission that was amended or stopped without a reason.
    """
    return tuple(
        remark("medicine", said(wording.REASON_ABSENT, drug=row.drug, status=said(row.status)), row.spans)
        for row in reconcile(note)
        if row.is_changed and not row.has_reason and row.is_on_admission
    )


@lru_cache(maxsize=2)
def _said(note: Note) -> tuple[_Said, ...]:
    """Every mention of a drug, those of allergies left out."""
    return tuple(one for sentence in facts.of_note(note) for one in _mentions(note, sentence))


def _mentions(note: Note, sentence: Facts) -> Iterator[_Said]:
    if is_of_allergies(note, sentence):
        return
    changed = {action.drug: action.act for action in actions.read(note.text, sentence)}
    for dose in sentence.doses:
        act = changed.get(dose.drug, "")
        is_listed = act not in ("stopped", "withheld") and (dose.amounts or act not in ("increased", "reduced"))
        yield _Said(_when(note, sentence) if is_listed else "hospital", dose, sentence)


def is_of_allergies(note: Note, sentence: Facts) -> bool:
    """Tell whether a sentence names drugs as allergies."""
    words = sentence.span.of(note.text)
    is_headed = bool(re.search(r"allerg|adverse reaction|过敏", sentence.heading, re.IGNORECASE))
    return is_headed or bool(
        re.search(r"\ballerg\w+ to|anaphyla|\bintoleran\w+ (?:of|to)|过敏|^\W*allerg", words, re.IGNORECASE)
    )


def _when(note: Note, sentence: Facts) -> When:
    heading, kind = sentence.heading, note.documents[sentence.document].kind
    words = sentence.span.of(note.text)
    if _DISCHARGE.search(heading) or _SAID_AT_DISCHARGE.search(words):
        return "discharge"
    if _ADMISSION.search(heading) or _SAID_ON_ADMISSION.search(words):
        return "admission"
    if _ANY_LIST.search(heading):
        return "discharge" if kind == "discharge" else "admission"
    return "hospital"


def _row(
    note: Note, drug: str, mentions: Sequence[_Said], acts: Sequence[Action], *, has_list: bool
) -> Medicine | None:
    own = [one for one in mentions if one.dose.drug == drug]
    done = [one for one in acts if one.drug == drug]
    by_time = {when: [one for one in own if one.when == when] for when in ("admission", "hospital", "discharge")}
    given = [one for one in by_time["hospital"] if one.dose.amounts or one.dose.routes or one.dose.frequencies]
    if not (by_time["admission"] or by_time["discharge"] or given or done):
        return None
    status = _status(by_time["admission"], by_time["discharge"], done, has_list=has_list)
    times: tuple[When, ...] = ("discharge", "admission")
    lists = [one.dose.span for when in times for one in by_time[when][-1:]]
    changes = [one.span for one in reversed(done)]
    places = [*changes, *lists] if status == "stopped" else [*lists, *changes]
    is_changed = status in ("added", "amended", "stopped")
    return Medicine(
        drug=drug,
        on_admission=_how(note, by_time["admission"]),
        in_hospital=_how(note, given),
        at_discharge=_how(note, by_time["discharge"]),
        is_on_admission=bool(by_time["admission"]),
        is_at_discharge=bool(by_time["discharge"]),
        status=status,
        reason=_reason(note, done) if is_changed else "",
        spans=tuple(dict.fromkeys(places or [one.dose.span for one in given])),
        last=_body(note, done[-1].sentence.span) if done else None,
    )


def _body(note: Note, sentence: Span) -> Span:
    body = next((one.body for one in reversed(note.passages) if one.span.start <= sentence.start), sentence)
    return Span(max(sentence.start, body.start), sentence.end)


def _status(before: Sequence[_Said], after: Sequence[_Said], done: Sequence[Action], *, has_list: bool) -> Status:
    last = done[-1].act if done else ""
    if before and after:
        return "continued" if _is_same(before[-1].dose, after[-1].dose) else "amended"
    if after:
        return "continued" if last == "continued" else "added"
    if has_list:
        return "stopped" if before or last in ("stopped", "withheld") else "in hospital only"
    return _by_act(last, is_on_admission=bool(before))


def _by_act(last: str, *, is_on_admission: bool) -> Status:
    """What became of a drug where the notes hold no list of medicines at discharge."""
    if last in ("stopped", "withheld"):
        return "stopped"
    if last in ("increased", "reduced"):
        return "amended"
    if is_on_admission:
        return "continued" if last in ("continued", "restarted") else "unclear"
    return "added" if last == "started" else "in hospital only"


def _is_same(before: Dose, after: Dose) -> bool:
    pairs = ((before.frequencies, after.frequencies),)
    is_amount = not (before.amounts and after.amounts) or any(same(a, b) for a in before.amounts for b in after.amounts)
    return is_amount and all(
        not (one and other) or any(same_frequency(a, b) for a in one for b in other) for one, other in pairs
    )


def _how(note: Note, said_so: Sequence[_Said]) -> str:
    """The words after the name in the last mention that says how."""
    for one in reversed(said_so):
        dose = one.dose
        if dose.amounts or dose.frequencies or dose.routes:
            name = dose.drug_span
            before = note.text[dose.span.start : name.start]
            return " ".join(f"{before} {note.text[name.end : dose.span.end]}".split()).strip(" ,;:-|.")
    return ""


def _reason(note: Note, done: Sequence[Action]) -> str:
    """The words of a change that say why; the first that are given."""
    for one in reversed(done):
        end = one.sentence.span.end
        if _REASON.search(note.text[one.sentence.span.start : one.span.start]):
            continue  # itself the reason of another change: "stop aspirin now that apixaban has been started"
        following = [other.start() for other in re.finditer(r"[;。\n]", note.text[one.span.end : end])]
        clause = note.text[one.span.end : one.span.end + following[0] if following else end]
        match = _REASON.search(clause)
        if match:
            return " ".join(match[0].split()).strip(" .,;")
    return wording.REASON_NOT_DOCUMENTED
