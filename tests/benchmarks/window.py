"""The window: does typing wait, and how soon is it there?

    python -m tests.benchmarks.window

Prints JSON: latency of the event loop in milliseconds (p50, p99, max) while nothing happens, while the scripted engine
streams, and while 1,000 notes are saved; and seconds from the start of the process to a usable window, with and
without a warm cache of the files. The idle figures of the same run are the yardstick.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_TICK_MS = 5
_NOTES = 1000
_STARTS = 5
_START = """
import sys, time
started = float(sys.argv[1])
from PySide6.QtCore import QTimer
from app import paths, start
from app.ui import run
begin = run.Window.begin
def measured(window):
    def usable():
        heavy = sorted({"torch", "transformers", "sqlalchemy", "keyring"} & set(sys.modules))
        print(time.time() - started, ",".join(heavy))
        window.close()
    QTimer.singleShot(0, usable)
run.Window.begin = measured
sys.exit(run.run(start.build, is_network_locked=True))
"""


def percentiles(late: list[float]) -> dict[str, float]:
    """Middle, 99th percentile and greatest of some milliseconds."""
    late = sorted(late)
    return {
        "p50": round(late[len(late) // 2], 2),
        "p99": round(late[int(0.99 * (len(late) - 1))], 2),
        "max": round(late[-1], 2),
    }


def main() -> int:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        figures = {"latency_ms": latency(home / "latency"), "start_s": starts(home / "start")}
    print(json.dumps(figures, indent=2))
    return 0


def latency(home: Path) -> dict[str, dict[str, float]]:
    """Latency of the event loop: how late a timer of five milliseconds comes."""
    from PySide6.QtCore import QSettings, QTimer

    from app import paths
    from app.notes.note import DocumentText
    from app.ui import i18n, run, style
    from app.ui.window import Window
    from tests.fakes import scripted_core

    os.environ["EPICRISIS_TEST_KEYRING"] = str(home / "keyring")
    for name in ("user_data", "user_settings", "machine_models", "machine_policy"):
        setattr(paths, name, lambda name=name: home / name)
    app = run.application()
    i18n.install(app, "en")
    style.apply(app, "light", 100)
    core = scripted_core()
    window = Window(core, core.open_keeper(), QSettings(str(home / "w.ini"), QSettings.Format.IniFormat))
    window.show()
    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(max(0.0, 1000 * (now - last) - _TICK_MS))
        last = now

    timer = QTimer(interval=_TICK_MS)
    timer.timeout.connect(tick)
    timer.start()

    def until(done: Callable[[], bool]) -> dict[str, float]:
        nonlocal last
        late.clear()
        last = time.perf_counter()
        while not done():
            app.processEvents()
            time.sleep(0.0005)
        return percentiles(late)

    window.desk.create("a passphrase that is long enough", lambda: None, print)
    until(lambda: window.desk.is_open)
    window.show_page(window.work)
    ends = time.monotonic() + 3
    figures = {"idle": until(lambda: time.monotonic() > ends)}
    window.desk.new_case([DocumentText("Ward round", "ward round", "2026-05-03", "[[slow]] " + "He is better. " * 200)])
    until(lambda: window.desk.case is not None and window.desk.case.note is not None)
    window.draft.generate()
    figures["a letter's sections appear"] = until(lambda: not window.writing.is_busy)
    window.draft.tasks.setCurrentIndex(window.draft.tasks.findData("brief-summary"))
    window.draft.generate()
    figures["streaming"] = until(lambda: not window.writing.is_busy)
    saved: list[int] = []
    for number in range(_NOTES):
        text = f"Note {number}. Chest pain and fever, troponin {number} ng/L. " * 10
        window.desk.kept.ask(saved.append, "add_document", window.desk.case.case.id, f"note {number}", text)
    figures["saving 1,000 notes"] = until(lambda: len(saved) == _NOTES)
    window.close()
    return figures


def starts(home: Path) -> dict[str, object]:
    """Seconds from the start of the process to a usable window: the first and the middle of the later ones."""
    taken, heavy = [], ""
    environment = os.environ | {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
    for _ in range(_STARTS):
        done = subprocess.run(
            [sys.executable, "-c", _START, str(time.time())],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, heavy = done.stdout.split(" ")
        taken.append(float(seconds))
    return {
        "first": round(taken[0], 3),
        "later": round(sorted(taken[1:])[len(taken[1:]) // 2], 3),
        "heavy modules in the window's process": heavy.strip(),
    }


if __name__ == "__main__":
    sys.exit(main())
