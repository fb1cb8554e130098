"""The threads of the library in every order of their steps: no part is lost, and none is done twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.model.engine_native import FILE

GCC = shutil.which("g++")
PLAYER = Path(__file__).with_name("pool_orders.cpp")
# Threads, changes of turn against a thread's will, and the parts of each job: all orders of each are played.
RUNS = ((2, 3, 2, 3), (3, 2, 2, 3), (2, 2, 3, 2, 3))

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or GCC is None, reason="the orders are played with g++ on Linux"
)


def play(folder: Path, old: str = "", new: str = "") -> str:
    """Compile the pool, perhaps with a fault put in, and play it; gives the first fault found, or nothing."""
    text = (FILE.parent / "pool.h").read_text(encoding="utf-8")
    assert text.count("kSpins = 2000;") == 1
    text = text.replace("kSpins = 2000;", "kSpins = 1;")  # so that threads fall asleep within a few steps
    if old:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "pool.h").write_text(text, encoding="utf-8")
    made = str(folder / "orders")
    pool = f'-DPOOL="{folder / "pool.h"}"'
    subprocess.run([str(GCC), "-O1", "-std=c++20", pool, "-o", made, str(PLAYER)], check=True)
    for run in RUNS:
        done = subprocess.run([made, *map(str, run)], capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stdout
        assert "every part once" in done.stdout
    return ""


def test_every_part_is_done_once_in_every_order(tmp_path: Path) -> None:
    assert play(tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        # What the first version lacked: a late thread took a part of the next job while that was being written down.
        ("    state_.store(uint64_t(round_) << 32 | kClosed);\n", "", "done twice"),
        ("    done_.store(0);\n    state_.store(next());", "    state_.store(next());\n    done_.store(0);", "wait"),
        ("if (!state_.compare_exchange_weak(seen, seen + 1)) continue;", "state_.store(seen + 1);", "a part is done"),
        ("part >= uint64_t(parts_.load())", "part > uint64_t(parts_.load())", "that the job has not"),
        ("      call(job, int(part), thread);\n      done_.fetch_add(1);\n",
         "      done_.fetch_add(1);\n      call(job, int(part), thread);\n", "a job is over before"),
        ("    state_.notify_all();\n    for (auto& one", "    for (auto& one", "wait for each other"),
    ],
)  # fmt: skip
def test_a_pool_with_a_fault_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert fault in play(tmp_path, old, new)
