"""Which device runs the model, and the sentence that tells the doctor why."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.errors import ModelTooLarge
from app.model import fit
from app.model.engine_memory import Needed, free_memory
from app.model.messages import Device

_GB = 1024**3


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the machine offers, in bytes of free memory.

    Attributes:
        gpu: Name of the GPU; empty where none can be used.
        gpu_problem: Why none can be used, in words.
        gpu_free: Free memory of the GPU.
        main_free: Memory the system can give without swapping.
    """

    gpu: str
    gpu_problem: str
    gpu_free: int
    main_free: int


def look() -> Hardware:
    """Ask the machine."""
    main_free = free_memory()
    if not _has_driver():
        return Hardware("", "no NVIDIA driver found", 0, main_free)
    if not fit.has_general_engine():
        return Hardware("", "this build has no GPU support", 0, main_free)
    import torch  # a second to import, and most machines have nothing for it to look at

    try:
        if not torch.version.cuda:
            return Hardware("", "this build has no GPU support", 0, main_free)
        if not torch.cuda.is_available():
            return Hardware("", "no NVIDIA driver found", 0, main_free)
        free, _ = torch.cuda.mem_get_info(0)
        return Hardware(torch.cuda.get_device_name(0), "", free, main_free)
    except RuntimeError:
        # A driver that answers and then fails: an eGPU unplugged, a driver update without restart.
        return Hardware("", "the NVIDIA driver does not answer", 0, main_free)


def _has_driver() -> bool:
    places = "/proc/driver/nvidia/version", "/dev/dxg", r"C:\Windows\System32\nvcuda.dll"  # Linux, WSL, Windows
    return any(Path(one).exists() for one in places)


def threads(wanted: int = 0) -> int:
    """How many threads the model works with.

    Args:
        wanted: What the settings say; 0 leaves one core for the window and for whatever else runs: a thread that has to
            wait for its core holds up all the others.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(wanted, cores) if wanted else max(1, cores - 1)


def choose(wanted: Device, needed: Needed, hardware: Hardware) -> tuple[Literal["cpu", "cuda"], str]:
    """Decide where to run.

    Args:
        wanted: What the settings or the user ask for.
        needed: What the model needs.
        hardware: What there is.

    Returns:
        The device and one sentence.

    Raises:
        ModelTooLarge: It fits nowhere.
    """
    if wanted != "cpu" and hardware.gpu and hardware.gpu_free >= needed.gpu:
        return "cuda", f"Using GPU: {hardware.gpu}, {hardware.gpu_free / _GB:.1f} GB free."
    if needed.cpu > hardware.main_free:
        raise ModelTooLarge(needed=f"{needed.cpu / _GB:.1f}", free=f"{hardware.main_free / _GB:.1f}")
    if wanted == "cpu":
        return "cpu", "Using CPU: chosen in the settings."
    if not hardware.gpu:
        return "cpu", f"Using CPU: {hardware.gpu_problem}."
    return "cpu", f"Using CPU: {needed.gpu / _GB:.1f} GB needed, {hardware.gpu_free / _GB:.1f} GB free on the GPU."
