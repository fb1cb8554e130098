"""A department's template while it is edited: a standard whose headings move, change and hide.

Plain values; every step gives another `Template`. `standards.save` keeps what `Template.result` gives.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from app.drafts import standards
from app.drafts.labels import Language
from app.drafts.standards import Heading, Need, Standard
from app.prompts.tasks import Task

MOST_INSTRUCTION = 600  # characters; what the model is told shares its window with the notes
_OWN = "own_"
_SEPARATORS = re.compile(r"[,;，；、]")
Trouble = Literal["no name", "name taken", "no letter title", "no title", "long instruction", "no words"]


@dataclass(frozen=True, slots=True)
class Row:
    """A heading, and whether the letter has it."""

    heading: Heading
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """A template being edited.

    Attributes:
        standard: What it was opened from, with the letter's title as edited; its headings are in `rows`.
        base: The program's standard below it.
        rows: Headings in order, those left out too.
    """

    standard: Standard
    base: Standard
    rows: tuple[Row, ...]

    def of_base(self, index: int) -> Heading | None:
        """The heading of the base with the same key; None for one of the department's own."""
        key = self.rows[index].heading.key
        return next((one for one in self.base.headings if one.key == key), None)

    def is_kept(self, index: int) -> bool:
        """Whether the base asks for a heading, so that it cannot be left out."""
        before = self.of_base(index)
        return before is not None and before.need != "optional"

    def needs(self, index: int) -> tuple[Need, ...]:
        """What a heading may be: as strict as in the base, or stricter."""
        before = self.of_base(index)
        all_ = get_args(Need)
        return all_[: all_.index(before.need) + 1] if before is not None else all_

    def result(self, name: str) -> Standard:
        """The standard to keep, under an id."""
        used = {row.heading.key for row in self.rows} | {one.key for one in self.base.headings}
        headings = []
        for row in self.rows:
            if row.is_shown:
                headings.append(_whole(row.heading, used))
                used.add(headings[-1].key)
        title = _titles(self.standard.title)
        return replace(self.standard, name=name, base=self.base.name, title=title, headings=tuple(headings), sha256="")


def begin(standard: Standard, base: Standard) -> Template:
    """Open a standard for editing.

    Args:
        standard: The one to change, or to make another one from.
        base: The program's standard below it; itself where it is the program's own.
    """
    shown = {one.key for one in standard.headings}
    hidden = tuple(Row(one, is_shown=False) for one in base.headings if one.key not in shown)
    return Template(standard, base, (*(Row(one) for one in standard.headings), *hidden))


def move(template: Template, index: int, to: int) -> Template:
    """Let a heading stand at another place."""
    rows = list(template.rows)
    rows.insert(to, rows.pop(index))
    return replace(template, rows=tuple(rows))


def reorder(template: Template, order: Collection[int]) -> Template:
    """Let the rows stand in another order, given by their places."""
    return replace(template, rows=tuple(template.rows[index] for index in order))


def change(template: Template, index: int, values: Mapping[str, Any]) -> Template:
    """Change a heading: attributes of `Heading` by name."""
    rows = list(template.rows)
    rows[index] = replace(rows[index], heading=replace(rows[index].heading, **values))
    return replace(template, rows=tuple(rows))


def show(template: Template, index: int, *, is_shown: bool) -> Template:
    """Take a heading in, or leave it out; what the base asks for stays."""
    if not is_shown and template.is_kept(index):
        return template
    rows = list(template.rows)
    rows[index] = replace(rows[index], is_shown=is_shown)
    return replace(template, rows=tuple(rows))


def add(template: Template, after: int) -> Template:
    """Add a heading of the department's own, without a title yet, below another."""
    own = Row(Heading("", {"en": "", "zh-CN": ""}, "required"))
    return replace(template, rows=(*template.rows[: after + 1], own, *template.rows[after + 1 :]))


def retitle(template: Template, titles: Mapping[Language, str]) -> Template:
    """Give the letter another title."""
    return replace(template, standard=replace(template.standard, title={**template.standard.title, **titles}))


def is_own(heading: Heading) -> bool:
    """Whether a department added this heading here."""
    return not heading.key or heading.key.startswith(_OWN)


def is_written(heading: Heading, task: Task) -> bool:
    """Whether the model writes below a heading, so that an instruction means something."""
    by_model = {one.key for one in task.sections if one.by == "model"}
    return is_own(heading) or any(key in by_model for key in heading.sections)


def words_of(heading: Heading) -> str:
    """The words by which the notes speak of a heading of one's own, as a person typed them."""
    return ", ".join(re.sub(r"\\(.)", r"\1", one) for one in heading.cues or heading.headings)


def patterns(words: str) -> tuple[str, ...]:
    """Patterns for words that a person typed, with commas between; they match as they stand."""
    found = (" ".join(one.split()) for one in _SEPARATORS.split(words))
    return tuple(dict.fromkeys(re.escape(one) for one in found if one))


def trouble(template: Template, name: str, taken: Collection[str]) -> tuple[Trouble, int] | None:
    """Say what forbids saving: which trouble, and the row it concerns (-1 for none).

    Args:
        template: The template.
        name: Its name in words.
        taken: Ids that it may not have: those of standards and of other templates.
    """
    identity = standards.identity(name)
    if not identity:
        return "no name", -1
    if identity in taken:
        return "name taken", -1
    if not any(one.strip() for one in template.standard.title.values()):
        return "no letter title", -1
    for index, row in enumerate(template.rows):
        one = row.heading
        if not row.is_shown:
            continue
        if not any(words.strip() for words in one.title.values()):
            return "no title", index
        if len(one.instruction) > MOST_INSTRUCTION:
            return "long instruction", index
        if is_own(one) and one.instruction.strip() and not one.cues:
            return "no words", index
    return None


def _whole(heading: Heading, used: Collection[str]) -> Heading:
    """A heading as a file has it: a title in both languages, and a key that says what it is about."""
    titles = _titles(heading.title)
    key = heading.key
    if not key:
        wanted = key = _OWN + (standards.identity(titles["en"]) or "heading")
        number = 2
        while key in used:
            key, number = f"{wanted}-{number}", number + 1
    return replace(heading, key=key, title=titles, instruction=heading.instruction.strip(), about=heading.about.strip())


def _titles(given: Mapping[Language, str]) -> dict[Language, str]:
    """Titles by language; one language stands in for the other."""
    kept = {language: words.strip() for language, words in given.items() if words.strip()}
    fallback = next(iter(kept.values()), "")
    return {language: kept.get(language, fallback) for language in get_args(Language)}
