"""``tripkit setup``: the first organisation and its owner, from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tripkit.app import create_app
from tripkit.cli import main
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.accounts import AccountRow, SignInLinkRow
from tripkit.storage.members import MemberRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import applied, make_organisation, make_trip

WORDS = ("--organisation", "resor", "--name", "Resor", "--owner", "asa@tripkit.example", "--owner-name", "Åsa Ek")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    found = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    monkeypatch.setenv("TRIPKIT_DATABASE", found)
    monkeypatch.setenv("TRIPKIT_URL", "http://trips.example")
    return found


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["setup", *words], input=typed)


def link_in(result: Result) -> str:
    return next(line.strip() for line in result.output.splitlines() if "/account/sign-in/" in line)


def test_the_link_signs_the_owner_in_once(url: str) -> None:
    made = run(*WORDS, "--language", "en")
    assert made.exit_code == 0, made.output
    link = link_in(made)
    assert link.startswith("http://trips.example/en/account/sign-in/")
    client = create_app(Settings(database_url=url, secret_key="only for tests, 32 characters..")).test_client()
    path = link.removeprefix("http://trips.example")
    token = client.get(path).text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    assert client.get("/en/organise/resor/members/").status_code == 200
    assert client.get("/en/administrator/").status_code == 200, "who is first runs the installation"
    assert client.post(path, data={"csrf_token": token}).status_code in {404, 422}


def test_what_is_no_option_is_asked_for(url: str) -> None:
    made = run(typed="resor\nResor\nasa@tripkit.example\nÅsa Ek\n")
    assert made.exit_code == 0, made.output
    assert "asa@tripkit.example owns resor" in made.output


def test_nothing_is_mailed_and_the_secret_is_stored_nowhere(url: str) -> None:
    token = link_in(run(*WORDS)).split("/")[-2]
    with sessions(open_engine(url))() as session:
        assert session.scalars(select(OutboxRow.id)).all() == []
        assert token not in session.scalars(select(SignInLinkRow.digest)).one()
        assert "asa@" not in str(session.execute(select(AuditRow.details, AuditRow.reason)).all())


def test_a_second_one_is_refused_unless_it_is_meant(url: str) -> None:
    run(*WORDS)
    other = ("--organisation", "andra", "--name", "Andra", "--owner", "bo@tripkit.example", "--owner-name", "Bo")
    refused = run(*other)
    assert refused.exit_code == 1
    assert "say --another" in refused.output
    assert run(*other, "--another").exit_code == 0
    with sessions(open_engine(url))() as session:
        rows = session.execute(select(AccountRow.email, AccountRow.is_administrator).order_by(AccountRow.id)).all()
    assert [tuple(row) for row in rows] == [("asa@tripkit.example", True), ("bo@tripkit.example", False)]


def test_an_organisation_that_came_with_a_trip_is_given_an_owner_once(url: str) -> None:
    run(*WORDS)
    with sessions(open_engine(url))() as session:
        applied(session, make_trip(), organisation=make_organisation())
    words = ("--organisation", "resebyran", "--owner", "bo@tripkit.example", "--owner-name", "Bo")
    given = run(*words)
    assert given.exit_code == 0, given.output
    again = run(*words, "--another", "--name", "Mine now")
    assert again.exit_code == 1
    with sessions(open_engine(url))() as session:
        assert len(session.scalars(select(MemberRow.id)).all()) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--organisation", "account"), "pages with this name"),
        (("--owner", "half@"), "not whole"),
        (("--name", " "), "empty"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(url: str, changed: tuple[str, str], said: str) -> None:
    words = list(WORDS)
    words[words.index(changed[0]) + 1] = changed[1]
    refused = run(*words)
    assert refused.exit_code == 1
    assert said in refused.output
    assert "Traceback" not in refused.output
