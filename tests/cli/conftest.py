"""Commands run as in a shell: an environment of their own, an event directory to work on, databases of both kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from tripkit.cli import main
from tripkit.eventfile import write_event
from tripkit.testing import NOW, make_organisation, make_trip

CLOCK = NOW.isoformat()


@dataclass
class Shell:
    """Runs ``tripkit``; what a command raises that it should not is raised in the test."""

    environment: dict[str, str | None]
    runner: CliRunner = field(default_factory=CliRunner)

    def __call__(self, *words: str | Path, **environment: str) -> Result:
        return self.runner.invoke(
            main, [str(word) for word in words], env={**self.environment, **environment}, catch_exceptions=False
        )


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in an empty directory. Its database cannot be used: a command that needs none must not notice."""
    monkeypatch.chdir(tmp_path)
    return Shell({"TRIPKIT_DATABASE": "sqlite:////dev/null/none.sqlite3", "TRIPKIT_CLOCK": CLOCK})


@pytest.fixture
def served(shell: Shell, engine: Engine) -> Shell:
    """A shell with a database, on SQLite and on PostgreSQL."""
    shell.environment["TRIPKIT_DATABASE"] = engine.url.render_as_string(hide_password=False)
    return shell


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An event directory of `make_trip`, named ``hamnstad`` in the current directory."""
    write_event(tmp_path / "hamnstad", make_organisation(), make_trip(), {})
    return Path("hamnstad")


def edit(file: Path, *changes: tuple[str, str]) -> None:
    """Change a file as an organiser does; each text is there once."""
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
