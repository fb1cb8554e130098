"""The templates that IT imports are current, whole, and give values that the program takes."""

from __future__ import annotations

import json
import tomllib
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.errors import SetupError
from app.settings.options import Options
from app.settings.policy import KEY, from_registry
from app.settings.values import checked
from installer import build
from installer import policy_templates as templates
from tests.settings.test_policy_places import REG_DWORD, REG_MULTI_SZ, REG_SZ, Registry

NAMES = [one.name for one in fields(Options)]
SPACE = {"p": "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"}


def test_the_committed_files_are_current() -> None:
    for file, text in templates.files().items():
        assert file.read_text(encoding="utf-8") == text, f"run python -m installer.policy_templates: {file.name}"


def test_every_setting_is_described_once_in_both_languages() -> None:
    chinese = templates.chinese()
    assert list(chinese) == NAMES
    for one in templates.settings():
        assert one.about.endswith((".", "`.")), one.name
        assert len(one.title) < 60
        title, about = chinese[one.name]
        assert about.endswith(("。", "；")), one.name
        assert not title.isascii()


def test_a_setting_without_words_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "descriptions", lambda _: {"model": "x"})
    with pytest.raises(ValueError, match=r"not described in app/settings/options\.py: adapter"):
        templates.settings()


def test_the_schema_says_what_the_program_takes() -> None:
    table = json.loads(templates.schema())
    assert list(table["properties"]) == NAMES
    assert not table["additionalProperties"]
    for name, one in table["properties"].items():
        checked({name: one["default"]}, "the default")
        for value in one.get("enum", ()):
            checked({name: value}, "a choice")
        for value in one.get("items", {}).get("enum", ()):
            checked({name: [value]}, "an item")
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in one:
                checked({name: one[bound]}, bound)
                with pytest.raises(SetupError, match="must lie between"):
                    checked({name: one[bound] + step}, bound)


def test_what_group_policy_writes_is_read() -> None:
    """Every policy of the ADMX, set to each value it offers, gives a registry that the program takes."""
    root = ET.fromstring((templates.FOLDER / "epicrisis.admx").read_text(encoding="utf-8"))  # noqa: S314 - our own file
    policies = root.findall("p:policies/p:policy", SPACE)
    assert [one.attrib["name"] for one in policies] == NAMES
    for policy in policies:
        assert policy.attrib["key"] == KEY
        assert policy.attrib["class"] == "Machine", "a user's own key could be written by the user"
        for name, value, kind in rows(policy):
            found = from_registry(Registry(rows=[(name, value, kind)]))
            assert name in found.values, name


def rows(policy: ET.Element) -> list[tuple[str, Any, int]]:
    name = policy.attrib["name"]
    if policy.find("p:elements", SPACE) is None:
        assert policy.attrib["valueName"] == name
        values = [policy.find(f"p:{one}/p:decimal", SPACE) for one in ("enabledValue", "disabledValue")]
        return [(name, int(one.attrib["value"]), REG_DWORD) for one in values if one is not None]
    (element,) = policy.find("p:elements", SPACE) or ()
    assert element.attrib["valueName"] == name
    match element.tag.split("}")[1]:
        case "decimal":
            return [(name, int(element.attrib[one]), REG_DWORD) for one in ("minValue", "maxValue")]
        case "enum":
            return [(name, one.text, REG_SZ) for one in element.findall("p:item/p:value/p:string", SPACE)]
        case "text":
            return [(name, "any words", REG_SZ)]
        case "multiText":
            word = "pdf" if name == "export_formats" else "any-name"
            return [(name, [word], REG_MULTI_SZ)]
    raise AssertionError(element.tag)


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_every_word_the_definitions_ask_for_is_there(language: str) -> None:
    admx = (templates.FOLDER / "epicrisis.admx").read_text(encoding="utf-8")
    root = ET.fromstring((templates.FOLDER / language / "epicrisis.adml").read_text(encoding="utf-8"))  # noqa: S314
    strings = {one.attrib["id"]: one.text for one in root.iterfind(".//p:string", SPACE)}
    shown = {one.attrib["id"] for one in root.iterfind(".//p:presentation", SPACE)}
    asked = {part.split(")")[0] for part in admx.split("$(string.")[1:]}
    assert asked == set(strings)
    assert all(strings.values())
    assert {part.split(")")[0] for part in admx.split("$(presentation.")[1:]} == shown
    elements = {one.attrib["id"] for one in ET.fromstring(admx).iterfind(".//p:elements/*", SPACE)}  # noqa: S314
    assert {one.attrib["refId"] for one in root.iterfind(".//p:presentation/*", SPACE)} == elements


def test_the_sample_of_the_readme_is_a_policy() -> None:
    text = (Path(templates.__file__).parent / "README.md").read_text(encoding="utf-8")
    sample = text.split("```toml\n")[1].split("```")[0]
    assert checked(tomllib.loads(sample), "the sample")


def test_they_are_packed_beside_the_packages(tmp_path: Path) -> None:
    first = build.policy(tmp_path / "policy.zip").read_bytes()
    assert build.policy(tmp_path / "policy.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "policy.zip") as archive:
        names = archive.namelist()
    assert names == ["en-US/epicrisis.adml", "epicrisis.admx", "policy.schema.json", "zh-CN/epicrisis.adml"]
