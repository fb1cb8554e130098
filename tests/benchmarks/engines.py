"""The engines that are compared, behind one interface: tokens in, tokens out, the same weights, a process for each."""

from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import numpy as np

from app.model.engine_lean import LeanEngine
from app.model.engine_llama import BLOCK, Cache, Llama
from app.model.engine_native import Floats, Machine
from app.model.messages import Limits, Load

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in the worker; read when torch or llama.cpp is loaded
# A folder of packages that llama.cpp may come from: it is compiled for minutes, and need not be in `.venv`.
PACKAGES = "EPICRISIS_LLAMA_CPP"
if os.environ.get(PACKAGES):
    sys.path.append(os.environ[PACKAGES])  # last, so that all else is that of `.venv`; each process comes by here


@dataclass(frozen=True)
class Job:
    """Something to write.

    Attributes:
        prompt: Tokens.
        new: Most tokens to write; exactly so many where `ends` is empty.
        ends: Tokens that end the text.
        keeps: Whether what was kept of the prompt before may be used.
    """

    prompt: Sequence[int]
    new: int
    ends: frozenset[int] = frozenset()
    keeps: bool = False


@dataclass(frozen=True)
class Done:
    """What an engine did: the tokens, seconds until the first one and until the last, and seconds of all processors."""

    tokens: list[int]
    first_s: float
    seconds: float
    cpu_s: float


class Engine(Protocol):
    """One of those compared."""

    def forget(self) -> None:
        """Drop what is kept of earlier prompts."""

    def write(self, job: Job) -> tuple[list[int], float]:
        """Continue a prompt greedily; gives what was written, and the seconds until its first token."""


class Lean:
    """The app's lean engine."""

    def __init__(self, folder: Path, threads: int, *, guesses: bool = True, adapter: str = "") -> None:
        self.engine = LeanEngine(guesses=guesses)
        self.engine.load(Load("model", str(folder), "cpu", adapter, threads), lambda _part, _what: None)

    def forget(self) -> None:
        self.engine.forget()

    def write(self, job: Job) -> tuple[list[int], float]:
        limits = Limits(job.new)
        text = self.engine._text(list(job.prompt), limits, set(job.ends), self.engine._chat.words(lambda _text: None))
        self.engine._write([text])
        answer = text.answer
        return answer.tokens[len(job.prompt) :], answer.first_token_s


class LeanTogether(Lean):
    """The same, with all jobs of a workload side by side, as the sections of a draft are written."""

    def write_all(self, jobs: Sequence[Job]) -> tuple[list[list[int]], float]:
        """Gives what was written of each, and the seconds until the first token of any."""
        words = self.engine._chat.words
        texts = [
            self.engine._text(list(job.prompt), Limits(job.new), set(job.ends), words(lambda _text: None))
            for job in jobs
        ]
        self.engine._write(texts)
        return [text.answer.tokens[len(job.prompt) :] for text, job in zip(texts, jobs, strict=True)], min(
            text.answer.first_token_s for text in texts
        )


class LlamaCpp:
    """llama.cpp over Q8_0 made from the same weights; it keeps the last prompt until told to forget."""

    def __init__(self, folder: Path, threads: int, *, all_scores: bool = False, context: int = 8192) -> None:
        import llama_cpp

        from tests.benchmarks.gguf_file import write

        with tempfile.TemporaryDirectory() as temporary:
            file = write(folder, Path(temporary) / "q8_0.gguf")
            self.llama = llama_cpp.Llama(
                str(file), n_ctx=context, n_threads=threads, n_threads_batch=threads, n_batch=512,
                logits_all=all_scores, verbose=False, use_mmap=False,
            )  # fmt: skip

    def forget(self) -> None:
        self.llama.reset()

    def write(self, job: Job) -> tuple[list[int], float]:
        started, first, made = time.perf_counter(), 0.0, []
        for token in self.llama.generate(list(job.prompt), temp=0.0):
            first = first or time.perf_counter() - started
            made.append(int(token))
            if token in job.ends or len(made) >= job.new:
                break
        return made, first


def has_llama_cpp() -> bool:
    """Whether it is installed, as an extra (`pip install -e .[bench]`) or in the folder that `PACKAGES` names."""
    return find_spec("llama_cpp") is not None


def make(name: str, folder: Path, threads: int) -> Engine:
    """An engine by its name in the report."""
    if name == "ours":
        return Lean(folder, threads)
    if name == "ours_together":
        return LeanTogether(folder, threads)
    if name == "ours_without_guesses":
        return Lean(folder, threads, guesses=False)
    if name == "llama_cpp":
        return LlamaCpp(folder, threads)
    # Not above: torch takes seconds and memory, and llama.cpp does not bear its OpenMP in one process.
    from tests.benchmarks import general

    return general.make(name, folder, threads)


class Remote:
    """An engine in a process of its own.

    Args:
        name: See `make`.
        folder: The model.
        threads: To work with.

    Attributes:
        ready_s: Seconds from the start of the process until it could be asked.

    Raises:
        EOFError: It could not be started.
    """

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        started = time.perf_counter()
        self._process = context.Process(target=_serve, args=(theirs, name, folder, threads), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()
        self.ready_s = time.perf_counter() - started

    def write_all(self, jobs: Sequence[Job]) -> list[Done]:
        """Do jobs, one after the other or side by side; then the first of them carries the time of all."""
        self._pipe.send(list(jobs))
        done: list[Done] = self._pipe.recv()
        return done

    def close(self) -> int:
        """End it; gives its peak memory in MiB, 0 where it crashed."""
        peak = 0
        with contextlib.suppress(OSError, EOFError):  # it crashed before
            self._pipe.send(None)
            peak = int(self._pipe.recv())
        self._process.join()
        return peak


def _serve(pipe: Connection, name: str, folder: Path, threads: int) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with contextlib.redirect_stderr(io.StringIO()):
        engine = make(name, folder, threads)
        pipe.send("ready")
        while (jobs := pipe.recv()) is not None:
            pipe.send(_side_by_side(engine, jobs) if isinstance(engine, LeanTogether) else _in_turn(engine, jobs))
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def _in_turn(engine: Engine, jobs: Sequence[Job]) -> list[Done]:
    done = []
    for job in jobs:
        if not job.keeps:
            engine.forget()
        started, cpu = time.perf_counter(), time.process_time()
        tokens, first = engine.write(job)
        done.append(Done(tokens, first, time.perf_counter() - started, time.process_time() - cpu))
    return done


def _side_by_side(engine: LeanTogether, jobs: Sequence[Job]) -> list[Done]:
    if not jobs[0].keeps:
        engine.forget()
    started, cpu = time.perf_counter(), time.process_time()
    written, first = engine.write_all(jobs)
    head = Done(written[0], first, time.perf_counter() - started, time.process_time() - cpu)
    return [head, *(Done(tokens, 0.0, 0.0, 0.0) for tokens in written[1:])]


def scores_of_lean(folder: Path, tokens: list[int], size: int, level: int = 0) -> Floats:
    """Scores after every token, read in portions of `size`."""
    llama = Llama(folder, None, Machine(2, level))
    kept = Cache(llama.shape)
    kept.reserve(len(tokens))
    return np.concatenate(
        [
            llama.scores(llama.read(tokens[place : place + size], kept, lambda: None))
            for place in range(0, len(tokens), min(size, BLOCK))
        ]
    )


def scores_of_llama_cpp(folder: Path, tokens: list[int]) -> Floats:
    """Scores after every token, from a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "scores.npy"
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_save_scores, args=(folder, tokens, file))
        process.start()
        process.join()
        scores: Floats = np.load(file)
    return scores


def _save_scores(folder: Path, tokens: list[int], file: Path) -> None:
    engine = LlamaCpp(folder, 2, all_scores=True, context=len(tokens) + 8)
    engine.llama.eval(tokens)
    np.save(file, np.array(engine.llama.scores[: len(tokens)], np.float32))
