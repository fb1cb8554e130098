"""What a recipe may say: one TOML file, read into frozen dataclasses. Nothing heavy is imported here."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

Kind = Literal["decoder", "encoder-decoder"]


class RecipeError(Exception):
    """A recipe, its data or its results cannot be used; the words say why and are meant for people."""


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows taken from one file.

    Attributes:
        file: JSON Lines file below the data folder, rows `{id, source, target, task, section, meta?}`.
        task: Task of `resources/tasks` that renders them; empty takes each row's own.
        is_ours: The file lies in `training/` and was invented for the project.
        section: Its section; empty takes each row's own.
        sections: Only rows of these sections; empty for all.
        drop_ids: Files with ids, one a line, of rows to leave out.
        least_coverage: Least share of the target's words that its source has (`meta.coverage`).
        least_words: Fewest words of a target.
        leads: Keep rows whose target copies the first sentence of the source (`meta.lead_copy`).
        numbers_supported: Leave out rows whose target has a number that the source lacks.
        prune: Leave such sentences out of the target, and those with a dose or drug that the source lacks, instead of
            the row: of long targets few have none, and a model that only saw short ones writes short ones.
        longest_tokens: Longest source in tokens.
        crop: Shorten longer sources to the window of lines that holds the target, instead of dropping them.
        most_rows: Most rows, drawn with the recipe's seed; 0 for all.
        repeats: How often each row stands in an epoch.
        deidentify: Replace identifying words by surrogates before anything is written.
        part: `learn` takes about nine rows in ten and `held back` the others, drawn by a hash of `group` or `id`, so
            that the sections of one note stay together; `all` takes every row.
    """

    file: str
    task: str = ""
    section: str = ""
    is_ours: bool = False
    sections: tuple[str, ...] = ()
    drop_ids: tuple[str, ...] = ()
    least_coverage: float = 0.0
    least_words: int = 1
    leads: bool = True
    numbers_supported: bool = False
    prune: bool = False
    longest_tokens: int = 4096
    crop: bool = False
    most_rows: int = 0
    repeats: int = 1
    deidentify: bool = False
    part: Literal["all", "learn", "held back"] = "all"


@dataclass(frozen=True, slots=True)
class Lora:
    """Low-rank adapters (Hu et al. 2021). Rank 0 trains all weights.

    Attributes:
        rank: Rank of every update.
        alpha: Scale, applied as alpha / rank.
        dropout: Share of the inputs of an adapter set to zero while training.
        eight_bit_base: Keep the base in 8 bit through bitsandbytes; a GPU is needed.
        start: Folder of an adapter to go on from, relative to the repository; its rank and scale hold.
        keep_of_start: Share of that adapter in the saved weights, their weighted mean (Wortsman et al. 2022, "Model
            soups"); 0 saves what was trained.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    eight_bit_base: bool = False
    start: str = ""
    keep_of_start: float = 0.0


@dataclass(frozen=True, slots=True)
class Privacy:
    """Differential privacy (DP-SGD, Abadi et al. 2016) on the trained weights through Opacus.

    Attributes:
        noise: Noise multiplier; 0 trains without.
        clip: Largest norm of one row's gradient.
        delta: Failure probability of the epsilon that is reported.
    """

    noise: float = 0.0
    clip: float = 1.0
    delta: float = 1e-5


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast; names follow transformers' TrainingArguments.

    Attributes:
        learning_rate: Peak learning rate.
        scheduler: Name of the schedule in transformers.
        scheduler_options: Its own options.
        warmup_steps: Steps until the peak.
        weight_decay: AdamW weight decay.
        batch: Rows of a step on one device.
        accumulate: Batches of one step.
        pack_tokens: Longest sequence into which rows of a decoder are packed (`training/packing.py`), one to a batch; 0
            pads rows of like length to batches.
        epochs: Passes over the prepared rows, unless `steps` is set.
        steps: Steps; 0 to count epochs.
        minutes: Stop and save after so many minutes of this process; 0 for never.
        save_steps: Steps between checkpoints.
        eval_batch: Rows at once while measuring the loss on the valid rows.
        dtype: Type of the frozen base; adapters stay in float32.
        checkpointing: Recompute activations to save memory.
    """

    learning_rate: float = 5e-4
    scheduler: str = "linear"
    scheduler_options: dict[str, Any] = field(default_factory=dict)
    warmup_steps: int = 20
    weight_decay: float = 0.01
    batch: int = 8
    accumulate: int = 1
    pack_tokens: int = 0
    epochs: float = 1.0
    steps: int = 0
    minutes: float = 0.0
    save_steps: int = 50
    eval_batch: int = 8
    dtype: Literal["bfloat16", "float32"] = "bfloat16"
    checkpointing: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """One row of the evaluation table.

    Attributes:
        name: Name in the table.
        rows: Where they come from.
        most_rows: Most rows scored, the first of a seeded order; 0 for all.
        by_note: Join the sections of one note (`meta.aci_id`) before scoring, as published for ACI-Bench.
        guard: Whether `publish` compares it with the adapter in use.
    """

    name: str
    rows: RowSet
    most_rows: int = 0
    by_note: bool = False
    guard: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole recipe.

    Attributes:
        name: Name of the adapter.
        title: Sentence for people.
        base: Model in `resources/models.toml`, or a folder where `base_folder` says so.
        kind: Shape of the model.
        data: Folder of the data, relative to the repository.
        train: What it learns from.
        valid: Where the loss is measured while training.
        suites: What `evaluate` scores.
        base_folder: Folder of a model outside the catalogue, relative to the repository.
        seed: Seed of every draw.
        prefix: Prompt word of an encoder-decoder model.
        source_tokens: Longest prompt; longer rows are dropped, or cut for an encoder-decoder model.
        target_tokens: Longest answer.
        lora: Adapter.
        schedule: Training.
        privacy: Differential privacy.
        licences: Data and their licences, for the card.
        sha256: Hash of the file.
    """

    name: str
    title: str
    base: str
    data: str
    train: tuple[RowSet, ...]
    valid: tuple[RowSet, ...] = ()
    suites: tuple[Suite, ...] = ()
    kind: Kind = "decoder"
    base_folder: str = ""
    seed: int = 7
    prefix: str = ""
    source_tokens: int = 4096
    target_tokens: int = 512
    lora: Lora = field(default_factory=Lora)
    schedule: Schedule = field(default_factory=Schedule)
    privacy: Privacy = field(default_factory=Privacy)
    licences: tuple[str, ...] = ()
    sha256: str = ""


def read(path: Path) -> Recipe:
    """Read a recipe.

    Args:
        path: A TOML file, usually in `training/recipes`.

    Returns:
        The recipe, with the hash of the file.

    Raises:
        RecipeError: It is not a recipe; the words name the field.
    """
    try:
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"The recipe {path.name} cannot be read as TOML: {error}") from error
    recipe: Recipe = _filled(Recipe, {**table, "sha256": hashlib.sha256(data).hexdigest()}, path.name)
    return recipe


def _filled(cls: Any, table: dict[str, Any], where: str) -> Any:  # noqa: ANN401 - any of the dataclasses above
    hints = get_type_hints(cls)
    for name in table:
        if name not in hints:
            raise RecipeError(f"{where}: there is no field named {name}")
    for one in fields(cls):
        if one.name not in table and one.default is MISSING and one.default_factory is MISSING:
            raise RecipeError(f"{where}: the field {one.name} is missing")
    return cls(**{name: _value(hints[name], value, f"{where}, {name}") for name, value in table.items()})


def _value(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - what TOML may hold
    if is_dataclass(hint):
        if not isinstance(value, dict):
            raise RecipeError(f"{where}: a table is needed")
        return _filled(hint, value, where)
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise RecipeError(f"{where}: a list is needed")
        return tuple(_value(get_args(hint)[0], one, where) for one in value)
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise RecipeError(f"{where}: must be one of {', '.join(get_args(hint))}")
        return value
    plain = get_origin(hint) or hint
    if plain is float and type(value) is int:
        return float(value)
    if type(value) is not plain:
        raise RecipeError(f"{where}: must be {plain.__name__}")
    return value
