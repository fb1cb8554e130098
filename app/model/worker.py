"""The worker process: owns the model, answers requests, dies with its app.

Two threads: this one works; another reads the pipe, so that a cancellation is seen between two tokens
and the end of the pipe ends the process at once. No orphan holds GPU memory.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection

from app import offline
from app.errors import EngineFault, EpicrisisError, WorkerLost
from app.model import messages as m
from app.model import wire
from app.model.interface import Ask, Engine, Outcome

_PIECE_INTERVAL_S = 0.05  # at most 20 pieces a second reach the window, of all requests together
_FORGET_AFTER_S = 600.0  # what was read of a note does not stay in memory for longer than this without use


def main(connection: Connection, engine_name: str) -> None:
    """Entry point of the spawned process.

    Args:
        connection: Pipe to the app.
        engine_name: `auto`, or in tests `transformers` or `scripted`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the app, which then stops us in order
    offline.install()
    # Threads of torch that wait by spinning lose to whatever else runs: on two busy cores a summary took 34 to 48 s,
    # and 1.3 to 2.8 s with threads that sleep. Read when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # NumPy's threads spin too, while an adapter is merged: on two busy cores loading took 2.8 to 4.6 s, and 1.1 to
    # 1.5 s with one thread, which is no slower where nothing else runs. Read when NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _Worker(connection, _make_engine(engine_name)).run()


def _make_engine(name: str) -> Engine:
    # Imported here and nowhere else: torch must never load in the app's own process.
    if name == "scripted":
        from app.model.scripted import ScriptedEngine

        return ScriptedEngine()
    if name == "transformers":
        from app.model.engine import TransformersEngine

        return TransformersEngine()
    from app.model.engine_auto import AutoEngine

    return AutoEngine()


class _Worker:
    def __init__(self, connection: Connection, engine: Engine) -> None:
        self._connection = connection
        self._engine = engine
        self._orders: queue.SimpleQueue[m.ToWorker] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def run(self) -> None:
        threading.Thread(target=self._read, daemon=True, name="pipe").start()
        while not isinstance(order := self._next(), m.Quit):
            request = getattr(order, "request", None)
            try:
                self._obey(order)
            except EpicrisisError as error:
                self._send(m.Failed(request, error.code, tuple(error.facts.items())))
                if isinstance(error, WorkerLost):
                    os._exit(1)
            except Exception as error:  # noqa: BLE001 - one bad request must not end the worker
                self._send(m.Failed(request, EngineFault.code, _where(error)))

    def _next(self) -> m.ToWorker:
        """Wait for an order; forget the notes where none comes for long."""
        try:
            return self._orders.get(timeout=_FORGET_AFTER_S)
        except queue.Empty:
            self._engine.forget()
            return self._orders.get()

    def _read(self) -> None:
        """Sort what arrives; end the process when the app is gone."""
        while True:
            try:
                message = wire.decode(self._connection.recv_bytes())
            except (EOFError, OSError):
                os._exit(0)
            if isinstance(message, m.Cancel):
                self._cancelled.add(message.request)
            else:
                self._orders.put(message)  # type: ignore[arg-type]

    def _send(self, message: m.FromWorker) -> None:
        try:
            self._connection.send_bytes(wire.encode(message))
        except OSError:
            os._exit(0)

    def _obey(self, order: m.ToWorker) -> None:
        match order:
            case m.Load():
                self._send(self._engine.load(order, lambda part, what: self._send(m.Loading(part, what))))
            case m.Count():
                counts = tuple(self._engine.count(one) for one in order.conversations)
                self._send(m.Counted(order.request, counts))
            case m.Generate():
                self._generate([order])
            case m.GenerateMany():
                self._generate(order.requests)
            case m.Read():
                self._read_ahead(order)
            case m.Forget():
                self._engine.forget()
            case m.Probe():
                self._send(m.Probed(offline.probe()))

    def _read_ahead(self, order: m.Read) -> None:
        """Read until something else is asked. Nobody waits for it: what goes wrong shows when it is asked for."""
        try:
            self._engine.read(order.messages, lambda: not self._orders.empty())
        except Exception:  # noqa: BLE001
            self._engine.forget()

    def _generate(self, orders: Sequence[m.Generate]) -> None:
        """Continue conversations; each gets its one end, whatever becomes of the others."""
        open_requests = {order.request for order in orders}
        pieces = [_Pieces(self, order.request, _PIECE_INTERVAL_S * len(orders)) for order in orders]

        def on_end(index: int, end: Outcome | Exception) -> None:
            pieces[index].flush()
            open_requests.discard(orders[index].request)
            self._end(orders[index].request, end)

        asks = [
            Ask(order.messages, order.limits, piece.add, partial(self._cancelled.__contains__, order.request))
            for order, piece in zip(orders, pieces, strict=True)
        ]
        try:
            self._engine.generate_many(asks, on_end)
        except WorkerLost:
            raise
        except Exception as error:  # noqa: BLE001 - one bad request must not end the worker
            for request in sorted(open_requests):
                self._end(request, error)

    def _end(self, request: int, end: Outcome | Exception) -> None:
        self._cancelled.discard(request)
        if isinstance(end, Outcome):
            self._send(
                m.Finished(
                    request,
                    end.reason,
                    end.prompt_tokens,
                    end.tokens,
                    end.first_token_s,
                    end.seconds,
                    end.device_note,
                )
            )
        elif isinstance(end, EpicrisisError):
            self._send(m.Failed(request, end.code, tuple(end.facts.items())))
        else:
            self._send(m.Failed(request, EngineFault.code, _where(end)))


class _Pieces:
    """Joins tokens into pieces so that the window is not flooded."""

    def __init__(self, worker: _Worker, request: int, interval_s: float) -> None:
        self._worker = worker
        self._request = request
        self._interval_s = interval_s
        self._waiting: list[str] = []
        self._last = 0.0

    def add(self, text: str) -> None:
        self._waiting.append(text)
        if time.perf_counter() - self._last >= self._interval_s:
            self.flush()

    def flush(self) -> None:
        if text := "".join(self._waiting):
            self._worker._send(m.Piece(self._request, text))
        self._waiting.clear()
        self._last = time.perf_counter()


def _where(error: Exception) -> tuple[tuple[str, str], ...]:
    """Class and line of a fault, for support. Its message is left out: it may quote a note."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"  # noqa: PTH119
    print(f"engine fault: {type(error).__name__} at {place}", file=sys.stderr)  # noqa: T201
    return (("kind", type(error).__name__), ("where", place))
