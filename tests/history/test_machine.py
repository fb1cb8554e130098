"""A history driven at random behaves like a simple list of cases and versions."""

from __future__ import annotations

from dataclasses import asdict

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from app.errors import NotAllowed
from app.history import audit, retention
from app.history.ephemeral import open_ephemeral
from app.history.keyfile import Head
from tests.history.conftest import draft, note

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=40)


class HistoryMachine(RuleBasedStateMachine):
    """The model: for each draft the kinds and texts of its versions; for each case whether it was purged."""

    cases = Bundle("cases")
    drafts = Bundle("drafts")

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        self.history = open_ephemeral()
        self.history._on_head = lambda head: setattr(self, "head", head)
        self.expected: dict[str, list[tuple[str, str]]] = {}
        self.case_of: dict[str, str] = {}
        self.purged: set[str] = set()
        self.count = 0

    @rule(target=cases, text=words)
    def add_case(self, text: str) -> str:
        case = self.history.add_case("case", note(text + " chest pain"))
        self.count += 1
        return case.id

    @rule(target=drafts, case=cases, text=words)
    def add_draft(self, case: str, text: str) -> str:
        try:
            stored = self.history.add_draft(case, draft(text))
        except NotAllowed:
            assert case in self.purged
            return multiple()
        assert case not in self.purged
        self.expected[stored.id] = [("ai", text)]
        self.case_of[stored.id] = case
        return stored.id

    @rule(identity=drafts, text=words)
    def edit(self, identity: str, text: str) -> None:
        final = self.is_final(identity)
        try:
            self.history.add_version(identity, asdict(draft(text)), "Dr A")
        except NotAllowed:
            assert final
        else:
            assert not final
            self.expected[identity].append(("edit", text))

    @rule(identity=drafts)
    def sign(self, identity: str) -> None:
        final, text = self.is_final(identity), self.expected[identity][-1][1]
        try:
            self.history.sign(identity, "Dr A")
        except NotAllowed:
            assert final
        else:
            assert not final
            self.expected[identity].append(("signed", text))

    @rule(case=cases)
    def purge(self, case: str) -> None:
        retention.purge_case(self.history, case, "asked")
        self.purged.add(case)
        for identity, owner in self.case_of.items():
            if owner == case:
                self.expected[identity] = [(kind, "") for kind, _ in self.expected[identity]]

    def is_final(self, identity: str) -> bool:
        return self.expected[identity][-1][0] == "signed" or self.case_of[identity] in self.purged

    @invariant()
    def the_history_says_what_the_model_says(self) -> None:
        assert len(self.history.cases(limit=1000)) == self.count
        for identity, versions in self.expected.items():
            stored = next(one for one in self.history.drafts(self.case_of[identity]) if one.id == identity)
            found = [(one.kind, one.body["sections"][0]["text"] if one.body else "") for one in stored.versions]
            assert found == versions
            hashes = ["", *(one.sha256 for one in stored.versions)]
            assert [one.previous_sha256 for one in stored.versions] == hashes[:-1]

    @invariant()
    def the_trail_is_whole(self) -> None:
        with self.history.engine.connect() as connection:
            audit.check(connection, self.head)

    def teardown(self) -> None:
        self.history.close()


TestHistory = HistoryMachine.TestCase
TestHistory.settings = hypothesis.settings(max_examples=15, stateful_step_count=20, deadline=None)
