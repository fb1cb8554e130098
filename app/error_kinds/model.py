"""Errors of the language model and of the process it runs in: exit code 4."""

from __future__ import annotations

from app.error_kinds.root import EpicrisisError


class ModelError(EpicrisisError):
    """The language model or the process it runs in."""

    code = "model"
    exit_code = 4
    sentence = "The language model cannot be used. Your notes are unchanged. Choose another model or ask IT."


class ModelMissing(ModelError):
    """No complete copy of the model on this machine."""

    code = "model_missing"
    sentence = (
        "The model {model} is not on this machine ({why}). Your notes are unchanged. Import it with "
        "'epicrisis models import', or choose another model."
    )


class ModelAltered(ModelError):
    """A file differs from the hash recorded when the model was imported."""

    code = "model_altered"
    sentence = (
        "The file {file} of the model {model} is not the one that was checked when it was imported, so "
        "the model was not started. Your notes are unchanged. Import the model again."
    )


class ModelUnsupported(ModelError):
    """A valid model of a kind this program has no engine for."""

    code = "model_unsupported"
    sentence = (
        "The model {model} is of a kind this program cannot run ({why}). Your notes are unchanged. "
        "'epicrisis models list' shows those it can."
    )


class NeedsFullPackage(ModelError):
    """A model that runs through torch and transformers, where the package of the program was built without them."""

    code = "model_needs_full_package"
    sentence = (
        "The model {model} runs only with the full package of Epicrisis, and this is the small one ({why}). Your "
        "notes are unchanged. Ask IT for the full package, or choose another model or adapter."
    )


class ModelUnknown(ModelError):
    """A model name that the catalogue does not have."""

    code = "model_unknown"
    sentence = "There is no model named {model} in the catalogue. 'epicrisis models list' shows the names."


class AdapterMissing(ModelError):
    """An adapter that is not installed, or belongs to another model."""

    code = "adapter_missing"
    sentence = (
        "The adapter {adapter} cannot be used with this model ({why}). Your notes are unchanged. "
        "Choose another adapter or none."
    )


class BundleUnusable(ModelError):
    """A bundle of models that is damaged, false or not allowed; nothing of it was taken."""

    code = "bundle_unusable"
    sentence = (
        "The bundle {name} was not imported: {why}. Nothing was copied and the models here are unchanged. "
        "Copy it again from where it was made, or ask the one who made it."
    )


class ImportNotUndone(ModelError):
    """There is no import to undo, or the settings need it."""

    code = "import_not_undone"
    sentence = "No import was undone: {why}. The models here are unchanged."


class OutOfMemory(ModelError):
    """Neither the GPU nor main memory can hold the model and the text."""

    code = "model_out_of_memory"
    sentence = (
        "This machine has too little free memory for the model and this text. The text so far is kept. "
        "Close other programs, or choose a smaller model."
    )


class ModelTooLarge(ModelError):
    """Neither the GPU nor main memory has room for the model, as was reckoned before it was loaded."""

    code = "model_too_large"
    sentence = (
        "The model needs {needed} GB of free memory, and this machine has {free} GB. Your notes are unchanged. "
        "Close other programs, or choose a smaller model."
    )


class InstructionTooLong(ModelError):
    """The task alone fills the model's window: nothing of the note would fit."""

    code = "model_window_too_small"
    sentence = (
        "The model {model} reads {window} tokens at a time, too few for this task. Your notes are "
        "unchanged. Choose another model."
    )


class NothingWritten(ModelError):
    """The model answered with nothing where text is needed to go on."""

    code = "model_wrote_nothing"
    sentence = (
        "The model wrote nothing for a part of these notes, so this section was not drafted. Your notes "
        "are unchanged. Try again with fewer documents, or write this section yourself."
    )


class WorkerLost(ModelError):
    """The worker process ended or stopped answering."""

    code = "worker_lost"
    sentence = (
        "The process that runs the model stopped. Your notes and the text so far are kept, marked "
        "incomplete. A new one starts with your next request."
    )


class EngineFault(ModelError):
    """Our bug: the engine raised something nobody foresaw."""

    code = "engine_fault"
    sentence = (
        "The model failed while writing. Your notes and the text so far are kept, marked incomplete. "
        "Try again; if it happens twice, tell IT the code engine_fault."
    )
