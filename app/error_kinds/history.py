"""Errors of the encrypted history and its key: exit code 5."""

from __future__ import annotations

from app.error_kinds.root import EpicrisisError


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


class ClockAhead(HistoryError):
    """The clock jumped further than anybody leaves a history unused, and by its date cases would lose their content."""

    code = "clock_ahead"
    sentence = (
        "The computer's date jumped from {known} to {today}. Cases old enough to be removed by that date: {cases}; all "
        "were kept, in case it is wrong. Correct the computer's clock. If the date is right, confirm it with "
        "'epicrisis history confirm-clock'; it also counts as right once the history was opened on three days."
    )


class ClockBehind(HistoryError):
    """The clock shows a time before one that is sure."""

    code = "clock_behind"
    sentence = (
        "The computer's date is {today}, but it cannot be earlier than {known}. Nothing was lost; what you keep now "
        "gets a wrong date. Correct the computer's clock. If the date is right, confirm it with "
        "'epicrisis history confirm-clock'."
    )


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
