"""Proofs of `self-test` that need more than a look: the history, a letter, and a worker that is killed.

Everything is written into a temporary folder that is removed again; the user's own history and keyring are not touched.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import zipfile
from pathlib import Path
from typing import NoReturn

from app.core import Core, Session
from app.drafts import standards
from app.drafts.draft import Draft
from app.errors import HistoryLocked, KeyringUnusable, ModelError
from app.events import DraftDone, SectionText
from app.export import formats
from app.history import codes
from app.history.keeper import Keeper
from app.letter.letter import compose
from app.notes.note import Note

Outcome = tuple[bool, str]
_WORKER = "epicrisis-model"


def history(note: Note, draft: Draft) -> Outcome:
    """Keep a case in a new encrypted history, lock it, open it again, and look for words in clear.

    Args:
        note: What to keep.
        draft: Its draft.

    Returns:
        Whether all holds, and what was seen.
    """
    code = codes.new_code()
    with tempfile.TemporaryDirectory(prefix="epicrisis-self-test-") as temporary:
        folder = Path(temporary) / "history"
        keeper = Keeper(folder, no_keyring)
        try:
            keeper.create(code)
            case = keeper.call("add_case", "self-test", note)
            keeper.call("add_draft", case.id, draft)
            keeper.lock()
            is_closed = _is_refused(keeper)
            keeper.unlock(code)
            documents = keeper.call("documents", case.id)
            is_back = bool(documents) and all(one.text and one.text in note.text for one in documents)
            is_back = is_back and len(keeper.call("drafts", case.id)) == 1
        finally:
            keeper.lock()
        start = note.text[:24].encode("utf-8")
        files = [one for one in folder.rglob("*") if one.is_file()]
        in_clear = [one.name for one in files if start in one.read_bytes()]
    seen = f"{len(files)} files, text in clear in {len(in_clear)}, locked {is_closed}, reopened {is_back}"
    return is_closed and is_back and not in_clear, seen


def no_keyring() -> NoReturn:
    """A keyring for a history that must leave none behind."""
    raise KeyringUnusable(why="the self-test does not use it")


def _is_refused(keeper: Keeper) -> bool:
    try:
        keeper.call("cases")
    except HistoryLocked:
        return keeper.is_locked
    return False


def letter(note: Note, draft: Draft) -> Outcome:
    """Lay the draft out as a letter and save it in three formats.

    Args:
        note: The notes.
        draft: Their draft.

    Returns:
        Whether the files are whole, and what was seen.
    """
    laid_out = compose(note, draft, standards.load("prsb"), made_at="2026-01-01T00:00:00+00:00")
    sizes = {}
    with tempfile.TemporaryDirectory(prefix="epicrisis-self-test-") as temporary:
        for name in ("docx", "fhir", "txt"):
            file = Path(temporary) / f"letter.{name}"
            formats.write(laid_out, name, file)
            sizes[name] = file.stat().st_size
        with zipfile.ZipFile(Path(temporary) / "letter.docx") as word:
            is_whole = word.testzip() is None
    return is_whole and all(sizes.values()), ", ".join(f"{name} {size} bytes" for name, size in sizes.items())


def worker(core: Core, session: Session, note: Note) -> Outcome:
    """Kill the model's process in the middle of a draft; the text is marked incomplete, and the next draft is whole.

    Args:
        core: The core.
        session: The session whose worker is killed.
        note: What to draft from.

    Returns:
        Whether it recovered, and what was seen.
    """
    task = core.tasks["brief-summary"]
    was_killed = False
    cut: Draft | None = None
    for event in session.flow.draft(note, task):
        if not was_killed and isinstance(event, SectionText):
            was_killed = _kill() or was_killed
        if isinstance(event, DraftDone):
            cut = event.draft
    again: Draft | None = None
    try:
        again = next(one for one in session.flow.draft(note, task) if isinstance(one, DraftDone)).draft
    except ModelError as error:
        return False, str(error)
    is_told = cut is not None and not cut.is_complete
    return (
        was_killed and is_told and again.is_complete,
        f"killed {was_killed}, draft marked incomplete {is_told}, next one whole {again.is_complete}",
    )


def _kill() -> bool:
    workers = [one for one in multiprocessing.active_children() if one.name == _WORKER]
    for one in workers:
        one.kill()
        one.join()
    return bool(workers)
