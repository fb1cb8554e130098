"""A letter as HL7 CDA R2 XML in the shape of a C-CDA Discharge Summary: head, and a section of text for each heading.

It claims no C-CDA template: those demand coded entries, which a text does not have. What is not documented has
`nullFlavor="NI"`, as C-CDA asks. Source: HL7 CDA R2; C-CDA 5.0 Discharge Summary, https://hl7.org/cda/us/ccda/.
"""

from __future__ import annotations

import datetime
import uuid
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from app.drafts.labels import label
from app.export import times
from app.export.layout import Table, Text, content
from app.letter.letter import Letter, LetterSection

_NAMESPACE = "urn:hl7-org:v3"
_LOINC = "2.16.840.1.113883.6.1"
_SYSTEMS = {"http://loinc.org": _LOINC, "http://snomed.info/sct": "2.16.840.1.113883.6.96"}
_GENDER, _CONFIDENTIALITY = "2.16.840.1.113883.5.1", "2.16.840.1.113883.5.25"
_SEXES = {"male": "M", "m": "M", "男": "M", "female": "F", "f": "F", "女": "F"}


def render(letter: Letter) -> str:
    """Write a letter as CDA XML.

    Args:
        letter: The letter. Without `made_at` and signature the time is that of the call, as CDA demands one.

    Returns:
        The document.
    """
    made = letter.provenance
    now = datetime.datetime.now(datetime.UTC).isoformat()
    time = _time((made.signature.at if made.signature else made.made_at) or now)
    root = Element("ClinicalDocument", xmlns=_NAMESPACE)
    SubElement(root, "realmCode", code="US")
    SubElement(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
    SubElement(root, "id", root=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{made} {letter.standard} {letter.language} cda")))
    SubElement(root, "code", code=letter.code, codeSystem=_LOINC, displayName=letter.code_title)
    _text(root, "title", letter.title)
    SubElement(root, "effectiveTime", value=time)
    SubElement(root, "confidentialityCode", code="N", codeSystem=_CONFIDENTIALITY)
    SubElement(root, "languageCode", code=letter.language)
    _patient(root, letter)
    _author(root, letter, time)
    custodian = SubElement(SubElement(root, "custodian"), "assignedCustodian")
    SubElement(SubElement(custodian, "representedCustodianOrganization"), "id", nullFlavor="NI")
    if made.signature is not None:
        signer = SubElement(root, "legalAuthenticator")
        SubElement(signer, "time", value=_time(made.signature.at))
        SubElement(signer, "signatureCode", code="S")
        _person(SubElement(signer, "assignedEntity"), made.signature.name)
    _stay(root, letter)
    body = SubElement(SubElement(root, "component"), "structuredBody")
    for section in letter.sections:
        if section.parts or section.lines or section.need != "optional":
            _section(SubElement(SubElement(body, "component"), "section"), section, letter)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _patient(root: Element, letter: Letter) -> None:
    role = SubElement(SubElement(root, "recordTarget"), "patientRole")
    number = letter.value("number")
    SubElement(role, "id", {"nullFlavor": "UNK", **({"extension": _plain(number)} if number else {})})
    if address := letter.value("address"):
        _text(SubElement(role, "addr"), "streetAddressLine", address)
    patient = SubElement(role, "patient")
    if name := letter.value("name"):
        _text(patient, "name", name)
    sex = _SEXES.get(letter.value("sex").casefold())
    gender = {"code": sex, "codeSystem": _GENDER} if sex else {"nullFlavor": "UNK"}
    SubElement(patient, "administrativeGenderCode", gender)
    SubElement(patient, "birthTime", _day(letter, "born"))


def _author(root: Element, letter: Letter, time: str) -> None:
    author = SubElement(root, "author")
    SubElement(author, "time", value=time)
    assigned = SubElement(author, "assignedAuthor")
    signature = letter.provenance.signature
    if signature is not None:
        _person(assigned, signature.name)
        return
    SubElement(assigned, "id", nullFlavor="NI")
    device = SubElement(assigned, "assignedAuthoringDevice")
    _text(device, "manufacturerModelName", letter.provenance.model or "-")
    _text(device, "softwareName", "Epicrisis")


def _person(entity: Element, name: str) -> None:
    SubElement(entity, "id", nullFlavor="NI")
    _text(SubElement(entity, "assignedPerson"), "name", name)


def _stay(root: Element, letter: Letter) -> None:
    encounter = SubElement(SubElement(root, "componentOf"), "encompassingEncounter")
    time = SubElement(encounter, "effectiveTime")
    SubElement(time, "low", _day(letter, "admitted"))
    SubElement(time, "high", _day(letter, "discharged"))
    destination = letter.value("destination")
    disposition = SubElement(encounter, "dischargeDispositionCode", nullFlavor="OTH" if destination else "UNK")
    if destination:
        _text(disposition, "originalText", destination)


def _section(element: Element, section: LetterSection, letter: Letter) -> None:
    if section.state == "not documented" and not section.parts:
        element.set("nullFlavor", "NI")
    if section.code and letter.system in _SYSTEMS:
        SubElement(element, "code", code=section.code, codeSystem=_SYSTEMS[letter.system])
    _text(element, "title", section.heading)
    text = SubElement(element, "text")
    shown = content(letter, section)
    for one in shown:
        if isinstance(one, Table):
            _table(text, one)
        else:
            _paragraphs(text, one)
    if not shown:
        _text(text, "paragraph", label("not documented", letter.language))


def _paragraphs(parent: Element, text: Text) -> None:
    for index, line in enumerate(text.lines):
        _text(parent, "paragraph", f"{text.label}: {line}" if text.label and not index else line)


def _table(parent: Element, table: Table) -> None:
    element = SubElement(parent, "table", border="1")
    head = SubElement(SubElement(element, "thead"), "tr")
    for name in table.columns:
        _text(head, "th", name)
    body = SubElement(element, "tbody")
    for row in table.rows:
        line = SubElement(body, "tr")
        for cell in row:
            _text(line, "td", cell)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _plain(text)


def _plain(text: str) -> str:
    """Drop what XML cannot hold."""
    return "".join(one for one in text if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff"))


def _day(letter: Letter, name: str) -> dict[str, str]:
    date = letter.date(name)
    return {"value": date.replace("-", "")} if date else {"nullFlavor": "UNK"}


def _time(time: str) -> str:
    """An ISO 8601 time as an HL7 time stamp: local, with its distance from UTC."""
    return times.local(time).strftime("%Y%m%d%H%M%S%z")
