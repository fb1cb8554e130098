"""Compare the own rules for how a thing is spoken of with other people's, on `ways.tsv`.

`python -m tests.checks.labelled.rivals own|openmed|medspacy` in an environment that has the library. Only `own`
needs nothing more than the project.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Judge = Callable[[str, str], str]
ROWS = Path(__file__).resolve().parent / "ways.tsv"


def rows() -> Iterator[tuple[str, str, str]]:
    """Text, words, label."""
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, words, label = line.split("\t")
            yield text, words, label


def own() -> Judge:
    """The rules of this project."""
    from app.checks import context, facts

    def judge(text: str, words: str) -> str:
        start = text.index(words)
        mentions = (one for sentence in facts.of_text(text) for one in context.read(text, sentence))
        ways = next(one.ways for one in mentions if one.word.start <= start < one.word.end)
        order = (("relative", "r"), ("negated", "n"), ("uncertain", "u"), ("past", "p"))
        return next((label for way, label in order if way in ways), "a")

    return judge


def openmed() -> Judge:
    """OpenMed's context axes."""
    from openmed.clinical.context import assert_context

    def judge(text: str, words: str) -> str:
        start = text.index(words)
        (one,) = assert_context(text, [{"text": words, "start": start, "end": start + len(words)}])
        if one["experiencer"] not in ("patient", None):
            return "r"
        if one["negation"] == "negated":
            return "n"
        if one["uncertainty"] == "uncertain" or one["temporality"] == "hypothetical":
            return "u"
        return "p" if one["temporality"] == "historical" else "a"

    return judge


def medspacy() -> Judge:
    """Use the ConText of medspaCy with its own rules; targets are given, so that only the context is judged."""
    import medspacy as library
    from medspacy.ner import TargetRule

    nlp = library.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
    matcher = nlp.get_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(words, "X") for words in sorted({words for _, words, _ in rows()})])

    def judge(text: str, words: str) -> str:
        found: Any = next((one for one in nlp(text).ents if one.text.casefold() == words.casefold()), None)
        if found is None:
            return "-"
        flags = (
            ("is_family", "r"), ("is_negated", "n"), ("is_uncertain", "u"), ("is_hypothetical", "u"),
            ("is_historical", "p"),
        )  # fmt: skip
        return next((label for flag, label in flags if getattr(found._, flag)), "a")

    return judge


def main() -> None:
    """Print how many labels are right, and milliseconds a text."""
    started = time.perf_counter()
    judge = {"own": own, "openmed": openmed, "medspacy": medspacy}[sys.argv[1]]()
    loaded = time.perf_counter()
    answers = [(text, words, label, judge(text, words)) for text, words, label in rows()]
    each = 1000 * (time.perf_counter() - loaded) / len(answers)
    right = sum(label == answer for *_, label, answer in answers)
    name, size = sys.argv[1], len(answers)
    sys.stdout.write(f"{name}: {right} of {size} right, import {loaded - started:.2f} s, {each:.2f} ms a text\n")
    for text, words, label, answer in answers:
        if label != answer:
            sys.stdout.write(f"  {label} -> {answer}: {words} in {text}\n")


main()
