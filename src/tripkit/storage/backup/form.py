"""What a backup looks like: a zip of one manifest and a part of JSON lines for each table; nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass
from zipfile import ZipFile

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
"""The newest form this version writes and reads."""
MANIFEST = "manifest.json"
_NAME = r"^[a-z_][a-z0-9_]{0,62}$"
NOT_CARRIED = frozenset({"alembic_version", "worker"})
"""Tables that say nothing elsewhere: the revision stands in the manifest, and workers live in their own place."""
EMPTIED = {"job": frozenset({"held_by"}), "outbox": frozenset({"leased_by", "leased_until"})}
"""Columns that name a worker: nobody who could let go of it comes along."""


class BackupRefused(Exception):
    """A backup that cannot be made or restored; a sentence that says why. Nothing was written."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Part(_Strict):
    """One table.

    ``rows`` are its lines, each a JSON array in the order of ``columns``; ``bytes`` and ``sha256`` of them all,
    unpacked. ``last_id``: the highest number that was ever given, as far as the database knows; None = it has none.
    """

    table: str = Field(pattern=_NAME)
    columns: list[str] = Field(min_length=1, max_length=200)
    rows: int = Field(ge=0, le=10**9)
    bytes: int = Field(ge=0, le=10**12)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    last_id: int | None = Field(ge=0, le=2**63 - 1)


class Manifest(_Strict):
    """What a backup says of itself. ``made_at``: ISO 8601, UTC; ``revision``: of the tables, as `tripkit db current` has it."""

    format: int
    tripkit: str = Field(max_length=60)
    revision: str = Field(max_length=60)
    made_at: str = Field(max_length=60)
    parts: list[Part] = Field(max_length=200)

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup whose manifest was read. Nothing in it is believed before `check` is through."""

    zip: ZipFile
    manifest: Manifest


def member(table: str) -> str:
    """The name of a table's part within the zip."""
    return f"tables/{table}.jsonl"
