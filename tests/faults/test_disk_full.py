"""A disk without room for another row, in the middle of sign-ups and messages: what was said holds, what was not is not there."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, select, text

from tests.faults.conftest import MakeSite, with_trip
from tests.faults.disk import own_disk
from tests.faults.judge import judge, waiting
from tests.faults.people import URL, Person, Stream, already_signed_up, ask, open_form, press
from tests.faults.site import DEAD_AFTER, wait_for
from tests.web.signup_visitor import Page
from tripkit.storage import sessions
from tripkit.storage.bookings import BookingRow

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("faults")]


def has_a_booking(engine: Engine, person: Person) -> bool:
    with sessions(engine)() as session:
        return session.scalar(select(BookingRow.id).where(BookingRow.contact_email == person.address)) is not None


def test_a_full_disk_halves_no_booking_and_loses_no_message_and_all_goes_on_when_there_is_room(
    request: pytest.FixtureRequest, make_site: MakeSite, tmp_path: Path
) -> None:
    with (
        own_disk(tmp_path / "disk") as disk,
        with_trip(request, disk.folder, "sqlite") as engine,
        make_site(engine) as site,
    ):
        site.pages_and_workers()
        people = already_signed_up(engine, 3)
        typing = Person.next()
        open_form(typing, site.ports)
        site.mail.be("slow")
        stream = Stream(site.ports)
        wait_for(lambda: stream.done >= 5 and site.mail.reached, "people sign up, and are written to")

        disk.fill(process.pid for process in site.processes.values())
        full_since = monotonic()
        wait_for(lambda: sum(person.excuses.count(503) for person in stream.people) >= 5, "people are told to wait")
        answer, html = ask(site.ports[0], "POST", URL, urlencode(typing.fields), typing.cookie)
        page = Page(html)
        assert answer.status == 503 and answer.headers["Retry-After"]
        assert "Nothing was saved by halves" in page.words and "What you wrote is still here" in page.words
        assert not has_a_booking(engine, typing)
        kept = dict(page.fields)
        assert typing.fields.items() <= kept.items() | {("do", "send")}, "all that was typed"
        for path in ("/en/", "/en/resebyran/hamnstad/", URL):
            assert ask(site.ports[0], "GET", path)[0].status == 200, "what is there can be read"
        wait_for(lambda: monotonic() - full_since > DEAD_AFTER + 1, "the hearts of workers stand still for long")
        assert waiting(engine) > 0

        disk.free()
        back = stream.done
        wait_for(lambda: stream.done >= back + 8, "afterwards it goes on by itself")
        typing.fields = kept | {"do": "send"}
        press(typing, site.ports)
        site.mail.be("take")
        people += [typing, *stream.stop()]
        assert {excuse for person in people for excuse in person.excuses} == {503}, "never another error"
        assert judge(engine, people, site.mail) == 0
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
