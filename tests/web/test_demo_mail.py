"""The messages of a demonstration: there for everybody, and in no other installation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.mailing.letters import PUBLISH, WRITTEN_AT, make_letter, make_person
from tripkit.app import create_app
from tripkit.domain.bookings import ParticipantStatus
from tripkit.mailing.compose import compose
from tripkit.settings import Settings
from tripkit.worker.transports import Files

NAME = "5f" * 16
PAGES = ("/demo/mail/", f"/demo/mail/{NAME}/", f"/demo/mail/{NAME}/html", f"/demo/mail/{NAME}/files/0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[FlaskClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}", mail=f"files:{folder}", demo=True)
    with create_app(settings).test_client() as client:
        yield client


def send(folder: Path, *cases: str, language: str = "en") -> None:
    for number, case in enumerate(cases):
        letter = make_letter(
            case, language, message_id=f"{number:032x}", written_at=WRITTEN_AT + timedelta(hours=number)
        )
        Files(folder).send(compose(letter))


def test_without_demo_the_pages_do_not_exist(tmp_path: Path, folder: Path) -> None:
    Files(folder).send(compose(make_letter()))
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}", mail=f"files:{folder}")
    client = create_app(settings).test_client()
    assert [client.get(page).status_code for page in PAGES] == [404] * 4
    shown = create_app(replace(settings, demo=True)).test_client()
    assert [shown.get(page).status_code for page in PAGES] == [200] * 4


def test_before_anything_is_sent_the_page_says_so(client: FlaskClient) -> None:
    assert "Nothing has been sent yet." in client.get("/demo/mail/?language=en").text
    assert "Inget har skickats än." in client.get("/demo/mail/?language=sv").text


def test_messages_are_listed_newest_first_each_in_its_own_language(client: FlaskClient, folder: Path) -> None:
    send(folder, "queued", "link")
    Files(folder).send(
        compose(make_letter("left", "sv", message_id="f" * 32, written_at=WRITTEN_AT - timedelta(days=1)))
    )
    page = client.get("/demo/mail/?language=en").text
    places = [
        page.find(text) for text in ("Here is a new link", "You are in the queue", "Leyla Norrman har lämnat kön")
    ]
    assert places == sorted(places) and places[0] > 0
    assert page.count('<a lang="en"') == 2 and page.count('<a lang="sv"') == 1
    assert "Monday 1 March 2027 at\u00a010:30" in page


def test_more_than_two_hundred_are_counted_and_not_listed(client: FlaskClient, folder: Path) -> None:
    send(folder, "link")
    message = next(folder.iterdir()).read_bytes()
    for number in range(202):
        (folder / f"{number:x}x.eml").write_bytes(message)
    page = client.get("/demo/mail/?language=en").text
    assert page.count("<li><a lang") == 200
    assert "3 older messages are not shown." in page


def test_a_message_is_shown_as_text_with_its_files(client: FlaskClient, folder: Path) -> None:
    Files(folder).send(compose(make_letter(language="en")))
    page = client.get(f"/demo/mail/{NAME}/?language=sv").text
    assert "Two places are confirmed. Leyla Norrman is on the waiting list." in page
    assert "Till Karin Almfelt &lt;karin@kommunen.example&gt;" in page
    assert page.count("hamnstad-leyla.ics") == 2
    file = client.get(f"/demo/mail/{NAME}/files/1")
    assert file.data == PUBLISH.data
    assert file.mimetype == "text/calendar"
    assert file.headers["Content-Disposition"] == 'attachment; filename="hamnstad-leyla.ics"'


def test_a_message_looks_as_it_was_sent_in_a_box_where_nothing_runs(client: FlaskClient, folder: Path) -> None:
    message = compose(make_letter(language="en", people=(make_person("<b>Eva</b>", ParticipantStatus.CONFIRMED),)))
    Files(folder).send(message)
    answer = client.get(f"/demo/mail/{NAME}/html")
    body = message.get_body(("html",))
    assert body is not None
    sent = body.get_content()
    assert answer.text.replace('\n<base target="_top">', "").split() == sent.split()
    assert '<base target="_top">' in answer.text, "a link leads out of the frame"
    assert "&lt;b&gt;Eva&lt;/b&gt;" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox allow-top-navigation-by-user-activation" in policy
    assert "allow-scripts" not in policy and "frame-ancestors 'self'" in policy


@pytest.mark.parametrize("page", PAGES)
def test_what_holds_secrets_is_neither_kept_nor_told_to_other_sites(
    client: FlaskClient, folder: Path, page: str
) -> None:
    Files(folder).send(compose(make_letter()))
    headers = client.get(page).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    ["nothing", "..%2f..%2fetc", "....", ".half", f"{NAME}.eml", f"{NAME}/files/9", "%00", "ö", "a" * 400, "å" * 200],
)
def test_what_is_no_message_is_not_found(client: FlaskClient, folder: Path, path: str) -> None:
    Files(folder).send(compose(make_letter()))
    (folder.parent / "secret.eml").write_text("To: nobody")
    assert client.get(f"/demo/mail/{path}/".replace("/files/9/", "/files/9")).status_code == 404


def test_the_link_to_the_messages_keeps_the_language(client: FlaskClient, folder: Path) -> None:
    send(folder, "link")
    page = client.get("/demo/mail/?language=en").text
    assert f'href="/demo/mail/{0:032x}/?language=en"' in page
    assert 'href="/demo/mail/?language=sv" lang="sv"' in page
