"""Print the figures. `--missed`: what was missed and what alarmed for nothing; a folder's name: of its notes."""

from __future__ import annotations

import sys

from tests.checks.labelled import score


def main() -> None:
    """Run."""
    folders = [one for one in sys.argv[1:] if not one.startswith("-")]
    tally = score.run(*folders or ["notes"])
    sys.stdout.write(score.table(tally) + "\n")
    if "--missed" in sys.argv:
        for kind, texts in sorted(tally.missed.items()):
            sys.stdout.write("".join(f"MISSED {kind}: {text}\n" for text in texts))
        sys.stdout.write("".join(f"ALARM {text}\n" for text in tally.alarms))
        sys.stdout.write("".join(f"LINK {text}\n" for text in tally.not_linked))


main()
