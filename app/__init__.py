"""Epicrisis: an offline assistant that drafts and checks clinical text.

A note makes seven stops, and the seven stops are seven folders; a letter (`letter`) is drafts and checks laid out::

    paste -> prompt -> model -> draft -> checks -> history -> export
    notes    prompts   model    drafts   checks    history    export

`flow.py` walks a note past them; `cli.py` and `ui/` are two faces on `flow`; `start.py` builds
everything. A module imports only from lines above its own; siblings on a line do not know each
other. import-linter holds this order (see `pyproject.toml`)::

    error_kinds            the classes behind errors
    errors, paths, disk    disk: files written whole or not at all
    offline
    settings, notes
    prompts
    drafts, model
    checks
    letter
    history
    export
    events                 what a draft in the making tells
    writer                 one run of a draft, section by section
    flow
    core                   what start builds and the faces receive
    ui, cli
    start
    __main__
"""
