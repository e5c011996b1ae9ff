"""The migrations as files, and the tables each of them leads to; no test."""

from __future__ import annotations

import warnings
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import SAWarning
from sqlalchemy.pool import StaticPool

import tripkit.storage.migrations
from tripkit.storage.migrations import upgrade_within
from tripkit.storage.session import prepare

VERSIONS = Path(tripkit.storage.migrations.__file__).parent / "versions"


def migration(revision: str) -> ModuleType:
    """The module of a migration."""
    (path,) = VERSIONS.glob(f"{revision}_*.py")
    spec = spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def oldest_neighbour(revision: str) -> str | None:
    """The version a migration that breaks older ones has to come from, as it says itself."""
    found: str | None = getattr(migration(revision), "oldest_neighbour", None)
    return found


def made_at(revision: str) -> MetaData:
    """The tables of a revision, from a database made for it in memory, in types that mean the same everywhere."""
    engine = prepare(create_engine("sqlite://", poolclass=StaticPool))
    with engine.connect() as connection, connection.begin():
        upgrade_within(connection, revision)
        found = MetaData()
        with warnings.catch_warnings():
            # An index of an expression is none that SQLAlchemy can describe on SQLite; columns are what is asked for.
            warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
            found.reflect(connection)
    engine.dispose()
    for table in found.tables.values():
        for column in table.columns:
            column.type = column.type.as_generic()
            column.server_default = None
    return found
