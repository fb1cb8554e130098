"""Start of the program: lock the network, then the command line or the window."""

from __future__ import annotations

import multiprocessing
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: Words of the command line; None for those of the process.

    Returns:
        The exit code.
    """
    multiprocessing.freeze_support()  # first: a frozen worker must not become a second window
    from app import offline  # after freeze_support, so that a worker starts lean

    offline.install()
    from app import start
    from app.cli import main as cli

    return cli.main(sys.argv[1:] if arguments is None else arguments, start.build)


if __name__ == "__main__":
    sys.exit(main())
