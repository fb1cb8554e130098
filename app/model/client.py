"""The app's side of the worker: starts it, asks it, stops it, and survives it.

One request at a time, or several asked for together, from any thread; `cancel` may be called from another
thread. A worker that dies or stops answering costs what it was asked (`WorkerLost`) and nothing else: the
next request starts a fresh one.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import multiprocessing
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from app.errors import EpicrisisError, WorkerLost, by_code
from app.model import messages as m
from app.model import wire, worker
from app.prompts.chat import Conversation

Reply = tuple[int, m.Piece | m.Finished | EpicrisisError]

_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Ladder:
    """How long each step of stopping a worker may take, in seconds."""

    cancel_s: float = 5.0
    terminate_s: float = 2.0
    kill_s: float = 2.0


class ModelClient:
    """One model in one worker process.

    Args:
        order: What to load.
        engine: `auto`, or in tests `transformers` or `scripted`.
        ladder: Times for stopping.
    """

    def __init__(self, order: m.Load, engine: str = "auto", ladder: Ladder | None = None) -> None:
        self._order = order
        self._engine = engine
        self._ladder = ladder or Ladder()
        self._requests = itertools.count(1)
        self._busy = threading.RLock()
        self._sending = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._ready: m.Ready | None = None
        self._running: set[int] = set()
        self._cancel_by: dict[int, float] = {}  # when a cancelled one must have ended
        self._first_request = 0

    def start(self) -> m.Ready:
        """Start the worker and load the model, if that is not done.

        Returns:
            What was loaded, where and why there.

        Raises:
            ModelError: The model cannot be loaded; the worker is ended.
        """
        return [reply for reply in self.starting() if isinstance(reply, m.Ready)][-1]

    def starting(self) -> Iterator[m.Loading | m.Ready]:
        """Like `start`, telling its progress.

        Yields:
            Reports of progress, then exactly one `Ready`.

        Raises:
            ModelError: The model cannot be loaded; the worker is ended.
        """
        with self._busy:
            if self._ready is None or self._process is None or not self._process.is_alive():
                self._spawn()
                try:
                    yield from self._load()
                except BaseException:
                    self._end()
                    raise
            if self._ready is not None:
                yield self._ready

    def count(self, conversations: Sequence[Conversation]) -> tuple[int, ...]:
        """Count the tokens of conversations.

        Args:
            conversations: What to count, each by itself.

        Returns:
            One number per conversation.

        Raises:
            ModelError: The worker cannot answer.
        """
        with self._busy:
            self.start()
            request = next(self._requests)
            self._send(m.Count(request, tuple(conversations)))
            while True:
                reply = self._receive()
                if isinstance(reply, m.Counted) and reply.request == request:
                    return reply.counts
                _raise_failure(reply, request)

    def generate(self, messages: Conversation, limits: m.Limits) -> Iterator[m.Piece | m.Finished]:
        """Continue a conversation. Leaving the iterator early cancels the request.

        Args:
            messages: The conversation.
            limits: How much to write.

        Yields:
            Pieces of text, then exactly one `Finished`.

        Raises:
            ModelError: It failed; the pieces given so far are valid text.
        """
        with contextlib.closing(self.generate_many([(messages, limits)])) as replies:
            for _, reply in replies:
                if isinstance(reply, EpicrisisError):
                    raise reply
                yield reply

    def generate_many(self, asks: Sequence[tuple[Conversation, m.Limits]]) -> Generator[Reply, None, None]:
        """Continue several conversations, together where the engine can. Leaving the iterator early cancels all.

        Args:
            asks: The conversations, and how much to write.

        Yields:
            Which one it is of, and a piece of its text, or its end: `Finished`, or why it failed. Each has one end.

        Raises:
            WorkerLost: Those that had no end yet are lost; the pieces given so far are valid text.
        """
        with self._busy:
            self.start()
            requests = {next(self._requests): index for index in range(len(asks))}
            self._first_request = min(requests, default=0)
            self._running, self._cancel_by = set(requests), {}
            self._send(
                m.GenerateMany(tuple(m.Generate(request, *ask) for request, ask in zip(requests, asks, strict=True)))
            )
            try:
                for reply in self._replies():
                    if isinstance(reply, m.Failed):
                        yield requests[reply.request or 0], _failure(reply)
                    else:
                        yield requests[reply.request], reply
            finally:
                if self._running:
                    self._abandon()

    def read_ahead(self, messages: Conversation) -> None:
        """Let an idle worker read a conversation that will probably be asked for; starts the worker if need be.

        Nothing comes back. The reading ends as soon as anything else is asked.

        Args:
            messages: The conversation.

        Raises:
            ModelError: The model cannot be loaded.
        """
        if self._busy.acquire(blocking=False):
            try:
                self.start()
                self._send(m.Read(messages))
            finally:
                self._busy.release()

    def forget(self) -> None:
        """Let the worker drop what it keeps of earlier conversations, once it has done what it is asked. Any thread."""
        if self._connection is not None:
            with contextlib.suppress(WorkerLost):  # then nothing is kept either
                self._send(m.Forget())

    def cancel(self, only: int | None = None) -> None:
        """Stop what runs, if anything, within one token; a worker that does not obey is ended.

        Args:
            only: The place of one among the conversations asked for together; None for all.
        """
        running = sorted(self._running)
        for request in running if only is None else [self._first_request + only]:
            if request in self._running:
                self._cancel_by[request] = time.monotonic() + self._ladder.cancel_s
                with contextlib.suppress(WorkerLost):  # whoever waits for the reply is told
                    self._send(m.Cancel(request))

    def probe(self) -> tuple[tuple[str, str], ...]:
        """Let the worker try to reach the network.

        Returns:
            See `offline.probe`.
        """
        with self._busy:
            self.start()
            self._send(m.Probe())
            while True:
                reply = self._receive()
                if isinstance(reply, m.Probed):
                    return reply.attempts
                _raise_failure(reply, None)

    def memory_mb(self) -> int:
        """Peak resident memory of the worker in MiB; 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self._process.pid if self._process else 0}/status").read_text(encoding="ascii")
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        except (OSError, StopIteration):
            return 0
        return int(peak.split()[1]) // 1024

    def close(self) -> None:
        """End the worker, gently first."""
        if self._connection is not None and self._process is not None and self._process.is_alive():
            try:
                self._connection.send_bytes(wire.encode(m.Quit()))
                self._process.join(self._ladder.terminate_s)
            except OSError:
                pass  # it is gone already, which is what we want
        self._end()

    def _spawn(self) -> None:
        self._end()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=worker.main, args=(theirs, self._engine), daemon=True, name="epicrisis-model"
        )
        self._process.start()
        theirs.close()

    def _load(self) -> Iterator[m.Loading]:
        self._send(self._order)
        while self._ready is None:
            reply = self._receive()
            if isinstance(reply, m.Ready):
                self._ready = reply
            elif isinstance(reply, m.Loading):
                yield reply
            else:
                _raise_failure(reply, None)

    def _replies(self) -> Iterator[m.Piece | m.Finished | m.Failed]:
        """What comes of the running requests, until the last has ended."""
        left = set(self._running)  # its own: `cancel` empties the other where it finds the worker gone
        while left:
            reply = self._receive()
            if isinstance(reply, m.Piece | m.Finished | m.Failed) and reply.request in left:
                if not isinstance(reply, m.Piece):
                    left.discard(reply.request or 0)
                    self._running.discard(reply.request or 0)
                yield reply

    def _abandon(self) -> None:
        """Cancel requests nobody listens to any more and wait for their end."""
        try:
            self.cancel()
            for _ in self._replies():
                pass
        except WorkerLost:
            self._end()

    def _send(self, message: m.ToWorker) -> None:
        connection = self._connection
        try:
            if connection is None:
                raise WorkerLost
            with self._sending:
                connection.send_bytes(wire.encode(message))
        except OSError:
            self._lost()

    def _receive(self) -> m.FromWorker:
        """Wait for the next message, looking at the cancellation deadline meanwhile."""
        connection = self._connection  # another thread may find the worker gone meanwhile
        if connection is None:
            raise WorkerLost
        try:
            while not connection.poll(_POLL_S):
                by = dict(self._cancel_by)
                if any(time.monotonic() > by.get(request, math.inf) for request in list(self._running)):
                    self._lost()
            untrusted_data = connection.recv_bytes(wire.LARGEST_MESSAGE)
            reply = wire.decode(untrusted_data)
        except (EOFError, OSError, ValueError):
            self._lost()
        if isinstance(reply, m.Failed) and reply.code == WorkerLost.code:
            self._lost()  # it gave itself up, as after a fault of the GPU
        return reply  # type: ignore[return-value]

    def _lost(self) -> NoReturn:
        self._end()
        raise WorkerLost

    def _end(self) -> None:
        """Terminate, wait, kill, wait; forget the worker."""
        process, connection = self._process, self._connection
        self._process = self._connection = self._ready = None
        self._running = set()
        if connection is not None:
            connection.close()
        if process is None:
            return
        if process.is_alive():
            process.terminate()
            process.join(self._ladder.terminate_s)
        if process.is_alive():
            process.kill()
            process.join(self._ladder.kill_s)
        process.close() if not process.is_alive() else None


def _raise_failure(reply: m.FromWorker, request: int | None) -> None:
    """Turn a `Failed` for this request into its exception; any other reply is stale and dropped."""
    if isinstance(reply, m.Failed) and reply.request == request:
        raise _failure(reply)


def _failure(reply: m.Failed) -> EpicrisisError:
    try:
        return by_code(reply.code)(**dict(reply.facts))
    except (KeyError, IndexError, TypeError):
        return WorkerLost()
