"""finetune: LoRA (or all weights) on the prepared rows, through transformers' Trainer and peft.

    python -m training finetune --recipe training/recipes/clinical.toml --work training-work
    accelerate launch --num_processes 4 -m training finetune --recipe ...        many GPUs
    accelerate launch --use_fsdp --fsdp_version 2 -m training finetune ...       sharded

Run it again and it goes on from the last checkpoint. TensorBoard files lie in `runs/` of the work folder.
"""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import peft
import torch
import transformers
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from app import paths
from app.prompts import tasks
from training import packing, privacy
from training.arguments import Recipe, RecipeError
from training.base import find_base, load_base
from training.data import AnswersLast, Prompter, like_lengths, read_prepared, tokenise, tokenise_pairs


def run(recipe: Recipe, work: Path) -> dict[str, Any]:
    """Train, resuming from the last checkpoint, and save the adapter in `adapter/` of the work folder.

    Args:
        recipe: The recipe.
        work: The work folder, with what `prepare` wrote.

    Returns:
        What the card needs: steps, losses, hours, tokens, versions.
    """
    set_seed(recipe.seed)
    packing.check(recipe)
    is_private = recipe.privacy.noise > 0
    if is_private:
        privacy.check(recipe, int(os.environ.get("WORLD_SIZE", "1")))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(find_base(recipe), local_files_only=True)
    train, valid = (_tokens(recipe, tokenizer, work / "prepared" / f"{name}.jsonl") for name in ("train", "valid"))
    if not is_private and not recipe.schedule.pack_tokens:  # a private row's batch must not depend on its content
        at_once = recipe.schedule.batch * recipe.schedule.accumulate * int(os.environ.get("WORLD_SIZE", "1"))
        train = train.select(like_lengths(train["length"], at_once, recipe.seed))
    model = _with_adapter(load_base(recipe, device), recipe)
    trainer = _trainer(recipe, work, model, tokenizer, train, valid, device)
    checkpoints = work / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.exists() else None
    result = trainer.train(resume_from_checkpoint=last)
    trainer.save_model(str(work / "adapter"))
    if trainer.is_world_process_zero() and recipe.lora.rank:
        if recipe.lora.keep_of_start:
            average(work / "adapter", paths.program_folder() / recipe.lora.start, recipe.lora.keep_of_start)
        make_portable(work / "adapter", recipe.base)
    facts = _facts(recipe, trainer, result, train)
    if is_private:
        facts["privacy"] = privacy.spent(recipe, len(train), trainer.state.global_step)
    if trainer.is_world_process_zero():
        _write_facts(work / "training.json", facts, last is not None)
    return facts


def make_portable(adapter: Path, base: str) -> None:
    """Make a saved adapter fit to be shipped: weights in bfloat16, the base by its name and not by a path.

    The app merges it into bfloat16 weights, so float32 would double the size for nothing.

    Args:
        adapter: Folder that peft wrote; changed in place.
        base: Name of the model in the catalogue.
    """
    weights = adapter / "adapter_model.safetensors"
    save_file({name: one.to(torch.bfloat16) for name, one in load_file(weights).items()}, weights, {"format": "pt"})
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    (adapter / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8", newline="\n")
    for extra in ("README.md", "training_args.bin"):
        (adapter / extra).unlink(missing_ok=True)


def average(adapter: Path, start: Path, share: float) -> None:
    """Replace a saved adapter's weights by their weighted mean with those it went on from.

    Both lie in one valley of the loss, so the mean is an adapter too, and it forgets less (Wortsman et al. 2022, "Model
    soups: averaging weights of multiple fine-tuned models improves accuracy without increasing inference time").

    Args:
        adapter: Folder that peft wrote; changed in place.
        start: Folder of the adapter it went on from.
        share: Share of `start`, 0 to 1.
    """
    name = "adapter_model.safetensors"
    before, after = load_file(start / name), load_file(adapter / name)
    mean = {key: share * before[key].float() + (1 - share) * one.float() for key, one in after.items()}
    save_file(mean, adapter / name, {"format": "pt"})


def _tokens(recipe: Recipe, tokenizer: Any, path: Path) -> Dataset:  # noqa: ANN401
    prompter = Prompter(tokenizer, tasks.read(paths.resources() / "tasks"), recipe.prefix)
    how = tokenise if recipe.kind == "decoder" else tokenise_pairs
    rows = how(read_prepared(path), prompter, recipe.source_tokens, recipe.target_tokens)
    if not rows and path.stem == "train":
        raise RecipeError("No prepared row fits source_tokens and target_tokens.")
    if recipe.schedule.pack_tokens:
        rows = packing.pack(rows, recipe.schedule.pack_tokens, recipe.seed)
    return Dataset.from_list(rows)


def _with_adapter(model: Any, recipe: Recipe) -> Any:  # noqa: ANN401
    if recipe.lora.eight_bit_base:
        model = peft.prepare_model_for_kbit_training(model, use_gradient_checkpointing=recipe.schedule.checkpointing)
    if recipe.lora.rank == 0:
        return model
    if recipe.lora.start:
        start = paths.program_folder() / recipe.lora.start
        return peft.PeftModel.from_pretrained(model, start, is_trainable=True, local_files_only=True)
    config = LoraConfig(
        r=recipe.lora.rank,
        lora_alpha=recipe.lora.alpha,
        lora_dropout=recipe.lora.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM" if recipe.kind == "decoder" else "SEQ_2_SEQ_LM",
    )
    adapted = get_peft_model(model, config)
    adapted.print_trainable_parameters()
    return adapted


def _trainer(
    recipe: Recipe,
    work: Path,
    model: Any,  # noqa: ANN401 - any model of transformers
    tokenizer: Any,  # noqa: ANN401
    train: Dataset,
    valid: Dataset,
    device: str,
) -> Trainer:
    if recipe.schedule.pack_tokens:
        collator: Any = packing.OneSequence()
        if device == "cpu":
            model.set_attn_implementation(packing.IN_BLOCKS)
    elif recipe.kind == "decoder":
        collator = AnswersLast(tokenizer.pad_token_id or 0)
    else:
        collator = DataCollatorForSeq2Seq(tokenizer, model=model, label_pad_token_id=-100)
    callbacks: list[TrainerCallback] = [_StopInTime(recipe.schedule.minutes)] if recipe.schedule.minutes else []
    arguments = {
        "model": model,
        "args": _training_arguments(recipe, work, device, has_valid=len(valid) > 0),
        "train_dataset": train,
        "eval_dataset": valid if len(valid) else None,
        "data_collator": collator,
        "callbacks": callbacks,
    }
    if recipe.privacy.noise:
        return privacy.PrivateTrainer(recipe.privacy, **arguments)
    return Trainer(**arguments)


def _training_arguments(recipe: Recipe, work: Path, device: str, *, has_valid: bool) -> TrainingArguments:
    plan = recipe.schedule
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(work / "runs"))
    return TrainingArguments(
        output_dir=str(work / "checkpoints"),
        per_device_train_batch_size=plan.batch,
        per_device_eval_batch_size=plan.eval_batch,
        gradient_accumulation_steps=plan.accumulate,
        num_train_epochs=plan.epochs,
        max_steps=plan.steps or -1,
        learning_rate=plan.learning_rate,
        lr_scheduler_type=plan.scheduler,
        lr_scheduler_kwargs=dict(plan.scheduler_options),
        warmup_steps=plan.warmup_steps,
        weight_decay=plan.weight_decay,
        bf16=plan.dtype == "bfloat16",
        activation_checkpointing=plan.checkpointing,
        train_sampling_strategy="random" if recipe.privacy.noise else "sequential",
        max_grad_norm=0.0 if recipe.privacy.noise else 1.0,
        remove_unused_columns=not plan.pack_tokens,  # a packed sequence says where its rows are
        label_names=["labels"],
        eval_strategy="steps" if has_valid else "no",
        eval_steps=plan.save_steps,
        save_steps=plan.save_steps,
        save_total_limit=4,
        prediction_loss_only=True,
        logging_steps=5,
        report_to=["tensorboard"],
        use_cpu=device == "cpu",
        dataloader_pin_memory=device == "cuda",
        seed=recipe.seed,
        data_seed=recipe.seed,
    )


class _StopInTime(TrainerCallback):  # type: ignore[misc]
    """Ends training after some minutes, with a checkpoint to go on from."""

    def __init__(self, minutes: float) -> None:
        self._until = time.monotonic() + 60 * minutes

    def on_step_end(self, args: Any, state: Any, control: Any, **_: object) -> None:  # noqa: ANN401
        """Look at the clock after every step."""
        if time.monotonic() > self._until:
            control.should_training_stop = True
            control.should_save = True


def _facts(recipe: Recipe, trainer: Trainer, result: Any, train: Dataset) -> dict[str, Any]:  # noqa: ANN401
    losses = [(one["step"], one["eval_loss"]) for one in trainer.state.log_history if "eval_loss" in one]
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else platform.processor() or platform.machine()
    return {
        "recipe": recipe.sha256,
        "seed": recipe.seed,
        "steps": trainer.state.global_step,
        "epochs": round(trainer.state.epoch or 0.0, 3),
        "rows": len(train),
        "tokens_an_epoch": sum(train["length"]),
        "train_loss": round(result.training_loss, 4),
        "valid_loss_by_step": losses,
        "seconds": round(result.metrics["train_runtime"], 1),
        "device": device,
        "threads": torch.get_num_threads(),
        "processes": trainer.args.world_size,
        "versions": {one.__name__: one.__version__ for one in (torch, transformers, peft)},
    }


def _write_facts(path: Path, facts: dict[str, Any], is_resumed: bool) -> None:
    """Keep the facts of every part of a run that was resumed: its hours add up."""
    parts = json.loads(path.read_text(encoding="utf-8")) if is_resumed and path.exists() else []
    path.write_text(json.dumps([*parts, facts], indent=2) + "\n", encoding="utf-8", newline="\n")
