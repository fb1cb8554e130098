"""What the engines are timed on: invented notes of several lengths, a letter of ten sections, drafts that end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.model.engine_chat import Chat
from app.prompts.chat import ChatMessage
from tests.benchmarks.engines import Job

_ROLE = "You summarise clinical notes and add nothing."
_SUMMARISE = "Summarise these notes in one or two sentences. Keep the findings, the results with units and the drugs."
SECTIONS = (
    "the reason for admission", "the diagnoses", "the past history", "the hospital course", "the procedures",
    "the results", "the allergies", "the medicines at discharge", "the follow-up", "what the patient was told",
)  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How large the workloads are.

    Attributes:
        notes: Tokens of single notes.
        note_new: Tokens that are written from each.
        drafts: Notes that are summarised, one after the other or side by side, to `draft_new` tokens.
        letter: Tokens of the notes of a letter, whose ten sections have `section_new` tokens.
        batch: Notes of a batch, of which `batch_new` tokens are written each.
        growing_notes: Tokens of notes, to see how the time grows; so for letters, and for batches by count of notes.
    """

    notes: tuple[int, ...]
    note_new: int
    drafts: int
    draft_new: int
    letter: int
    section_new: int
    batch: int
    batch_new: int
    growing_notes: tuple[int, ...]
    growing_letters: tuple[int, ...]
    growing_batches: tuple[int, ...]


REAL = Sizes(
    notes=(150, 1300, 6000), note_new=128, drafts=12, draft_new=120, letter=2000, section_new=64, batch=200,
    batch_new=32, growing_notes=(250, 500, 1000, 2000, 4000, 8000), growing_letters=(500, 1000, 2000, 4000),
    growing_batches=(10, 20, 40, 80),
)  # fmt: skip
TINY = Sizes(
    notes=(60, 120, 240), note_new=6, drafts=2, draft_new=6, letter=200, section_new=4, batch=4, batch_new=4,
    growing_notes=(60, 120), growing_letters=(60, 120), growing_batches=(2, 4),
)  # fmt: skip


class Notes:
    """Invented notes as prompts in a model's own chat format.

    Args:
        folder: The model.
    """

    def __init__(self, folder: Path) -> None:
        self._chat = Chat(folder)
        texts = (Path(__file__).parent.parent / "checks" / "labelled" / "notes").glob("*.txt")
        self.texts = [
            one.read_text(encoding="utf-8").split("@@faithful")[0].strip()
            for one in sorted(texts)
            if "chinese" not in one.name
        ]
        self.ends = frozenset(self._chat.ends)

    def prompt(self, text: str, instruction: str = _SUMMARISE) -> list[int]:
        """Tokens of one prompt."""
        user = f"<notes>\n{text}\n</notes>\n\n{instruction}" if text else instruction
        return self._chat.encode((ChatMessage("system", _ROLE), ChatMessage("user", user)))

    def tokens(self, text: str) -> list[int]:
        """Tokens of a text by itself."""
        return list(self._chat._tokenizer.encode(text, add_special_tokens=False).ids)

    def of(self, tokens: int) -> str:
        """Notes that make a prompt of about so many tokens."""
        text = "\n\n".join(self.texts)
        while len(self.prompt(text)) < tokens:
            text += "\n\n" + text
        low, high = 0, len(text)
        while low < high - 1:
            middle = (low + high) // 2
            low, high = (middle, high) if len(self.prompt(text[:middle])) <= tokens else (low, middle)
        return text[:low]


def note(notes: Notes, tokens: int, new: int) -> list[Job]:
    """One note, from which exactly `new` tokens are written."""
    return [Job(notes.prompt(notes.of(tokens)), new)]


def unlike(notes: Notes, new: int) -> list[Job]:
    """No note at all, so that nothing can be quoted."""
    return [Job(notes.prompt("", f"Tell a story about {about}."), new) for about in ("a lighthouse", "an old train")]


def letter(notes: Notes, tokens: int, new: int, *, keeps: bool) -> list[Job]:
    """Ten sections from the same notes, one after the other."""
    text = notes.of(tokens)
    jobs = [Job(notes.prompt(text, f"Write {section} from these notes."), new) for section in SECTIONS]
    return [replace(job, keeps=keeps and index > 0) for index, job in enumerate(jobs)]


def drafts(notes: Notes, count: int, new: int) -> list[Job]:
    """Summaries of different notes that end where the model ends them."""
    texts = (notes.texts * (count // len(notes.texts) + 1))[:count]
    return [Job(notes.prompt(text), new, notes.ends) for text in texts]
