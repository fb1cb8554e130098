"""Evidence both ways: a click on a sentence lights its sources, a click on the notes lights what rests on them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.checks.finding import Evidence, Finding
from app.notes.note import Span
from app.ui.desk import Desk
from app.ui.draft_pane import DraftPane
from app.ui.notes_pane import NotesPane


class Links(QObject):
    """Ties the notes, the draft and the findings together.

    Args:
        desk: What is open.
        notes: The middle pane.
        draft: The right pane.
    """

    def __init__(self, desk: Desk, notes: NotesPane, draft: DraftPane) -> None:
        super().__init__(draft)
        self._desk, self._notes, self._draft = desk, notes, draft
        self._wanted = ("", "")
        desk.checked.connect(self._show_wanted)
        draft.sentence_chosen.connect(self._sentence)
        notes.place_chosen.connect(self._place)

    def to_source(self) -> bool:
        """Go from the sentence at the caret to its source.

        Returns:
            Whether there is one.
        """
        card = self._draft.focused()
        if card is None:
            return False
        found = self._at(card.key, card.edit.caret())
        if not found or not found[0].source_spans:
            return False
        self._notes.reveal(found[0].source_spans[0])
        return True

    def light(self, finding: Finding) -> None:
        """Light the places of a finding."""
        self._notes.light(finding.source_spans)
        if finding.section and finding.draft_span is not None:
            place = Evidence(finding.section, finding.draft_span, (), 0)
            self._draft.light({finding.section: [place]})
            self._draft.show_card(finding.section)
        else:
            self._draft.light({})

    def open(self, finding: Finding | None) -> None:
        """Put the caret at the place of a finding: in the draft if it has one there, else in the notes."""
        if finding is None:
            return
        self.light(finding)
        if finding.section and finding.draft_span is not None:
            self._draft.reveal(finding.section, finding.draft_span)
        elif finding.source_spans:
            self._notes.reveal(finding.source_spans[0])
        elif finding.section:
            self._draft.reveal(finding.section)

    def search(self, case: str, words: str) -> None:
        """Show where the words that were searched for stand, in the notes and in the draft.

        Args:
            case: Id of the case in which they were found; it may still be being read.
            words: The words.
        """
        self._wanted = (case, words.strip(' "'))
        self._show_wanted()

    def _show_wanted(self) -> None:
        case, (identity, words) = self._desk.case, self._wanted
        if not words or case is None or case.note is None or case.case.id != identity:
            return  # the case is being read; `checked` comes
        self._wanted = ("", "")
        pattern = re.compile("|".join(re.escape(one) for one in words.split()), re.IGNORECASE)
        found = [Span(one.start(), one.end()) for one in pattern.finditer(case.note.text)]
        if found:
            self._notes.light(found)
        sections = case.current.draft.sections if case.current is not None else ()
        hits = {one.key: match for one in sections if (match := pattern.search(one.text))}
        if hits:
            places = {key: [Evidence(key, Span(*match.span()), (), 0)] for key, match in hits.items()}
            self._draft.light(places)
            self._draft.show_card(next(iter(hits)))

    def _sentence(self, key: str, place: int) -> None:
        found = self._at(key, place)
        self._notes.light([span for one in found for span in one.source_spans])
        self._draft.light({key: list(found)})

    def _place(self, place: int) -> None:
        case = self._desk.case
        links: dict[str, list[Evidence]] = {}
        for one in case.evidence if case is not None else ():
            if any(span.start <= place <= span.end for span in one.source_spans):
                links.setdefault(one.section, []).append(one)
        self._notes.light([])
        self._draft.light(links)
        if links:
            self._draft.show_card(next(iter(links)))

    def _at(self, key: str, place: int) -> Sequence[Evidence]:
        case = self._desk.case
        if case is None:
            return []
        return [
            one for one in case.evidence if one.section == key and one.draft_span.start <= place <= one.draft_span.end
        ][:1]
