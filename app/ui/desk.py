"""The heart of the window: what is open, kept within a second of the last key, locked when it must be.

The panes ask it and listen to it; it knows no widget. Everything that waits (the history, reading, checking) runs on
threads, in order; the model is asked by `writing`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.checks.finding import Finding
from app.core import Core
from app.drafts.draft import NOT_DOCUMENTED, Review, Section
from app.errors import EpicrisisError
from app.history.entry import Case, Decision, Version
from app.history.keeper import IdleLock, Keeper, Opened
from app.notes.note import DocumentText
from app.ui import naming
from app.ui.checking import Checking
from app.ui.kept import Kept
from app.ui.state import OpenCase, OpenDraft, key_of
from app.ui.state import opened as on_desk

IDLE_MS = 5000
MOST_CASES = 1000


class Desk(QObject):
    """What the doctor works on.

    Args:
        core: Settings, tasks, models.
        history: The keeper of the history.
        parent: Owner.

    Attributes:
        case_opened: Another case is open, or none.
        cases_changed: The list of cases changed.
        documents_changed: The program changed the documents; what is typed does not emit it.
        case_removed: The content of a case is about to be removed for good.
        draft_changed: Another draft or version is shown, or it was signed.
        section_changed: A section changed, but not by typing. Its key.
        checked: The notes were read and the checks ran.
        kept_changed: Something was typed, or all of it is kept now.
        lock_changed: The history was opened or locked.
        locking_asked: Nobody worked for as long as the settings allow.
        trouble: An EpicrisisError to show.
        good_news: A sentence to show.
        remarks: Sentences of the core to show, not translated yet.
        held: Cases in which the model writes, by id; they stay as they are when another one is shown.
    """

    case_opened = Signal()
    cases_changed = Signal()
    case_removed = Signal()
    documents_changed = Signal()
    draft_changed = Signal()
    section_changed = Signal(str)
    checked = Signal()
    kept_changed = Signal()
    lock_changed = Signal()
    locking_asked = Signal()
    trouble = Signal(object)
    good_news = Signal(str)
    remarks = Signal(object)

    def __init__(self, core: Core, history: Keeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core = core
        self.history = history
        self.case: OpenCase | None = None
        self.held: dict[str, OpenCase] = {}
        self.cases: tuple[Case, ...] = ()
        self.is_open = False
        self.opened = Opened()
        self.author = core.settings.options.author
        self.idle = IdleLock(core.settings.options.idle_lock_minutes, time.monotonic())
        self.kept = Kept(self)
        self.checking = Checking(self)
        self._idle_timer = QTimer(self, interval=IDLE_MS)
        self._idle_timer.timeout.connect(self._look_at_the_clock)

    # The history

    def unlock(self, code: str | None, failed: Callable[[EpicrisisError], Any]) -> None:
        """Open the history with the keyring (None) or the recovery code."""
        self.kept.do(lambda: self.history.unlock(code), self._opened, failed)

    def create(self, code: str, done: Callable[[], Any], failed: Callable[[EpicrisisError], Any]) -> None:
        """Set up a new history under a recovery code."""

        def made(value: Opened) -> None:
            self._opened(value)
            done()

        self.kept.do(lambda: self.history.create(code), made, failed)

    def open_ephemeral(self, done: Callable[[], Any]) -> None:
        """Work without keeping anything beyond this session."""

        def made(value: Opened) -> None:
            self._opened(value)
            done()

        self.kept.do(self.history.open_ephemeral, made, self.trouble.emit)

    def lock(self) -> None:
        """Keep what was typed, forget all text and end the process that holds the key. The screen is hidden before."""
        if not self.is_open:
            return
        self.is_open = False
        self._idle_timer.stop()
        self.kept.save()
        self._version_of_current()
        self.kept.finish()
        self.history.lock()
        self.author = self.core.settings.options.author  # the next person may be another one
        self.case, self.cases = None, ()
        self.held.clear()
        self.lock_changed.emit()
        self.case_opened.emit()
        self.cases_changed.emit()

    def close(self) -> bool:
        """Keep everything; whether it is all kept."""
        self._idle_timer.stop()
        self.kept.save()
        self._version_of_current()
        is_kept = self.kept.finish()
        self.checking.finish()
        if self.is_open and not self.kept.has_unsaved:
            self.history.lock()
        return is_kept and not self.kept.has_unsaved

    def touch(self) -> None:
        """A person did something: the idle lock waits again."""
        self.idle.touch(time.monotonic())

    # Cases

    def load_cases(self) -> None:
        """Read the list of cases anew."""
        self.kept.ask(self._listed, "cases", MOST_CASES)

    def new_case(self, documents: Sequence[DocumentText] = ()) -> None:
        """Begin a case; an empty one that is open already is used instead."""
        if self.case is not None and not self.case.has_notes and not self.case.drafts:
            self.put_documents(documents)
            return

        def made(case: Case) -> None:
            self.cases = (case, *self.cases)
            self.cases_changed.emit()
            self._show(OpenCase(case, []))
            self.put_documents(documents)

        self.leave()
        self.kept.ask(made, "new_case", naming.UNTITLED)

    def open_case(self, identity: str) -> None:
        """Put another case on the desk."""
        case = next((one for one in self.cases if one.id == identity), None)
        if case is None or (self.case is not None and self.case.case.id == identity):
            return
        self.leave()
        held = self.held.get(identity) or self.kept.held(identity)
        if held is not None:
            self._show(held)
            return

        def read() -> OpenCase:
            stored = self.history.call("documents", identity)
            documents = [DocumentText(one.name, one.kind, one.date, one.text) for one in stored]
            drafts = [one for kept in self.history.call("drafts", identity) if (one := on_desk(kept)) is not None]
            return OpenCase(case, documents, drafts, drafts[-1] if drafts else None)

        self.kept.do(read, self._show, self.trouble.emit)

    def rename_case(self, title: str) -> None:
        """Give the open case another title."""
        if self.case is not None and title.strip():
            self._relabel(self.case, title.strip(), self.case.case.patient)

    def purge_case(self, identity: str) -> None:
        """Remove a case's content for good. What the model writes there is stopped, and none of it is kept."""
        shown = self.case if self.case is not None and self.case.case.id == identity else None
        here = [one for one in (shown, self.held.get(identity), self.kept.held(identity)) if one is not None]

        def mark(is_removed: bool) -> None:
            for one in here:
                one.is_removed = is_removed

        def purged(_: object) -> None:
            if self.case is not None and self.case.case.id == identity:
                self._show(None)
            self.load_cases()

        def failed(error: EpicrisisError) -> None:
            mark(False)
            self.trouble.emit(error)

        mark(True)
        self.case_removed.emit()
        self.kept.ask(purged, "purge_case", identity, "asked", failed=failed)

    def leave(self) -> None:
        """Keep the open case before another one takes its place."""
        self.kept.save()
        self._version_of_current()

    # Notes

    def put_documents(self, documents: Sequence[DocumentText]) -> None:
        """Replace the notes of the open case; the panes are told. Not where a letter was signed on them."""
        if self.case is not None and not self.case.is_signed:
            self.case.documents = list(documents)
            self.case.note = None
            self.documents_changed.emit()
            if documents:
                self.notes_typed()

    def type_document(self, index: int, document: DocumentText) -> None:
        """Take what the doctor typed into a document, or corrected of it."""
        if self.case is not None and not self.case.is_signed and self.case.documents[index] != document:
            self.case.documents[index] = document
            self.notes_typed()

    def notes_typed(self) -> None:
        """Note that the documents changed: they are kept and read soon."""
        if self.case is not None:
            self.case.is_typed = True
            self.kept.typed()
            self.checking.soon()

    # Draft

    def show_draft(self, draft: OpenDraft | None) -> None:
        """Show one of the case's drafts."""
        if self.case is not None and self.case.current is not draft:
            self.leave()
            self.case.current = draft
            self.draft_changed.emit()
            self.checking.soon()

    def type_section(self, key: str, text: str) -> None:
        """Take what the doctor typed into a section."""
        draft = self.current
        if draft is not None and not draft.is_signed:
            draft.type_into(key, text)
            self.kept.typed()
            self.checking.soon()

    def review(self, key: str, review: Review) -> None:
        """Accept a section as it stands, or take that back."""
        draft = self.current
        if draft is not None and not draft.is_signed:
            draft.review(key, review)
            self.section_changed.emit(key)
            self.kept.typed()

    def type_fact(self, name: str, value: str) -> None:
        """Take a fact of the letter's head that the doctor typed or chose; an empty one is the notes' again."""
        draft = self.current
        if draft is None or draft.is_signed or draft.facts.get(name, "") == value:
            return
        draft.facts.pop(name, None)
        if value:
            draft.facts[name] = value
        draft.touched()
        self.kept.typed()
        self.checking.now()

    def decide(self, finding: Finding, decision: Decision, quote: int = 0) -> None:
        """Keep the doctor's decision on a finding; `open` takes it back.

        Args:
            finding: The finding.
            decision: The decision.
            quote: Of a contradiction, the quote that is right: 1 or 2; 0 where none was chosen.
        """
        draft = self.current
        if draft is None or draft.is_signed:
            return
        if decision == "open":
            draft.decisions.pop(key_of(finding), None)
            draft.choices.pop(key_of(finding), None)
        else:
            draft.decisions[key_of(finding)] = decision
            if quote:
                draft.choices[key_of(finding)] = quote
        draft.touched()
        self.kept.typed()
        self.checked.emit()

    def insert(self, finding: Finding) -> None:
        """Put what was left out into its section, in the notes' own words."""
        draft = self.current
        section = draft.section(finding.section) if draft is not None else None
        if draft is None or section is None or not finding.insert or draft.is_signed:
            return
        text = "" if section.state == "not documented" else section.text.rstrip() + "\n"
        self.type_section(section.key, text + finding.insert)
        self.section_changed.emit(section.key)

    def sign(self, author: str) -> None:
        """Freeze the draft under a doctor's name, with the findings and decisions as they stand."""
        self.author = author
        self.checking.now(self._sign)

    def amend(self) -> None:
        """Begin a draft with the text of the signed letter, to be corrected and signed anew; the signed one stays."""
        case, signed = self.case, self.current
        if case is None or signed is None or not signed.is_signed:
            return
        draft = OpenDraft("", signed.task, signed.draft)
        draft.take_body(signed.body())
        for section in draft.draft.sections:
            if section.text.strip() and not section.review:
                draft.review(section.key, "accepted")  # signed once: the model leaves it alone
        case.drafts.append(draft)
        case.current = draft
        self.kept.written(case, draft, case.findings, self.author or naming.DOCTOR)
        self.draft_changed.emit()
        self.load_cases()
        self.checking.soon()

    def restore(self, version: Version) -> None:
        """Let the draft stand as an older version says. The text it had is kept as a version, too."""
        case, draft = self.case, self.current
        if case is not None and draft is not None and not draft.is_signed and version.body is not None:
            self.kept.version(case, draft)
            draft.take_body(version.body)
            draft.touched()
            self.kept.version(case, draft)
            self.draft_changed.emit()
            self.checking.soon()

    def record_export(self, file_format: str, sha256: str) -> None:
        """Let the trail tell that the shown draft was exported; not where to."""
        if self.case is not None and self.current is not None:
            self.kept.record_export(self.case, self.current, file_format, sha256)

    def open_heading(self, finding: Finding) -> None:
        """Give the draft the section of a heading that the standard asks for, to be written by the doctor."""
        draft = self.current
        if draft is None or draft.is_signed or not finding.section or draft.section(finding.section) is not None:
            return
        known = {one.key: one for one in self.core.standards.load_or_own(self.standard).headings}
        heading = known.get(finding.section)
        if heading is not None:
            draft.put(Section(heading.key, heading.title["en"], NOT_DOCUMENTED, "not documented"))
            draft.touched()
            self.kept.typed()
            self.draft_changed.emit()

    def fact_of(self, finding: Finding) -> str:
        """Name of the fact of the letter's head that would settle a finding; empty where none would."""
        headings = self.core.standards.load_or_own(self.standard).headings if finding.kind == "completeness" else ()
        found = next((one for one in headings if one.key == finding.section), None)
        wanted = found.facts if found is not None and not found.sections else ()
        return next((one for one in wanted if one != "author"), "")

    @property
    def standard(self) -> str:
        """Name of the standard that letters must answer."""
        return self.core.settings.options.letter_standard

    @property
    def current(self) -> OpenDraft | None:
        """The draft that is shown."""
        return self.case.current if self.case is not None else None

    def _version_of_current(self) -> None:
        if self.case is not None and self.current is not None:
            self.kept.version(self.case, self.current)

    def _sign(self) -> None:
        case, draft = self.case, self.current
        if case is None or draft is None or not draft.id:
            return

        def signed() -> None:
            self.draft_changed.emit()
            self.load_cases()

        self.kept.sign(case, draft, self.author, signed)

    def _opened(self, opened: Opened) -> None:
        self.opened = opened
        self.is_open = True
        self.touch()
        self._idle_timer.start()
        self.lock_changed.emit()
        self.load_cases()

    def _listed(self, cases: tuple[Case, ...]) -> None:
        self.cases = cases
        if self.case is not None:
            self.case.case = next((one for one in cases if one.id == self.case.case.id), self.case.case)
        self.cases_changed.emit()

    def _show(self, case: OpenCase | None) -> None:
        if not self.is_open:  # locked while the history was read
            return
        self.case = case
        self.case_opened.emit()
        if case is not None and case.has_notes:
            self.checking.now()

    def name(self, case: OpenCase, title: str, patient: str) -> None:
        """Give a case one from its notes, as long as the doctor gave it none: better once a patient's name came."""
        if not case.has_notes or case.case.patient or not case.has_own_title:
            return
        if title and title != case.case.title and (patient or case.case.title == naming.UNTITLED):
            self._relabel(case, title, patient)
            case.own_title = title

    def _relabel(self, case: OpenCase, title: str, patient: str) -> None:
        case.case = replace(case.case, title=title, patient=patient)
        self.cases = tuple(case.case if one.id == case.case.id else one for one in self.cases)
        self.cases_changed.emit()
        self.kept.ask(None, "rename_case", case.case.id, title, patient)

    def _look_at_the_clock(self) -> None:
        if self.is_open and self.idle.is_due(time.monotonic()):
            self.locking_asked.emit()
