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
    │   ├── NeedsFullPackage
    │   ├── ModelUnknown
    │   ├── AdapterMissing
    │   ├── BundleUnusable
    │   ├── ImportNotUndone
    │   ├── ModelTooLarge
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
    │   ├── ClockAhead        retention waits until the date is sure
    │   ├── ClockBehind
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
    │   ├── PolicyForbids
    │   ├── UnknownTask
    │   ├── SettingsNotSaved
    │   ├── TemplateLost      the program's own standard takes its place
    │   └── UnknownFormat
    ├── NetworkRefused        the offline guard stopped a connection  exit code 1
    └── ProgramFault          our bug: nobody foresaw it              exit code 1

A sentence says what happened, what is safe and what to do. It may hold numbers, names of models
and file names that the user typed, never note text: errors are shown, logged and sent between
processes. Between processes only the code travels. The classes stand in `error_kinds`, one module per branch.
"""

from __future__ import annotations

from app.error_kinds.history import (
    BackupUnusable,
    ClockAhead,
    ClockBehind,
    CodeTooWeak,
    HistoryBusy,
    HistoryDamaged,
    HistoryDiskFull,
    HistoryError,
    HistoryExists,
    HistoryLocked,
    HistoryMissing,
    HistoryRolledBack,
    HistoryTooNew,
    KeyFileAltered,
    KeyFileMissing,
    KeyringUnusable,
    NoSuchEntry,
    NotAllowed,
    WrongCode,
)
from app.error_kinds.model import (
    AdapterMissing,
    BundleUnusable,
    EngineFault,
    ImportNotUndone,
    InstructionTooLong,
    ModelAltered,
    ModelError,
    ModelMissing,
    ModelTooLarge,
    ModelUnknown,
    ModelUnsupported,
    NeedsFullPackage,
    NothingWritten,
    OutOfMemory,
    WorkerLost,
)
from app.error_kinds.notes import (
    DamagedFile,
    EmptyInput,
    InputError,
    NoTextInside,
    NotText,
    OnlyHeadings,
    Protected,
    TooLargeFile,
    TooLong,
    TooShort,
    Unreadable,
)
from app.error_kinds.results import (
    BlockedByFinding,
    DiskFull,
    MissingGlyphs,
    NetworkRefused,
    NotWritable,
    OutputError,
    PolicyForbids,
    ProgramFault,
    SettingsNotSaved,
    SetupError,
    TemplateLost,
    TwoPatients,
    UnknownFormat,
    UnknownTask,
)
from app.error_kinds.root import (
    EpicrisisError,
    Fact,
)

__all__ = [
    "AdapterMissing",
    "BackupUnusable",
    "BlockedByFinding",
    "BundleUnusable",
    "ClockAhead",
    "ClockBehind",
    "CodeTooWeak",
    "DamagedFile",
    "DiskFull",
    "EmptyInput",
    "EngineFault",
    "EpicrisisError",
    "Fact",
    "HistoryBusy",
    "HistoryDamaged",
    "HistoryDiskFull",
    "HistoryError",
    "HistoryExists",
    "HistoryLocked",
    "HistoryMissing",
    "HistoryRolledBack",
    "HistoryTooNew",
    "ImportNotUndone",
    "InputError",
    "InstructionTooLong",
    "KeyFileAltered",
    "KeyFileMissing",
    "KeyringUnusable",
    "MissingGlyphs",
    "ModelAltered",
    "ModelError",
    "ModelMissing",
    "ModelTooLarge",
    "ModelUnknown",
    "ModelUnsupported",
    "NeedsFullPackage",
    "NetworkRefused",
    "NoSuchEntry",
    "NoTextInside",
    "NotAllowed",
    "NotText",
    "NotWritable",
    "NothingWritten",
    "OnlyHeadings",
    "OutOfMemory",
    "OutputError",
    "PolicyForbids",
    "ProgramFault",
    "Protected",
    "SettingsNotSaved",
    "SetupError",
    "TemplateLost",
    "TooLargeFile",
    "TooLong",
    "TooShort",
    "TwoPatients",
    "UnknownFormat",
    "UnknownTask",
    "Unreadable",
    "WorkerLost",
    "WrongCode",
    "by_code",
]


def by_code(code: str) -> type[EpicrisisError]:
    """Find the class of a code that came from another process.

    Args:
        code: The `code` of a class above.

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
