"""Templates of the policy for IT: JSON Schema, ADMX and ADML. ``python -m installer.policy_templates`` writes them.

Each setting is described once, in the docstring of `app/settings/options.py`; types and bounds come from there too.
Only the Chinese words stand elsewhere, in `installer/policy/zh-CN.toml`. A test says where the files are out of date.
"""

from __future__ import annotations

import inspect
import json
import math
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from xml.etree import ElementTree as ET

from app.settings.options import BOUNDS, Options
from app.settings.policy import KEY

FOLDER = Path(__file__).resolve().parent / "policy"
_NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
_REVISION = "1.0"
_LARGEST_DWORD = 2**31 - 1
_TITLES = {"en-US": "Epicrisis", "zh-CN": "Epicrisis（病历文书助手）"}
_SUPPORTED = {"en-US": "Epicrisis on Windows 10 or newer", "zh-CN": "Windows 10 或更高版本上的 Epicrisis"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as its dataclass declares it.

    Attributes:
        name: In files and registry.
        kind: Its type.
        default: Its default.
        about: What it is for, in English.
    """

    name: str
    kind: Any
    default: Any
    about: str

    @property
    def choices(self) -> tuple[str, ...]:
        """Words it may be; empty where it is no choice."""
        return get_args(self.kind) if get_origin(self.kind) is Literal else ()

    @property
    def items(self) -> tuple[str, ...]:
        """Words that a list may hold; empty for any."""
        return get_args(get_args(self.kind)[0]) if self.is_list else ()

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return get_origin(self.kind) is tuple

    @property
    def title(self) -> str:
        """Its name in words."""
        words = re.sub(r"_s$", " in seconds", self.name)
        words = re.sub(r"^(.*)_(minutes|days)$", r"\1 in \2", words).replace("_", " ")
        return words[0].upper() + words[1:]


def settings() -> tuple[Setting, ...]:
    """Every setting, in order.

    Raises:
        ValueError: One is not described.
    """
    hints, about = get_type_hints(Options), descriptions(inspect.getdoc(Options) or "")
    if missing := [one.name for one in fields(Options) if one.name not in about]:
        raise ValueError(f"not described in app/settings/options.py: {', '.join(missing)}")
    return tuple(Setting(one.name, hints[one.name], one.default, about[one.name]) for one in fields(Options))


def descriptions(docstring: str) -> dict[str, str]:
    """Attributes and their words, from a docstring in Google's style."""
    body = docstring.split("Attributes:\n", 1)[1]
    joined = re.sub(r"\n {8,}", " ", body)
    return dict(re.findall(r"^ {4}(\w+): (.+)$", joined, re.MULTILINE))


def schema() -> str:
    """JSON Schema of `policy.toml`, for editors and for checks before a file is deployed."""
    table = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy of Epicrisis (policy.toml)",
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: _property(one) for one in settings()},
    }
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def _property(one: Setting) -> dict[str, Any]:
    table: dict[str, Any] = {"description": one.about, "default": list(one.default) if one.is_list else one.default}
    if one.choices:
        return {**table, "type": "string", "enum": list(one.choices)}
    if one.is_list:
        item = {"type": "string", **({"enum": list(one.items)} if one.items else {})}
        return {**table, "type": "array", "items": item}
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    bounds = dict(zip(("minimum", "maximum"), BOUNDS.get(one.name, ()), strict=False))
    return {**table, "type": names[one.kind], **bounds}


def admx() -> str:
    """Group policy definitions: the same for all languages."""
    root = ET.Element("policyDefinitions", {"xmlns": _NAMESPACE, "revision": _REVISION, "schemaVersion": "1.0"})
    spaces = ET.SubElement(root, "policyNamespaces")
    ET.SubElement(spaces, "target", {"prefix": "epicrisis", "namespace": "Epicrisis.Policies"})
    ET.SubElement(root, "resources", {"minRequiredRevision": _REVISION})
    supported = ET.SubElement(ET.SubElement(root, "supportedOn"), "definitions")
    ET.SubElement(supported, "definition", {"name": "SUPPORTED", "displayName": "$(string.SUPPORTED)"})
    categories = ET.SubElement(root, "categories")
    ET.SubElement(categories, "category", {"name": "Epicrisis", "displayName": "$(string.Epicrisis)"})
    policies = ET.SubElement(root, "policies")
    for one in settings():
        _policy(policies, one)
    return _xml(root)


def _policy(policies: ET.Element, one: Setting) -> None:
    attributes = {
        "name": one.name,
        "class": "Machine",
        "displayName": f"$(string.{one.name})",
        "explainText": f"$(string.{one.name}_about)",
        "key": KEY,
    }
    if one.kind is bool:
        attributes["valueName"] = one.name
    else:
        attributes["presentation"] = f"$(presentation.{one.name})"
    policy = ET.SubElement(policies, "policy", attributes)
    ET.SubElement(policy, "parentCategory", {"ref": "Epicrisis"})
    ET.SubElement(policy, "supportedOn", {"ref": "SUPPORTED"})
    if one.kind is bool:
        for name, value in (("enabledValue", "1"), ("disabledValue", "0")):
            ET.SubElement(ET.SubElement(policy, name), "decimal", {"value": value})
        return
    elements = ET.SubElement(policy, "elements")
    words = {"id": one.name, "valueName": one.name}
    if one.choices:
        chosen = ET.SubElement(elements, "enum", {**words, "required": "true"})
        for choice in one.choices:
            item = ET.SubElement(chosen, "item", {"displayName": f"$(string.{one.name}_{choice})"})
            ET.SubElement(ET.SubElement(item, "value"), "string").text = choice
    elif one.is_list:
        ET.SubElement(elements, "multiText", words)
    elif one.kind is str:
        ET.SubElement(elements, "text", {**words, "required": "true"})
    else:
        least, most = BOUNDS.get(one.name, (0, _LARGEST_DWORD))
        bounds = {"minValue": str(math.ceil(least)), "maxValue": str(math.floor(most))}  # the registry has no fractions
        ET.SubElement(elements, "decimal", {**words, "required": "true", **bounds})


def adml(language: str) -> str:
    """The words of the definitions in one language.

    Args:
        language: `en-US` or `zh-CN`.
    """
    words = chinese() if language == "zh-CN" else {}
    root = ET.Element("policyDefinitionResources", {"xmlns": _NAMESPACE, "revision": _REVISION, "schemaVersion": "1.0"})
    ET.SubElement(root, "displayName").text = _TITLES[language]
    ET.SubElement(root, "description").text = _TITLES[language]
    resources = ET.SubElement(root, "resources")
    table, shown = ET.SubElement(resources, "stringTable"), ET.SubElement(resources, "presentationTable")
    strings = {"SUPPORTED": _SUPPORTED[language], "Epicrisis": _TITLES[language]}
    for one in settings():
        title, about = words.get(one.name, (one.title, one.about))
        strings |= {one.name: title, f"{one.name}_about": f"{about} {_limits(one, language)}".strip()}
        strings |= {f"{one.name}_{choice}": choice for choice in one.choices}
        _presentation(shown, one, title)
    for name, text in strings.items():
        ET.SubElement(table, "string", {"id": name}).text = text
    return _xml(root)


def _presentation(table: ET.Element, one: Setting, title: str) -> None:
    if one.kind is bool:
        return
    presentation = ET.SubElement(table, "presentation", {"id": one.name})
    if one.choices:
        ET.SubElement(presentation, "dropdownList", {"refId": one.name, "noSort": "true"}).text = title
    elif one.is_list:
        ET.SubElement(presentation, "multiTextBox", {"refId": one.name}).text = title
    elif one.kind is str:
        box = ET.SubElement(presentation, "textBox", {"refId": one.name})
        ET.SubElement(box, "label").text = title
    else:
        default = {"refId": one.name, "defaultValue": str(round(one.default))}
        ET.SubElement(presentation, "decimalTextBox", default).text = title


def _limits(one: Setting, language: str) -> str:
    """Default, and what a list may hold, in words."""
    is_chinese = language == "zh-CN"
    if one.items:
        return f"可选：{'、'.join(one.items)}。" if is_chinese else f"One of: {', '.join(one.items)}."
    if one.is_list or one.default == "":
        return ""
    value = str(one.default).lower() if one.kind is bool else str(one.default)
    return f"默认：{value}。" if is_chinese else f"Default: {value}."


def chinese() -> dict[str, tuple[str, str]]:
    """Title and description of every setting in Simplified Chinese."""
    table = tomllib.loads((FOLDER / "zh-CN.toml").read_text(encoding="utf-8"))
    return {name: (one["title"], one["about"]) for name, one in table.items()}


def _xml(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def files() -> Mapping[Path, str]:
    """Every generated file and what belongs in it."""
    return {
        FOLDER / "policy.schema.json": schema(),
        FOLDER / "epicrisis.admx": admx(),
        **{FOLDER / language / "epicrisis.adml": adml(language) for language in _TITLES},
    }


def main() -> int:
    """Write the files."""
    for file, text in files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
        print(file.relative_to(FOLDER.parent.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
