"""From pairs of notes and good drafts to an adapter the app loads.

The commands, all but the last from one recipe file in `training/recipes`::

    prepare      clean, de-identify, filter, split, check for leaks, measure lengths
    finetune     LoRA or full fine-tuning through transformers' Trainer
    evaluate     one table against baselines, JSON and a model card
    publish      into resources/adapters, if it is not worse than the one in use
    bias         counterfactual patients: does what is kept depend on who they are?
    canary       planted secrets: how much of them does a model give back, with and without privacy?
    deidentify   surrogates for names, dates, places, numbers and contacts in rows of your own

Training imports the app's notes, prompts, drafts and model catalogue; the app never imports training.
"""
