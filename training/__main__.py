"""The commands: ``python -m training VERB --recipe FILE --work FOLDER``. `--help` imports nothing heavy."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from training.arguments import RecipeError, read

VERBS = {
    "prepare": "Clean, filter, split, check for leaks and measure the lengths of the rows.",
    "deidentify": "Replace names, dates, places, numbers and contacts in a file of rows.",
    "topics": "Train the section detector, which finds the passages of a topic.",
    "entailment": "Teach the second reader, which tells sentences that the notes bear out from others.",
    "finetune": "Train an adapter on the prepared rows; run again to go on.",
    "evaluate": "Score the adapter and its baselines; print a table, write JSON and a model card.",
    "bias": "Write invented notes that differ in one trait of the patient; compare what is kept.",
    "canary": "Plant secrets, train with and without differential privacy, and ask for them back.",
    "publish": "Put the adapter where the app finds it, if it is not worse than the one in use.",
}


def main(words: list[str] | None = None) -> int:
    """Run one command.

    Args:
        words: Words of the command line; None for those of the process.

    Returns:
        0; 2 where recipe or data cannot be used.
    """
    args = _parser().parse_args(words)
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):  # before anything imports the hub's client
        os.environ[name] = "1"
    try:
        if args.verb == "deidentify":
            print(
                f"{importlib.import_module('training.deidentify').run_on(args.rows, args.to, args.seed)} rows written."
            )
            return 0
        if args.verb == "topics":
            importlib.import_module("training.topics").run(args.data, args.to)
            return 0
        if args.verb == "entailment":
            importlib.import_module("training.entailment").run(args.base, args.to, epochs=args.epochs, onto=args.onto)
            return 0
        options = {name: value for name, value in vars(args).items() if name not in ("verb", "recipe", "work")}
        importlib.import_module(f"training.{args.verb}").run(read(args.recipe), args.work, **options)
    except RecipeError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, words in VERBS.items():
        one = verbs.add_parser(verb, help=words, description=words)
        if verb == "deidentify":
            one.add_argument("--rows", type=Path, required=True, help="JSON Lines file of {id, source, target, ...}")
            one.add_argument("--to", type=Path, required=True, help="file to write")
            one.add_argument("--seed", type=int, default=7, help="decides surrogates and the shift of dates")
            continue
        if verb == "topics":
            one.add_argument("--data", type=Path, required=True, help="folder of the data sets")
            one.add_argument("--to", type=Path, help="folder to write; resources/topics if left out")
            continue
        if verb == "entailment":
            one.add_argument("--base", type=Path, required=True, help="folder with the wheels of all-mpnet-base-v2")
            one.add_argument("--to", type=Path, help="folder to write; resources/entailment if left out")
            one.add_argument("--epochs", type=int, default=3, help="how often every pair is read")
            one.add_argument("--onto", type=Path, help="folder of a second reader to go on from")
            continue
        one.add_argument("--recipe", type=Path, required=True, help="a file of training/recipes")
        one.add_argument("--work", type=Path, default=Path("training-work"), help="folder for everything made")
        if verb == "canary":
            one.add_argument("--rows", type=int, default=96, help="prepared rows among which codes are planted")
            one.add_argument("--steps", type=int, default=60, help="steps of each of the two trainings")
            one.add_argument("--noise", type=float, default=1.0, help="noise multiplier of the private one")
        if verb == "publish":
            one.add_argument("--to", type=Path, help="folder of adapters; resources/adapters if left out")
            one.add_argument("--force", action="store_true", help="publish although the guard says no; it is recorded")
    return parser


if __name__ == "__main__":
    sys.exit(main())
