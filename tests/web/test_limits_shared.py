"""Limits that several processes hold to together, through a real Redis; without it, each holds to what it has seen itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.servers import RedisServer, running_redis
from tests.web.conftest import TRIP, Site
from tests.web.test_limits import SIGNUPS, limited_app
from tests.web.test_limits_served import sent, served
from tripkit.settings import WrongSetting
from tripkit.storage import redis_server

FORM = f"{TRIP}sign-up/"

pytestmark = [pytest.mark.xdist_group("races")]


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setattr(redis_server, "QUIET_FOR", 3600.0)  # Once away, it stays away for as long as a test takes.
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def one(site: Site, redis: RedisServer) -> FlaskClient:
    site.publish()
    return limited_app(site, redis_url=redis.url).test_client()


@pytest.fixture
def other(site: Site, redis: RedisServer) -> FlaskClient:
    return limited_app(site, redis_url=redis.url).test_client()


def post(*clients: FlaskClient, times: int) -> list[int]:
    """What each of these is answered, in turn."""
    return [client.post(FORM, data={}).status_code for _ in range(times) for client in clients]


def test_two_that_share_count_together(one: FlaskClient, other: FlaskClient) -> None:
    assert post(one, other, times=SIGNUPS // 2) == [400] * SIGNUPS
    for client in (one, other):
        answer = client.post(FORM, data={})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_who_was_refused_there_is_not_counted_here(one: FlaskClient, other: FlaskClient, redis: RedisServer) -> None:
    assert post(one, times=SIGNUPS) == [400] * SIGNUPS
    assert post(other, times=SIGNUPS) == [429] * SIGNUPS
    with closing(redis.client()) as client:
        client.flushall()
    assert post(other, times=1) == [400]


@pytest.mark.parametrize("fault", ["stop", "pause", "full"])
def test_with_redis_gone_each_holds_to_what_it_has_seen(
    one: FlaskClient, other: FlaskClient, redis: RedisServer, fault: str
) -> None:
    assert post(one, times=SIGNUPS - 1) == [400] * (SIGNUPS - 1)
    if fault == "full":
        with closing(redis.client()) as client:
            client.config_set("maxmemory", 1)
    else:
        getattr(redis, fault)()
    assert post(one, times=2) == [400, 429]
    assert post(other, times=SIGNUPS + 1) == [400] * SIGNUPS + [429]


def test_emptied_it_sets_nobody_free_where_they_were_seen(one: FlaskClient, redis: RedisServer) -> None:
    assert post(one, times=SIGNUPS) == [400] * SIGNUPS
    with closing(redis.client()) as client:
        client.flushall()
        assert post(one, times=1) == [429]
        assert client.keys("*") == [], "and what is refused is counted nowhere"


@pytest.mark.parametrize("nonsense", ["text", "list"])
def test_filled_with_nonsense_it_costs_no_page(one: FlaskClient, redis: RedisServer, nonsense: str) -> None:
    assert post(one, times=1) == [400]
    with closing(redis.client()) as client:
        keys = client.keys("*")
        assert keys, "something is counted there"
        for key in keys:
            client.delete(key)
            if nonsense == "text":
                client.set(key, "nonsense")
            else:
                client.rpush(key, *["nonsense"] * SIGNUPS)
    assert post(one, times=SIGNUPS) == [400] * (SIGNUPS - 1) + [429]


def test_what_is_there_names_nobody_and_does_not_stay(one: FlaskClient, redis: RedisServer) -> None:
    assert one.post(FORM, data={"contact_email": "asa@tripkit.example"}).status_code == 400
    assert one.get("/en/booking/not-a-link/").status_code == 404
    with closing(redis.client()) as client:
        keys = client.keys("*")
        assert len(keys) == 2 and not [key for key in keys if "127.0.0.1" in key or "asa" in key or "not-a-link" in key]
        assert all(0 < client.ttl(key) <= 60 for key in keys)


def test_without_its_client_installed_the_site_does_not_begin_and_says_why(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "tripkit.storage.redis_server")
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(WrongSetting, match=r"TRIPKIT_REDIS_URL needs redis, .*pip install 'tripkit\[redis\]'"):
        limited_app(site, redis_url="redis://127.0.0.1:1/0")


@pytest.mark.parametrize("shared", [False, True])
def test_two_processes_double_the_limit_unless_they_share(tmp_path: Path, redis: RedisServer, shared: bool) -> None:
    sharing = {"TRIPKIT_REDIS_URL": redis.url} if shared else {}
    with ExitStack() as stack:
        ports = [stack.enter_context(served(tmp_path, "tripkit serve", proxies=1, **sharing)) for _ in range(2)]
        # In turn, and one more at each.
        found = [sent(port, "192.0.2.1") for _ in range(SIGNUPS // (1 + shared)) for port in ports]
        more_found = [sent(port, "192.0.2.1") for port in ports]
    assert found == [404] * (SIGNUPS if shared else 2 * SIGNUPS)
    assert more_found == [429, 429]
