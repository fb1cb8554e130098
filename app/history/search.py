"""Search over everything the doctor pasted and wrote: FTS5 inside the encrypted file.

The index is contentless (it holds words, not texts). A space goes round every CJK character before
indexing and before asking, so that words of one and two characters are found as phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, text
from sqlalchemy.sql import literal_column

from app.history import tables
from app.history.entry import Query, SearchHit

_CJK = re.compile("([㐀-鿿豈-﫿぀-ヿ가-힯])")
_TERM = re.compile(r'"([^"]+)"|(\S+)')
_AROUND = 60
_RANKED = 1000
_TEXTS = select(tables.document.c.id, tables.document.c.text).where(
    tables.document.c.id.in_(bindparam("ids", expanding=True))
)
_PUT = text("INSERT INTO words(rowid, text) VALUES (:id, :text)")


def put(connection: Connection, place: Mapping[str, object], content: str) -> None:
    """Index a text.

    Args:
        connection: In a transaction.
        place: Columns of `searchable`; its source must not be indexed yet.
        content: The text.
    """
    rowid = connection.execute(insert(tables.searchable), place).lastrowid
    connection.execute(_PUT, {"id": rowid, "text": spaced(content)})


def remove(connection: Connection, source: str) -> None:
    """Take a source out of the index. Its words leave the file with the next merge, or `forget`."""
    rowid = connection.execute(select(tables.searchable.c.id).where(tables.searchable.c.source == source)).scalar()
    if rowid is not None:
        connection.execute(text("DELETE FROM words WHERE rowid = :id"), {"id": rowid})
        connection.execute(delete(tables.searchable).where(tables.searchable.c.id == rowid))


def forget(connection: Connection) -> None:
    """Merge the index, so that words of removed sources no longer stand in the file.

    A contentless index only marks rows as deleted; merging drops them. Seconds on a large history.
    """
    connection.execute(text("INSERT INTO words(words) VALUES ('optimize')"))


def find(connection: Connection, query: Query) -> tuple[SearchHit, ...]:
    """Search.

    Args:
        connection: Any.
        query: What to look for.

    Returns:
        A page of hits, the best match first; empty for a query without a word. Where a word stands almost
        everywhere, only the newest thousand matches are ranked: ranking them all would take seconds.
    """
    match = _match(query.words)
    if not match:
        return ()
    rows = connection.execute(_statement(query), {"match": match}).all()
    terms, contents = _terms(query.words), _contents(connection, [(row.source, row.kind) for row in rows])
    return tuple(
        SearchHit(
            row.case_id, row.source, row.kind, row.date, row.title, snippet(contents[row.source], terms), row.signed
        )
        for row in rows
    )


def _statement(query: Query) -> Select[Any]:
    """The newest matches that pass the filters, then the best of those."""
    searchable, case = tables.searchable, tables.case
    blocks = max(1, -(-(query.offset + query.limit) // _RANKED))
    newest = (
        select(searchable, literal_column("bm25(words)").label("score"))
        .select_from(text("words"))
        .join(searchable, literal_column("words.rowid") == searchable.c.id)
        .where(text("words MATCH :match"))
        .order_by(text("words.rowid DESC"))
        .limit(blocks * _RANKED)
    )
    for column, value in ((searchable.c.case_id, query.case), (searchable.c.kind, query.kind)):
        if value:
            newest = newest.where(column == value)
    if query.patient:
        patients = select(case.c.id).where(case.c.patient.contains(query.patient, autoescape=True))
        newest = newest.where(searchable.c.case_id.in_(patients))
    if query.since:
        newest = newest.where(searchable.c.date >= query.since)
    if query.until:
        newest = newest.where(searchable.c.date <= query.until)
    if query.signed is not None:
        newest = newest.where(searchable.c.kind == "draft", searchable.c.signed == query.signed)
    found = newest.subquery()
    best = select(found, case.c.title).join(case, case.c.id == found.c.case_id)
    if blocks > 1:  # ranked block by block, so that a later page never moves what stood on an earlier one
        place = func.row_number().over(order_by=found.c.id.desc()) - 1
        best = best.order_by(place // _RANKED)
    return best.order_by(found.c.score, found.c.id.desc()).limit(query.limit).offset(query.offset)


def spaced(content: str) -> str:
    """Put a space round every CJK character; accents in one form, however the keyboard writes them."""
    return _CJK.sub(r" \1 ", unicodedata.normalize("NFC", content))


def snippet(content: str, terms: list[str]) -> str:
    """Text around the first place where one of the terms stands, accents and case folded."""
    lowered = content.lower()
    if len(lowered) != len(content) or not any(term.lower() in lowered for term in terms):
        lowered = "".join(_fold(letter) for letter in content)  # slower, and only needed for accents
        terms = ["".join(_fold(letter) for letter in term) for term in terms]
    places = [place for term in terms if (place := lowered.find(term.lower())) >= 0]
    start = max(0, min(places, default=0) - _AROUND)
    end = min(len(content), start + 2 * _AROUND + 20)
    inside = " ".join(content[start:end].split())
    return f"{'…' if start else ''}{inside}{'…' if end < len(content) else ''}"


def _fold(letter: str) -> str:
    """One character for one character, so that places in the folded text are places in the text."""
    plain = unicodedata.normalize("NFD", letter)[0].casefold()
    return plain if len(plain) == 1 else letter


def _terms(words: str) -> list[str]:
    return [phrase or word for phrase, word in _TERM.findall(words)]


def _match(words: str) -> str:
    """FTS5 query: every term a quoted phrase, so that nothing typed is an operator; word beginnings match."""
    phrases = []
    for term in _terms(words):
        inner = " ".join(re.findall(r"\w+", spaced(term)))
        if inner:
            phrases.append(f'"{inner}"' + ("" if _CJK.search(inner[-1]) else " *"))
    return " AND ".join(phrases)


def _contents(connection: Connection, sources: list[tuple[str, str]]) -> dict[str, str]:
    """Texts of the sources of one page of hits."""
    version = tables.version
    ids = [source for source, kind in sources if kind not in ("draft", "case")]
    found = {row.id: row.text for row in connection.execute(_TEXTS, {"ids": ids})} if ids else {}
    for source, kind in sources:
        if kind == "draft":
            last = select(version.c.body).where(version.c.draft_id == source).order_by(version.c.number.desc()).limit(1)
            found[source] = body_text(connection.execute(last).scalar())
        elif kind == "case":
            row = connection.execute(select(tables.case.c.title, tables.case.c.patient).filter_by(id=source)).one()
            found[source] = label_text(row.title, row.patient)
    return {source: found.get(source, "") for source, _ in sources}


def label_text(title: str, patient: str) -> str:
    """What a case is called, for the index and for snippets."""
    return f"{title}\n{patient}"


def body_text(body: dict[str, object] | None) -> str:
    """All words of a version's body, for the index and for snippets."""
    sections = (body or {}).get("sections", [])
    return "\n".join(str(one.get("text", "")) for one in sections)  # type: ignore[attr-defined]
