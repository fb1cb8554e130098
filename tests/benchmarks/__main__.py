"""Speed and faithfulness of the embedded model's engine on this machine.

    python3 dev.py bench [--threads N] [--repeats N]     the whole, with llama.cpp where it is installed
    python3 dev.py bench --only batch growth             workloads whose names begin so; --list prints the names
    python3 dev.py bench --only batch --quick            the same with tiny sizes, to see that they run
    python3 dev.py bench --quick --json                  one short workload, under 45 s
    python3 dev.py bench --faithfulness                  every 8-bit path against fp32; ends with 1 on a miss

Engines run in processes of their own and take turns, repeat by repeat; each figure is the median. Compare the ratios:
a busy machine slows all alike, and the seconds of processors say what it cost without the waiting. llama.cpp comes
with `.venv/bin/pip install -e .[bench]`, or from another environment: `--llama-cpp THAT/lib/python3.11/site-packages`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app import paths
from app.model import cache, catalogue
from app.model.engine_device import threads as usual_threads
from app.model.engine_native import LEVELS, library
from tests.benchmarks import engines as running
from tests.benchmarks import workloads
from tests.benchmarks.engines import Done, Job, Remote, has_llama_cpp
from tests.benchmarks.workloads import REAL, TINY, Sizes

OURS, TOGETHER, UNGUESSED, LLAMA_CPP, LLM_INT8, BF16 = (
    "ours", "ours_together", "ours_without_guesses", "llama_cpp", "llm_int8_generate", "bf16_generate",
)  # fmt: skip
SINGLE = (OURS, UNGUESSED, LLAMA_CPP, LLM_INT8, BF16)
EVERY = (*SINGLE, TOGETHER)
FAST = (OURS, UNGUESSED, LLAMA_CPP)
Jobs = Mapping[str, list[Job]]


def main() -> int:
    """Measure and print; gives 1 where a path of ours misses a bound of faithfulness."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short workload, under 45 s; with --only tiny sizes")
    parser.add_argument("--list", action="store_true", help="print the names of the workloads")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--faithfulness", action="store_true", help="measure how close to fp32 every path is")
    parser.add_argument("--threads", type=int, default=0, help="for every engine; the app's own choice without")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", metavar="WORKLOAD", help="names of workloads, or what they begin with")
    parser.add_argument("--llama-cpp", metavar="FOLDER", help="packages with llama_cpp, where .venv has it not")
    parser.add_argument("--engines", nargs="+", choices=EVERY, default=EVERY, help="leave the others out")
    args = parser.parse_args()
    if args.llama_cpp:
        os.environ[running.PACKAGES] = args.llama_cpp
        sys.path.append(args.llama_cpp)
    entries = catalogue.read(paths.resources() / "models.toml")
    folder = cache.locate(next(one for one in entries if one.is_embedded), cache.folders())
    return faithfulness(folder, is_json=args.json) if args.faithfulness else speed(folder, args)


def speed(folder: Path, args: argparse.Namespace) -> int:
    """Time the workloads."""
    threads = usual_threads(args.threads)
    notes = workloads.Notes(folder)
    chosen = choose(notes, args.only, is_quick=args.quick)
    if args.list:
        say("\n".join(chosen))
        return 0
    wanted = {
        name
        for jobs in chosen.values()
        for name in jobs
        if name in args.engines and (name != LLAMA_CPP or has_llama_cpp())
    }
    report: dict[str, Any] = machine(threads)
    if not has_llama_cpp():
        report["missing"] = "llama.cpp is not installed: .venv/bin/pip install -e .[bench]"
    engines: dict[str, Remote] = {}
    for name in [one for one in EVERY if one in wanted]:
        try:
            engines[name] = Remote(name, folder, threads)
        except EOFError:  # a rival that does not start here is left out too
            report["missing"] = f"{name} could not be started"
    report["ready_s"] = {name: round(one.ready_s, 2) for name, one in engines.items()}
    report["workloads"], report["took_s"] = {}, {}
    for name, jobs in chosen.items():
        started = time.perf_counter()
        report["workloads"][name] = measured = turns(engines, jobs, args.repeats)
        report["took_s"][name] = round(time.perf_counter() - started)
        if not args.json:
            show(name, measured)
    report["grows_as"] = growth(report["workloads"])
    report["peak_mb"] = {name: one.close() for name, one in engines.items()}
    report["load_after"] = os.getloadavg()[0]
    first = next(iter(report["workloads"].values()))
    if LLM_INT8 in first:
        ratio = first[OURS]["tokens_per_s"] / first[LLM_INT8]["tokens_per_s"]
        report["ratio_to_plain_generate"] = round(ratio, 2)
    if args.json:
        say(json.dumps(report))
    else:
        say(json.dumps({name: one for name, one in report.items() if name != "workloads"}, indent=2))
    return 0


def choose(notes: workloads.Notes, only: Sequence[str] | None, *, is_quick: bool) -> dict[str, Jobs]:
    """The workloads that were asked for."""
    if is_quick and not only:
        jobs = workloads.note(notes, 150, 24)
        return {"note 150": dict.fromkeys((OURS, UNGUESSED, LLAMA_CPP, LLM_INT8), jobs)}
    found = whole(notes, TINY if is_quick else REAL)
    return {name: jobs for name, jobs in found.items() if not only or name.startswith(tuple(only))}


def whole(notes: workloads.Notes, sizes: Sizes) -> dict[str, Jobs]:
    """Every workload, with the engines that take part."""
    chosen: dict[str, Jobs] = {}
    for tokens in sizes.notes:
        chosen[f"note {tokens}"] = dict.fromkeys(SINGLE, workloads.note(notes, tokens, sizes.note_new))
    chosen["drafts"] = dict.fromkeys((*SINGLE, TOGETHER), workloads.drafts(notes, sizes.drafts, sizes.draft_new))
    chosen["story"] = dict.fromkeys(FAST, workloads.unlike(notes, sizes.note_new))
    fresh, kept = (workloads.letter(notes, sizes.letter, sizes.section_new, keeps=keeps) for keeps in (False, True))
    chosen["letter"] = dict.fromkeys((*FAST, TOGETHER), kept)
    chosen["letter, llama.cpp without its cache"] = {OURS: kept, TOGETHER: kept, LLAMA_CPP: fresh}
    both = OURS, TOGETHER, LLAMA_CPP
    chosen[f"batch of {sizes.batch}"] = dict.fromkeys(both, workloads.drafts(notes, sizes.batch, sizes.batch_new))
    for tokens in sizes.growing_notes:
        chosen[f"growth: note {tokens}"] = dict.fromkeys(FAST, workloads.note(notes, tokens, sizes.batch_new))
    for tokens in sizes.growing_letters:
        jobs = workloads.letter(notes, tokens, sizes.batch_new, keeps=True)
        chosen[f"growth: letter {tokens}"] = dict.fromkeys(both, jobs)
    for count in sizes.growing_batches:
        chosen[f"growth: batch {count}"] = dict.fromkeys(both, workloads.drafts(notes, count, sizes.batch_new))
    return chosen


def growth(measured: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """By which power of its size each kind of workload takes longer, from the smallest to the largest: 1 is in line.

    Args:
        measured: Workload -> engine -> figures. Those named "growth: KIND SIZE" count.
    """
    found: dict[str, dict[int, Mapping[str, Mapping[str, float]]]] = {}
    for name, engines in measured.items():
        if name.startswith("growth: "):
            kind, size = name.removeprefix("growth: ").split()
            found.setdefault(kind, {})[int(size)] = engines
    powers: dict[str, dict[str, float]] = {}
    for kind, sizes in found.items():
        least, most = min(sizes), max(sizes)
        for engine in sizes[least].keys() & sizes[most].keys() if least < most else ():
            times = sizes[most][engine]["total_s"] / max(sizes[least][engine]["total_s"], 0.01)
            powers.setdefault(kind, {})[engine] = round(math.log(times) / math.log(most / least), 2)
    return powers


def turns(engines: Mapping[str, Remote], jobs: Jobs, repeats: int) -> dict[str, dict[str, float]]:
    """Let engines take turns at their jobs; medians over the repeats."""
    taking = [name for name in jobs if name in engines]
    runs: dict[str, list[list[Done]]] = {name: [] for name in taking}
    for _ in range(repeats):
        for name in [one for one in taking if one in runs]:
            try:
                runs[name].append(engines[name].write_all(jobs[name]))
            except (EOFError, BrokenPipeError):  # a rival that crashes here is left out, not the end of the run
                del runs[name]
    return {name: figures(one) for name, one in runs.items()}


def figures(runs: Sequence[Sequence[Done]]) -> dict[str, float]:
    """Medians: seconds to the first token of a job, tokens a second after it, seconds and tokens in all."""
    first = statistics.median(done.first_s for run in runs for done in run if done.seconds)
    tokens = sum(len(done.tokens) for done in runs[0])
    total = statistics.median(sum(done.seconds for done in run) for run in runs)
    after = statistics.median(sum(done.seconds - done.first_s for done in run) for run in runs)
    return {
        "first_token_s": round(first, 3),
        "tokens_per_s": round((tokens - len(runs[0])) / max(after, 1e-9), 1),
        "total_s": round(total, 2),
        "cpu_s": round(statistics.median(sum(done.cpu_s for done in run) for run in runs), 2),
        "tokens": tokens,
    }


def machine(threads: int) -> dict[str, Any]:
    """What was measured on, and the most tokens a second that memory allows."""
    found = library()
    bandwidth = read_speed(threads)
    weights = 143.0  # MB of the embedded model in 8 bit with its scales; every token needs all of them once
    return {
        "machine": f"{platform.system()} {platform.machine()}, {processor()}, {os.cpu_count()} CPUs",
        "threads": threads,
        "level": LEVELS[found.lean_level()] if found else "no library",
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
        "memory_gb_per_s": round(bandwidth, 1),
        "limit_tokens_per_s": round(bandwidth * 1000 / weights),
    }


def processor() -> str:
    """Its name, where the system tells."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def read_speed(threads: int, size_mb: int = 256) -> float:
    """Gigabytes a second that so many threads read together from memory, best of five."""
    blocks = [np.ones(size_mb * 2**17, np.int64) for _ in range(threads)]
    best = 0.0
    for _ in range(5):
        readers = [threading.Thread(target=block.sum) for block in blocks]
        started = time.perf_counter()
        for one in readers:
            one.start()
        for one in readers:
            one.join()
        best = max(best, threads * size_mb * 2**20 / (time.perf_counter() - started) / 1e9)
    return best


def faithfulness(folder: Path, *, is_json: bool) -> int:
    """Measure every path; 1 where one of ours is outside the bounds."""
    # Needs torch and transformers, which timing does without in this process.
    from tests.benchmarks import faithfulness as measure

    tokens = workloads.Notes(folder).tokens(measure.TEXT.read_text(encoding="utf-8"))[: measure.TOKENS]
    found: dict[str, dict[str, Any]] = {}
    for name, one in measure.measure(folder, tokens):
        found[name] = one
        if not is_json:
            say(f"{name:42} KL {one['mean_kl']:.4f}   first choice {one['top1_agreement']:.2%}"
                f"   perplexity {one['perplexity']:.3f} ({one['perplexity_change']:+.2%})")  # fmt: skip
    missed = measure.misses(found)
    if is_json:
        say(json.dumps({"tokens": len(tokens), "paths": found, "missed": missed}))
    elif missed:
        say(f"Outside the bounds {measure.BOUNDS}: {', '.join(missed)}")
    return 1 if missed else 0


def show(name: str, measured: Mapping[str, Mapping[str, float]]) -> None:
    """Print one workload."""
    say(f"\n{name}")
    for engine, one in measured.items():
        say(f"  {engine:22} first token {one['first_token_s']:7.3f} s   then {one['tokens_per_s']:6.1f} a second"
            f"   {one['total_s']:7.2f} s ({one['cpu_s']:.2f} of processors) for {one['tokens']} tokens")  # fmt: skip


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
