"""An open history in a temporary folder, and small notes and drafts to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.drafts.draft import Draft, Section, Stamp
from app.history.store import History
from app.history.vault import Vault
from app.notes import intake, segments
from app.notes.note import Note
from tests.history.stores import FolderKeyring

PAGE = 4096
CODE = "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345-6789"


def note(*texts: str) -> Note:
    return segments.gather([(f"note {index}", intake.clean(text)) for index, text in enumerate(texts)])


def draft(text: str = "He was given aspirin.") -> Draft:
    stamp = Stamp("m" * 64, "p" * 64, "i" * 64, "tiny@1")
    return Draft("discharge-letter", "Letter", (Section("course", "Course", text, "written"),), (), stamp, "Using CPU.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EPICRISIS_TEST_KEYRING", str(tmp_path / "keyring"))
    return tmp_path / "history"


@pytest.fixture
def vault(folder: Path) -> Iterator[Vault]:
    made = Vault(folder, FolderKeyring)
    made.create(CODE)
    yield made
    made.close()


@pytest.fixture
def history(vault: Vault) -> History:
    assert vault.history is not None
    return vault.history


def filled(vault: Vault, cases: int = 30) -> None:
    """Put cases into a history and close it."""
    assert vault.history is not None
    for number in range(cases):
        vault.history.add_case(f"case {number}", note("Chest pain and fever. " * 40))
    vault.close()


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
