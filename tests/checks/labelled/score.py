"""Recall and false alarms per kind of error, evidence links, omissions, milliseconds."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.checks import all as checks
from app.checks import discharge_list, evidence, omissions
from app.drafts.draft import Draft, Section, Stamp
from app.notes.note import Span
from tests.checks.cases import of_sentences
from tests.checks.labelled import lists, mutators
from tests.checks.labelled.reading import Case, cases

# A contradiction by any other name: "a stopped drug started" may be told as a drug's or as an opposite word's.
# What hands plant is told apart from what the mutators plant where both have a name for it.
_KINDS = {"number": "number (by hand)", "dose": "dose (by hand)", "invented": "invented (by hand)"}
_STAMP = Stamp("", "", "", "")
Errors = Callable[[Case], Iterator[tuple[str, str, str]]]


@dataclass
class Tally:
    """Figures of one run."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    faithful: int = 0
    alarmed: int = 0
    alarmed_blocking: int = 0
    alarms: list[str] = field(default_factory=list)
    linked: int = 0
    linked_line: int = 0
    not_linked: list[str] = field(default_factory=list)
    lists: int = 0
    lists_alarmed: int = 0
    quoted: int = 0
    quoted_right: int = 0
    seconds: float = 0.0


def draft(text: str, key: str = "course") -> Draft:
    """A draft of one section that a model wrote."""
    return Draft("discharge-letter", "", (Section(key, "Course", text, "written"),), (), _STAMP, "")


def planted(case: Case) -> Iterator[tuple[str, str, str]]:
    """Kind, false sentence and faithful one, for every error that can be planted in a case."""
    seen = {one.text for one in case.faithful}
    for one in case.faithful:
        for mutator in mutators.MUTATORS:
            for kind, text in mutator(one.text):
                if text not in seen:
                    seen.add(text)
                    yield kind, text, one.text
        for name in mutators.strangers(case.note, one.text):
            yield "unmentioned condition", f"{one.text.rstrip('.')} with a history of {name}.", one.text
    for text in mutators.INVENTED:
        yield "invented", text, ""
    yield from by_hand(case)


def by_hand(case: Case) -> Iterator[tuple[str, str, str]]:
    """The same of the errors that were written by hand."""
    for kind, text in case.planted:
        yield _KINDS.get(kind, kind), text, ""


def run(*folders: str, errors: Errors = planted) -> Tally:
    """Score every note of these folders, by default of `notes`, with the errors that `errors` gives of a case."""
    tally = Tally()
    for case in (case for folder in folders or ("notes",) for case in cases(folder)):
        _score_faithful(tally, case)
        for kind, text, faithful in errors(case):
            before = (
                {(one.kind, one.message) for one in of_sentences(case.note, draft(faithful))} if faithful else set()
            )
            started = time.perf_counter()
            said = of_sentences(case.note, draft(text))
            tally.seconds += time.perf_counter() - started
            said = [one for one in said if (one.kind, one.message) not in before]
            tally.planted[kind] += 1
            if said:
                tally.found[kind] += 1
                tally.blocked[kind] += any(one.blocking for one in said)
            else:
                tally.missed[kind].append(f"{case.name}: {text}")
        _score_quotes(tally, case)
        _score_omissions(tally, case)
        _score_lists(tally, case)
    return tally


def _score_faithful(tally: Tally, case: Case) -> None:
    for one in case.faithful:
        said = of_sentences(case.note, draft(one.text))
        tally.faithful += 1
        if said:
            tally.alarmed += 1
            tally.alarmed_blocking += any(finding.blocking for finding in said)
            tally.alarms.append(f"{case.name}: {one.text} -> {'; '.join(f'{f.kind}: {f.message}' for f in said)}")
        (basis, *_) = evidence.of(case.note, draft(one.text))
        wanted = [case.note.text.index(source) for source in one.sources]
        first = basis.source_spans[0] if basis.source_spans else None
        tally.linked_line += first is not None and any(_same_line(case.note.text, first, place) for place in wanted)
        if first is not None and any(first.start - 2 <= place < first.end for place in wanted):
            tally.linked += 1
        else:
            tally.not_linked.append(f"{case.name}: {one.text} -> {first.of(case.note.text) if first else None}")


def _same_line(text: str, passage: Span, place: int) -> bool:
    """Whether a passage stands in the line of a place: labels of long lines name their first words only."""
    start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place) % (len(text) + 1)
    return start <= passage.start < end


def _score_quotes(tally: Tally, case: Case) -> None:
    """Sentences copied from the note: linked to themselves, no alarm."""
    for span in evidence.index(case.note).spans:
        text = span.of(case.note.text)
        tally.quoted += 1
        basis = evidence.of(case.note, draft(text))
        tally.quoted_right += bool(basis) and all(
            any(span.start <= one.start < span.end for one in part.source_spans) for part in basis
        )


def _score_omissions(tally: Tally, case: Case) -> None:
    """Take each line of medicines, allergies, pending results and follow-up out of a letter that has everything."""
    spans = evidence.index(case.note).spans
    for look in omissions.ranked(case.note, letter(case, [])):
        kept = [span for span in spans if span != look.span]
        text = " ".join(span.of(case.note.text) for span in kept)
        words = {word.key for one in kept for word in evidence.words.inside(evidence.index(case.note).words, one)}
        if set(look.name.split()) <= words or look.name in words:
            continue  # said elsewhere in the note too
        tally.planted[f"omitted {look.what}"] += 1
        left = omissions.ranked(case.note, letter(case, [text]))
        if any(one.what == look.what and one.name == look.name for one in left):
            tally.found[f"omitted {look.what}"] += 1
        else:
            tally.missed[f"omitted {look.what}"].append(f"{case.name}: {look.name}")


def _score_lists(tally: Tally, case: Case) -> None:
    """Lists of medicines at discharge: one error planted in each, and the lists as they are, in other words too."""
    for text in lists.faithful(case.note):
        one = lists.draft(case.note, text)
        said = [*discharge_list.find(case.note, one), *lists.omitted(case.note, one)]
        tally.lists += 1
        tally.lists_alarmed += bool(said)
        tally.alarms += [f"{case.name}: list -> {one.message}" for one in said]
    for kind, text, drug in lists.planted(case.note):
        said = [
            one
            for one in checks.run(case.note, lists.draft(case.note, text))
            if lists.is_of(case.note, one, kind, drug)
        ]
        tally.planted[kind] += 1
        tally.found[kind] += bool(said)
        tally.blocked[kind] += any(one.blocking for one in said)
        if not said:
            tally.missed[kind].append(f"{case.name}: {drug}: {text!r}")


def letter(case: Case, texts: list[str]) -> Draft:
    """A letter written elsewhere."""
    return Draft("external", "", (Section("text", "", "\n".join(texts), "written"),), (), _STAMP, "")


def table(tally: Tally) -> str:
    """The figures as a table for people."""
    lines = [f"{'kind':28} planted  found  recall  blocking"]
    for kind in sorted(tally.planted):
        n, got = tally.planted[kind], tally.found[kind]
        lines.append(f"{kind:28} {n:7} {got:6} {got / n:7.1%} {tally.blocked[kind] / n:8.1%}")
    total, got = sum(tally.planted.values()), sum(tally.found.values())
    lines.append(f"{'all':28} {total:7} {got:6} {got / total:7.1%}")
    lines.append(
        f"faithful sentences {tally.faithful}: alarms {tally.alarmed} ({tally.alarmed / tally.faithful:.1%}), "
        f"blocking {tally.alarmed_blocking} ({tally.alarmed_blocking / tally.faithful:.1%})"
    )
    lines.append(f"lists of medicines as they are {tally.lists}: alarms {tally.lists_alarmed}")
    lines.append(
        f"right passage first, paraphrases: {tally.linked / tally.faithful:.1%}; a passage of its line: "
        f"{tally.linked_line / tally.faithful:.1%}; quotations: "
        f"{tally.quoted_right / tally.quoted:.1%} of {tally.quoted}"
    )
    lines.append(f"{1000 * tally.seconds / max(1, sum(tally.planted.values())):.1f} ms a sentence")
    return "\n".join(lines)
