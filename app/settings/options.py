"""Every setting, once: its name, its type, its default and what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# Least and most of settings where not every number makes sense.
BOUNDS = {
    "least_words": (1, 1000),
    "most_characters": (1000, 10_000_000),
    "cancel_wait_s": (0.1, 60),
    "idle_lock_minutes": (1, 240),
    "retention_days": (0, 36_500),
    "text_scale": (80, 200),
    "clipboard_clear_s": (10, 600),
    "threads": (0, 64),
}
ExportFormat = Literal["docx", "pdf", "txt", "md", "html", "fhir", "ccda", "json"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one run. `settings.file` says where each value came from.

    Attributes:
        model: Name of the model in `resources/models.toml`.
        adapter: `auto` for the program's own adapter of the model, `none`, or `name` or `name/revision`.
        device: `auto` uses the GPU if the model fits; `cpu` never; `cuda` asks for it.
        threads: Processor threads of the model; 0 leaves one core to the window.
        read_ahead: Whether the model reads notes while nobody waits, so that the first words come at once; never on
            battery.
        least_words: Fewest words a note must have to be drafted from.
        most_characters: Most characters of one case.
        cancel_wait_s: Seconds a worker has to stop before it is ended.
        idle_lock_minutes: Minutes without a key or click until the history locks, 1 to 240.
        retention_days: Days after which a case loses its content when the history is opened; 0 for never.
        language: Of the window; `system` follows the desktop.
        theme: Colours of the window; `system` follows the desktop.
        text_scale: Size of the window's text in percent of the desktop's, 80 to 200.
        clipboard_clear_s: Seconds after which copied text leaves the clipboard, 10 to 600.
        letter_language: Of the letter's headings and standing sentences; `system` follows the desktop.
        letter_standard: Name of the standard whose order and headings the letter takes.
        author: Name that the window proposes when a letter is signed.
        allowed_models: Models that may be used and imported; empty for all of the catalogue.
        allowed_adapters: Adapters that may be used and imported, each as `name` or `name/revision`; empty for all.
        allowed_standards: Standards that letters may follow, with the templates made from them; empty for all.
        template_pack: Folder of templates for everybody; they win over a user's of the same name. Empty for none.
        export_formats: Formats that drafts and letters may be saved in; empty for all. Not of print and clipboard.
        recovery_code: `random` refuses a code or passphrase of the user's own; `any` takes it.
        training_pairs: Whether signed drafts may leave the history as de-identified pairs for training; only what IT
            fixed counts.
    """

    model: str = "smollm2-135m-instruct"
    adapter: str = "auto"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = 0
    read_ahead: bool = True
    least_words: int = 5
    most_characters: int = 400_000
    cancel_wait_s: float = 5.0
    idle_lock_minutes: int = 15
    retention_days: int = 0
    language: Literal["system", "en", "zh_CN"] = "system"
    theme: Literal["system", "light", "dark", "contrast"] = "system"
    text_scale: int = 100
    clipboard_clear_s: int = 60
    letter_language: Literal["system", "en", "zh_CN"] = "system"
    letter_standard: str = "prsb"
    author: str = ""
    allowed_models: tuple[str, ...] = ()
    allowed_adapters: tuple[str, ...] = ()
    allowed_standards: tuple[str, ...] = ()
    template_pack: str = ""
    export_formats: tuple[ExportFormat, ...] = ()
    recovery_code: Literal["any", "random"] = "any"
    training_pairs: bool = False


def allows(allowed: Sequence[str], name: str) -> bool:
    """Whether a list of a policy holds something.

    Args:
        allowed: Names, or `name/revision`; empty for everything.
        name: The name, or `name/revision`.
    """
    return not allowed or name in allowed or name.split("/")[0] in allowed
