"""What Prometheus is told: to whom, what of requests, what of the installation; and nothing about any one person or trip."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import DATA_KEYS
from tests.deploy.recipe import Web, held_socket
from tests.faults.site import wait_for
from tests.servers import running_postgres
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import stay_at
from tests.web.test_log_names_nobody import MARK, flood
from tripkit import __version__
from tripkit.app import create_app
from tripkit.settings import Settings, WrongSetting
from tripkit.storage import open_engine, write
from tripkit.storage.migrations import upgrade
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import WorkerRow
from tripkit.testing import NOW, make_organisation

TOKEN = "sixteen signs, or more"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(kept_site: Site) -> Site:
    """A site with a token, and with a trip and a booking."""
    app = create_app(replace(kept_site.app.extensions["tripkit"], metrics_token=TOKEN))
    return Site(app, app.test_client(), kept_site.session)


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(app: Flask) -> Samples:
    """Every value, by its name and labels."""
    answer = app.test_client().get("/metrics", headers=KNOWN)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return parsed(answer.text)


def parsed(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


def test_nobody_reads_them_where_no_token_is_set(site: Site) -> None:
    assert site.get("/metrics", headers=KNOWN).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer",
        f"Basic {TOKEN}",
        f"Token {TOKEN}",
        TOKEN,
        "Bearer åäö",
    ],
)
def test_nobody_reads_them_without_the_token(watched: Site, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given.encode().decode("latin-1")}
    answer = watched.client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "tripkit_" not in answer.text and "Set-Cookie" not in answer.headers


def test_requests_are_told_by_route_method_and_kind_of_answer(watched: Site) -> None:
    watched.publish()
    for path in (TRIP, TRIP, "/en/resebyran/nowhere/", "/nothing/is/to/be/found/here", "/robots.txt"):
        watched.get(path)
    watched.client.open("/robots.txt", method="MADE-UP")
    found = samples(watched.app)
    assert value(found, "tripkit_requests_total", route="public.trip", method="GET", status="2xx") == 2
    assert value(found, "tripkit_requests_total", route="public.trip", method="GET", status="4xx") == 1
    assert value(found, "tripkit_requests_total", route="none", method="GET", status="4xx") == 1
    assert value(found, "tripkit_requests_total", route="none", method="OTHER", status="4xx") == 1
    assert value(found, "tripkit_request_seconds_count", route="public.trip", method="GET") == 3
    assert value(found, "tripkit_request_statements_sum", route="public.robots", method="GET") == 0
    assert value(found, "tripkit_request_statements_sum", route="public.trip", method="GET") >= 4


def test_the_installation_is_told_in_figures(watched: Site) -> None:
    stay_at(watched)
    with write(watched.session):
        watched.session.add(
            WorkerRow(id="a", host="here", pid=7, started_at=NOW, beat=1, beat_at=NOW - timedelta(days=1))
        )
    watched.session.rollback()
    found = samples(watched.app)
    waiting = watched.session.query(OutboxRow).filter_by(state="waiting").count()
    assert value(found, "tripkit_build_info", version=__version__) == 1
    assert value(found, "tripkit_database_up") == 1
    assert value(found, "tripkit_places_size", of="trip") == 2 == value(found, "tripkit_places_taken", of="trip")
    assert (
        value(found, "tripkit_messages", state="waiting")
        == waiting
        > 0
        == value(found, "tripkit_messages", state="dead")
    )
    assert value(found, "tripkit_offers_open") == 1 and value(found, "tripkit_campaigns", state="sending") == 0
    assert 86_400 <= value(found, "tripkit_worker_beat_age_seconds", worker="here:7") < 90_000


def test_nothing_in_them_is_about_one_person_or_one_trip(watched: Site) -> None:
    """However many trips there are and whatever people ask for, there are as many series."""
    stay = stay_at(watched)
    flood(watched, stay)
    text = watched.client.get("/metrics", headers=KNOWN).text
    assert MARK not in text.casefold() and stay.made.token[:20] not in text and "hamnstad" not in text
    many = len(samples(watched.app))
    for number in range(3):
        stay_at(watched, make_organisation(f"host-{number}"))
    assert len(samples(watched.app)) == many


def test_a_database_that_hangs_is_told_and_the_process_counts_on() -> None:
    with running_postgres() as server:
        engine = open_engine(server.server_url)
        upgrade(engine)
        engine.dispose()
        app = create_app(
            Settings(
                database_url=server.server_url,
                secret_key="x" * 32,
                data_keys=DATA_KEYS,
                worker=False,
                metrics_token=TOKEN,
            )
        )
        assert value(samples(app), "tripkit_database_up") == 1
        app.test_client().get("/robots.txt")
        server.pause()
        try:
            found = samples(app)
        finally:
            server.go_on()
        assert value(found, "tripkit_database_up") == 0
        assert value(found, "tripkit_requests_total", route="public.robots", method="GET", status="2xx") == 1
        assert ("tripkit_offers_open", ()) not in found, "what is not known is not told"


def test_a_token_without_the_extra_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tripkit.web.watching.meters", None)
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    with pytest.raises(WrongSetting, match=r"^TRIPKIT_METRICS_TOKEN needs .*pip install 'tripkit\[metrics\]'\.$"):
        create_app(
            Settings(database_url=url, secret_key="x" * 32, data_keys=DATA_KEYS, worker=False, metrics_token=TOKEN)
        )


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'tripkit.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return {
        "TRIPKIT_DATABASE": url,
        "TRIPKIT_SECRET_KEY": "only for tests, the same in all",
        "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
        "TRIPKIT_WORKER": "no",
        "TRIPKIT_METRICS_TOKEN": TOKEN,
        "TRIPKIT_LOG_LEVEL": "warning",
    }


def asked(port: int, path: str) -> str:
    """Each on a line of its own, so that either process may answer."""
    question = Request(f"http://127.0.0.1:{port}{path}", headers={**KNOWN, "Connection": "close"})
    with urlopen(question, timeout=60) as answer:
        return str(answer.read().decode())


def test_processes_behind_one_address_add_up_what_they_count(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "counted" / "here"
    with held_socket() as held, ThreadPoolExecutor(8) as at_once:
        web = Web(held, {**environment, "PROMETHEUS_MULTIPROC_DIR": str(folder)}, tmp_path / "web.log")
        web.start()
        many = 0

        def have_both_answered() -> bool:
            nonlocal many
            many += len([*at_once.map(partial(asked, web.port), ["/robots.txt"] * 16)])
            return len([*folder.glob("counter_*.db")]) == 2

        try:
            wait_for(have_both_answered, web.log())
            found = [parsed(one) for one in at_once.map(partial(asked, web.port), ["/metrics"] * 16)]
        finally:
            web.kill()
    robots = {"route": "public.robots", "method": "GET", "status": "2xx"}
    assert {value(one, "tripkit_requests_total", **robots) for one in found} == {many}, web.log()
    assert all(value(one, "tripkit_database_up") == 1 for one in found)
