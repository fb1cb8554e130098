"""Recovery codes: how they are made, and how a typed one is read."""

from __future__ import annotations

import re
import secrets
import unicodedata

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U


def new_code() -> str:
    """Make a recovery code: 160 random bits as eight groups of four."""
    letters = [secrets.choice(_ALPHABET) for _ in range(32)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 32, 4))


def plain_code(code: str) -> str:
    """Forgive how a code is typed: case, dashes, spaces, O for 0, I and L for 1.

    A passphrase stays as it is, but for the two ways in which keyboards write an accent.
    """
    squeezed = re.sub(r"[\s-]", "", code).upper().translate(str.maketrans("OIL", "011"))
    return (
        squeezed
        if len(squeezed) == 32 and set(squeezed) <= set(_ALPHABET)
        else unicodedata.normalize("NFC", code.strip())
    )
