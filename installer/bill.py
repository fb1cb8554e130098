"""Bill of materials (CycloneDX) and licence texts of everything frozen: packages, system libraries, model."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import Any

CYCLONEDX = "cyclonedx-bom==7.5.0"
# In the build's environment, not in the bundle.
_NOT_BUNDLED = frozenset({"pip", "setuptools", "altgraph", "pyinstaller-hooks-contrib", "hf-xet", "wheel"})
# What their packages say only as a text or not at all.
_KNOWN = {"pypdfium2": "BSD-3-Clause AND Apache-2.0", "transformers": "Apache-2.0", "sqlcipher3": "Zlib"}
# Debian's file tells of the whole source package; these libraries of it are under their own terms.
_KNOWN |= {"libuuid1": "BSD-3-Clause", "libpython3.11": "PSF-2.0"}
_LICENCES = Path(__file__).resolve().parent / "licences"
# Texts that packages leave out, from their repositories and from those who wrote the licence.
_TEXTS = {
    "PySide6_Essentials": (_LICENCES / "LGPL-3.0.txt", _LICENCES / "GPL-3.0.txt"),
    "shiboken6": (_LICENCES / "LGPL-3.0.txt", _LICENCES / "GPL-3.0.txt"),
    "sentencex": (_LICENCES / "sentencex.txt",),
    "tokenizers": (_LICENCES.parent.parent / "LICENSE",),  # Apache-2.0, as this program
}
NO_TEXT = "No text in its package"
_RULE = "\n" + "=" * 100 + "\n"


def write(python: Path, frozen: Path, version: str, root: Path) -> None:
    """Write `sbom.cdx.json` and `licences.txt` into the frozen folder.

    Args:
        python: Python of the build's environment.
        frozen: The frozen folder.
        version: Version of the program.
        root: The project's folder.
    """
    inside = frozen / "_internal"
    packed = _packed(python, frozen)
    table = _packages(python, root)
    table["components"] = [one for one in table["components"] if _is_inside(one, packed, inside)]
    table["metadata"]["component"] = {
        "type": "application",
        "bom-ref": "epicrisis",
        "name": "epicrisis",
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    table.pop("dependencies", None)  # it would name components that were left out
    texts = [("Epicrisis", (root / "LICENSE").read_text(encoding="utf-8"))]
    texts += [("Third parties", (root / "NOTICES.md").read_text(encoding="utf-8")), _python()]
    texts += [(f"{one['name']} {one['version']}", text) for one in table["components"] for text in _texts(one, packed)]
    libraries = _system_libraries(inside)
    table["components"] += [one for one, _ in libraries] + _models(inside)
    texts += [(f"{one['name']} {one['version']} (system library)", text) for one, text in libraries]
    texts += [
        (str(one.relative_to(inside)), one.read_text(encoding="utf-8", errors="replace"))
        for one in sorted([*inside.glob("model_cache/*/*/LICENSE*"), *inside.glob("resources/licences/*")])
    ]
    for one in table["components"]:  # the texts stand in licences.txt
        named = _named(one) or ([{"expression": _KNOWN[one["name"]]}] if one["name"] in _KNOWN else [])
        one.update(licenses=named) if named else one.pop("licenses", None)
        one.pop("evidence", None)
    (frozen / "sbom.cdx.json").write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    body = _RULE.join(f"{title}\n\n{text.strip()}\n" for title, text in texts)
    (frozen / "licences.txt").write_text(body, encoding="utf-8", newline="\n")


def _packed(python: Path, frozen: Path) -> dict[str, Any]:
    """What `installer/packed.py` tells."""
    program = next(one for one in (frozen / "epicrisis", frozen / "epicrisis.exe") if one.exists())
    asked = [str(python), str(Path(__file__).with_name("packed.py")), str(program)]
    table: dict[str, Any] = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    return table


def _is_inside(component: dict[str, Any], packed: dict[str, Any], inside: Path) -> bool:
    """Whether any of a package was frozen; PyInstaller's own part is the start program."""
    name = _plain(component["name"])
    tops = set(packed["packages"].get(name, {}).get("tops", ()))
    there = {*packed["frozen"], *(one.name.split(".")[0] for one in inside.iterdir())}
    return name == "pyinstaller" or bool(tops & there)


def _plain(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _packages(python: Path, root: Path) -> dict[str, Any]:
    """What cyclonedx-py sees in the build's environment; the tool lives in an environment of its own."""
    folder = root / "build" / "venv-bom"
    tool = folder / ("Scripts/cyclonedx-py.exe" if os.name == "nt" else "bin/cyclonedx-py")
    if not tool.exists():
        venv.create(folder, with_pip=True)
        pip = [str(tool.with_name("python" + tool.suffix)), "-m", "pip", "install", "--quiet", CYCLONEDX]
        subprocess.run(pip, check=True)
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "bom.json"
        command = [str(tool), "environment", "--gather-license-texts", "--output-reproducible", "-o", str(file)]
        subprocess.run([*command, str(python)], check=True)
        table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    table["components"] = [one for one in table["components"] if one["name"].lower() not in _NOT_BUNDLED]
    for one in table["components"]:
        one.pop("properties", None)
    return table


def _named(component: dict[str, Any]) -> list[dict[str, Any]]:
    """Licences by name or expression, without their texts."""
    kept: list[dict[str, Any]] = []
    for one in component.get("licenses", ()):
        licence = one.get("license", {})
        named = {key: licence[key] for key in ("id", "name") if key in licence}
        if "expression" in one:
            return [{"expression": one["expression"]}]
        if named and "text" not in licence and {"license": named} not in kept:
            kept.append({"license": named})
    return kept


def _texts(component: dict[str, Any], packed: dict[str, Any]) -> list[str]:
    """Licence texts of a package: those in its files, else ours, else those the tool found."""
    own = packed["packages"].get(_plain(component["name"]), {}).get("texts", ())
    if own:
        return list(dict.fromkeys(own))
    if component["name"] in _TEXTS:
        return [file.read_text(encoding="utf-8") for file in _TEXTS[component["name"]]]
    both = [*component.get("licenses", ()), *component.get("evidence", {}).get("licenses", ())]
    found = []
    for one in both:
        text = one.get("license", {}).get("text", {})
        if text:
            content = text["content"]
            plain = base64.b64decode(content) if text.get("encoding") == "base64" else content.encode("utf-8")
            found.append(plain.decode("utf-8", errors="replace"))
    return list(dict.fromkeys(found)) or [
        f"{NO_TEXT}; licence as named in the bill of materials: "
        + (", ".join(str(one.get("expression") or one["license"]) for one in _named(component)) or "not stated")
    ]


def _python() -> tuple[str, str]:
    for name in ("LICENSE.txt", "LICENSE"):
        file = Path(sysconfig.get_path("stdlib")) / name
        if file.exists():
            return f"Python {sys.version.split()[0]}", file.read_text(encoding="utf-8")
    return f"Python {sys.version.split()[0]}", "PSF-2.0: https://docs.python.org/3/license.html"


def _models(inside: Path) -> list[dict[str, Any]]:
    found = []
    for manifest in sorted(
        [*inside.glob("model_cache/*/*/manifest.json"), *inside.glob("resources/adapters/*/*/manifest.json")]
    ):
        table = json.loads(manifest.read_text(encoding="utf-8"))
        found.append(
            {
                "type": "machine-learning-model",
                "bom-ref": f"model:{table['model']}@{table['revision']}",
                "name": str(table["model"]),
                "version": str(table["revision"]),
                "hashes": [
                    {"alg": "SHA-256", "content": str(one["sha256"])}
                    for name, one in sorted(table["files"].items())
                    if name.endswith((".safetensors", ".gguf"))
                ],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        )
    return found


def _system_libraries(inside: Path) -> list[tuple[dict[str, Any], str]]:
    """Libraries of the build machine that PyInstaller took along, by Debian package, with their licence texts."""
    if not shutil.which("dpkg-query"):
        return []
    packages: set[str] = set()
    for one in sorted(inside.glob("lib*.so*")):
        for folder in ("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"):
            place = Path(folder) / one.name
            if not one.is_symlink() and place.exists():
                packages |= _owners(place) or _owners(place.resolve())
    found = []
    for package in sorted(packages):
        asked = ["dpkg-query", "-W", "-f=${source:Package}\t${Version}", package]
        source, version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\t")
        copyright_ = Path("/usr/share/doc") / package.split(":")[0] / "copyright"
        component = {
            "type": "library",
            "bom-ref": f"deb:{package}",
            "name": package.split(":")[0],
            "version": version,
            "purl": f"pkg:deb/debian/{package.split(':')[0]}@{version}",
            "description": f"system library, source package {source}",
        }
        text = copyright_.read_text(encoding="utf-8", errors="replace") if copyright_.exists() else "not found"
        component["licenses"] = [{"license": {"name": _KNOWN.get(component["name"], debian_licence(text))}}]
        found.append((component, text))
    return found


def debian_licence(text: str) -> str:
    """Name of the licence in a Debian copyright file: as written for all files, else all that are named.

    Args:
        text: The file, in the machine-readable format (DEP-5) or in plain words.
    """
    main = re.search(r"^Files: \*\n(?:.*\n)*?License: (.+)$", text, re.MULTILINE)
    every = sorted(set(re.findall(r"^License: (\S.{0,60})$", text, re.MULTILINE)))
    return (main[1] if main else " AND ".join(every)) or "see licences.txt"


def _owners(file: Path) -> set[str]:
    done = subprocess.run(["dpkg-query", "-S", str(file)], capture_output=True, text=True, check=False)  # noqa: S607
    return {line.split(": ")[0] for line in done.stdout.splitlines() if not line.startswith("diversion")}
