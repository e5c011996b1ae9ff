"""`docs/settings.md` names every setting there is, and no other, with the default it has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules, shown
from tripkit.settings import Clock, Settings

VARIABLE = re.compile(r"\bTRIPKIT_[A-Z_]+\b")
ROW = re.compile(r"^\| `(TRIPKIT_[A-Z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)
CODE = ROOT / "src" / "tripkit" / "settings.py"
PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")


class Asked(dict[str, str]):
    """An environment with nothing in it that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # Settings asks for strings only
        self.names.append(name)
        return default


@pytest.fixture
def rows() -> dict[str, tuple[str, str]]:
    """Variable to (what it decides, what holds without it)."""
    found = {name: (decides, without) for name, decides, without in ROW.findall(PAGE)}
    assert len(found) == len(ROW.findall(PAGE)), "no variable has two rows"
    return found


def test_the_page_has_a_row_for_each_variable_that_is_read_in_their_order(rows: dict[str, tuple[str, str]]) -> None:
    asked = Asked()
    Settings.from_environment(asked)
    assert list(rows) == list(dict.fromkeys(asked.names))


def test_the_page_and_the_code_name_no_other_variable(rows: dict[str, tuple[str, str]]) -> None:
    assert set(VARIABLE.findall(PAGE)) == set(rows)
    assert set(VARIABLE.findall(CODE.read_text("utf-8"))) == set(rows)


def test_nobody_else_reads_the_environment_for_a_setting() -> None:
    reads = re.compile(r"(environ\[|environ\.get\(|getenv\()\s*\"TRIPKIT_")
    assert [shown(path) for path in modules() if path != CODE and reads.search(path.read_text("utf-8"))] == []


def test_every_field_says_which_variable_it_is() -> None:
    text = Settings.__doc__ or ""
    assert [field.name for field in fields(Settings) if f"``{field.name}``" not in text] == []


def test_the_defaults_on_the_page_are_those_of_the_code(
    rows: dict[str, tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = Settings.from_environment({})
    without = {name: text for name, (_, text) in rows.items()}
    assert found.database_url == f"sqlite:///{tmp_path / 'var' / 'tripkit.sqlite3'}"
    assert without["TRIPKIT_DATABASE"] == "an SQLite file, `var/tripkit.sqlite3` in the current directory"
    assert without["TRIPKIT_URL"] == f"`{found.url}`"
    assert without["TRIPKIT_MAIL"] == f"`{found.mail}`"
    switches = {"TRIPKIT_DEMO": found.demo, "TRIPKIT_WORKER": found.worker}
    assert {name: without[name] == "yes" for name in switches} == switches
    assert without["TRIPKIT_DEMO"] == "no"
    nothing = {
        "TRIPKIT_SECRET_KEY": found.secret_key,
        "TRIPKIT_MAIL_FROM": found.mail_from,
        "TRIPKIT_MAP_TILES": found.map_tiles,
        "TRIPKIT_MAP_ATTRIBUTION": found.map_attribution,
    }
    assert set(nothing.values()) == {None}
    assert found.clock == Clock() and without["TRIPKIT_CLOCK"] == "the real time"
    assert set(rows) == {*switches, *nothing, "TRIPKIT_DATABASE", "TRIPKIT_URL", "TRIPKIT_MAIL", "TRIPKIT_CLOCK"}
