"""Words of the program's core in the language of the window.

The core speaks English sentences that remember their template and facts. They are translated here, by template, in
the context `said`; `dev.py` collects the templates for Qt Linguist (`app/ui/said.py` lists where they stand).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, Qt

from app.checks.finding import Said
from app.errors import EpicrisisError

CONTEXT = "said"
# Why the model runs where it runs: the worker says it in English (app/model/engine_device.py, engine.py).
DEVICES = (
    "Using CPU: chosen in the settings.",
    "Using CPU: no NVIDIA driver found.",
    "Using CPU: this build has no GPU support.",
    "Using CPU: the NVIDIA driver does not answer.",
    "Using CPU: {needed} GB needed, {free} GB free on the GPU.",
    "Using CPU: the GPU ran out of memory while the model was loaded.",
    "Using CPU from here on: the GPU ran out of memory for this text.",
    "Using GPU: {gpu}, {free} GB free.",
)


def words(text: str) -> str:
    """Translate a word or sentence of the core; as it is where there is no translation."""
    return QCoreApplication.translate(CONTEXT, text) if text else ""


def sentence(said: EpicrisisError | str) -> str:
    """Put an error or a finding's message into the window's language.

    Args:
        said: An error, a message made by `said()`, or a plain sentence.

    Returns:
        The sentence.
    """
    if isinstance(said, EpicrisisError):
        template, facts = said.sentence, said.facts
    elif isinstance(said, Said):
        template, facts = said.template, said.facts
    else:
        return words(said)
    translated = {name: sentence(value) if isinstance(value, str) else value for name, value in facts.items()}
    try:
        return words(template).format(**translated)
    except (KeyError, IndexError, ValueError):  # a translation that lost a placeholder must not hide the message
        return str(said)


def device(why: str) -> str:
    """Translate why the model runs where it runs.

    Args:
        why: One of `DEVICES`, filled in; another sentence is given back as it is.
    """
    for template in DEVICES:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template))
        match = re.fullmatch(pattern, why)
        if match:
            return words(template).format(**match.groupdict())
    return why


def day(iso: str) -> str:
    """A date for people, by the locale; the text itself where it is no ISO date."""
    date = QDate.fromString(iso[:10], Qt.DateFormat.ISODate)
    return QLocale().toString(date, QLocale.FormatType.ShortFormat) if date.isValid() else iso


def iso_day(text: str) -> str | None:
    """A date as `YYYY-MM-DD`; None where the text is none."""
    date = QDate.fromString(text, Qt.DateFormat.ISODate)
    return text if date.isValid() and len(text) == len("YYYY-MM-DD") else None


def standard(name: str, title: str) -> str:
    """What people call a standard: its publisher, or the title of a department's own.

    Args:
        name: Name of the standard.
        title: Title of its letter, in the window's language.
    """
    published = {
        "prsb": QCoreApplication.translate("standards", "PRSB eDischarge (United Kingdom)"),
        "jc": QCoreApplication.translate("standards", "Joint Commission (United States)"),
        "eu": QCoreApplication.translate("standards", "Hospital discharge report (European Union)"),
        "cn": QCoreApplication.translate("standards", "Discharge record (China)"),
    }
    return published.get(name) or f"{title} ({name})"


def moment(iso: str) -> str:
    """A point in time for people: local, by the locale.

    Args:
        iso: Time in UTC as the history keeps it.
    """
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    seconds = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(seconds), QLocale.FormatType.ShortFormat)


def number(value: float, decimals: int = 0) -> str:
    """A number by the locale."""
    return QLocale().toString(float(value), "f", decimals)
