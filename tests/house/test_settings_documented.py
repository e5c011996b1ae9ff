"""`docs/settings.md` names every setting there is, and no other, with the default it has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules, shown
from tripkit.settings import Clock, Settings
from tripkit.settings.table import FILE, SETTINGS

VARIABLE = re.compile(r"\bTRIPKIT_[A-Z][A-Z_]*[A-Z]\b")
ROW = re.compile(r"^\| `(TRIPKIT_[A-Z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)
CODE = ROOT / "src" / "tripkit" / "settings"
PAGE = (ROOT / "docs" / "settings.md").read_text("utf-8")


@pytest.fixture
def rows() -> dict[str, tuple[str, str]]:
    """Variable to (what it decides, what holds without it)."""
    found = {name: (decides, without) for name, decides, without in ROW.findall(PAGE)}
    assert len(found) == len(ROW.findall(PAGE)), "no variable has two rows"
    return found


def test_the_page_has_a_row_for_each_setting_in_their_order(rows: dict[str, tuple[str, str]]) -> None:
    assert list(rows) == [FILE, *(setting.name for setting in SETTINGS)]


def test_the_table_is_of_the_fields_there_are() -> None:
    assert sorted(setting.field for setting in SETTINGS) == sorted(field.name for field in fields(Settings))


def test_the_page_and_the_code_name_no_other_variable(rows: dict[str, tuple[str, str]]) -> None:
    assert set(VARIABLE.findall(PAGE)) == {*rows, "TRIPKIT_MIAL"}  # A misspelled one is shown.
    code = "".join(path.read_text("utf-8") for path in CODE.glob("*.py"))
    assert set(VARIABLE.findall(code)) == set(rows)


def test_nobody_else_reads_the_environment_for_a_setting() -> None:
    reads = re.compile(r"(environ\[|environ\.get\(|getenv\()\s*\"TRIPKIT_")
    others = [path for path in modules() if not path.is_relative_to(CODE)]
    assert [shown(path) for path in others if reads.search(path.read_text("utf-8"))] == []


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
    switches = {"TRIPKIT_DEMO": found.demo, "TRIPKIT_WORKER": found.worker, "TRIPKIT_LIMITS": found.limits}
    assert {name: without[name].startswith("yes") for name in switches} == switches
    assert without["TRIPKIT_DEMO"] == "no"
    plain = {
        "TRIPKIT_URL": found.url,
        "TRIPKIT_MAIL": found.mail,
        "TRIPKIT_PROXIES": found.proxies,
        "TRIPKIT_LOG": found.log,
        "TRIPKIT_LOG_LEVEL": found.log_level,
        "TRIPKIT_MAIL_AT_ONCE": found.mail_at_once,
    }
    assert {name: without[name].partition(",")[0] for name in plain} == {name: f"`{plain[name]}`" for name in plain}
    assert (found.data_keys, without["TRIPKIT_DATA_KEYS"].startswith("one is made and kept")) == ((), True)
    nothing = {
        "TRIPKIT_SECRET_KEY": found.secret_key,
        "TRIPKIT_MAIL_FROM": found.mail_from,
        "TRIPKIT_MAP_TILES": found.map_tiles,
        "TRIPKIT_MAP_ATTRIBUTION": found.map_attribution,
        "TRIPKIT_REDIS_URL": found.redis_url,
        "TRIPKIT_METRICS_TOKEN": found.metrics_token,
        "TRIPKIT_MAIL_PER_MINUTE": found.mail_per_minute,
        "TRIPKIT_BOUNCES": found.bounces,
    }
    assert set(nothing.values()) == {None}
    assert found.clock == Clock() and without["TRIPKIT_CLOCK"] == "the real time"
    assert (found.http_networks, without["TRIPKIT_HTTP_NETWORKS"]) == ((), "only addresses that everybody reaches")
    by_themselves = {FILE, "TRIPKIT_DATABASE", "TRIPKIT_CLOCK", "TRIPKIT_DATA_KEYS", "TRIPKIT_HTTP_NETWORKS"}
    assert set(rows) == {*switches, *plain, *nothing, *by_themselves}
