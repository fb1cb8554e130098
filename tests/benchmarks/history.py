"""The encrypted history against plain SQLite in the same run.

Run: ``python -m tests.benchmarks.history [--notes N] [--json]``. Notes of 3 kB, one transaction each, WAL,
synchronous FULL, full-text index; searches for rare, middling and common words, ranked, twenty hits.

Three of them take turns: `history` as it is; `same_unencrypted`, the same code and tables on the same engine
without a key, which shows what encryption costs; `bare`, two tables and two statements in the standard
library's sqlite3, which shows what the history's indexes, ids and SQLAlchemy cost on top.

`insert` adds documents to one case, which the audit trail does not tell of. `save` is what a doctor's save
does: a new case with its title and note, an event of the trail, and its head in the key file (two syncs).
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
from typing import Any, ClassVar

import sqlcipher3.dbapi2
from sqlalchemy import create_engine, event

from app.history import database, migrations
from app.history.search import Query, spaced
from app.history.store import History
from app.history.vault import Vault
from app.notes import intake, segments
from app.notes.note import Document, Note, Span
from tests.history.stores import no_keyring

CODE = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345-6789"
SEARCHES = 60
SAVES = 500


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


class Bare:
    """The least that could do: a table of texts and its index, in the standard library's sqlite3."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE document (id INTEGER PRIMARY KEY, text TEXT)",
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='unicode61 remove_diacritics 2')",
        ):
            self.connection.execute(statement)

    def add(self, text: str) -> None:
        """Insert one note in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        row = self.connection.execute("INSERT INTO document(text) VALUES (?)", (text,)).lastrowid
        self.connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (row, spaced(text)))
        self.connection.execute("COMMIT")

    save = add

    def search(self, word: str) -> int:
        """Find twenty ranked notes and read them, as the snippets need."""
        sql = (
            "SELECT d.text FROM words JOIN document d ON d.id = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT 20"
        )
        return len(self.connection.execute(sql, (f'"{word}" *',)).fetchall())


class OneKey:
    """A keyring that answers at once, so that only our own opening is measured."""

    name = "memory"
    _secrets: ClassVar[dict[str, str]] = {}
    get = _secrets.get
    set = _secrets.__setitem__
    delete = _secrets.pop


class Kept:
    """A `History` with one case to put notes into."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.case = history.add_case("all", segments.gather([("first", intake.clean("The first note."))])).id

    def add(self, text: str) -> None:
        """Insert one note in one transaction."""
        self.history.add_document(self.case, "note", text, date="2026-11-03")

    def save(self, text: str) -> None:
        """Keep one note as a case of its own."""
        self.history.add_case("case", Note(text, (Document(Span(0, len(text)), "note"),), (), ()))

    def search(self, word: str) -> int:
        """Find twenty ranked notes with snippets."""
        return len(self.history.search(Query(word)))


def unencrypted(path: Path) -> History:
    """The history's own code and tables on the same SQLite, without a key."""
    engine = create_engine(f"sqlite:///{path}", module=sqlcipher3.dbapi2, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", database._on_connect)
    event.listen(engine, "begin", database._on_begin)
    with database.transaction(engine) as connection:
        migrations.migrate(connection, lambda: None)
    return History(engine)


def percentiles(act: Callable[[str], object], words: list[str]) -> dict[str, float]:
    """Median and 95th percentile of one call, milliseconds."""
    times = []
    for word in words:
        started = time.perf_counter()
        act(word)
        times.append(1000 * (time.perf_counter() - started))
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2)}


def fill(stores: dict[str, Bare | Kept], notes: list[str], seconds: dict[str, float]) -> None:
    """Insert the same notes into all, in turns of a hundred; adds to the seconds of each."""
    for start in range(0, len(notes), 100):
        for name, store in stores.items():
            started = time.perf_counter()
            for text in notes[start : start + 100]:
                store.add(text)
            seconds[name] += time.perf_counter() - started


def measure(count: int) -> dict[str, Any]:
    """Fill in steps and measure the search after each."""
    notes = make_notes(count)
    words = words_to_find(notes)
    report: dict[str, Any] = {"notes": count, "note_bytes": round(statistics.mean(map(len, notes))), "search": {}}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        vault = Vault(folder / "history", no_keyring)
        stores: dict[str, Bare | Kept] = {
            "history": Kept(vault.create(CODE)),
            "same_unencrypted": Kept(unencrypted(folder / "same.db")),
            "bare": Bare(folder / "bare.db"),
        }
        seconds = dict.fromkeys(stores, 0.0)
        done = 0
        for step in sorted({step for step in (1000, 10_000, count) if step <= count}):
            fill(stores, notes[done:step], seconds)
            done = step
            report["search"][str(step)] = {name: percentiles(store.search, words) for name, store in stores.items()}
        report["insert_ms"] = {name: round(1000 * spent / count, 3) for name, spent in seconds.items()}
        report["insert_ratio_to_same_unencrypted"] = round(seconds["history"] / seconds["same_unencrypted"], 2)
        report["insert_ratio_to_bare"] = round(seconds["history"] / seconds["bare"], 2)
        report["save"] = {name: percentiles(store.save, notes[:SAVES]) for name, store in stores.items()}
        vault.close()
        opening = Vault(folder / "history", lambda: OneKey)
        opening.open_with_code(CODE)
        opening.enrol_keyring()
        opening.close()
        started = time.perf_counter()
        opening.open()
        report["open_with_keyring_ms"] = round(1000 * (time.perf_counter() - started), 1)
        opening.close()
        started = time.perf_counter()
        vault.open_with_code(CODE)
        report["open_with_code_ms"] = round(1000 * (time.perf_counter() - started), 1)
        report["file_mb"] = {"history": round(vault.database.stat().st_size / 1e6, 1)}
        report["file_mb"]["bare"] = round((folder / "bare.db").stat().st_size / 1e6, 1)
        vault.close()
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.history", description=__doc__)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.notes), indent=None if arguments.json else 2))  # noqa: T201
