"""Redis stopped, emptied and hung, PostgreSQL restarted and hung, while people sign up and are written to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import Engine

from tests.faults.conftest import MakeSite
from tests.faults.judge import judge
from tests.faults.people import URL, Person, Stream, ask, open_form, press
from tests.faults.site import DEAD_AFTER, wait_for
from tests.servers import PostgresServer, RedisServer
from tests.web.signup_visitor import Page

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("faults")]


def test_redis_stopped_started_emptied_and_hung(
    postgres_engine: Engine, make_site: MakeSite, redis: RedisServer
) -> None:
    with make_site(postgres_engine, redis=redis) as site:
        site.pages_and_workers()
        stream = Stream(site.ports)
        wait_for(lambda: stream.done >= 5, "people sign up")
        redis.stop()
        gone = stream.done
        wait_for(lambda: stream.done >= gone + 10, "with Redis gone, people sign up")
        wait_for(lambda: len(site.mail.took()) > gone, "and are written to")
        redis.start()
        back = stream.done
        wait_for(lambda: stream.done >= back + 5, "with Redis back, too")
        with closing(redis.client()) as client:
            client.flushall()
        wait_for(lambda: stream.done >= back + 10, "and after it was emptied")
        redis.pause()
        hung, written = stream.done, len(site.mail.took())
        wait_for(
            lambda: stream.done >= hung + 10, "with a Redis that takes connections and says nothing, people sign up"
        )
        wait_for(lambda: len(site.mail.took()) > written + 5, "and are written to")
        redis.go_on()
        back = stream.done
        wait_for(lambda: stream.done >= back + 5, "and when it has come to itself")
        people = stream.stop()
        assert not any(person.excuses for person in people), "nobody noticed"
        judge(postgres_engine, people, site.mail)


def excuses(stream: Stream) -> int:
    return sum(person.excuses.count(503) for person in stream.people)


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_postgresql_restarted(
    own_postgres: PostgresServer, postgres_engine: Engine, make_site: MakeSite, redis: RedisServer, how: str
) -> None:
    with make_site(postgres_engine, redis=redis) as site:
        site.pages_and_workers()
        stream = Stream(site.ports)
        wait_for(lambda: stream.done >= 5, "people sign up")
        for _ in range(2):
            own_postgres.stop(how)
            excused = excuses(stream)
            wait_for(lambda excused=excused: excuses(stream) > excused, "who comes meanwhile is told to wait")  # type: ignore[misc]
            own_postgres.start()
            back = stream.done
            wait_for(lambda back=back: stream.done >= back + 8, "afterwards it goes on by itself")  # type: ignore[misc]
        people = stream.stop()
        assert {excuse for person in people for excuse in person.excuses} <= {0, 503}, "never another error"
        # A worker that had sent a message and could not note it sends it again: at most one for each hand.
        judge(postgres_engine, people, site.mail, twice=16)


IMPATIENT = """
from tripkit.storage import session
session.prepare.__kwdefaults__["silent_seconds"] = 4.0
"""
"""Forty seconds are four."""
PAGES = ("/en/", "/sv/", "/en/resebyran/hamnstad/", URL, "/healthz", "/readyz", "/nowhere/")


def test_postgresql_hung(own_postgres: PostgresServer, postgres_engine: Engine, make_site: MakeSite) -> None:
    with make_site(postgres_engine) as site:
        site.pages_and_workers(before=IMPATIENT)
        typing = Person.next()
        open_form(typing, site.ports)
        site.mail.be("slow")
        stream = Stream(site.ports)
        wait_for(lambda: stream.done >= 5 and site.mail.reached, "people sign up, and are written to")

        own_postgres.pause()
        hung_since = monotonic()
        answer, html = ask(site.ports[0], "POST", URL, urlencode(typing.fields), typing.cookie)
        page = Page(html)
        assert answer.status == 503 and answer.headers["Retry-After"]
        assert "What you wrote is still here" in page.words
        kept = dict(page.fields)
        assert typing.fields.items() <= kept.items() | {("do", "send")}, "all that was typed"
        someone = next(person for person in stream.people if person.code)
        paths = [*PAGES, urlsplit(someone.receipt).path]
        with ThreadPoolExecutor() as at_once:
            answers = at_once.map(lambda path: ask(site.ports[1], "GET", path, "", someone.cookie)[0].status, paths)
            assert set(answers) <= {200, 404, 503}, "each page answers something"
        wait_for(lambda: monotonic() - hung_since > DEAD_AFTER + 1, "the hearts of workers stand still for long")

        own_postgres.go_on()
        back = stream.done
        wait_for(lambda: stream.done >= back + 8, "afterwards it goes on by itself")
        typing.fields = kept | {"do": "send"}
        press(typing, site.ports)
        site.mail.be("take")
        people = [typing, *stream.stop()]
        assert {excuse for person in people for excuse in person.excuses} <= {503}, "everybody was answered, in time"
        judge(postgres_engine, people, site.mail, twice=2)
