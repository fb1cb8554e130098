"""What was typed is kept within a second of the last key, and versions are cut, on a thread of their own.

What the history could not take (a full disk) stays on the desk, is said once, and is tried again until it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from app.checks.finding import Finding
from app.errors import EpicrisisError
from app.history.entry import Version
from app.ui import naming
from app.ui.background import Background
from app.ui.state import OpenCase, OpenDraft

if TYPE_CHECKING:
    from app.ui.desk import Desk

SAVE_MS = 400
RETRY_MS = 5000


class Kept(QObject):
    """The desk's way to the history.

    Args:
        desk: The desk.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._work = Background(self)
        self._behind: list[OpenCase] = []
        self._under_way = 0
        self._timer = QTimer(self, interval=SAVE_MS, singleShot=True)
        self._timer.timeout.connect(self.save)

    @property
    def has_unsaved(self) -> bool:
        """Whether something typed is not kept yet."""
        return self._under_way > 0 or any(
            one.is_typed or any(draft.is_typed and not draft.is_signed for draft in one.drafts) for one in self._all
        )

    def held(self, identity: str) -> OpenCase | None:
        """A case that left the desk before all of it could be kept."""
        return next((one for one in self._behind if one.case.id == identity), None)

    def do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], Any] | None = None,
        failed: Callable[[EpicrisisError], Any] | None = None,
    ) -> None:
        """Do something with the history after all that was asked before; see `Background.do`."""
        self._work.do(work, then, failed or self._desk.trouble.emit)

    def ask(
        self,
        then: Callable[[Any], Any] | None,
        name: str,
        *arguments: Any,  # noqa: ANN401 - one door for all methods
        failed: Callable[..., Any] | None = None,
    ) -> None:
        """Ask the history for something by name; see `Keeper.call`."""
        self.do(lambda: self._desk.history.call(name, *arguments), then, failed)

    def finish(self) -> bool:
        """Wait until all that was asked is done; whether it is."""
        return self._work.finish()

    def typed(self) -> None:
        """Something was typed: it is kept soon, also if the typing goes on and on."""
        if not self._timer.isActive():
            self._timer.start()
        self._desk.kept_changed.emit()

    def save(self) -> None:
        """Keep what was typed, now."""
        self._timer.stop()
        for case in self._all:
            self.keep(case)

    def keep(self, case: OpenCase) -> None:
        """Keep what was typed into a case.

        Args:
            case: An open case, also one that is not shown any more.
        """
        if case.is_removed:
            return
        if case.is_typed:
            case.is_typed = False
            documents = list(case.documents)

            def failed(error: EpicrisisError) -> None:
                case.is_typed = True
                self._not_saved(case, error)

            self._under_way += 1
            self.ask(lambda _: self._saved(case), "set_documents", case.case.id, documents, failed=failed)
        for draft in case.drafts:
            if draft.is_typed and draft.id and not draft.is_signed:
                self._keep_work(case, draft)

    def version(self, case: OpenCase, draft: OpenDraft) -> None:
        """Cut a version of a draft under the doctor's name, if it changed since the last one."""
        if draft.is_versioned or draft.is_signed or not draft.id or case.is_removed:
            return
        body, by = draft.body(), self._desk.author or naming.DOCTOR
        draft.is_typed, draft.is_versioned = False, True

        def kept(version: Version) -> None:
            draft.versions = (*draft.versions, version)
            self._saved(case)

        self._under_way += 1
        self.ask(kept, "add_version", draft.id, body, by, failed=self._again(case, draft))

    def written(self, case: OpenCase, draft: OpenDraft, findings: Sequence[Finding], author: str) -> None:
        """Keep a draft that the model wrote: as a new one, or as a version of one that is there.

        Args:
            case: Its case.
            draft: The draft.
            findings: What the checks found in it.
            author: Who wrote it.
        """
        if case.is_removed:
            return
        body, plain = draft.body(), draft.draft
        draft.is_typed, draft.is_versioned = False, True

        def work() -> tuple[Version, ...]:
            call = self._desk.history.call
            if draft.id:
                return (*draft.versions, call("add_version", draft.id, body, author, tuple(findings)))
            stored = call("add_draft", case.case.id, plain, tuple(findings))
            draft.id = stored.id
            return tuple(stored.versions)

        def kept(versions: tuple[Version, ...]) -> None:
            draft.versions = versions
            self._saved(case)

        self._under_way += 1
        self.do(work, kept, self._again(case, draft))

    def sign(self, case: OpenCase, draft: OpenDraft, author: str, then: Callable[[], None]) -> None:
        """Freeze a draft, with the findings and the decisions on them as they stand.

        Args:
            case: Its case, freshly checked.
            draft: The draft.
            author: Name of the doctor.
            then: Called when it is signed.
        """
        body, findings, decisions = draft.body(), case.findings, dict(draft.decisions)
        undecided = {(one.kind, str(one.message)) for one in draft.open_findings(findings)}
        decided = {(kind, text): one for (kind, _, text), one in decisions.items() if (kind, text) not in undecided}
        chosen = {(kind, text): quote for (kind, _, text), quote in draft.choices.items()}
        call = self._desk.history.call

        def work() -> tuple[Version, ...]:
            version = call("add_version", draft.id, body, author, findings)
            for stored in call("findings", version.id):
                decision = decided.get((stored.kind, stored.message))
                if decision is not None:
                    call("decide", stored.id, decision, author, chosen.get((stored.kind, stored.message), 0))
            call("sign", draft.id, author)
            return tuple(next(one for one in call("drafts", case.case.id) if one.id == draft.id).versions)

        def signed(versions: tuple[Version, ...]) -> None:
            draft.versions, draft.is_typed, draft.is_versioned = versions, False, True
            self._desk.kept_changed.emit()
            then()

        self.do(work, signed)

    def record_export(self, case: OpenCase, draft: OpenDraft, file_format: str, sha256: str) -> None:
        """Let the trail tell that a draft was exported; not where to."""
        self.version(case, draft)
        by, call = self._desk.author or naming.DOCTOR, self._desk.history.call

        def record() -> None:
            version = next(one for one in call("drafts", case.case.id) if one.id == draft.id).versions[-1]
            call("record_export", version.id, file_format, by, sha256)

        self.do(record)

    @property
    def _all(self) -> list[OpenCase]:
        case = self._desk.case
        known = [*self._behind, case] if case is not None and case not in self._behind else list(self._behind)
        return [one for one in known if not one.is_removed]

    def _keep_work(self, case: OpenCase, draft: OpenDraft) -> None:
        body = draft.body()
        draft.is_typed = False

        def failed(error: EpicrisisError) -> None:
            draft.is_typed = True
            self._not_saved(case, error)

        self._under_way += 1
        self.ask(lambda _: self._saved(case), "keep_work", draft.id, body, failed=failed)

    def _again(self, case: OpenCase, draft: OpenDraft) -> Callable[[EpicrisisError], None]:
        def failed(error: EpicrisisError) -> None:
            draft.touched()
            self._not_saved(case, error)

        return failed

    def _saved(self, case: OpenCase) -> None:
        self._under_way -= 1
        if case in self._behind and not case.is_typed and not any(one.is_typed for one in case.drafts):
            self._behind.remove(case)
        self._desk.kept_changed.emit()

    def _not_saved(self, case: OpenCase, error: EpicrisisError) -> None:
        self._under_way -= 1
        if case.is_removed:
            self._desk.kept_changed.emit()
            return
        if not self._behind:
            self._desk.trouble.emit(error)
        if case not in self._behind:
            self._behind.append(case)
        QTimer.singleShot(RETRY_MS, self, self.save)
        self._desk.kept_changed.emit()
