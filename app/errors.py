"""Every error a person can meet: one class, one code, one plain sentence.

The tree::

    EpicrisisError
    ├── InputError            the pasted text cannot be used          exit code 3
    │   ├── EmptyInput
    │   ├── TooShort
    │   ├── OnlyHeadings
    │   ├── TooLong
    │   ├── NotText
    │   ├── NoTextInside      a scan: pictures of text
    │   ├── Protected
    │   ├── DamagedFile
    │   ├── TooLargeFile
    │   └── Unreadable
    ├── ModelError            the model or its worker                 exit code 4
    │   ├── ModelMissing
    │   ├── ModelAltered
    │   ├── ModelUnsupported
    │   ├── ModelUnknown
    │   ├── AdapterMissing
    │   ├── OutOfMemory
    │   ├── InstructionTooLong
    │   ├── NothingWritten
    │   ├── WorkerLost
    │   └── EngineFault       our bug: the engine raised something we did not foresee
    ├── HistoryError          the encrypted history or its key        exit code 5
    │   ├── HistoryMissing
    │   ├── HistoryExists
    │   ├── HistoryBusy
    │   ├── HistoryLocked
    │   ├── HistoryDamaged
    │   ├── HistoryRolledBack
    │   ├── HistoryTooNew
    │   ├── HistoryDiskFull
    │   ├── KeyFileMissing
    │   ├── KeyFileAltered
    │   ├── KeyringUnusable
    │   ├── WrongCode
    │   ├── CodeTooWeak
    │   ├── NoSuchEntry
    │   ├── NotAllowed
    │   └── BackupUnusable
    ├── BlockedByFinding      a check says: do not go on              exit code 6
    │   └── TwoPatients
    ├── OutputError           a result could not be written           exit code 1
    │   ├── DiskFull
    │   ├── NotWritable
    │   └── MissingGlyphs
    ├── SetupError            settings, resources or policy           exit code 2
    │   ├── UnknownTask
    │   ├── SettingsNotSaved
    │   └── UnknownFormat
    ├── NetworkRefused        the offline guard stopped a connection  exit code 1
    └── ProgramFault          our bug: nobody foresaw it              exit code 1

A sentence says what happened, what is safe and what to do. It may hold numbers, names of models
and file names that the user typed, never note text: errors are shown, logged and sent between
processes. Between processes only the code travels.
"""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | float


class EpicrisisError(Exception):
    """Root of the tree. Subclasses set `code`, `exit_code` and `sentence`.

    Args:
        **facts: Values for the placeholders of `sentence`. Never note text.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    sentence: ClassVar[str] = "Something went wrong. Your notes are unchanged. Try again."

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


class InputError(EpicrisisError):
    """The pasted text cannot be used as it is."""

    code = "input"
    exit_code = 3
    sentence = "This text cannot be used. Nothing was changed. Paste the note again as plain text."


class EmptyInput(InputError):
    """Nothing but white space."""

    code = "input_empty"
    sentence = "There is no text in this note, so nothing was drafted. Paste the note and try again."


class TooShort(InputError):
    """Too few words to summarise without inventing."""

    code = "input_too_short"
    sentence = (
        "This note has only {words} words; at least {least} are needed. Nothing was drafted, because "
        "a draft of so little would be invented. Paste the whole note."
    )


class OnlyHeadings(InputError):
    """Headings without a line of text below them."""

    code = "input_only_headings"
    sentence = "This note has headings but no text below them, so nothing was drafted. Paste the full note."


class TooLong(InputError):
    """Beyond the limit set for one case."""

    code = "input_too_long"
    sentence = (
        "This text has {characters:,} characters; one case may have {limit:,}. Nothing was read and "
        "nothing was cut. Paste the documents of one stay only, or split them."
    )


class NotText(InputError):
    """A picture, a program, a table of figures: bytes that are no text and no document that can be read."""

    code = "input_not_text"
    sentence = (
        "This is {what}, not text. Nothing was read. Open it in its own program, copy the text and paste it here."
    )


class NoTextInside(InputError):
    """A document whose pages are pictures: a scan, a fax, a photograph."""

    code = "input_no_text_inside"
    sentence = (
        "The file {name} holds pictures of pages and no text ({pages} without text), so nothing was read. This program "
        "cannot read pictures. Use the original document, or type the text in."
    )


class Protected(InputError):
    """A document that needs a password."""

    code = "input_protected"
    sentence = (
        "The file {name} is protected by a password, so it was not read. Open it in its own program, copy the text "
        "and paste it here."
    )


class DamagedFile(InputError):
    """A document that is cut short, altered, or not what its name says."""

    code = "input_damaged"
    sentence = (
        "The file {name} is not a whole {kind}, so nothing of it was used. It may have been cut short or renamed. "
        "Get it again from where it came, or paste its text."
    )


class TooLargeFile(InputError):
    """A document that is larger, or unpacks to more, than any note."""

    code = "input_too_large"
    sentence = (
        "The file {name} holds more than {limit_mb} MB, which no note needs, so it was not opened. "
        "Paste the text that belongs to this stay."
    )


class Unreadable(InputError):
    """A file that is missing or may not be read."""

    code = "input_unreadable"
    sentence = "The file {name} could not be opened. Nothing was changed. Check the name and that you may read it."


class ModelError(EpicrisisError):
    """The language model or the process it runs in."""

    code = "model"
    exit_code = 4
    sentence = "The language model cannot be used. Your notes are unchanged. Choose another model or ask IT."


class ModelMissing(ModelError):
    """No complete copy of the model on this machine."""

    code = "model_missing"
    sentence = (
        "The model {model} is not on this machine ({why}). Your notes are unchanged. Import it with "
        "'epicrisis models import', or choose another model."
    )


class ModelAltered(ModelError):
    """A file differs from the hash recorded when the model was imported."""

    code = "model_altered"
    sentence = (
        "The file {file} of the model {model} is not the one that was checked when it was imported, so "
        "the model was not started. Your notes are unchanged. Import the model again."
    )


class ModelUnsupported(ModelError):
    """A valid model of a kind this program has no engine for."""

    code = "model_unsupported"
    sentence = (
        "The model {model} is of a kind this program cannot run ({why}). Your notes are unchanged. "
        "'epicrisis models list' shows those it can."
    )


class ModelUnknown(ModelError):
    """A model name that the catalogue does not have."""

    code = "model_unknown"
    sentence = "There is no model named {model} in the catalogue. 'epicrisis models list' shows the names."


class AdapterMissing(ModelError):
    """An adapter that is not installed, or belongs to another model."""

    code = "adapter_missing"
    sentence = (
        "The adapter {adapter} cannot be used with this model ({why}). Your notes are unchanged. "
        "Choose another adapter or none."
    )


class OutOfMemory(ModelError):
    """Neither the GPU nor main memory can hold the model and the text."""

    code = "model_out_of_memory"
    sentence = (
        "This machine has too little free memory for the model and this text. The text so far is kept. "
        "Close other programs, or choose a smaller model."
    )


class InstructionTooLong(ModelError):
    """The task alone fills the model's window: nothing of the note would fit."""

    code = "model_window_too_small"
    sentence = (
        "The model {model} reads {window} tokens at a time, too few for this task. Your notes are "
        "unchanged. Choose another model."
    )


class NothingWritten(ModelError):
    """The model answered with nothing where text is needed to go on."""

    code = "model_wrote_nothing"
    sentence = (
        "The model wrote nothing for a part of these notes, so this section was not drafted. Your notes "
        "are unchanged. Try again with fewer documents, or write this section yourself."
    )


class WorkerLost(ModelError):
    """The worker process ended or stopped answering."""

    code = "worker_lost"
    sentence = (
        "The process that runs the model stopped. Your notes and the text so far are kept, marked "
        "incomplete. A new one starts with your next request."
    )


class EngineFault(ModelError):
    """Our bug: the engine raised something nobody foresaw."""

    code = "engine_fault"
    sentence = (
        "The model failed while writing. Your notes and the text so far are kept, marked incomplete. "
        "Try again; if it happens twice, tell IT the code engine_fault."
    )


class HistoryError(EpicrisisError):
    """The encrypted history, or the key that opens it."""

    code = "history"
    exit_code = 5
    sentence = "The encrypted history cannot be used. Nothing was deleted."


class HistoryMissing(HistoryError):
    """No history was set up, or its file is gone."""

    code = "history_missing"
    sentence = (
        "There is no history file here ({why}). Nothing was created in its place. Set one up with "
        "'epicrisis history setup', or restore a backup."
    )


class HistoryExists(HistoryError):
    """A new history would stand beside one that is there."""

    code = "history_exists"
    sentence = (
        "There is a history or a key file in this folder already, so no new one was made and nothing was "
        "changed. Open it, or move both files away first."
    )


class HistoryBusy(HistoryError):
    """Another process has it open."""

    code = "history_busy"
    sentence = (
        "The history is open in another window or command of this program. Nothing was changed. Close that one first."
    )


class HistoryLocked(HistoryError):
    """It was locked; the key is no longer in memory."""

    code = "history_locked"
    sentence = "The history is locked. Everything saved before is safe. Unlock it to go on."


class HistoryDamaged(HistoryError):
    """Pages that do not authenticate, or a file that is cut short."""

    code = "history_damaged"
    sentence = (
        "The history file is damaged ({where}). Nothing was written to it. Keep the file as it is and restore the "
        "newest backup with 'epicrisis history restore'."
    )


class HistoryRolledBack(HistoryError):
    """The file is older than the key file remembers, or its trail was cut."""

    code = "history_rolled_back"
    sentence = (
        "The history file is older than it was when last closed: {missing} recorded events are missing from it. It may "
        "have been replaced by a copy. It was opened for reading only; ask IT before going on."
    )


class HistoryTooNew(HistoryError):
    """Written by a later version of this program."""

    code = "history_too_new"
    sentence = "The history was written by a newer version of this program. Nothing was changed. Update this program."


class HistoryDiskFull(HistoryError):
    """No room for a write; the transaction was rolled back."""

    code = "history_disk_full"
    sentence = (
        "The disk is full, so the last change was not saved; everything saved before is safe. Your text is still on "
        "screen. Make room and save again."
    )


class KeyFileMissing(HistoryError):
    """An encrypted history without its key file."""

    code = "key_file_missing"
    sentence = (
        "The key file of the history is not beside it, so it cannot be opened. Nothing was deleted. Put "
        "{name} back from a backup of the same day."
    )


class KeyFileAltered(HistoryError):
    """The key file does not authenticate."""

    code = "key_file_altered"
    sentence = (
        "The key file was changed by something other than this program, so it was not used. The history itself is "
        "unchanged. Put the key file back from a backup."
    )


class KeyringUnusable(HistoryError):
    """The system's keyring is absent, locked, or does not keep what it is given."""

    code = "keyring_unusable"
    sentence = (
        "The system's keyring cannot be used ({why}). Nothing was deleted. Open the history with your recovery code; "
        "you can store the key in the keyring again afterwards."
    )


class WrongCode(HistoryError):
    """A recovery code or passphrase that opens nothing, or one tried too soon."""

    code = "wrong_code"
    sentence = "This recovery code does not open the history. Nothing was deleted. Try again in {wait_s} seconds."


class CodeTooWeak(HistoryError):
    """A passphrase too short to protect the history."""

    code = "code_too_weak"
    sentence = "A passphrase needs at least {least} characters. Nothing was changed. A recovery code is safer."


class NoSuchEntry(HistoryError):
    """An id that the history does not have, or whose content retention removed."""

    code = "no_such_entry"
    sentence = "The history has no {what} with that id."


class NotAllowed(HistoryError):
    """A change that the history never makes: to what is signed, or recorded."""

    code = "not_allowed"
    sentence = "{why} Nothing was changed."


class BackupUnusable(HistoryError):
    """A backup that could not be made or read back."""

    code = "backup_unusable"
    sentence = "The backup cannot be used ({why}). The history itself is unchanged."


class BlockedByFinding(EpicrisisError):
    """A check found something that must be settled by a person first."""

    code = "blocked"
    exit_code = 6
    sentence = "A check stopped this. Nothing was drafted. Settle what it names and try again."


class TwoPatients(BlockedByFinding):
    """Identifiers of different patients in one case."""

    code = "two_patients"
    sentence = (
        "This paste seems to hold notes of different patients: {count} different values of {what}. "
        "Nothing was drafted and nothing was sent to the model. Keep the notes of one patient and try again."
    )


class OutputError(EpicrisisError):
    """A result that could not be written."""

    code = "output"
    sentence = "The result could not be written. It is still on screen; save it to another place."


class DiskFull(OutputError):
    """No room left where the result should go."""

    code = "disk_full"
    sentence = (
        "The disk is full, so {name} was not written; what stood there before is unchanged. "
        "Make room or choose another place, and save again."
    )


class NotWritable(OutputError):
    """A folder or file that may not be written."""

    code = "not_writable"
    sentence = "{name} cannot be written; what stood there before is unchanged. Choose a place where you may write."


class MissingGlyphs(OutputError):
    """Characters that no font of this machine has."""

    code = "missing_glyphs"
    sentence = (
        "No font on this machine can show {count} of this letter's characters, so no PDF was written. Install a font "
        "that has them (for Chinese: Noto Sans CJK or WenQuanYi Micro Hei), or save it as a Word document."
    )


class SetupError(EpicrisisError):
    """Settings, resources or policy that cannot be used."""

    code = "setup"
    exit_code = 2
    sentence = "{name} cannot be used: {why}. Nothing was started."


class UnknownTask(SetupError):
    """A task or section name that no file in `resources/tasks` has."""

    code = "unknown_task"
    sentence = "There is no task named {name}. The tasks are: {known}."


class SettingsNotSaved(SetupError):
    """A value that does not fit, or a settings file that may not be written."""

    code = "settings_not_saved"
    sentence = "The settings were not saved in {name}: {why}. The old ones hold. Correct the value or ask IT."


class UnknownFormat(SetupError):
    """A format that no letter can be saved in."""

    code = "unknown_format"
    sentence = "A letter cannot be saved as {name}. The formats are: {known}."


class NetworkRefused(EpicrisisError):
    """The offline guard stopped an attempt to reach the network."""

    code = "network_refused"
    sentence = "A connection to the network was refused: this program works offline only. Nothing left this machine."


class ProgramFault(EpicrisisError):
    """Our bug, caught at the edge so that no traceback, which may quote a note, reaches anybody."""

    code = "fault"
    sentence = (
        "The program met a fault of its own ({kind} at {where}). What was saved before is safe. Try again; if it "
        "happens twice, tell IT these words."
    )


def by_code(code: str) -> type[EpicrisisError]:
    """Find the class of a code that came from another process.

    Args:
        code: The `code` of a class in this module.

    Returns:
        The class, or `EngineFault` for a code that no class has: the sender is not trusted.
    """
    todo: list[type[EpicrisisError]] = [EpicrisisError]
    while todo:
        kind = todo.pop()
        if kind.code == code:
            return kind
        todo.extend(kind.__subclasses__())
    return EngineFault
