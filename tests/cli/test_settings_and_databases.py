"""Every command: a wrong setting or a database that cannot be used is one sentence and an exit code, never a traceback."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell
from tripkit.settings import DATA_KEYS_ARE_MISSING, KEY_IS_MISSING
from tripkit.storage.migrations import newest
from tripkit.testing import applied, booked

NEED_A_DATABASE = [
    ("db", "upgrade"),
    ("db", "current"),
    ("worker", "--once"),
    ("serve", "--port", "1"),
    ("event", "export", "a/b", "out"),
]
NAME_ONE = "use sqlite:///path/to/file or postgresql://user:password@host/database."


@pytest.mark.parametrize("words", NEED_A_DATABASE, ids=" ".join)
@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TRIPKIT_DATABASE", "mysql://x", f"TRIPKIT_DATABASE is mysql:…; {NAME_ONE}"),
        ("TRIPKIT_DATABASE", "sqlite:trips", f"TRIPKIT_DATABASE names no database; {NAME_ONE}"),
        ("TRIPKIT_DATABASE", "postgresql://a@b:port/c", f"TRIPKIT_DATABASE cannot be read; {NAME_ONE}"),
        ("TRIPKIT_DATABASE", "sqlite:///text.txt", "The database cannot be used: file is not a database"),
        (
            "TRIPKIT_CLOCK",
            "now",
            "TRIPKIT_CLOCK is “now”; write a moment with its time zone, as in 2018-12-10T09:00+01:00.",
        ),
        ("TRIPKIT_WORKER", "perhaps", "TRIPKIT_WORKER is “perhaps”; write yes or no."),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], variable: str, value: str, said: str
) -> None:
    (tmp_path / "text.txt").write_text("A letter of more than a hundred characters is no database. " * 3)
    done = shell(*words, **{variable: value})
    assert (done.exit_code, done.output) == (1, f"Error: {said}\n")


@pytest.mark.parametrize("words", NEED_A_DATABASE, ids=" ".join)
def test_a_password_in_a_wrong_setting_is_not_said(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell(*words, TRIPKIT_DATABASE="postgresql+psycopg2://user:hunter2@host/x", TRIPKIT_MAIL="smtp:hunter2")
    assert done.exit_code == 1 and "hunter2" not in done.output


@pytest.mark.parametrize("words", NEED_A_DATABASE, ids=" ".join)
def test_a_server_that_does_not_answer_is_one_sentence(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell(*words, TRIPKIT_DATABASE="postgresql://nobody@127.0.0.1:1/x")
    assert done.exit_code == 1
    assert done.output.startswith("Error: The database cannot be used: ") and done.output.count("\n") == 1


def test_looking_at_a_database_does_not_make_one(shell: Shell, tmp_path: Path) -> None:
    done = shell("db", "current", TRIPKIT_DATABASE=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert done.exit_code == 1
    assert done.output == f"Error: There is no database at {tmp_path / 'none.sqlite3'} yet. Run: tripkit db upgrade\n"
    assert [*tmp_path.iterdir()] == []


def test_a_database_that_is_made_by_the_way_is_said_once(shell: Shell, directory: Path) -> None:
    shell.environment["TRIPKIT_DATABASE"] = "sqlite:///here/trips.sqlite3"
    assert (
        shell("event", "plan", directory).stderr == "There was no database here. A new one is in here/trips.sqlite3\n"
    )
    assert shell("event", "plan", directory).stderr == ""


@pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
def test_a_database_is_made_once(shell: Shell, fresh_url: str) -> None:
    shell.environment["TRIPKIT_DATABASE"] = fresh_url
    assert shell("db", "upgrade").output == f"From nothing to {newest()}.\n"
    assert shell("db", "upgrade").output == f"The database is up to date ({newest()}).\n"
    assert shell("db", "current").output == f"at {newest()}, newest {newest()}\n"
    assert "Every place is counted right." in shell("doctor").output


def test_a_database_is_made_for_its_user_alone(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "new" / "trips.sqlite3"
    shell("db", "upgrade", TRIPKIT_DATABASE=f"sqlite:///{file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("fresh_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("words", NEED_A_DATABASE[2:], ids=" ".join)
def test_a_server_is_never_brought_up_to_date_by_the_way(shell: Shell, fresh_url: str, words: tuple[str, ...]) -> None:
    done = shell(*words, TRIPKIT_DATABASE=fresh_url)
    assert (done.exit_code, done.output) == (
        1,
        f"Error: The database is not up to date: it is empty, and this version needs {newest()}. Run: tripkit db upgrade\n",
    )


@pytest.mark.parametrize("fresh_url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("words", NEED_A_DATABASE[:1] + NEED_A_DATABASE[2:3], ids=" ".join)
def test_a_database_of_an_unknown_version_is_left_alone(shell: Shell, fresh_url: str, words: tuple[str, ...]) -> None:
    shell.environment["TRIPKIT_DATABASE"] = fresh_url
    shell("db", "upgrade")
    engine = create_engine(fresh_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'mine'"))
    done = shell(*words)
    assert done.exit_code == 1
    assert done.output.count("\n") == 1 and (
        "The database was made by another version" in done.output or "not up to date" in done.output
    )
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "mine"
    engine.dispose()


def test_with_postgresql_keys_to_sign_forms_and_to_seal_answers_with_have_to_be_given(
    shell: Shell, migrated_postgres: Engine
) -> None:
    url = migrated_postgres.url.render_as_string(hide_password=False)
    done = shell("serve", "--port", "1", TRIPKIT_DATABASE=url)
    assert done.exit_code == 1
    assert done.output == f"Error: {KEY_IS_MISSING}\n{DATA_KEYS_ARE_MISSING}\n"
    given = {"TRIPKIT_DATABASE": url, "TRIPKIT_SECRET_KEY": "abcdefgh ijklmnop"}
    assert shell("serve", "--port", "1", **given).output == f"Error: {DATA_KEYS_ARE_MISSING}\n"
    assert "16" in shell("serve", TRIPKIT_DATABASE=url, TRIPKIT_SECRET_KEY="short").output


def test_what_is_due_is_sent_once(served: Shell, session: Session, tmp_path: Path) -> None:
    booked(session, applied(session))
    served.environment["TRIPKIT_MAIL"] = f"files:{tmp_path / 'mail'}"
    assert served("worker", "--once").stdout == "Sent: 1.\n"
    assert served("worker", "--once").stdout == "Sent: 0.\n"
    assert len([path for path in (tmp_path / "mail").iterdir() if path.is_file()]) == 1
