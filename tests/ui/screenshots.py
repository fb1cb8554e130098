"""Pictures of the window's main states, drawn offscreen with the embedded model: `python3 dev.py screenshots [FOLDER]`.

The notes are the invented sample stay. Look at each picture after a change of the window.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core import Core
from tests import fakes

_LOOKS = (("light", "en", 100), ("dark", "en", 150), ("light", "zh_CN", 100), ("contrast", "en", 200))
_WAIT_S = 600


def main(words: list[str]) -> int:
    """Draw all states in all looks."""
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/screenshots"))
    looks = ["-".join(map(str, one)) for one in _LOOKS]
    parser.add_argument("--look", choices=looks, action="append", help="only this one; may be given more than once")
    args = parser.parse_args(words)
    folder = args.folder
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (theme, language, scale) in zip(looks, _LOOKS, strict=True):
        if args.look and name not in args.look:
            continue
        with tempfile.TemporaryDirectory() as home:
            draw(folder, Path(home), theme, language, scale)
    print(f"Written to {folder}.")
    return 0


def core_at(home: Path) -> Core:
    """The real program over a home and a keyring of its own."""
    from app import paths, start

    os.environ["EPICRISIS_TEST_KEYRING"] = str(home / "keyring")
    for name in ("user_data", "user_settings", "machine_models", "machine_policy"):
        setattr(paths, name, lambda name=name: home / name)
    core = start.build({})

    def change(changes: Mapping[str, Any]) -> Core:
        return replace(core.change(changes), open_keeper=fakes.open_keeper)

    return replace(core, open_keeper=fakes.open_keeper, change=change)


def draw(folder: Path, home: Path, theme: str, language: str, scale: int) -> None:
    """Walk through the states in one look."""
    from PySide6.QtCore import QSettings

    from app.history import codes
    from app.ui import i18n, run, style
    from app.ui.first_run import FirstRun
    from app.ui.settings_dialog import SettingsDialog
    from app.ui.window import Window

    app = run.application()
    i18n.install(app, language)
    style.choose(app, theme, scale)
    core = core_at(home)
    window = Window(core, core.open_keeper(), QSettings(str(home / "w.ini"), QSettings.Format.IniFormat))
    style.dress(app)
    window.resize(1440, 900)
    window.show()

    def until(done: Callable[[], bool]) -> None:
        ends = time.monotonic() + _WAIT_S
        while not done():
            if time.monotonic() > ends:
                raise TimeoutError(f"{theme} {language} {scale}")
            app.processEvents()
            time.sleep(0.005)

    def shot(name: str, widget: Any = None) -> None:  # noqa: ANN401 - a widget
        for _ in range(20):
            app.processEvents()
        (widget or window).grab().save(str(folder / f"{name}-{theme}-{language}-{scale}.png"))

    page = FirstRun()
    page.show_code(codes.new_code())
    window.show_page(page)
    shot("first-run")
    page.next.click()
    shot("recovery-code")
    opened: list[bool] = []
    window.desk.create(codes.new_code(), lambda: opened.append(True), print)
    until(lambda: bool(opened))
    window.show_page(window.work)
    shot("empty")
    window.offices.open_sample()
    until(lambda: window.desk.case is not None and window.desk.case.note is not None)
    shot("pasted")
    window.draft.generate()
    until(lambda: window.desk.current is not None and any(window.desk.current.streaming.values()))
    shot("streaming")
    until(lambda: not window.writing.is_busy)
    checked: list[bool] = []
    window.desk.checking.now(lambda: checked.append(True))
    until(lambda: bool(checked))
    window.findings.choose_next()
    shot("drafted")
    window.commands["medicines"].trigger()
    shot("medicines")
    window.commands["head"].trigger()
    shot("head")
    window.commands["findings"].trigger()
    for finding in window.findings.findings:
        window.desk.decide(finding, "accepted")
    window.desk.sign("Dr A. Example")
    until(lambda: window.desk.current is not None and window.desk.current.is_signed)
    shot("signed")
    dialog = SettingsDialog(core.settings, {}, window)
    dialog.show()
    shot("settings", dialog)
    dialog.close()
    letter = window.offices.letter_dialog()
    if letter is not None:
        letter.show()
        shot("letter", letter)
        letter.close()
    editor = window.offices.template_dialog("prsb")
    if editor is not None:
        editor.resize(1240, 860)
        editor.show()
        editor.headings.list.setCurrentRow(9)
        until(lambda: bool(editor.preview.length.text()))
        shot("template", editor)
        editor.close()
    window.desk.new_case()
    until(lambda: window.desk.case is not None and not window.desk.case.has_notes)
    until(lambda: any(one.is_signed for one in window.desk.cases))
    shot("history")
    window.lock()
    until(lambda: not window.desk.is_open)
    shot("lock")
    window.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
