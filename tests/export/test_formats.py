"""Each format is reopened with its own library and read back."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring
from markdown_it import MarkdownIt
from pypdfium2 import PdfDocument

from app.drafts import standards
from app.drafts.draft import Section
from app.errors import MissingGlyphs, UnknownFormat
from app.export import formats
from app.letter.letter import Letter, Signature, compose
from tests.checks.cases import draft_of, note_of
from tests.fakes import known_tasks
from tests.letter import cases

SIGNED = Signature("Dr Ada Stone", "Consultant", "2026-11-24T10:00:00+00:00")
LINES = [
    "Margaret Ellison", "14 February 1954", "EX204117", "GP to repeat U&E in one week.", "about 16 November 2026",
    "Results pending: Ferritin and transferrin saturation, sent 05/11/2026.", "Penicillin - widespread rash in 2011.",
    "2.5 mg once daily", "(before: 75 mg once daily)", "reason not documented", "NT-proBNP 4,200 ng/L",
    "She improved <quickly> & went *home*.", "GP practice; Referrer details",
]  # fmt: skip


def letter(name: str = "prsb", *, signature: Signature | None = None, language: Any = None) -> Letter:  # noqa: ANN401
    """The sample stay as a letter."""
    note = cases.stay()
    draft = cases.draft_of(note, course="She improved <quickly> & went *home*.")
    return compose(
        note, draft, standards.load(name), signature=signature, language=language, made_at=cases.MADE_AT
    )  # fmt: skip


def one_line(text: str) -> str:
    """Runs of white space as one space."""
    return " ".join(text.split())


def markdown_text(data: bytes) -> str:
    """What a reader of Markdown sees."""
    tokens = MarkdownIt("commonmark").enable("table").parse(data.decode("utf-8"))
    words = [
        child.content for token in tokens for child in token.children or () if child.type in ("text", "code_inline")
    ]
    return one_line("".join(words).replace("\xa0", " "))


def word_text(data: bytes) -> str:
    """What a Word document holds, tables and footer too."""
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    footer = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    return one_line(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *footer]))


def pdf_text(data: bytes) -> str:
    """What can be selected in a PDF."""
    return one_line(" ".join(pages(data)))


def pages(data: bytes) -> list[str]:
    """The text of each page."""
    document = PdfDocument(data)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


READERS = {
    "txt": lambda data: one_line(data.decode("utf-8")),
    "md": markdown_text,
    "html": lambda data: one_line(" ".join(document_fromstring(data.decode("utf-8")).find("body").itertext())),
    "docx": word_text,
    "pdf": pdf_text,
}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", READERS)
def test_a_reader_finds_every_fact(name: str) -> None:
    text = READERS[name](formats.to_bytes(letter(), name))
    for line in LINES:
        assert line in text, line
    assert "DRAFT - not signed" in text
    signed = READERS[name](formats.to_bytes(letter(signature=SIGNED), name))
    assert "Signed by Dr Ada Stone, Consultant, 24 November 2026 10:00 UTC" in signed
    assert "DRAFT" not in signed


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", READERS)
def test_a_chinese_letter_is_whole(name: str) -> None:
    try:
        text = READERS[name](formats.to_bytes(letter("cn"), name))
    except MissingGlyphs:
        pytest.skip("no font with Chinese characters on this machine")
    for line in ("出院记录", "草稿 - 未签名", "约2026年11月16日", "诊疗经过", "停用"):
        assert line in text, line


def test_a_word_document_has_headings_and_tables() -> None:
    document = docx.Document(io.BytesIO(formats.to_bytes(letter(), "docx")))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[:4] == ["Plan and requested actions", "Admission details", "Discharge details", "Diagnoses"]
    head, actions, medicines = document.tables
    assert [cell.text for cell in actions.rows[0].cells] == ["Who", "What", "When"]
    assert [cell.text for cell in medicines.columns[0].cells][1:4] == ["Apixaban", "Aspirin", "Atorvastatin"]
    assert "tblHeader" in actions.rows[0]._tr.xml
    assert head.rows[0].cells[0].text == "Patient demographics"
    assert "Watermark" in document.sections[0].header._element.xml
    assert document.core_properties.title == "Discharge summary"
    signed = docx.Document(io.BytesIO(formats.to_bytes(letter(signature=SIGNED), "docx")))
    assert "Watermark" not in signed.sections[0].header._element.xml


@pytest.mark.usefixtures("qapp")
def test_a_pdf_says_it_is_pdf_a_and_holds_its_fonts() -> None:
    data = formats.to_bytes(letter(), "pdf")
    assert re.search(rb'pdfaid:part="1" pdfaid:conformance="B"', data)
    assert b"/OutputIntents" in data
    assert data.count(b"/Type /FontDescriptor") == data.count(b"/FontFile2 ") > 0
    texts = pages(data)
    assert len(texts) <= 2
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in one_line(text)


@pytest.mark.usefixtures("qapp")
def test_characters_without_a_font_stop_a_pdf(tmp_path: Path) -> None:
    note = note_of("He is well and goes home today.")
    made = compose(note, draft_of(("course", "\U0010fffd a sign")), standards.load("prsb"))
    with pytest.raises(MissingGlyphs) as caught:
        formats.write(made, "pdf", tmp_path / "letter.pdf")
    assert "\U0010fffd" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="fonts are hidden through fontconfig")
def test_a_machine_without_any_font_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>", encoding="utf-8")
    code = (
        "from tests.export.test_formats import letter\nfrom app.export import formats\n"
        "from app.errors import OutputError\n"
        "try: formats.to_bytes(letter(), 'pdf')\nexcept OutputError as error: print(error.code)"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "missing_glyphs"


def test_json_holds_states_offsets_and_hashes() -> None:
    table = json.loads(formats.to_bytes(letter(), "json"))
    assert (table["status"], table["is_signed"]) == ("draft", False)
    assert {one["key"]: one["state"] for one in table["sections"]}["practice"] == "not documented"
    span = table["actions"][0]["source"]
    assert cases.stay().text[span["start"] : span["end"]] == table["actions"][0]["quote"]
    assert len(table["provenance"]["version_sha256"]) == 64
    assert json.loads(formats.to_bytes(letter(signature=SIGNED), "json"))["status"] == "signed"


def resources(data: bytes) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """A FHIR document validated anew: its composition, and the other resources by type."""
    table = json.loads(data)
    Bundle.model_validate(table)
    first = table["entry"][0]["resource"]
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in table["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    urls = {entry["fullUrl"] for entry in table["entry"]}
    assert len(urls) == len(table["entry"])
    assert set(re.findall(r'"reference": "([^"]+)"', data.decode("utf-8"))) <= urls
    return first, found


@pytest.mark.parametrize("name", ["prsb", "jc", "eu", "cn"])
def test_a_fhir_document_is_valid_and_whole(name: str) -> None:
    composition, found = resources(formats.to_bytes(letter(name), "fhir"))
    assert composition["resourceType"] == "Composition"
    assert composition["type"]["coding"][0] == {
        "system": "http://loinc.org", "code": "34105-7" if name == "eu" else "18842-5",
        "display": standards.load(name).code_title,
    }  # fmt: skip
    assert composition["status"] == "preliminary"
    for section in composition["section"]:
        ElementTree.fromstring(section["text"]["div"])  # noqa: S314 - made by this program a line above
        assert "emptyReason" not in section or "entry" not in section
    texts = " ".join(ElementTree.fromstring(one["text"]["div"]).itertext() and one["text"]["div"] for one in  # noqa: S314
                     composition["section"])  # fmt: skip
    assert "Penicillin - widespread rash in 2011." in texts
    (patient,) = found["Patient"]
    assert patient["name"] == [{"text": "Margaret Ellison"}]
    assert patient["birthDate"] == "1954-02-14"
    assert "period" not in found["Encounter"][0]  # dates of notes are no dates of the stay
    drugs = {one["medicationCodeableConcept"]["text"]: one["status"] for one in found["MedicationStatement"]}
    assert (drugs["Aspirin"], drugs["Apixaban"]) == ("stopped", "active")
    assert {one["description"] for one in found["Task"]} >= {"GP to repeat U&E in one week."}
    assert {one["status"] for one in found["Task"]} == {"draft"}
    assert len(found["Provenance"][0]["entity"]) == 5


def test_a_signed_fhir_document_names_who_attests() -> None:
    composition, found = resources(formats.to_bytes(letter(signature=SIGNED), "fhir"))
    assert composition["status"] == "final"
    assert composition["attester"][0]["time"] == "2026-11-24T10:00:00Z"
    assert found["Practitioner"][0]["name"] == [{"text": "Dr Ada Stone"}]


CDA = "{urn:hl7-org:v3}"
# The order that the schema of CDA R2 fixes.
HEAD = [
    "realmCode", "typeId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode",
    "recordTarget", "author", "custodian", "legalAuthenticator", "componentOf", "component",
]  # fmt: skip


@pytest.mark.parametrize("name", ["prsb", "jc", "eu", "cn"])
@pytest.mark.parametrize("signature", [None, SIGNED])
def test_a_cda_document_has_its_head_and_every_heading(name: str, signature: Signature | None) -> None:
    made = letter(name, signature=signature)
    root = ElementTree.fromstring(formats.to_bytes(made, "ccda"))  # noqa: S314
    tags = [child.tag.removeprefix(CDA) for child in root]
    assert tags == [one for one in HEAD if signature or one != "legalAuthenticator"]
    assert root.find(f"{CDA}code").attrib["code"] == made.code  # type: ignore[union-attr]
    titles = [one.text for one in root.iter(f"{CDA}title")][1:]
    assert titles == [one.heading for one in made.sections if one.parts or one.lines or one.need != "optional"]
    empty = [one.find(f"{CDA}title").text for one in root.iter(f"{CDA}section") if one.get("nullFlavor")]  # type: ignore[union-attr]
    assert empty == [one.heading for one in made.absent]
    text = one_line(" ".join(root.itertext()))
    assert "Penicillin - widespread rash in 2011." in text
    assert "She improved <quickly> & went *home*." in text
    assert next(root.iter(f"{CDA}birthTime")).attrib == {"value": "19540214"}
    assert next(root.iter(f"{CDA}low")).attrib == {"nullFlavor": "UNK"}  # the date of a note is no date of the stay


def test_the_same_letter_has_the_same_bytes() -> None:
    for name in ("txt", "md", "html", "json", "fhir", "ccda"):
        assert formats.to_bytes(letter(), name) == formats.to_bytes(letter(), name)


def test_an_unknown_format_is_told() -> None:
    with pytest.raises(UnknownFormat, match="docx, pdf, txt, md"):
        formats.to_bytes(letter(), "doc")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"]), min_size=1, max_size=60)


def strange(text: str) -> Letter:
    """A letter with any text in a section, a heading's fact and an action."""
    note = note_of("He is well and goes home today.")
    sections = (Section("course", "C", text, "written"), Section("actions", "A", f"{text} x", "written"))
    draft = draft_of()
    return compose(
        note,
        type(draft)("t", "T", sections, (), draft.stamp, ""),
        standards.load("prsb"),
        facts={"name": text},
        made_at=cases.MADE_AT,
    )


@settings(max_examples=80, deadline=None)
@given(TEXT)
@example("\x0c")
def test_any_text_stays_text(text: str) -> None:
    made = strange(text)
    words = [word for word in re.findall(r"[^\W_]+", text) if word.isprintable()]
    for name in ("txt", "md", "html", "docx"):
        seen = READERS[name](formats.to_bytes(made, name))
        for word in words:
            assert word in seen, name
    composition, _ = resources(formats.to_bytes(made, "fhir"))
    for section in composition["section"]:
        ElementTree.fromstring(section["text"]["div"])  # noqa: S314
    ElementTree.fromstring(formats.to_bytes(made, "ccda"))  # noqa: S314
    assert json.loads(formats.to_bytes(made, "json"))["facts"][0]["value"] == text


MARKUP = st.sampled_from(
    [
        "<script>",
        "</p>",
        "&amp;",
        "[x](y)",
        "# h",
        "| a |",
        "**b**",
        "`c`",
        "1. d",
        "- e",
        "\n",
        "***",
        "---",
        "> q",
        "    z",
        "~~~",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(MARKUP, min_size=1, max_size=6).map(" ".join))
def test_markup_in_a_note_is_shown_not_obeyed(text: str) -> None:
    made = strange(f"x {text}")
    html = formats.to_bytes(made, "html").decode("utf-8")
    assert "<script" not in html
    lines = [one_line(line) for line in text.splitlines() if line.strip()]
    for name in ("html", "md"):
        seen = READERS[name](formats.to_bytes(made, name))
        for line in lines[1:] or lines:
            assert line in seen, name


KEYS = [one.key for one in known_tasks()["discharge-letter"].sections]


@pytest.mark.parametrize("name", ["prsb", "jc", "eu", "cn"])
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_section_of_a_draft_is_lost(name: str, data: st.DataObject) -> None:
    words = st.sampled_from(["none", "pain", "aspirin 75 mg", "stopped", "GP to check", "no", "\n", "."])
    states = st.sampled_from(["written", "copied", "incomplete"])
    sections = tuple(
        Section(key, key, f"{data.draw(st.lists(words, max_size=6).map(' '.join))} word{number}", data.draw(states))
        for number, key in enumerate(KEYS)
    )
    draft = type(draft_of())("discharge-letter", "T", sections, (), draft_of().stamp, "")
    made = compose(note_of("He is well and goes home."), draft, standards.load(name))
    for reader in ("txt", "docx"):
        text = READERS[reader](formats.to_bytes(made, reader))
        for number, key in enumerate(KEYS):
            assert f"word{number}" in text, (reader, key)


def test_the_course_gives_its_dates_as_people_write_them() -> None:
    draft = draft_of(("course", "2026-11-05: Breathing easier.\nNote 2026-11-07: well."))
    made = compose(cases.stay(), draft, standards.load("prsb"))
    text = formats.to_bytes(made, "txt").decode("utf-8")
    assert "5 November 2026: Breathing easier" in text
    assert "Note 2026-11-07: well." in text
