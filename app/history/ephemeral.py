"""An ephemeral history: in memory only, gone with the process. The trail of the real one tells that it was used."""

from __future__ import annotations

import os

from app.history import database, migrations
from app.history.store import History


def open_ephemeral(beside: History | None = None) -> History:
    """Open a history that never touches the disk.

    Args:
        beside: The real history, whose trail gets one event without content; None where there is none.

    Returns:
        An empty history.
    """
    engine = database.make_engine(None, os.urandom(32))
    with database.transaction(engine) as connection:
        migrations.migrate(connection, lambda: None)
    if beside is not None:
        beside.record("ephemeral session")
    return History(engine)
