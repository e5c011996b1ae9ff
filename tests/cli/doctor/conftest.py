"""A doctor to call, and a Redis server of one's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import Shell
from tests.servers import running_redis

NO_FSYNC = "It does not wait for the disk"


@dataclass(frozen=True)
class Said:
    """What the doctor said. ``findings``: group, how bad, what, what to do."""

    exit_code: int
    findings: list[tuple[str, str, str, str]]

    def about(self, group: str) -> list[tuple[str, str]]:
        """How bad and what, of one group."""
        return [(how, what) for name, how, what, _ in self.findings if name == group]

    @property
    def bad(self) -> list[tuple[str, str, str]]:
        """Group, how bad and what, of all that is not fine, but for a test server that need not survive a power cut."""
        return [
            (name, how, what) for name, how, what, _ in self.findings if how != "fine" and not what.startswith(NO_FSYNC)
        ]


Doctor = Callable[..., Said]


def heard(shell: Shell, **environment: str) -> Said:
    done = shell("doctor", "--json", **environment)
    found = json.loads(done.output)
    findings = [(one["group"], one["how"], one["what"], one["todo"]) for one in found["findings"]]
    assert found["wrong"] == sum(how == "wrong" for _, how, _, _ in findings)
    assert found["warnings"] == sum(how == "warning" for _, how, _, _ in findings)
    assert done.exit_code == (1 if found["wrong"] else 0)
    assert all(todo for _, how, _, todo in findings if how != "fine"), "what is not fine says what to do"
    return Said(done.exit_code, findings)


@pytest.fixture
def well_served(served: Shell) -> Shell:
    """A shell with a database of each kind, its keys, and a PostgreSQL that waits for the disk, as that of tests does not."""
    served.environment["TRIPKIT_SECRET_KEY"] = "abcdefgh ijklmnop"
    url = make_url(str(served.environment["TRIPKIT_DATABASE"]))
    if url.get_backend_name() == "postgresql":
        served.environment["TRIPKIT_DATA_KEYS"] = "d0" * 32
        waits = url.update_query_dict({"options": "-c synchronous_commit=on"})
        served.environment["TRIPKIT_DATABASE"] = waits.render_as_string(hide_password=False)
    return served


@pytest.fixture
def doctor(well_served: Shell) -> Doctor:
    """The doctor, on a database of each kind in which nothing is wrong."""
    return lambda **environment: heard(well_served, **environment)


@pytest.fixture
def own_doctor(shell: Shell, tmp_path: Path) -> Doctor:
    """The doctor, on an SQLite database of its own, ``trips.sqlite3``, that may be broken."""
    shell.environment["TRIPKIT_DATABASE"] = f"sqlite:///{tmp_path / 'trips.sqlite3'}"
    shell("db", "upgrade")
    return lambda **environment: heard(shell, **environment)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis server that nobody else uses."""
    with running_redis(tmp_path) as server:
        yield server.url
