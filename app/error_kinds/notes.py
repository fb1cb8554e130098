"""Errors of what was pasted or opened: exit code 3."""

from __future__ import annotations

from app.error_kinds.root import EpicrisisError


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
