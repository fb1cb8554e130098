"""The tables, for queries. `migrations` makes them; a test proves that both say the same."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

case = Table(
    "case_",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("purged", String(32)),
)
document = Table(
    "document",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", ForeignKey("case_.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("date", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("case_id", "position"),
)
draft = Table(
    "draft",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", ForeignKey("case_.id"), nullable=False),
    Column("task", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Index("draft_case", "case_id"),
)
version = Table(
    "version",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("draft_id", ForeignKey("draft.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("author", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("body", JSON(none_as_null=True)),
    Column("previous_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("purged", String(32)),
    UniqueConstraint("draft_id", "number"),
)
# What the doctor has typed into a draft since its last version: kept as they type, gone with the next version.
work = Table(
    "work",
    metadata,
    Column("draft_id", ForeignKey("draft.id"), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("at", String(32), nullable=False),
)
finding = Table(
    "finding",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version_id", ForeignKey("version.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("blocking", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", String(32), nullable=False),
    Index("finding_version", "version_id"),
)
export = Table(
    "export",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version_id", ForeignKey("version.id"), nullable=False),
    Column("format", String(16), nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("event", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("details", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
)
# What the full-text index points at: one row per document and per last version of a draft.
searchable = Table(
    "searchable",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_.id"), nullable=False),
    Column("source", String(32), nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("date", String(10), nullable=False),
    Column("signed", Boolean, nullable=False),
    Index("searchable_case", "case_id"),
)
