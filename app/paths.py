"""Where things are: resources and models beside the program, the user's data in the user's folders."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

APP_NAME = "Epicrisis"


def program_folder() -> Path:
    """Folder that holds `resources/` and `model_cache/`, from source and when frozen."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def resources() -> Path:
    """Read-only data shipped with the program."""
    return program_folder() / "resources"


def bundled_models() -> Path:
    """Models shipped with the program; read-only to the running app."""
    return program_folder() / "model_cache"


def machine_models() -> Path:
    """Models that IT imported for every user of this machine."""
    if sys.platform == "linux":
        return Path("/var/lib/epicrisis/models")  # not by XDG_DATA_DIRS, which any user can set
    return Path(platformdirs.site_data_dir(APP_NAME, appauthor=False)) / "models"


def user_data() -> Path:
    """Folder of the user's own data: history, key file. Not created here."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def user_models() -> Path:
    """Models that the user imported."""
    return user_data() / "models"


def user_settings() -> Path:
    """The user's settings file. It need not exist."""
    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "settings.toml"


def machine_policy() -> Path:
    """The policy file that IT owns. It need not exist."""
    if sys.platform == "linux":
        return Path("/etc/epicrisis/policy.toml")  # not by XDG_CONFIG_DIRS, or a user could hide the policy
    if sys.platform == "win32":
        # Beside the program: below ProgramData any user may make a folder that is not there yet.
        return (Path(sys.executable).parent if hasattr(sys, "_MEIPASS") else program_folder()) / "policy.toml"
    return Path(platformdirs.site_config_dir(APP_NAME, appauthor=False)) / "policy.toml"


def user_standards() -> Path:
    """A department's changes to the standards of letters. It need not exist."""
    return user_data() / "standards"
