"""The encrypted history against plain SQLite in the same run.

Run: ``python -m tests.benchmarks.history [--notes N] [--json]``. Notes of 3 kB, one transaction each, WAL,
synchronous FULL, full-text index; searches for rare, middling and common words, ranked, twenty hits.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.history.search import Query, spaced
from app.history.store import History
from app.history.vault import Vault
from tests.history.stores import no_keyring

CODE = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345-6789"
SEARCHES = 60


def make_notes(count: int) -> list[str]:
    """Texts of about 3 kB with words of very different frequency (Zipf), the same in every run."""
    dice = random.Random(1)  # noqa: S311 - repeatable, not secret
    vocabulary = [f"{''.join(dice.choices('abcdefghijklmnopqrstuvwxyz', k=7))}" for _ in range(20_000)]
    weights = [1 / (rank + 1) for rank in range(len(vocabulary))]
    return [" ".join(dice.choices(vocabulary, weights, k=375)) for _ in range(count)]


def words_to_find(notes: list[str]) -> list[str]:
    """Words of random notes: common ones come often, as they do when people search."""
    dice = random.Random(2)  # noqa: S311 - repeatable, not secret
    return [dice.choice(dice.choice(notes).split()) for _ in range(SEARCHES)]


class Plain:
    """The same two tables in plain SQLite."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS document (id INTEGER PRIMARY KEY, text TEXT)",
            "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='',"
            " tokenize='unicode61 remove_diacritics 2')",
        ):
            self.connection.execute(statement)

    def add(self, text: str) -> None:
        """Insert one note in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        row = self.connection.execute("INSERT INTO document(text) VALUES (?)", (text,)).lastrowid
        self.connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (row, spaced(text)))
        self.connection.execute("COMMIT")

    def search(self, word: str) -> int:
        """Find twenty ranked notes and read them, as the snippets need."""
        sql = (
            "SELECT d.text FROM words JOIN document d ON d.id = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT 20"
        )
        return len(self.connection.execute(sql, (f'"{word}" *',)).fetchall())


def percentiles(act: Callable[[str], object], words: list[str]) -> dict[str, float]:
    """Median and 95th percentile of one call, milliseconds."""
    times = []
    for word in words:
        started = time.perf_counter()
        act(word)
        times.append(1000 * (time.perf_counter() - started))
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2)}


def fill(history: History, plain: Plain, notes: list[str], case: str) -> tuple[float, float]:
    """Insert the same notes into both, in turns of a hundred; seconds of each."""
    ours = theirs = 0.0
    for start in range(0, len(notes), 100):
        batch = notes[start : start + 100]
        before = time.perf_counter()
        for text in batch:
            history.add_document(case, "note", text, date="2026-11-03")
        middle = time.perf_counter()
        for text in batch:
            plain.add(text)
        ours += middle - before
        theirs += time.perf_counter() - middle
    return ours, theirs


def measure(count: int) -> dict[str, Any]:
    """Fill in steps and measure after each."""
    from app.notes import intake, segments

    notes = make_notes(count)
    words = words_to_find(notes)
    steps = [step for step in (1000, 10_000, count) if step <= count]
    report: dict[str, Any] = {"notes": count, "note_bytes": round(statistics.mean(map(len, notes))), "steps": {}}
    with tempfile.TemporaryDirectory() as temporary:
        vault = Vault(Path(temporary) / "history", no_keyring)
        history = vault.create(CODE)
        case = history.add_case("all", segments.gather([("first", intake.clean("The first note."))])).id
        plain = Plain(Path(temporary) / "plain.db")
        done, ours, theirs = 0, 0.0, 0.0
        for step in dict.fromkeys(steps):
            more = fill(history, plain, notes[done:step], case)
            done, ours, theirs = step, ours + more[0], theirs + more[1]
            report["steps"][str(step)] = {
                "history": percentiles(lambda word: history.search(Query(word)), words),
                "plain": percentiles(plain.search, words),
            }
        report["insert_ms"] = {"history": round(1000 * ours / count, 3), "plain": round(1000 * theirs / count, 3)}
        report["insert_ratio"] = round(ours / theirs, 2)
        started = time.perf_counter()
        history.engine.dispose()
        with history.engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM case_").scalar()
        report["open_ms"] = round(1000 * (time.perf_counter() - started), 2)
        report["file_mb"] = {
            "history": round(vault.database.stat().st_size / 1e6, 1),
            "plain": round((Path(temporary) / "plain.db").stat().st_size / 1e6, 1),
        }
        vault.close()
        plain.connection.close()
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.history", description=__doc__)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.notes), indent=None if arguments.json else 2))  # noqa: T201
