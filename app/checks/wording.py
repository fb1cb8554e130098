"""Every sentence a check may say, with named placeholders: the one table to translate."""

from __future__ import annotations

# Identity.
DIFFERENT_VALUES = "{count} different values of {what} stand in these notes."
DIFFERENT_PEOPLE = "The notes speak of people of different age or sex, and nothing shows that they are one patient."

# Progress.
INCOMPLETE = "{section}: {problem}"
NOT_USED = "{percent} % of the notes was not used."
NOT_USED_WHY = "{percent} % of the notes was not used: {why}."
CONDENSED = "{percent} % of the notes was condensed before it was read."

# Support.
NO_NUMBER = "{section}: the notes do not have {values}."
NO_WORDS = "{section}: no support in the notes for a sentence with {words}."
NO_SUPPORT = "{section}: no support in the notes for a sentence."
