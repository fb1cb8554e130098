"""The standards a letter can follow: headings, their order and words, read from `resources/standards/*.toml`.

A department's folder may hold files of the same names. They change titles, instructions, lengths and order, add
headings and hide optional ones; a heading that the standard demands stays.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from app import paths
from app.drafts.labels import Language, has, language_of
from app.errors import SetupError

Need = Literal["mandatory", "required", "optional"]

_HEADING_KEYS = frozenset(
    {"key", "title", "need", "sections", "facts", "headings", "cues", "code", "about", "words", "is_exclusive", "hide"}
)
_STANDARD_KEYS = frozenset({"name", "title", "source", "language", "code", "code_title", "system", "headings", "order"})


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a standard.

    Attributes:
        key: Name for programs; a section of a draft with this key fills it too.
        title: Heading for people, by language.
        need: `mandatory`, `required` (when known) or `optional`.
        sections: Keys of the draft's sections that fill it, in order.
        facts: Names of facts of the letter's header that fill it.
        headings: Pattern for headings of the notes that fill it, word for word, where no section does.
        cues: Pattern for sentences of the notes that do.
        code: Code of the heading in `Standard.system`; empty if there is none.
        about: What belongs here, for the person who completes it.
        words: Most words it should have (Chinese: characters); 0 for no limit. A longer text is never cut.
        is_exclusive: Whether a statement and "none" cannot both be true.
    """

    key: str
    title: Mapping[Language, str]
    need: Need
    sections: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    headings: re.Pattern[str] | None = None
    cues: re.Pattern[str] | None = None
    code: str = ""
    about: str = ""
    words: int = 0
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard.

    Attributes:
        name: Name on the command line.
        title: Title of the letter, by language.
        source: The document its headings are from.
        language: Language of its letters unless another is asked for.
        code: LOINC code of the document.
        code_title: LOINC's name of that code.
        system: URI of the code system of the headings' codes.
        headings: In order.
        sha256: Hash of its file, with the department's where there is one.
        is_changed: Whether a department's file changed it.
    """

    name: str
    title: Mapping[Language, str]
    source: str
    language: Language
    code: str
    code_title: str
    system: str
    headings: tuple[Heading, ...]
    sha256: str
    is_changed: bool = False


def read(folder: Path | None = None, own: Path | None = None) -> dict[str, Standard]:
    """Read every standard.

    Args:
        folder: Where the program's files are; by default `resources/standards`.
        own: Where a department's files are; by default the user's folder. It need not exist.

    Returns:
        Standards by name, in order of file name.

    Raises:
        SetupError: A file is no standard; the sentence names file and reason.
    """
    folder = folder or paths.resources() / "standards"
    own = own or paths.user_standards()
    names = sorted({file.name for place in (folder, own) for file in place.glob("*.toml")})
    found = [_read(name, folder / name, own / name) for name in names]
    if not found:
        raise SetupError(name="The folder of standards", why="it holds no standard")
    return {one.name: one for one in found}


def find(standards: Mapping[str, Standard], name: str) -> Standard:
    """Find a standard by its name.

    Raises:
        SetupError: There is none of this name.
    """
    if name in standards:
        return standards[name]
    raise SetupError(name=f"The standard {name}", why=f"known are {', '.join(standards)}")


def _read(name: str, file: Path, own: Path) -> Standard:
    at = own if own.exists() else file
    try:
        data = file.read_bytes() if file.exists() else b""
        table = _table(data)
        changes = own.read_bytes() if own.exists() else b""
        if changes:
            table = _merged(table, _table(changes))
        sha256 = hashlib.sha256(data + (b"\n" + changes if changes else b"")).hexdigest()
        return _standard(table, sha256, is_changed=bool(changes))
    except (OSError, KeyError, TypeError, ValueError, AttributeError, re.error) as error:
        why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise SetupError(name=f"The standard in {at.name} ({at.parent.name})", why=why) from error


def _table(data: bytes) -> dict[str, Any]:
    table = tomllib.loads(data.decode("utf-8"))
    if unknown := table.keys() - _STANDARD_KEYS:
        raise ValueError(f"unknown words: {', '.join(sorted(unknown))}")
    for one in table.get("headings", ()):
        if unknown := one.keys() - _HEADING_KEYS:
            raise ValueError(f"heading {one.get('key', '?')}: unknown words: {', '.join(sorted(unknown))}")
    return table


def _merged(table: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay a department's table over the program's; headings are met by their keys."""
    headings: dict[str, dict[str, Any]] = {one["key"]: one for one in table.get("headings", ())}
    for change in own.get("headings", ()):
        key = change["key"]
        before = headings.get(key, {})
        demanded = before.get("need", "optional") == "mandatory"
        if demanded and (change.get("hide") or change.get("need", "mandatory") != "mandatory"):
            raise ValueError(f"heading {key} is mandatory in this standard and stays")
        title = {**before.get("title", {}), **change.get("title", {})}
        headings[key] = {**before, **change, **({"title": title} if title else {})}
    order = own.get("order", [])
    if unknown := [key for key in order if key not in headings]:
        raise ValueError(f"order names unknown headings: {', '.join(unknown)}")
    rest = [key for key in headings if key not in order]
    kept = [headings[key] for key in [*order, *rest] if not headings[key].get("hide")]
    title = {**table.get("title", {}), **own.get("title", {})}
    return {**table, **own, "title": title, "headings": kept}


def _standard(table: dict[str, Any], sha256: str, *, is_changed: bool) -> Standard:
    headings = tuple(_heading(one) for one in table["headings"])
    if len({one.key for one in headings}) != len(headings):
        raise ValueError("two headings share a key")
    return Standard(
        name=table["name"],
        title=_titles(table["title"], "the letter"),
        source=table["source"],
        language=language_of(table["language"]),
        code=table["code"],
        code_title=table["code_title"],
        system=table.get("system", ""),
        headings=headings,
        sha256=sha256,
        is_changed=is_changed,
    )


def _heading(table: dict[str, Any]) -> Heading:
    key = table["key"]
    need = table.get("need", "optional")
    if need not in get_args(Need):
        raise ValueError(f"heading {key}: need is one of {', '.join(get_args(Need))}")
    words = table.get("words", 0)
    if not isinstance(words, int) or isinstance(words, bool) or words < 0:
        raise ValueError(f"heading {key}: words is a number, 0 for no limit")
    facts = _strings(table, "facts")
    if unknown := [name for name in facts if not has(name)]:
        raise ValueError(f"heading {key}: unknown facts {', '.join(unknown)}")
    return Heading(
        key=key,
        title=_titles(table["title"], f"heading {key}"),
        need=need,
        sections=_strings(table, "sections"),
        facts=facts,
        headings=_pattern(_strings(table, "headings")),
        cues=_pattern(_strings(table, "cues")),
        code=table.get("code", ""),
        about=table.get("about", ""),
        words=words,
        is_exclusive=bool(table.get("is_exclusive", False)),
    )


def _strings(table: dict[str, Any], name: str) -> tuple[str, ...]:
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise ValueError(f"heading {table['key']}: {name} is a list of words")
    return tuple(values)


def _titles(table: Mapping[str, str], what: str) -> dict[Language, str]:
    """Titles by language; one language stands in for the other."""
    given = {language_of(name): title.strip() for name, title in table.items() if title.strip()}
    if not given:
        raise ValueError(f"{what} has no title")
    fallback = next(iter(given.values()))
    return {language: given.get(language, fallback) for language in get_args(Language)}


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern of alternatives that begin and end at word borders, as in tasks."""
    return re.compile("|".join(rf"(?<![a-z]){word}(?![a-z])" for word in words), re.IGNORECASE) if words else None
