"""The standards a letter can follow: headings, their order and words, read from `resources/standards/*.toml`.

A department's folder may hold files of its own. One with the name of a standard, or with `base = "prsb"`, changes
titles, instructions, lengths and order, adds headings and hides optional ones; a heading that the standard demands
stays.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from app import paths
from app.drafts.labels import Language, has, language_of
from app.errors import NotWritable, SetupError
from app.prompts.tasks import SectionTask, Task

Need = Literal["mandatory", "required", "optional"]

_ID = re.compile(r"[^\W_][\w-]{0,40}")
# Names that Windows keeps for devices.
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)\d")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a standard.

    Attributes:
        key: Name for programs; a section of a draft with this key fills it too.
        title: Heading for people, by language.
        need: `mandatory`, `required` (when known) or `optional`.
        sections: Keys of the draft's sections that fill it, in order.
        facts: Names of facts of the letter's header that fill it.
        headings: Patterns for headings of the notes that fill it, word for word, where no section does.
        cues: Patterns for sentences of the notes that do.
        code: Code of the heading in `Standard.system`; empty if there is none.
        about: What belongs here, for the person who completes it.
        instruction: What the model is told for the sections it writes here; empty for the task's own words. A heading
            without sections is written by the model from what `headings` and `cues` find, if it has an instruction.
        words: Most words it should have (Chinese: characters); 0 for no limit. A longer text is never cut.
        is_exclusive: Whether a statement and "none" cannot both be true.
    """

    key: str
    title: Mapping[Language, str]
    need: Need = "optional"
    sections: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    code: str = ""
    about: str = ""
    instruction: str = ""
    words: int = 0
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard.

    Attributes:
        name: Its id: on the command line and as file name.
        title: Title of the letter, by language.
        source: The document its headings are from.
        language: Language of its letters unless another is asked for.
        code: LOINC code of the document.
        code_title: LOINC's name of that code.
        system: URI of the code system of the headings' codes.
        headings: In order.
        sha256: Hash of its file, with the department's where there is one.
        base: The program's standard that it changes; empty for the program's own.
        example: A letter in the department's style, for people: a small model takes facts from an example.
    """

    name: str
    title: Mapping[Language, str]
    source: str
    language: Language
    code: str
    code_title: str
    system: str
    headings: tuple[Heading, ...]
    sha256: str = ""
    base: str = ""
    example: str = ""


_HEADING_KEYS = frozenset({*(field.name for field in fields(Heading)), "hide"})
_STANDARD_KEYS = frozenset({*(field.name for field in fields(Standard)), "order"} - {"sha256"})


def known(folders: Sequence[Path] = ()) -> dict[str, Standard]:
    """Read every standard.

    Args:
        folders: The program's folder, then the department's; by default those of this installation. They need not
            exist.

    Returns:
        Standards by name: the program's in order of file name, then the department's own.

    Raises:
        SetupError: A file is no standard; the sentence names file and reason.
    """
    found: dict[str, Standard] = {}
    bases: dict[str, tuple[dict[str, Any], bytes]] = {}
    for folder in folders or (paths.resources() / "standards", paths.user_standards()):
        tables = dict(bases)
        for file in sorted(folder.glob("*.toml")):
            try:
                table, data = _read(file, tables)
                found[file.stem] = _standard(table, hashlib.sha256(data).hexdigest())
                # What a department changes in a standard of the program does not reach its other templates.
                tables.setdefault(file.stem, (table, data))
            except (OSError, KeyError, TypeError, ValueError, AttributeError, re.error) as error:
                why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
                raise SetupError(name=f"The standard in {file.name} ({folder.name})", why=why) from error
        bases = tables
    return found


def load(name: str, folders: Sequence[Path] = ()) -> Standard:
    """Read one standard.

    Args:
        name: Its id.
        folders: See `known`.

    Raises:
        SetupError: There is none of this id, or a file is no standard.
    """
    standards = known(folders)
    if name in standards:
        return standards[name]
    raise SetupError(name=f"The standard {name}", why=f"known are {', '.join(standards) or 'none'}")


def save(standard: Standard, folder: Path | None = None) -> Path:
    """Keep a department's standard: the program's one changed, or a copy under another name.

    Args:
        standard: With `base` set; its name may be that of the base.
        folder: The department's; by default that of this installation.

    Returns:
        The file. It is there whole or not at all.

    Raises:
        SetupError: It leaves out what its base demands, or cannot be read back.
        NotWritable: The folder may not be written.
    """
    folder = folder or paths.user_standards()
    if identity(standard.name) != standard.name:
        why = "its id has other signs than small letters, digits, - and _"
        raise SetupError(name=f"The standard {standard.name}", why=why)
    base = load(standard.base or standard.name, (paths.resources() / "standards",))
    data = _written(standard, base).encode("utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as temporary:
            file = Path(temporary) / f"{standard.name}.toml"
            file.write_bytes(data)
            load(standard.name, (paths.resources() / "standards", Path(temporary)))  # what cannot be read is not kept
            file.replace(folder / file.name)
    except OSError as error:
        raise NotWritable(name=f"{standard.name}.toml") from error
    return folder / f"{standard.name}.toml"


def remove(name: str, folder: Path | None = None) -> None:
    """Remove a department's standard; the program's own stay.

    Args:
        name: Its id.
        folder: The department's; by default that of this installation.

    Raises:
        NotWritable: The folder may not be written.
    """
    file = (folder or paths.user_standards()) / f"{identity(name)}.toml"
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritable(name=file.name) from error


def identity(words: str) -> str:
    """Make an id of a name in words: small letters of any script, digits and hyphens; empty where nothing is left."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    found = re.sub(r"[^\w-]+", "-", plain).strip("-_")[:41].rstrip("-_")
    return found if _ID.fullmatch(found) and not _DEVICES.fullmatch(found) else ""


def instruct(standard: Standard, task: Task) -> Task:
    """Give a task the standard's own instructions, and the sections that only its own headings ask for.

    Args:
        standard: The standard.
        task: The task that drafts its letters.

    Returns:
        The task, with another hash where anything changed; sections that the program copies stay as they are.
    """
    own = {key: one.instruction for one in standard.headings for key in one.sections if one.instruction}
    changed = {one.key: own[one.key] for one in task.sections if one.by == "model" and one.key in own}
    written = [one for one in standard.headings if _is_written_here(one, task)]
    if not changed and not written:
        return task
    sections = tuple(replace(one, instruction=changed.get(one.key, one.instruction)) for one in task.sections)
    asked = [[one.key, one.instruction, list(one.headings), list(one.cues)] for one in written]
    words = json.dumps([task.sha256, changed, *([asked] if asked else [])], ensure_ascii=False, sort_keys=True)
    sha256 = hashlib.sha256(words.encode("utf-8")).hexdigest()
    return replace(task, sections=(*sections, *map(_written_here, written)), sha256=sha256)


def _is_written_here(heading: Heading, task: Task) -> bool:
    is_asked = bool(heading.instruction and not heading.sections and (heading.headings or heading.cues))
    return is_asked and all(one.key != heading.key for one in task.sections)


def _written_here(heading: Heading) -> SectionTask:
    """The section of a heading of a department's own, as short as the task's others, and quoted where it invents."""
    return SectionTask(
        heading.key,
        heading.title["en"],
        heading.instruction,
        reads="matching",
        headings=pattern(heading.headings),
        cues=pattern(heading.cues),
        quotes=True,
        new_tokens=80,
        sentences=2,
    )


def pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    """Join patterns as alternatives that begin and end at word borders, as in tasks; None for no words."""
    return re.compile("|".join(rf"(?<![a-z]){word}(?![a-z])" for word in words), re.IGNORECASE) if words else None


def _read(file: Path, tables: Mapping[str, tuple[dict[str, Any], bytes]]) -> tuple[dict[str, Any], bytes]:
    """A file's table and contents, laid over its base's where it has one."""
    data = file.read_bytes()
    table = _table(data)
    base = table.get("base", file.stem if file.stem in tables else "")
    if base:
        if base not in tables:
            raise ValueError(f"its base {base} is not known")
        under, before = tables[base]
        table, data = {**_merged(under, table), "base": base}, before + b"\n" + data
    return {**table, "name": file.stem}, data


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


def _standard(table: dict[str, Any], sha256: str) -> Standard:
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
        base=table.get("base", ""),
        example=table.get("example", ""),
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
        headings=_patterns(table, "headings"),
        cues=_patterns(table, "cues"),
        code=table.get("code", ""),
        about=table.get("about", ""),
        instruction=table.get("instruction", "").strip(),
        words=words,
        is_exclusive=bool(table.get("is_exclusive", False)),
    )


def _strings(table: dict[str, Any], name: str) -> tuple[str, ...]:
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise ValueError(f"heading {table['key']}: {name} is a list of words")
    return tuple(values)


def _patterns(table: dict[str, Any], name: str) -> tuple[str, ...]:
    words = _strings(table, name)
    pattern(words)  # raises where one is no pattern
    return words


def _titles(table: Mapping[str, str], what: str) -> dict[Language, str]:
    """Titles by language; one language stands in for the other."""
    given = {language_of(name): title.strip() for name, title in table.items() if title.strip()}
    if not given:
        raise ValueError(f"{what} has no title")
    fallback = next(iter(given.values()))
    return {language: given.get(language, fallback) for language in get_args(Language)}


def _written(standard: Standard, base: Standard) -> str:
    """The file of a department's standard, as TOML."""
    kept = [one.key for one in standard.headings]
    lines = [_line(name, getattr(standard, name)) for name in ("name", "title", "source", "language", "code")]
    lines += [_line(name, getattr(standard, name)) for name in ("code_title", "system", "example")]
    lines += [_line("base", base.name), _line("order", kept)]
    for heading in standard.headings:
        lines += ["", "[[headings]]", *(_line(one.name, getattr(heading, one.name)) for one in fields(Heading))]
    for key in (one.key for one in base.headings if one.key not in kept):
        lines += ["", "[[headings]]", _line("key", key), "hide = true"]
    return "\n".join(lines) + "\n"


def _line(name: str, value: object) -> str:
    """One line of TOML, whose strings are JSON's but for the character DEL."""
    if isinstance(value, Mapping):
        return f"{name} = {{ {', '.join(_line(key, one) for key, one in value.items())} }}"
    words = list(value) if isinstance(value, tuple) else value
    return f"{name} = {json.dumps(words, ensure_ascii=False)}".replace("\x7f", "\\u007f")
