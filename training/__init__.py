"""From pairs of notes and good drafts to an adapter the app loads.

Five commands in this order, all from one recipe file in `training/recipes`::

    prepare      clean, de-identify, filter, split, check for leaks, measure lengths
    finetune     LoRA or full fine-tuning through transformers' Trainer
    evaluate     one table against baselines, JSON and a model card
    publish      into resources/adapters, if it is not worse than the one in use
    deidentify   surrogates for names, dates, places, numbers and contacts in rows of your own

Training imports the app's notes, prompts, drafts and model catalogue; the app never imports training.
"""
