"""Twins of `training/pairs` that no training saw: how often the false one is told, and how often the true one alarms.

    python -m tests.checks.labelled.pairs [--missed]

The twins of a line are alike in topic, style and length, so that only the note tells them apart; half of all sentences
here are false, which of no draft is true.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from app.notes import intake, segments
from app.notes.note import Note
from tests.checks.cases import of_sentences
from tests.checks.labelled import score
from training import entailment


def held_out() -> Iterator[tuple[Path, Note, list[tuple[str, str, str]]]]:
    """Give file, note and pairs (kind, true sentence, false one) of each note held out, and of the Chinese ones."""
    for path in sorted(entailment.PAIRS.glob("*.txt")):
        if entailment.is_held_out(path) or "chinese" in path.name:
            text, lines = path.read_text(encoding="utf-8").split("@@pairs\n")
            parts = ([part.strip() for part in line.split("||")] for line in lines.splitlines())
            yield path, segments.gather([("", intake.clean(text))]), [(one, two, three) for one, two, three in parts]


def main() -> None:
    """Print found and alarmed by kind."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for path, note, pairs in held_out():
        language = "Chinese" if "chinese" in path.name else "English"
        for kind, true, false in pairs:
            alarms, found = (of_sentences(note, score.draft(text)) for text in (true, false))
            blocking = any(one.blocking for one in alarms)
            for name in (kind, f"all {language}") if language == "English" else (f"all {language}",):
                for place, one in enumerate((1, bool(found), bool(alarms), blocking)):
                    counts[name][place] += one
            if "--missed" in sys.argv and not found:
                sys.stdout.write(f"MISSED {path.stem} {kind}: {false}\n")
            if "--missed" in sys.argv and alarms:
                sys.stdout.write(
                    f"ALARM {path.stem} {kind}: {true} -> {'; '.join(str(one.message) for one in alarms)}\n"
                )
    sys.stdout.write("kind                 pairs  false found  true alarmed  blocking\n")
    for name, (pairs_, found_, alarmed, blocked) in sorted(counts.items()):
        line = f"{found_ / pairs_:11.1%} {alarmed / pairs_:12.1%} {blocked / pairs_:10.1%}"
        sys.stdout.write(f"{name:20} {pairs_:5} {line}\n")


if __name__ == "__main__":
    main()
