"""``tripkit keys``: made, put first, used for everything, and told apart by names; and what the doctor says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, select

from tests.cli.conftest import Shell
from tests.cli.doctor.conftest import heard
from tripkit.storage import open_engine, sessions
from tripkit.storage.data_keys import new_key
from tripkit.storage.outbox import AuditRow
from tripkit.storage.sealing import name_of
from tripkit.testing import applied, booked, make_participant, make_vault

both = pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
on_postgres = pytest.mark.parametrize("fresh_url", ["postgres"], indirect=True)
OLD, NEW = "a1" * 32, "b2" * 32
REAL = {"TRIPKIT_URL": "https://trips.example", "TRIPKIT_SECRET_KEY": "abcdefgh ijklmnop"}


@pytest.fixture
def own(shell: Shell, tmp_path: Path) -> Shell:
    """A shell with an SQLite database of its own."""
    shell.environment["TRIPKIT_DATABASE"] = f"sqlite:///{tmp_path / 'trips.sqlite3'}"
    shell("db", "upgrade")
    return shell


@pytest.fixture
def fresh(shell: Shell, fresh_url: str) -> Iterator[tuple[Shell, Engine]]:
    """A shell with a database in which nobody has sealed anything yet, and an engine on it."""
    shell.environment["TRIPKIT_DATABASE"] = fresh_url
    shell("db", "upgrade")
    engine = open_engine(fresh_url)
    yield shell, engine
    engine.dispose()


def sign_up(engine: Engine, *keys: str) -> None:
    with sessions(engine.execution_options(tripkit_vault=make_vault(*keys) if keys else None))() as session:
        booked(session, applied(session), [make_participant(answers={"diet": "vegan"})])


def own_file(own: Shell, tmp_path: Path, *keys: str) -> None:
    engine = open_engine(str(own.environment["TRIPKIT_DATABASE"]))
    sign_up(engine, *keys)
    engine.dispose()


def test_a_site_on_sqlite_has_its_key_changed_with_two_commands(own: Shell, tmp_path: Path) -> None:
    own_file(own, tmp_path)
    assert own("keys", "list").output.splitlines()[1:] == ["1 lie open. Run: tripkit keys seal"]
    (first,) = (tmp_path / "trips.keys").read_text().split()
    sealed = own("keys", "seal")
    assert (sealed.exit_code, sealed.output) == (0, f"Sealed with {name_of(first)}: 2.\n")
    made = own("keys", "new")
    second, _ = (tmp_path / "trips.keys").read_text().split()
    file = tmp_path / "trips.keys"
    assert made.output == f"The key {name_of(second)} is the newest now, in {file}. Run: tripkit keys seal\n"
    assert own("keys", "list").output.splitlines() == [
        f"{name_of(second)}  newest    nothing is sealed with it",
        f"{name_of(first)}  older     2 sealed",
    ]
    assert own("keys", "seal").output == f"Sealed with {name_of(second)}: 2.\n"
    assert own("keys", "seal").output == f"Sealed with {name_of(second)}: 0.\n"
    file.write_text(f"{second}\n")
    assert own("keys", "list").output == f"{name_of(second)}  newest    2 sealed\n"
    assert first not in made.output and second not in made.output


@both
def test_keys_may_be_given_by_the_settings(fresh: tuple[Shell, Engine]) -> None:
    served, engine = fresh
    sign_up(engine)
    printed = served("keys", "new", TRIPKIT_DATA_KEYS=OLD).output.strip()
    assert re.fullmatch("[0-9a-f]{64}", printed)
    assert served("keys", "seal", TRIPKIT_DATA_KEYS=OLD).output == f"Sealed with {name_of(OLD)}: 2.\n"
    assert served("keys", "seal", TRIPKIT_DATA_KEYS=f"{NEW},{OLD}").output == f"Sealed with {name_of(NEW)}: 2.\n"
    lost = served("keys", "seal", TRIPKIT_DATA_KEYS=OLD)
    assert "2 are sealed with keys that are not here, and stay as they are." in lost.output
    assert f"{name_of(NEW)}  not here  2 sealed" in served("keys", "list", TRIPKIT_DATA_KEYS=OLD).output
    with sessions(engine)() as session:
        noted = session.scalars(select(AuditRow).where(AuditRow.action == "seal_answers")).all()
        assert [(one.actor, one.origin) for one in noted] == [("organiser", "tripkit keys seal")] * 2


@on_postgres
def test_a_server_without_keys_is_told_how_to_make_one(fresh: tuple[Shell, Engine]) -> None:
    served, _ = fresh
    refused = served("keys", "seal")
    assert (refused.exit_code, "tripkit keys new" in refused.output) == (1, True)
    assert re.fullmatch("[0-9a-f]{64}\n", served("keys", "new").output)


def test_a_file_of_keys_that_holds_something_else_is_said(own: Shell, tmp_path: Path) -> None:
    (tmp_path / "trips.keys").write_text("something else\n")
    for command in ("list", "seal", "new"):
        refused = own("keys", command)
        assert (refused.exit_code, "is no key" in refused.output) == (1, True), command


def about(shell: Shell, **environment: str) -> list[tuple[str, str]]:
    return heard(shell, **{**REAL, **environment}).about("Sealed answers")


@both
def test_a_backup_is_sealed_and_needs_the_keys_it_was_made_with(fresh: tuple[Shell, Engine], tmp_path: Path) -> None:
    served, engine = fresh
    sign_up(engine, OLD)
    assert served("backup", "trips.backup").exit_code == 0
    with ZipFile("trips.backup") as packed:
        assert b"vegan" not in packed.read("tables/answer.jsonl")
        assert f"{name_of(OLD)}.".encode() in packed.read("tables/answer.jsonl")
    target = {"TRIPKIT_DATABASE": f"sqlite:///{tmp_path / 'restored.sqlite3'}"}
    assert served("restore", "trips.backup", **target).exit_code == 0
    assert f"{name_of(OLD)}  not here  2 sealed" in served("keys", "list", TRIPKIT_DATA_KEYS=NEW, **target).output
    assert ("wrong", f"Sealed with the key {name_of(OLD)}, which is not here, so that nobody can open it: 2.") in about(
        served, TRIPKIT_DATA_KEYS=NEW, **target
    )
    assert (
        served("keys", "seal", TRIPKIT_DATA_KEYS=f"{NEW},{OLD}", **target).output == f"Sealed with {name_of(NEW)}: 2.\n"
    )


@both
def test_the_doctor_says_what_lies_open_and_with_which_keys_the_rest_is_sealed(fresh: tuple[Shell, Engine]) -> None:
    served, engine = fresh
    sign_up(engine)
    assert about(served, TRIPKIT_DATA_KEYS=OLD)[0] == ("warning", "Sensitive answers that lie open in the database: 1.")
    served("keys", "seal", TRIPKIT_DATA_KEYS=OLD)
    assert about(served, TRIPKIT_DATA_KEYS=OLD) == [("fine", f"Sealed with the newest key, {name_of(OLD)}: 2.")]
    assert about(served, TRIPKIT_DATA_KEYS=f"{NEW},{OLD}") == [
        ("fine", f"Sealed with the newest key, {name_of(NEW)}: 0."),
        ("warning", f"Still sealed with an older key, {name_of(OLD)}: 2."),
    ]
    served("keys", "seal", TRIPKIT_DATA_KEYS=f"{NEW},{OLD}")
    assert about(served, TRIPKIT_DATA_KEYS=f"{NEW},{OLD}") == [
        ("fine", f"Sealed with the newest key, {name_of(NEW)}: 2."),
        (
            "fine",
            f"The older key {name_of(OLD)} is not needed any more, but for backups that were made while it was.",
        ),
    ]
    other = new_key()
    assert about(served, TRIPKIT_DATA_KEYS=other) == [
        ("wrong", f"Sealed with the key {name_of(NEW)}, which is not here, so that nobody can open it: 2."),
        ("fine", f"Sealed with the newest key, {name_of(other)}: 0."),
    ]


@on_postgres
def test_the_doctor_says_when_a_site_others_come_to_has_no_keys(fresh: tuple[Shell, Engine]) -> None:
    served, _ = fresh
    lies_open = "There is no key to seal answers about health and diet with, so they lie open in the database."
    assert about(served) == [("wrong", lies_open)]
    assert about(served, TRIPKIT_URL="http://127.0.0.1:5000") == [("warning", lies_open)]


def test_a_looking_doctor_makes_no_key(own: Shell, tmp_path: Path) -> None:
    assert about(own) == []
    assert not (tmp_path / "trips.keys").exists()
