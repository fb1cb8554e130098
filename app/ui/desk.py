"""The heart of the window: what is open, kept within a second of the last key, locked when it must be.

The panes ask it and listen to it; it knows no widget. Everything that waits (the history, reading, checking) runs on
threads, in order; the model is asked by `writing`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.checks import all as checks
from app.checks.finding import Finding
from app.core import Core
from app.drafts.draft import Review
from app.errors import EmptyInput, EpicrisisError, Unreadable
from app.history.entry import Case, Decision, Version
from app.history.keeper import IdleLock, Keeper, Opened
from app.notes import clipboard, files, intake, segments
from app.notes.intake import Cleaned
from app.notes.note import DocumentText
from app.ui import naming
from app.ui.background import Background
from app.ui.state import OpenCase, OpenDraft, key_of
from app.ui.state import opened as on_desk

SAVE_MS = 400
CHECK_MS = 500
RETRY_MS = 5000
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
        draft_changed: Another draft or version is shown, or it was signed.
        section_changed: A section changed, but not by typing. Its key.
        checked: The notes were read and the checks ran.
        kept_changed: Something was typed, or all of it is kept now.
        lock_changed: The history was opened or locked.
        locking_asked: Nobody worked for as long as the settings allow.
        trouble: An EpicrisisError to show.
        good_news: A sentence to show.
    """

    case_opened = Signal()
    cases_changed = Signal()
    documents_changed = Signal()
    draft_changed = Signal()
    section_changed = Signal(str)
    checked = Signal()
    kept_changed = Signal()
    lock_changed = Signal()
    locking_asked = Signal()
    trouble = Signal(object)
    good_news = Signal(str)

    def __init__(self, core: Core, history: Keeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core = core
        self.history = history
        self.case: OpenCase | None = None
        self.cases: tuple[Case, ...] = ()
        self.is_open = False
        self.opened = Opened()
        self.author = core.settings.options.author
        self.idle = IdleLock(core.settings.options.idle_lock_minutes, time.monotonic())
        self._kept = Background(self)
        self._reading = Background(self)
        self._save_timer = self._timer(SAVE_MS, self.save)
        self._check_timer = self._timer(CHECK_MS, self._check)
        self._idle_timer = QTimer(self, interval=IDLE_MS)
        self._idle_timer.timeout.connect(self._look_at_the_clock)
        self._is_checking = False
        self._after_check: list[Callable[[], None]] = []
        self._told_unsaved = False

    # The history

    def unlock(self, code: str | None, failed: Callable[[EpicrisisError], Any]) -> None:
        """Open the history with the keyring (None) or the recovery code."""
        self._kept.do(lambda: self.history.unlock(code), self._opened, failed)

    def create(self, code: str, done: Callable[[], Any], failed: Callable[[EpicrisisError], Any]) -> None:
        """Set up a new history under a recovery code."""

        def made(value: Opened) -> None:
            self._opened(value)
            done()

        self._kept.do(lambda: self.history.create(code), made, failed)

    def open_ephemeral(self, done: Callable[[], Any]) -> None:
        """Work without keeping anything beyond this session."""

        def made(value: Opened) -> None:
            self._opened(value)
            done()

        self._kept.do(self.history.open_ephemeral, made, self.trouble.emit)

    def lock(self) -> None:
        """Keep what was typed, forget all text and end the process that holds the key. The screen is hidden before."""
        if not self.is_open:
            return
        self.is_open = False
        self._idle_timer.stop()
        self.save()
        self._version_of_current()
        self._kept.finish()
        self.history.lock()
        self.case, self.cases = None, ()
        self.lock_changed.emit()
        self.case_opened.emit()
        self.cases_changed.emit()

    def close(self) -> bool:
        """Keep everything; whether it is all kept."""
        self._idle_timer.stop()
        self.save()
        self._version_of_current()
        is_kept = self._kept.finish()
        self._reading.finish()
        if self.is_open and not self.has_unsaved:
            self.history.lock()
        return is_kept and not self.has_unsaved

    def touch(self) -> None:
        """A person did something: the idle lock waits again."""
        self.idle.touch(time.monotonic())

    def ask(
        self,
        then: Callable[[Any], Any] | None,
        name: str,
        *arguments: Any,  # noqa: ANN401 - one door for all methods
        failed: Callable[..., Any] | None = None,
    ) -> None:
        """Ask the history for something by name; see `Keeper.call`."""
        self._kept.do(lambda: self.history.call(name, *arguments), then, failed or self.trouble.emit)

    # Cases

    def load_cases(self) -> None:
        """Read the list of cases anew."""
        self.ask(self._listed, "cases", MOST_CASES)

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
        self.ask(made, "new_case", naming.UNTITLED)

    def open_case(self, identity: str) -> None:
        """Put another case on the desk."""
        case = next((one for one in self.cases if one.id == identity), None)
        if case is None or (self.case is not None and self.case.case.id == identity):
            return
        self.leave()

        def read() -> OpenCase:
            stored = self.history.call("documents", identity)
            documents = [DocumentText(one.name, one.kind, one.date, one.text) for one in stored]
            drafts = [one for kept in self.history.call("drafts", identity) if (one := on_desk(kept)) is not None]
            return OpenCase(case, documents, drafts, drafts[-1] if drafts else None)

        self._kept.do(read, self._show, self.trouble.emit)

    def rename_case(self, title: str) -> None:
        """Give the open case another title."""
        if self.case is not None and title.strip():
            self._relabel(self.case, title.strip(), self.case.case.patient)

    def purge_case(self, identity: str) -> None:
        """Remove a case's content for good."""

        def purged(_: object) -> None:
            if self.case is not None and self.case.case.id == identity:
                self._show(None)
            self.load_cases()

        self.ask(purged, "purge_case", identity, "asked")

    def leave(self) -> None:
        """Keep the open case before another one takes its place."""
        self.save()
        self._version_of_current()

    # Notes

    def put_documents(self, documents: Sequence[DocumentText]) -> None:
        """Replace the notes of the open case; the panes are told."""
        if self.case is not None:
            self.case.documents = list(documents)
            self.case.note = None
            self.documents_changed.emit()
            if documents:
                self.notes_typed()

    def add_pasted(self, formats: Mapping[str, bytes], then: Callable[[list[DocumentText]], Any]) -> None:
        """Read what was on the clipboard, off the window's thread.

        Args:
            formats: MIME types and their data.
            then: Gets the documents.
        """
        self._read(lambda: [("", clipboard.from_formats(formats))], then)

    def add_files(self, names: Sequence[str], then: Callable[[list[DocumentText]], Any]) -> None:
        """Read files, off the window's thread; one that cannot be read stops all, with a sentence.

        Args:
            names: Paths.
            then: Gets the documents.
        """
        self._read(lambda: [(Path(name).name, _content(Path(name))) for name in names], then)

    def type_document(self, index: int, document: DocumentText) -> None:
        """Take what the doctor typed into a document, or corrected of it."""
        if self.case is not None and self.case.documents[index] != document:
            self.case.documents[index] = document
            self.notes_typed()

    def notes_typed(self) -> None:
        """Note that the documents changed: they are kept and read soon."""
        if self.case is not None:
            self.case.is_typed = True
            self._typed()
            self.check_soon()

    # Draft

    def show_draft(self, draft: OpenDraft | None) -> None:
        """Show one of the case's drafts."""
        if self.case is not None and self.case.current is not draft:
            self.leave()
            self.case.current = draft
            self.draft_changed.emit()
            self.check_soon()

    def type_section(self, key: str, text: str) -> None:
        """Take what the doctor typed into a section."""
        draft = self.current
        if draft is not None and not draft.is_signed:
            draft.type_into(key, text)
            self._typed()
            self.check_soon()

    def review(self, key: str, review: Review) -> None:
        """Accept a section as it stands, or take that back."""
        draft = self.current
        if draft is not None and not draft.is_signed:
            draft.review(key, review)
            self.section_changed.emit(key)
            self._typed()

    def decide(self, finding: Finding, decision: Decision) -> None:
        """Keep the doctor's decision on a finding; `open` takes it back."""
        draft = self.current
        if draft is None or draft.is_signed:
            return
        if decision == "open":
            draft.decisions.pop(key_of(finding), None)
        else:
            draft.decisions[key_of(finding)] = decision
        draft.touched()
        self._typed()
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
        self.when_checked(lambda: self._sign(author))

    def restore(self, version: Version) -> None:
        """Let the draft stand as an older version says. The text it had is kept as a version, too."""
        draft = self.current
        if draft is not None and not draft.is_signed and version.body is not None:
            self.keep_version(draft)
            draft.take_body(version.body)
            draft.touched()
            self.keep_version(draft)
            self.draft_changed.emit()
            self.check_soon()

    def keep_version(self, draft: OpenDraft, author: str = "") -> None:
        """Cut a version of a draft, if it changed since the last one.

        Args:
            draft: The draft.
            author: Who wrote it; the doctor by default.
        """
        if draft.is_versioned or draft.is_signed or not draft.id:
            return
        body, by = draft.body(), author or self.author or naming.DOCTOR
        draft.is_typed, draft.is_versioned = False, True

        def kept(version: Version) -> None:
            draft.versions = (*draft.versions, version)
            self.kept_changed.emit()

        def failed(error: EpicrisisError) -> None:
            draft.touched()
            self._not_saved(error)

        self.ask(kept, "add_version", draft.id, body, by, failed=failed)

    def record_export(self, file_format: str, sha256: str) -> None:
        """Let the trail tell that the shown draft was exported; not where to."""
        draft = self.current
        if draft is None:
            return
        self.keep_version(draft)

        def record() -> None:
            drafts = self.history.call("drafts", self._case_of(draft))
            version = next(one for one in drafts if one.id == draft.id).versions[-1]
            self.history.call("record_export", version.id, file_format, self.author or naming.DOCTOR, sha256)

        self._kept.do(record, None, self.trouble.emit)

    @property
    def current(self) -> OpenDraft | None:
        """The draft that is shown."""
        return self.case.current if self.case is not None else None

    @property
    def has_unsaved(self) -> bool:
        """Whether something typed is not kept yet."""
        case = self.case
        return case is not None and (case.is_typed or any(one.is_typed for one in case.drafts))

    # Keeping and checking

    def save(self) -> None:
        """Keep what was typed, now."""
        self._save_timer.stop()
        if self.case is not None:
            self.keep(self.case)

    def keep(self, case: OpenCase) -> None:
        """Keep what was typed into a case.

        Args:
            case: An open case, also one that is not shown any more.
        """
        if case.is_typed:
            case.is_typed = False
            documents = list(case.documents)

            def failed(error: EpicrisisError) -> None:
                case.is_typed = True
                self._not_saved(error)

            self.ask(self._saved, "set_documents", case.case.id, documents, failed=failed)
        for draft in case.drafts:
            if draft.is_typed and draft.id and not draft.is_signed:
                self._keep_work(draft)

    def check_soon(self) -> None:
        """Let the checks run when the doctor pauses."""
        self._check_timer.start()

    def when_checked(self, then: Callable[[], None]) -> None:
        """Run the checks now, then do something on the window's thread."""
        self._after_check.append(then)
        self._check_timer.stop()
        self._check()

    def keep_draft(self, case: OpenCase, draft: OpenDraft, findings: Sequence[Finding], author: str) -> None:
        """Keep a draft that the model wrote: as a new one, or as a version of one that is there.

        Args:
            case: Its case.
            draft: The draft.
            findings: What the checks found in it.
            author: Who wrote it.
        """
        body, plain = draft.body(), draft.draft
        draft.is_typed, draft.is_versioned = False, True

        def work() -> tuple[Version, ...]:
            if draft.id:
                return (*draft.versions, self.history.call("add_version", draft.id, body, author, tuple(findings)))
            stored = self.history.call("add_draft", case.case.id, plain, tuple(findings))
            draft.id = stored.id
            return tuple(stored.versions)

        def kept(versions: tuple[Version, ...]) -> None:
            draft.versions = versions
            self._saved(None)

        def failed(error: EpicrisisError) -> None:
            draft.touched()
            self._not_saved(error)

        self._kept.do(work, kept, failed)

    def _read(self, read: Callable[[], list[tuple[str, Cleaned]]], then: Callable[[list[DocumentText]], Any]) -> None:
        limit = self.core.settings.options.most_characters

        def work() -> tuple[list[DocumentText], tuple[str, ...]]:
            cleaned = read()
            intake.refuse_too_long(sum(len(one.text) for _, one in cleaned), limit)
            note = segments.gather(cleaned)
            return segments.as_documents(note), note.warnings

        def done(result: tuple[list[DocumentText], tuple[str, ...]]) -> None:
            documents, warnings = result
            if not documents:
                self.trouble.emit(EmptyInput())
                return
            then(documents)
            if warnings:
                self.good_news.emit(" ".join(warnings))

        self._reading.do(work, done, self.trouble.emit)

    def _keep_work(self, draft: OpenDraft) -> None:
        body = draft.body()
        draft.is_typed = False

        def failed(error: EpicrisisError) -> None:
            draft.is_typed = True
            self._not_saved(error)

        self.ask(self._saved, "keep_work", draft.id, body, failed=failed)

    def _sign(self, author: str) -> None:
        case, draft = self.case, self.current
        if case is None or draft is None or not draft.id:
            return
        body, findings, decisions = draft.body(), case.findings, dict(draft.decisions)
        undecided = {(one.kind, str(one.message)) for one in draft.open_findings(findings)}
        decided = {(kind, text): one for (kind, _, text), one in decisions.items() if (kind, text) not in undecided}

        def work() -> tuple[Version, ...]:
            version = self.history.call("add_version", draft.id, body, author, findings)
            for stored in self.history.call("findings", version.id):
                decision = decided.get((stored.kind, stored.message))
                if decision is not None:
                    self.history.call("decide", stored.id, decision, author)
            self.history.call("sign", draft.id, author)
            kept = self.history.call("drafts", case.case.id)
            return tuple(next(one for one in kept if one.id == draft.id).versions)

        def signed(versions: tuple[Version, ...]) -> None:
            draft.versions, draft.is_typed, draft.is_versioned = versions, False, True
            self.draft_changed.emit()
            self.load_cases()

        self._kept.do(work, signed, self.trouble.emit)

    def _version_of_current(self) -> None:
        if self.current is not None:
            self.keep_version(self.current)

    def _case_of(self, draft: OpenDraft) -> str:
        return self.case.case.id if self.case is not None and draft in self.case.drafts else ""

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
            self._check()

    def _typed(self) -> None:
        if not self._save_timer.isActive():  # not restarted: who types on and on is kept, too
            self._save_timer.start()
        self.kept_changed.emit()

    def _saved(self, _: object) -> None:
        self._told_unsaved = False
        self.kept_changed.emit()

    def _not_saved(self, error: EpicrisisError) -> None:
        if not self._told_unsaved:
            self._told_unsaved = True
            self.trouble.emit(error)
        QTimer.singleShot(RETRY_MS, self.save)
        self.kept_changed.emit()

    def _check(self) -> None:
        if self._is_checking or self.case is None:
            if self.case is not None:
                self._check_timer.start()
            return
        self._is_checking = True
        case, draft = self.case, self.current
        documents, plain = list(case.documents), draft.draft if draft is not None else None
        waiting, self._after_check = self._after_check, []

        def work() -> checks.Examined:
            return checks.examine(segments.rebuild(documents), plain)

        def done(examined: checks.Examined) -> None:
            self._is_checking = False
            if case is self.case and draft is self.current:
                case.note, case.findings = examined.note, examined.findings
                case.evidence, case.unused = examined.evidence, examined.unused
                self._name(case)
                self.checked.emit()
            for then in waiting:
                then()

        def failed(error: EpicrisisError) -> None:
            self._is_checking = False
            self.trouble.emit(error)

        self._reading.do(work, done, failed)

    def _name(self, case: OpenCase) -> None:
        if case.case.title == naming.UNTITLED and case.note is not None and case.has_notes:
            title, patient = naming.title_of(case.note)
            if title:
                self._relabel(case, title, patient)

    def _relabel(self, case: OpenCase, title: str, patient: str) -> None:
        case.case = replace(case.case, title=title, patient=patient)
        self.cases = tuple(case.case if one.id == case.case.id else one for one in self.cases)
        self.cases_changed.emit()
        self.ask(None, "rename_case", case.case.id, title, patient)

    def _look_at_the_clock(self) -> None:
        if self.is_open and self.idle.is_due(time.monotonic()):
            self.locking_asked.emit()

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=interval_ms, singleShot=True)
        timer.timeout.connect(slot)
        return timer


def _content(path: Path) -> Cleaned:
    try:
        return files.read(path.name, path.read_bytes())
    except OSError as error:
        raise Unreadable(name=path.name) from error
