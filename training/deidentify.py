"""deidentify: replace identifying words in a file of rows, by the rules of `app/notes/deidentify.py`.

python -m training deidentify --rows in.jsonl --to out.jsonl
"""

from __future__ import annotations

import json
from pathlib import Path

from app.notes.deidentify import Deidentifier
from training.arguments import RecipeError


def run_on(rows: Path, to: Path, seed: int) -> int:
    """De-identify a file of rows `{id, source, target, ...}`.

    Args:
        rows: JSON Lines file.
        to: File to write.
        seed: See `Deidentifier`.

    Returns:
        How many rows were written.

    Raises:
        RecipeError: A line is not a row.
    """
    surrogates = Deidentifier(seed)
    try:
        old = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines() if line.strip()]
        new = [surrogates.row(one) for one in old]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"The rows of {rows.name} cannot be used: {type(error).__name__}") from error
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in new)
    to.write_text(text, encoding="utf-8", newline="\n")
    return len(new)
