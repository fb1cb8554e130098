"""What goes into the frozen app, and what stays out and why. Plain data and one question, so that a test can ask it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from app.model.engine_native import FILE

# `cpu` has the lean engine only; `full` torch and transformers too; `cuda` those that use NVIDIA's cards.
FLAVOURS = ("cpu", "full", "cuda")
# What the small flavour does without, and what only those need: the tokenizers ask the hub for files, never here.
GENERAL = ("accelerate", "bitsandbytes", "huggingface_hub", "peft", "safetensors", "torch", "transformers")
HIDDEN_IMPORTS = ["app.model.engine", "app.history.keeping", "app.ui.run", "app.cli.main"]

# Architectures of the catalogue, what they are built from, and what transformers imports by itself.
_NEEDED_BY_TRANSFORMERS = frozenset(
    {"auto", "bloom", "gpt2", "encoder_decoder", "timm_wrapper"}
)  # bloom: peft asks for it
MODELS = _NEEDED_BY_TRANSFORMERS | frozenset(
    {"llama", "mistral", "qwen3", "qwen2", "gemma3", "gemma2", "gemma", "siglip", "smollm3", "phi3", "t5"}
)

EXCLUDED = [
    "readline",  # libreadline is GPL-3
    "_gdbm",  # GPL-3 too; dbm is not used
    "kernels",  # downloads code from a hub when bitsandbytes asks for it
    "hf_xet",
    "gguf",
    "triton",
    "PIL",
    "tkinter",
    "_tkinter",
    "curses",
    "IPython",
    "pytest",
    "sqlite3",  # the history has its own engine, with a cipher
    "_sqlite3",
    "torch.test",
    "torch.utils.tensorboard",
    "tensorboard",
    "datasets",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "setuptools",
    "pip",
    "pypdfium2_cli",
    "pydoc_data",
    "lxml.objectify",
    "lxml.isoschematron",
    "torch.utils.tensorboard",
    # Databases that are not the history's.
    *(f"sqlalchemy.dialects.{name}" for name in ("mssql", "mysql", "oracle", "postgresql")),
    "sqlalchemy.orm",
    "sqlalchemy.ext.asyncio",
    # FHIR releases other than R4B: 18 MB of classes that no letter is written in.
    "fhir.resources.R5",
    "fhir.resources.STU3",
    "transformers.testing_utils",
    "torch.utils.benchmark",
    "pygments",
    "rich",
    "typer",
    *(
        f"PySide6.{name}"
        for name in (
            "QtNetwork",  # the program has no network
            "QtQml",
            "QtQuick",
            "QtQuickWidgets",
            "QtSql",
            "QtTest",
            "QtHelp",
            "QtDesigner",
            "QtUiTools",
            "QtXml",
            "QtOpenGL",
            "QtOpenGLWidgets",
            "QtConcurrent",
        )
    ),
]

# Files that a hook collects and nothing uses, by their place in the bundle.
_UNWANTED = re.compile(
    "|".join(
        [
            r"^torch/(test|include|share)/",
            r"^torch/bin/(?!torch_shm_manager)",  # that one is needed: import torch looks for it
            r"^torch/lib/(libtorchbind_test|libjitbackend_test|libbackend_with_compiler|libaoti_custom_ops)",
            r"^PySide6/Qt/translations/(?!qtbase_zh_CN\.qm$)",
            r"^PySide6/Qt/plugins/(tls|networkinformation|sqldrivers|qmltooling|designer|generic|egldeviceintegrations)/",
            r"^PySide6/Qt/plugins/platforms/libq(eglfs|linuxfb|minimalegl|minimal|vkkhrdisplay|vnc)\.",
            r"^PySide6/Qt/plugins/(platformthemes/libqgtk3|platforminputcontexts/libqtvirtualkeyboard)",
            r"^PySide6/Qt/plugins/imageformats/libq(pdf|tiff|webp|tga|wbmp|icns|gif)\.",
            r"^PySide6/Qt/qml/",
            # They draw OpenGL on Wayland, and ask for libQt6OpenGL; widgets are drawn without them.
            r"^PySide6/Qt/plugins/wayland-graphics-integration-client/",
            r"(^|/)(lib)?Qt6?(Network|Qml|Quick|QmlModels|QmlMeta|QmlWorkerScript|VirtualKeyboard|Pdf|Sql|OpenGL)"
            r"(\.so|\.dll|\.framework/)",
            r"(^|/)opengl32sw\.dll$",  # 20 MB of software OpenGL for Qt Quick
            r"(^|/)libQt6EglF[sS]\w*\.so",
            r"(^|/)lib(gtk-3|gdk-3|gdk_pixbuf-2|cairo|cairo-gobject|pango\w*-1|atk-1|atk-bridge-2|atspi|epoxy|thai|datrie|fribidi|pixman-1)\.",
            r"(^|/)libpango(cairo|ft2)?-1\.",
            # Of GTK, Kerberos and the X extensions that Qt does not use: nothing that is inside asks for them.
            r"(^|/)lib(gio|gobject|gmodule)-2\.",
            r"(^|/)lib(mount|blkid|selinux|harfbuzz|graphite2|jpeg)\.so",
            r"(^|/)lib(gssapi_krb5|krb5|krb5support|k5crypto|keyutils|com_err)\.so",
            r"(^|/)libX(composite|damage|inerama|cursor|i|randr|render|fixes|ext)\.so",
            # Printing takes the system's CUPS, where there is one: with it go libraries under the LGPL and GPL.
            r"(^|/)lib(cups|avahi-client|avahi-common|gnutls|nettle|hogweed|gmp|idn2|unistring|p11-kit|tasn1)\.so",
            r"(^|/)lib(readline|history|gdbm\w*|db-5.3|cudart|cudart\.so|sqlite3)\.so",
            r"(^|/)hf_xet",
            r"^lxml/.*\.(pxd|h)$",
            r"^lxml/(objectify\.|isoschematron/)",
            # The texts are in licences.txt.
            r"\.dist-info/(licenses|sboms)/",
            r"\.dist-info/(LICEN[CS]E|NOTICE|AUTHORS|COPYING)[^/]*$",
            r"(^|/)tests?/.*\.py$",
        ]
    )
)
_CUDA = re.compile(r"^bitsandbytes/libbitsandbytes_(?!cpu)")
# CUDA 13 is what the pinned torch is built for (`dev.py`); one library per version is 10 MB and more.
_RIGHT_CUDA = re.compile(r"^bitsandbytes/libbitsandbytes_(cpu|cuda130)")


def is_wanted(place: str, flavour: str = "cpu") -> bool:
    """Whether a file belongs in the bundle.

    Args:
        place: Where it would lie, from the folder of the program's files.
        flavour: One of `FLAVOURS`.

    Returns:
        False for what nothing uses and for what may not be there.
    """
    place = place.replace("\\", "/")
    if _UNWANTED.search(place):
        return False
    if place.startswith("bitsandbytes/lib"):
        return bool(_RIGHT_CUDA.match(place)) if flavour == "cuda" else not _CUDA.match(place)
    return True


# Stripping the libraries that auditwheel has rewritten (numpy's, scipy's) breaks them; Qt's are stripped already.
_AS_THEY_ARE = re.compile(r"^(numpy|PySide6|shiboken6|[^/]+\.libs)/|^lib(?!python)|(^|/)libgomp")


def to_strip(folder: Path) -> list[Path]:
    """Libraries whose symbol tables cost 130 MB and that run without them.

    Args:
        folder: The program's files.

    Returns:
        The files, in order.
    """
    found = [one for one in sorted(folder.rglob("*.so*")) if one.is_file() and not one.is_symlink()]
    return [one for one in found if not _AS_THEY_ARE.search(one.relative_to(folder).as_posix())]


def forget_scripts(folder: Path) -> None:
    """Take out of each package's list the scripts that pip wrote: they are not inside, and hold the builder's path.

    Args:
        folder: The program's files. Two builds in two places are alike then, byte for byte.
    """
    for record in sorted(folder.glob("*.dist-info/RECORD")):
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        record.write_text("".join(one for one in lines if not one.startswith("../")), encoding="utf-8", newline="")


def excluded_modules(flavour: str = "cpu") -> list[str]:
    """Modules that PyInstaller leaves out, those models of transformers among them that no catalogue entry needs.

    Args:
        flavour: One of `FLAVOURS`.
    """
    if flavour == "cpu":
        return [*EXCLUDED, *GENERAL]
    spec = find_spec("transformers")
    places = list(spec.submodule_search_locations or ()) if spec else []
    models = [one.name for place in places for one in (Path(place) / "models").iterdir() if one.is_dir()]
    return EXCLUDED + [f"transformers.models.{name}" for name in sorted(models) if name not in MODELS]


def datas(root: Path) -> list[tuple[str, str]]:
    """Resources, the fast library where it was built, and the embedded model where it was fetched.

    Args:
        root: The project's folder.

    Returns:
        Pairs of file and folder in the bundle, in a fixed order.
    """
    files = [one for one in sorted((root / "resources").rglob("*")) if one.is_file() and one.suffix != ".ts"]
    pairs = [(str(one), str(one.parent.relative_to(root))) for one in files]
    for manifest in sorted((root / "model_cache").glob("*/*/manifest.json")):
        folder = manifest.parent
        model = [one for one in sorted(folder.iterdir()) if one.is_file()]
        pairs += [(str(one), str(folder.relative_to(root))) for one in model]
    native = root / "app" / "model" / "native" / FILE.name
    if native.exists():
        pairs.append((str(native), "app/model/native"))
    # python-docx opens "parts/../templates/default-header.xml": the folder must be there, though its code is not.
    if docx := find_spec("docx"):
        folders = [Path(one) / "parts" for one in docx.submodule_search_locations or ()]
        pairs += [(str(one / "__init__.py"), "docx/parts") for one in folders]
    return pairs + [(str(root / name), ".") for name in ("LICENSE", "NOTICES.md")]
