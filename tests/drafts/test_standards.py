"""The four standards, and a department's own beside them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import paths
from app.drafts import standards
from app.drafts.standards import Heading
from app.errors import NotWritable, SetupError
from tests.fakes import known_tasks

# NHS ITK3 eDischarge: the 22 headings by their SNOMED CT codes.
MANDATORY = {
    "886731000000109", "886711000000101", "887161000000102", "887181000000106", "886921000000105", "887231000000104",
}  # fmt: skip
REQUIRED = {
    "1052891000000108", "1078911000000106", "1052941000000107", "886781000000108", "886811000000106",
    "886961000000102", "886931000000107", "887201000000105", "1052951000000105", "887261000000109",
}  # fmt: skip
OPTIONAL = {
    "887051000000101", "886751000000102", "887171000000109", "887141000000103", "933361000000108", "1082101000000102",
}  # fmt: skip
CHINESE = ["入院日期", "出院日期", "入院情况", "入院诊断", "诊疗经过", "出院诊断", "出院情况", "出院医嘱", "医师签名"]


def test_prsb_has_its_22_headings() -> None:
    prsb = standards.load("prsb")
    by_need = {
        need: {one.code for one in prsb.headings if one.need == need} for need in ("mandatory", "required", "optional")
    }
    assert by_need == {"mandatory": MANDATORY, "required": REQUIRED, "optional": OPTIONAL}


def test_the_chinese_record_has_its_headings_in_order() -> None:
    record = standards.load("cn")
    titles = [one.title["zh-CN"] for one in record.headings]
    assert [one for one in titles if one in CHINESE] == CHINESE
    assert record.language == "zh-CN"


def test_jc_and_eu_have_what_they_demand() -> None:
    joint = {one.code: one.need for one in standards.load("jc").headings}
    assert all(joint[code] == "mandatory" for code in ("48765-2", "8648-8", "11535-2", "18776-5"))
    report = standards.load("eu")
    assert report.code == "34105-7"
    assert {one.code for one in report.headings if one.need == "mandatory" and one.code} == {"8648-8"}


def test_every_section_a_standard_names_is_written_and_none_is_left_out() -> None:
    written = {one.key for one in known_tasks()["discharge-letter"].sections}
    for standard in standards.known().values():
        named = [key for heading in standard.headings for key in heading.sections]
        assert set(named) <= written, standard.name
        assert len(named) == len(set(named)), standard.name
        assert written <= set(named), standard.name


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(SetupError, match="known are cn, eu, jc, prsb"):
        standards.load("nhs")


def test_a_department_changes_a_standard_and_its_copy_stands_beside() -> None:
    prsb = standards.load("prsb")
    first, *rest = prsb.headings
    own = Heading("frailty", {"en": "Frailty", "zh-CN": "衰弱"}, about='Score and "date".', cues=("rockwood \\d",))
    changed = replace(prsb, headings=(*rest, first, own), example="Dear Doctor,\nthank you.\x7f")
    standards.save(changed)
    standards.save(replace(changed, name="geriatrics", base="prsb", language="zh-CN"))
    assert list(standards.known()) == ["cn", "eu", "jc", "prsb", "geriatrics"]
    for name in ("prsb", "geriatrics"):
        read = standards.load(name)
        assert read.headings == changed.headings
        assert read.example == changed.example
        assert read.sha256 != prsb.sha256
        assert read.base == "prsb"
    assert standards.load("geriatrics").language == "zh-CN"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.randoms(use_true_random=False), TEXTS.filter(str.strip), TEXTS, st.integers(0, 999))
def test_what_is_saved_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, random: object, title: str, about: str, words: int
) -> None:
    folder = tmp_path_factory.mktemp("department")
    jc = standards.load("jc")
    kept = [one for one in jc.headings if one.need == "mandatory" or random.random() < 0.5]  # type: ignore[attr-defined]
    random.shuffle(kept)  # type: ignore[attr-defined]
    kept[0] = replace(kept[0], title={**kept[0].title, "en": title.strip()}, about=about, words=words)
    standards.save(replace(jc, headings=tuple(kept)), folder)
    assert standards.load("jc", (paths.resources() / "standards", folder)).headings == tuple(kept)


def test_what_a_standard_demands_stays(tmp_path: Path) -> None:
    prsb = standards.load("prsb")
    without = tuple(one for one in prsb.headings if one.key != "allergies")
    milder = tuple(replace(one, need="optional") if one.key == "allergies" else one for one in prsb.headings)
    for headings in (without, milder):
        with pytest.raises(SetupError, match="allergies is mandatory"):
            standards.save(replace(prsb, headings=headings), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "prsb.toml"),
        ('titel = "x"', "unknown words: titel"),
        ('[[headings]]\nkey = "allergies"\nwords = -1', "words is a number"),
        ('[[headings]]\nkey = "own"\ncues = ["("]\ntitle = {en = "Own"}', "prsb.toml"),
        ('[[headings]]\nkey = "own"', "'title' is missing"),
        ('order = ["nothing"]', "unknown headings: nothing"),
        ('base = "nhs"', "nhs is not known"),
        ('language = "fr"', "language fr"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(text: str, words: str) -> None:
    folder = paths.user_standards()
    folder.mkdir(parents=True)
    (folder / "prsb.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=words.replace("(", r"\(")):
        standards.known()


def test_a_department_s_instruction_reaches_the_model_and_its_hash() -> None:
    task = known_tasks()["discharge-letter"]
    prsb = standards.load("prsb")
    assert standards.instruct(prsb, task) is task
    own = tuple(replace(one, instruction="Say it in one line.") for one in prsb.headings)
    told = standards.instruct(replace(prsb, headings=own), task)
    assert told.section("course").instruction == "Say it in one line."
    assert told.section("medications") == task.section("medications")
    assert told.sha256 != task.sha256


def test_an_id_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="other signs"):
        standards.save(replace(standards.load("prsb"), name="../prsb", base="prsb"), tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="another kind of failure elsewhere")
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotWritable):
        standards.save(standards.load("prsb"), tmp_path / "file")


def test_a_heading_of_ones_own_with_an_instruction_is_written_by_the_model_from_what_speaks_of_it() -> None:
    task = known_tasks()["discharge-letter"]
    prsb = standards.load("prsb")
    own = Heading("own_frailty", {"en": "Frailty", "zh-CN": "衰弱"}, cues=("rockwood",), instruction="Say how frail.")
    told = standards.instruct(replace(prsb, headings=(*prsb.headings, own)), task)
    section = told.section("own_frailty")
    assert (section.title, section.instruction, section.by, section.reads) == (
        "Frailty", "Say how frail.", "model", "matching",
    )  # fmt: skip
    assert section.cues is not None
    assert section.cues.search("Rockwood 5")
    assert told.sections[:-1] == task.sections
    assert told.sha256 != task.sha256
    for silent in (replace(own, instruction=""), replace(own, cues=())):  # nothing to say, or nothing to read
        assert standards.instruct(replace(prsb, headings=(*prsb.headings, silent)), task) is task


def test_what_a_file_changes_in_a_standard_does_not_reach_the_templates_beside_it() -> None:
    prsb = standards.load("prsb")
    extra = Heading("extra", {"en": "Extra", "zh-CN": "附加"})
    standards.save(replace(prsb, headings=(*prsb.headings, extra)))
    for name in ("after", "zulu"):  # before and after "prsb" in the folder
        standards.save(replace(prsb, name=name, base="prsb"))
        assert [one.key for one in standards.load(name).headings] == [one.key for one in prsb.headings]
    assert standards.load("prsb").headings[-1] == extra


def test_a_template_is_removed_and_the_program_s_standard_stays() -> None:
    prsb = standards.load("prsb")
    standards.save(replace(prsb, name="ward-7", base="prsb"))
    standards.remove("ward-7")
    standards.remove("ward-7")
    standards.remove("prsb")
    assert list(standards.known()) == ["cn", "eu", "jc", "prsb"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ward 7 (East)", "ward-7-east"), ("心内科 3病区", "心内科-3病区"), ("../x", "x"), (" … ", ""), ("NUL", ""),
        ("com1", ""), ("_a", "a"), ("\uff21\uff11", "a1"), ("x" * 60, "x" * 41),
    ],
)  # fmt: skip
def test_a_name_in_words_becomes_an_id(words: str, expected: str) -> None:
    assert standards.identity(words) == expected


def test_a_template_with_a_chinese_name_is_read_back() -> None:
    standards.save(replace(standards.load("cn"), name="心内科", base="cn"))
    assert standards.load("心内科").base == "cn"
