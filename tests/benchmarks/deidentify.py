"""Compare de-identifiers on invented notes: ``python -m tests.benchmarks.deidentify [ours presidio openmed]``.

Presidio and OpenMed are not among the project's dependencies: install them beside (`pip install presidio-analyzer
openmed`) to repeat the comparison. Both run on their rules: their models are not to be had offline.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable

from tests.training.synthetic import CLINICAL, HELD_OUT, Marked, notes

Finder = Callable[[str], list[tuple[int, int]]]
_STRUCTURED = {"date", "month", "year", "number", "nhs", "insurance", "phone", "email", "postcode", "age"}


def ours() -> Finder:
    from app.notes.deidentify import find

    return lambda text: [(one.start, one.end) for one in find(text)]


def presidio() -> Finder:
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

        def is_loaded(self) -> bool:
            return True

    analyzer = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
    return lambda text: [(one.start, one.end) for one in analyzer.analyze(text, language="en", score_threshold=0.05)]


def openmed() -> Finder:
    from openmed.core.clinical_identifiers import detect_clinical_identifiers
    from openmed.core.safety_sweep import safety_sweep

    def spans(text: str) -> list[tuple[int, int]]:
        found = list(detect_clinical_identifiers(text, language="en"))
        result = safety_sweep(text, found)
        entities = getattr(result, "entities", result)
        return [(one.start, one.end) for one in entities if one.start is not None]

    return spans


def compare(name: str, finder: Finder, marked: list[Marked]) -> None:
    """Print what a finder finds: identifying characters, whole pieces by kind, and clinical words it takes."""
    started = time.perf_counter()
    pieces: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    taken = clinical = wrong = characters = 0
    for note in marked:
        covered = bytearray(len(note.text))
        for start, end in finder(note.text):
            covered[start:end] = b"\1" * (end - start)
        marks = bytearray(len(note.text))
        for start, end, kind in note.spans:
            group = kind if kind in _STRUCTURED else "place" if kind in ("hospital", "town", "address") else "name"
            pieces[group] += 1
            letters = [at for at in range(start, end) if note.text[at].isalnum()]
            whole[group] += all(covered[at] for at in letters)
            marks[start:end] = b"\1" * (end - start)
        characters += sum(covered)
        wrong += sum(one and not other for one, other in zip(covered, marks, strict=True))
        for word in CLINICAL:
            at = note.text.find(word)
            if at >= 0 and not any(marks[at : at + len(word)]):
                clinical += 1
                taken += any(covered[at : at + len(word)])
    each = ", ".join(f"{kind} {100 * whole[kind] / count:.0f}" for kind, count in sorted(pieces.items()))
    total = 100 * sum(whole.values()) / sum(pieces.values())
    seconds = time.perf_counter() - started
    print(  # noqa: T201 - a benchmark prints
        f"{name}: whole pieces found {total:.1f} % ({each}); of what it takes {100 * wrong / max(1, characters):.1f} % "
        f"is not identifying; clinical words hit {taken} of {clinical}; {1000 * seconds / len(marked):.1f} ms a note"
    )


if __name__ == "__main__":
    makers: dict[str, Callable[[], Finder]] = {"ours": ours, "presidio": presidio, "openmed": openmed}
    for wanted in sys.argv[1:] or list(makers):
        finder = makers[wanted]()
        compare(wanted, finder, notes(200, seed=2))
        compare(f"{wanted}, other people's habits", finder, notes(200, seed=3, templates=HELD_OUT))
