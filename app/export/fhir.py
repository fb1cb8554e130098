"""A letter as a FHIR R4 document: a Bundle whose first entry is a Composition, validated before it is given out.

Every heading is there with its text. Entries of their own are made only of what the program holds as facts, not as
sentences: patient, stay, medicines, actions, who signed, and how the letter was made. The models are those of R4B,
which for these resources is R4 unchanged.

Source: https://hl7.org/fhir/R4/documents.html; headings, codes and the document's code are the standard's.
"""

from __future__ import annotations

import datetime
import re
import uuid
from html import escape
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from app.drafts.actions import Action
from app.drafts.labels import label
from app.export import times
from app.export.layout import Table, Text, content
from app.letter.letter import Letter, LetterSection
from app.letter.medicines import MedicineRow

_LOINC = "http://loinc.org"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_SEXES = {"male": "male", "m": "male", "男": "male", "female": "female", "f": "female", "女": "female"}
_Table = dict[str, Any]
_ODD_SPACE = re.compile(r"[^\S \r\n\t]")


def render(letter: Letter) -> str:
    """Write a letter as a FHIR document in JSON.

    Args:
        letter: The letter. Without `made_at` and signature the time is that of the call, as FHIR demands one.

    Returns:
        Indented JSON in UTF-8 characters as they are.

    Raises:
        pydantic.ValidationError: A fault of this module: the document is not valid.
    """
    bundle: str = Bundle.model_validate(_plain(_Document(letter).bundle())).model_dump_json(indent=2)
    return bundle + "\n"


class _Document:
    """The resources of one document. The same letter has the same ids."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        made = letter.provenance
        signed = made.signature.at if made.signature else ""
        self._time = _instant(signed or made.made_at or datetime.datetime.now(datetime.UTC).isoformat())
        self._medicines = [(f"medicine-{index}", row) for index, row in enumerate(letter.medicines)]
        self._actions = [(f"action-{index}", one) for index, one in enumerate(letter.actions) if one.kind == "action"]

    def bundle(self) -> _Table:
        """The whole document as a table."""
        resources = [("composition", self._composition()), ("patient", self._patient()), ("stay", self._stay())]
        resources += [("program", self._program())]
        if self._letter.provenance.signature is not None:
            resources.append(("signer", self._signer()))
        resources += [(name, self._medicine(row)) for name, row in self._medicines]
        resources += [(name, self._task(one)) for name, one in self._actions]
        resources.append(("provenance", self._provenance()))
        return {
            "resourceType": "Bundle",
            "type": "document",
            "identifier": {"system": "urn:ietf:rfc:3986", "value": self._url("bundle")},
            "timestamp": self._time,
            "entry": [{"fullUrl": self._url(name), "resource": resource} for name, resource in resources],
        }

    def _url(self, name: str) -> str:
        made = self._letter.provenance
        seed = f"{made} {self._letter.standard} {self._letter.language} {name}"
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}"

    def _to(self, name: str) -> _Table:
        return {"reference": self._url(name)}

    def _composition(self) -> _Table:
        letter = self._letter
        signature = letter.provenance.signature
        table: _Table = {
            "resourceType": "Composition",
            "language": letter.language,
            "status": "final" if letter.is_signed else "preliminary",
            "type": {"coding": [{"system": _LOINC, "code": letter.code, "display": letter.code_title}]},
            "subject": self._to("patient"),
            "encounter": self._to("stay"),
            "date": self._time,
            "author": [self._to("signer") if signature else self._to("program")],
            "title": letter.title,
            "section": [
                self._section(one) for one in letter.sections if one.parts or one.lines or one.need != "optional"
            ],
        }
        if signature is not None:
            table["attester"] = [{"mode": "professional", "time": _instant(signature.at), "party": self._to("signer")}]
        return table

    def _section(self, section: LetterSection) -> _Table:
        text = _narrative(section, self._letter)
        absent = label("not documented", self._letter.language)
        table: _Table = {
            "title": section.heading,
            "text": {"status": "generated", "div": _div(text or f"<p>{escape(absent)}</p>")},
        }
        if section.code and self._letter.system:
            table["code"] = {"coding": [{"system": self._letter.system, "code": section.code}]}
        entries = [name for name, row in self._medicines if any(row in part.rows for part in section.parts)]
        if section.is_boxed:
            entries += [name for name, _ in self._actions]
        if entries:
            table["entry"] = [self._to(name) for name in entries]
        elif section.state in ("not documented", "stated as none"):
            code = "unavailable" if section.state == "not documented" else "nilknown"
            table["emptyReason"] = {"coding": [{"system": _EMPTY, "code": code}]}
        return table

    def _patient(self) -> _Table:
        letter = self._letter
        table: _Table = {"resourceType": "Patient"}
        if name := letter.value("name"):
            table["name"] = [{"text": name}]
        if born := letter.date("born"):
            table["birthDate"] = born
        if sex := _SEXES.get(letter.value("sex").casefold()):
            table["gender"] = sex
        numbers = [{"value": letter.value("number")}] if letter.value("number") else []
        digits = "".join(letter.value("nhs").split())
        if len(digits) == 10 and digits.isascii() and digits.isdigit():
            numbers.append({"system": _NHS_NUMBER, "value": digits})
        if numbers:
            table["identifier"] = numbers
        if address := letter.value("address"):
            table["address"] = [{"text": address}]
        if gp := letter.value("gp"):
            table["generalPractitioner"] = [{"display": gp}]
        return table

    def _stay(self) -> _Table:
        start, end = self._letter.date("admitted"), self._letter.date("discharged")
        table: _Table = {
            "resourceType": "Encounter",
            "status": "finished" if end else "unknown",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
            "subject": self._to("patient"),
        }
        if start or end:
            table["period"] = {name: value for name, value in (("start", start), ("end", end)) if value}
        return table

    def _program(self) -> _Table:
        return {
            "resourceType": "Device",
            "deviceName": [{"name": "Epicrisis", "type": "user-friendly-name"}],
            "version": [{"value": self._letter.provenance.model or "-"}],
        }

    def _signer(self) -> _Table:
        signature = self._letter.provenance.signature
        assert signature is not None  # noqa: S101 - asked for signed letters only
        table: _Table = {"resourceType": "Practitioner", "name": [{"text": signature.name}]}
        if signature.role:
            table["qualification"] = [{"code": {"text": signature.role}}]
        return table

    def _medicine(self, row: MedicineRow) -> _Table:
        table: _Table = {
            "resourceType": "MedicationStatement",
            "status": "stopped" if row.status == "stopped" else "active",
            "medicationCodeableConcept": {"text": row.drug},
            "subject": self._to("patient"),
            "context": self._to("stay"),
        }
        if how := row.how or row.before:
            table["dosage"] = [{"text": how}]
        if row.reason:
            table["statusReason"] = [{"text": row.reason}]
        if row.status:
            table["note"] = [{"text": label(row.status, self._letter.language)}]
        return table

    def _task(self, action: Action) -> _Table:
        table: _Table = {
            "resourceType": "Task",
            "status": "requested" if self._letter.is_signed else "draft",
            "intent": "plan",
            "description": action.what,
            "for": self._to("patient"),
            "encounter": self._to("stay"),
        }
        if action.owner:
            table["owner"] = {"display": action.owner}
        if action.is_urgent:
            table["priority"] = "urgent"
        if action.due.is_exact:
            table["restriction"] = {"period": {"end": action.due.first}}
        elif when := action.due.said(self._letter.language):
            table["note"] = [{"text": when}]
        return table

    def _provenance(self) -> _Table:
        made = self._letter.provenance
        hashes = {
            "notes": made.input_sha256,
            "prompt": made.prompt_sha256,
            "model": made.model_sha256,
            "standard": made.standard_sha256,
            "version": made.version_sha256,
        }
        agents = [("assembler", "program"), *([("legal", "signer")] if made.signature else [])]
        return {
            "resourceType": "Provenance",
            "target": [self._to("composition")],
            "recorded": self._time,
            "agent": [
                {"type": {"coding": [{"system": _PARTICIPANT, "code": code}]}, "who": self._to(name)}
                for code, name in agents
            ],
            "entity": [
                {"role": "source", "what": {"display": name, "identifier": {"value": f"sha256:{value}"}}}
                for name, value in hashes.items()
                if value
            ],
        }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a table of plain values
    """The values without white space that FHIR's strings may not hold: form feeds, no-break spaces and the like."""
    if isinstance(value, str):
        return _ODD_SPACE.sub(" ", value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _instant(time: str) -> str:
    """An ISO 8601 time as FHIR wants it, and as the letter's text says it: local, with its distance from UTC."""
    return times.local(time).isoformat(timespec="seconds")


def _narrative(section: LetterSection, letter: Letter) -> str:
    return "".join(_table(one) if isinstance(one, Table) else _text(one) for one in content(letter, section))


def _text(text: Text) -> str:
    name = f"{escape(text.label)}: " if text.label else ""
    return "".join(f"<p>{'' if index else name}{escape(line)}</p>" for index, line in enumerate(text.lines))


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _div(content: str) -> str:
    """The text as XHTML, without what XML cannot hold."""
    plain = "".join(one for one in content if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff"))
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{plain}</div>'
