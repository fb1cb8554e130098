"""What the app may rely on from any engine, and how it survives a worker that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import Pipe
from pathlib import Path

import pytest

from app.errors import EngineFault, ModelError, OutOfMemory, WorkerLost
from app.model import wire
from app.model import worker as worker_module
from app.model.client import ModelClient
from app.model.interface import Ask, IsCancelled, OnEnd, Outcome
from app.model.messages import Failed, Finished, Generate, GenerateMany, Limits, Load, Piece, Quit, Read
from app.model.scripted import ScriptedEngine
from app.model.worker import _Worker
from app.prompts.chat import ChatMessage, Conversation
from tests.builders import tiny_model
from tests.conftest import QUICK_LADDER


def say(text: str) -> Conversation:
    return (ChatMessage("system", "Answer."), ChatMessage("user", text))


def ask(client: ModelClient, text: str, tokens: int = 64) -> tuple[str, Finished]:
    replies = list(client.generate(say(text), Limits(tokens)))
    assert isinstance(replies[-1], Finished)
    assert all(isinstance(reply, Piece) for reply in replies[:-1])
    return "".join(reply.text for reply in replies if isinstance(reply, Piece)), replies[-1]


def together(client: ModelClient, contents: list[str], tokens: int = 64) -> tuple[list[str], list[object]]:
    texts, ends = [""] * len(contents), list[object]([None] * len(contents))
    for index, reply in client.generate_many([(say(one), Limits(tokens)) for one in contents]):
        assert ends[index] is None
        if isinstance(reply, Piece):
            texts[index] += reply.text
        else:
            ends[index] = reply
    return texts, ends


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_model("LlamaForCausalLM", folder)
    return folder


@pytest.fixture(scope="module", params=["scripted", "transformers", "auto"])
def client(request: pytest.FixtureRequest, tiny_folder: Path) -> Iterator[ModelClient]:
    """The scripted engine and the real ones on a tiny model: one suite for all."""
    made = ModelClient(Load("tiny", str(tiny_folder), "cpu"), engine=request.param)
    yield made
    made.close()


def test_it_tells_its_progress_and_where_it_runs(client: ModelClient) -> None:
    replies = list(client.starting())
    ready = replies[-1]
    assert ready == client.start()
    assert ready.device == "cpu"
    assert ready.why_this_device.startswith("Using ")
    assert ready.context_tokens >= 512


def test_the_same_question_gives_the_same_bytes(client: ModelClient) -> None:
    assert ask(client, "chest pain")[0] == ask(client, "chest pain")[0]


def test_the_length_limit_holds(client: ModelClient) -> None:
    _, finished = ask(client, "the patient was given aspirin nitroglycerin and morphine", 4)
    assert finished.tokens <= 4
    assert finished.reason == "length"
    assert finished.prompt_tokens > 4
    assert finished.seconds >= finished.first_token_s > 0


def test_counting_agrees_with_generating(client: ModelClient) -> None:
    short, long = client.count([say("pain"), say("pain " * 50)])
    assert long > short + 40
    assert ask(client, "pain", 2)[1].prompt_tokens == short


def test_leaving_early_stops_the_request_and_the_next_one_works(client: ModelClient) -> None:
    replies = client.generate(say("word " * 200), Limits(300))
    next(replies)
    replies.close()
    assert ask(client, "chest pain", 4)[1].reason in ("length", "stop")


def test_cancel_is_obeyed_within_a_token(client: ModelClient) -> None:
    replies = client.generate(say("[[slow]]" + "word " * 200), Limits(300))
    next(replies)
    client.cancel()
    finished = next(reply for reply in replies if isinstance(reply, Finished))
    assert finished.reason == "cancelled"
    assert finished.tokens < 300


def test_asked_together_each_gets_its_own_text_and_its_own_end(client: ModelClient) -> None:
    contents = ["chest pain", "[[slow]]" + "aspirin and morphine " * 9, "pain"]
    texts, ends = together(client, contents, 8)
    assert texts == [ask(client, one, 8)[0] for one in contents]
    assert all(isinstance(end, Finished) for end in ends)


def test_one_of_several_is_cancelled_alone_or_all_at_once(client: ModelClient) -> None:
    contents = ["[[slow]]" + "chest pain " * 20, "aspirin", "[[slow]]" + "morphine " * 20]
    asks = [(say(one), Limits(tokens)) for one, tokens in zip(contents, (400, 60, 60), strict=True)]
    alone = [ask(client, one, 60)[0] for one in contents]
    ends: dict[int, Finished] = {}
    texts = ["", "", ""]
    for index, reply in client.generate_many(asks):
        if isinstance(reply, Piece):
            if not texts[0]:
                client.cancel(0)
            texts[index] += reply.text
        elif isinstance(reply, Finished):
            ends[index] = reply
    assert [ends[index].reason == "cancelled" for index in range(3)] == [True, False, False]
    assert texts[1:] == alone[1:]
    for _, reply in client.generate_many([(say(one), Limits(400)) for one in contents]):
        if isinstance(reply, Piece):
            client.cancel()
        elif isinstance(reply, Finished):
            assert reply.tokens < 400
    assert ask(client, "aspirin", 60)[0] == alone[1]


def test_a_lost_worker_is_told_also_to_one_who_stops_just_then() -> None:
    client = ModelClient(Load("scripted", ""), engine="scripted", ladder=QUICK_LADDER)

    def lose() -> None:
        for index, (_, reply) in enumerate(client.generate_many([(say("[[slow]]" + "pain " * 20), Limits(50))] * 2)):
            if index == 0 and isinstance(reply, Piece):
                assert client._process is not None
                client._process.kill()
                client._process.join()
                client.cancel(0)  # finds the pipe broken before the reader does

    try:
        with pytest.raises(WorkerLost):
            lose()
    finally:
        client.close()


def test_leaving_several_early_stops_them_all(client: ModelClient) -> None:
    replies = client.generate_many([(say("word " * 200), Limits(300))] * 3)
    next(replies)
    replies.close()
    assert ask(client, "chest pain", 4)[1].reason in ("length", "stop")


def test_of_several_one_that_fails_does_not_hurt_the_others(scripted: ModelClient) -> None:
    texts, ends = together(scripted, ["one two", "[[fault]]one two three", "[[memory]]", "three four"])
    assert [texts[0], texts[3]] == ["one two", "three four"]
    assert [type(end) for end in ends] == [Finished, EngineFault, OutOfMemory, Finished]
    with pytest.raises(WorkerLost):
        together(scripted, ["one two", "[[crash]]one two three four five", "three"])
    assert ask(scripted, "again")[0] == "again"


def test_an_engine_that_fails_as_a_whole_ends_every_request(capfd: pytest.CaptureFixture[str]) -> None:
    class Engine(ScriptedEngine):
        def generate_many(self, asks: Sequence[Ask], on_end: OnEnd) -> None:
            on_end(1, Outcome("stop", 1, 1, 0.1))
            raise RuntimeError("SECRETMARKER")

    app, theirs = Pipe()
    _Worker(theirs, Engine())._obey(GenerateMany(tuple(Generate(one, say("pain"), Limits()) for one in (5, 6, 7))))
    told = [wire.decode(app.recv_bytes()) for _ in range(3)]
    assert [(type(one), one.request) for one in told] == [(Finished, 6), (Failed, 5), (Failed, 7)]  # type: ignore[union-attr]
    assert "SECRETMARKER" not in f"{told}{capfd.readouterr()}"


def test_the_worker_cannot_reach_the_network(client: ModelClient) -> None:
    attempts = client.probe()
    assert attempts
    assert {outcome for _, outcome in attempts} == {"refused"}


def test_a_worker_killed_mid_sentence_costs_one_request(scripted: ModelClient) -> None:
    replies = scripted.generate(say("[[slow]]one two three four five six seven eight"), Limits())
    kept = [next(replies)]
    os.kill(scripted._process.pid, signal.SIGKILL)  # type: ignore[union-attr]
    with pytest.raises(WorkerLost) as caught:
        kept += list(replies)
    assert "".join(piece.text for piece in kept).startswith("one ")
    assert "kept" in str(caught.value)
    assert ask(scripted, "next request")[0] == "next request"


def test_a_worker_that_crashes_by_itself_is_replaced(scripted: ModelClient) -> None:
    with pytest.raises(WorkerLost):
        ask(scripted, "[[crash]]one two three four five")
    assert ask(scripted, "again")[0] == "again"


def test_a_worker_that_ignores_cancel_is_ended(scripted: ModelClient) -> None:
    replies = scripted.generate(say("[[hang]]one two three four"), Limits())
    next(replies)
    threading.Timer(0.2, scripted.cancel).start()
    started = time.monotonic()
    with pytest.raises(WorkerLost):
        list(replies)
    assert time.monotonic() - started < 10 * QUICK_LADDER.cancel_s
    assert ask(scripted, "again")[0] == "again"


def test_an_old_cancellation_does_not_end_a_later_request(scripted: ModelClient) -> None:
    replies = scripted.generate(say("[[slow]]" + "word " * 100), Limits(200))
    next(replies)
    scripted.cancel()
    list(replies)
    process = scripted._process
    time.sleep(QUICK_LADDER.cancel_s + 0.1)
    assert scripted.count([say("word " * 400_000)])[0] > 400_000  # takes longer than one look at the deadline
    assert scripted._process is process


def test_running_out_of_memory_is_said_in_words(scripted: ModelClient) -> None:
    with pytest.raises(OutOfMemory, match="too little free memory"):
        ask(scripted, "[[memory]]")
    assert ask(scripted, "again")[0] == "again"


def test_a_gpu_that_disappears_costs_one_request(scripted: ModelClient) -> None:
    with pytest.raises(WorkerLost):
        ask(scripted, "[[gpu]]")
    assert ask(scripted, "again")[0] == "again"


def test_a_fault_crosses_without_the_note(scripted: ModelClient, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineFault) as caught:
        ask(scripted, "[[fault]]SECRETMARKER one two three four")
    assert caught.value.facts["kind"] == "RuntimeError"
    seen = capfd.readouterr()
    assert "SECRETMARKER" not in f"{caught.value}{caught.value.facts}{seen.out}{seen.err}"


def test_two_threads_take_turns(scripted: ModelClient) -> None:
    answers: dict[int, str] = {}
    threads = [
        threading.Thread(
            target=lambda number=number: answers.update({number: ask(scripted, f"[[slow]]a {number} b")[0]})
        )
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"a {number} b" for number in range(4)}


def test_a_worker_whose_app_is_killed_ends_by_itself() -> None:
    code = (
        "from app.model.client import ModelClient\n"
        "from app.model.messages import Load\n"
        "if __name__ == '__main__':\n"
        "    client = ModelClient(Load('x', ''), engine='scripted')\n"
        "    client.start()\n"
        "    print(client._process.pid, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as app:
        assert app.stdout is not None
        worker = int(app.stdout.readline())
        app.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    status = Path(f"/proc/{worker}/status")
    assert not status.exists() or "Z (zombie)" in status.read_text()


def test_a_missing_model_is_said_at_once(tmp_path: Path) -> None:
    client = ModelClient(Load("tiny", str(tmp_path / "nothing")))
    with pytest.raises(ModelError) as caught:
        client.start()
    assert caught.value.code == "model_missing"
    client.close()


def test_reading_ahead_gives_way_and_changes_no_byte(client: ModelClient) -> None:
    before = ask(client, "ST elevation in leads " * 60)[0]
    client.read_ahead(say("[[slow]] " + "ST elevation in leads " * 200))
    client.read_ahead(say("ST elevation in leads " * 60))
    assert ask(client, "ST elevation in leads " * 60)[0] == before
    client.forget()
    assert ask(client, "ST elevation in leads " * 60)[0] == before


def test_reading_ahead_never_waits_for_a_request_and_forgetting_starts_no_worker(client: ModelClient) -> None:
    client.start()
    pieces = client.generate(say("[[slow]] " + "chest pain " * 40), Limits(40))
    next(pieces)
    others = [threading.Thread(target=one) for one in (lambda: client.read_ahead(say("pain")), client.forget)]
    for one in others:
        one.start()
    for one in others:
        one.join(5)
    assert not any(one.is_alive() for one in others)
    assert isinstance(list(pieces)[-1], Finished)
    client.close()
    client.forget()
    assert client._process is None


def test_an_idle_worker_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Engine(ScriptedEngine):
        def forget(self) -> None:
            told.append("forget")
            worker._orders.put(Quit())

    monkeypatch.setattr(worker_module, "_FORGET_AFTER_S", 0.05)
    worker = _Worker(Pipe()[0], Engine())
    monkeypatch.setattr(worker, "_read", lambda: None)
    worker.run()
    assert told == ["forget"]


def test_what_goes_wrong_while_reading_ahead_is_told_to_nobody() -> None:
    class Engine(ScriptedEngine):
        def read(self, conversation: Conversation, is_cancelled: IsCancelled) -> None:
            raise MemoryError

    worker = _Worker(Pipe()[0], Engine())
    worker._obey(Read(say("pain")))
