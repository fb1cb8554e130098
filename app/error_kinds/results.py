"""Errors of checks, results, settings and of the program itself."""

from __future__ import annotations

from app.error_kinds.root import EpicrisisError


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


class PolicyForbids(SetupError):
    """What the policy of this machine does not allow."""

    code = "policy_forbids"
    sentence = (
        "Your IT department does not allow {what} on this computer (setting {setting} of its policy). "
        "Nothing was done. Choose something else, or ask IT."
    )


class UnknownTask(SetupError):
    """A task or section name that no file in `resources/tasks` has."""

    code = "unknown_task"
    sentence = "There is no task named {name}. The tasks are: {known}."


class TemplateLost(SetupError):
    """A department's template that was removed, or broken, while the window was open."""

    code = "template_lost"
    sentence = (
        "The template {name} is no longer there or cannot be read, so the letter is written by {other}. What stands in "
        "the letter is unchanged. Choose another template in the settings, or put the file back."
    )


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
