"""Redis as pages reach it: stopped, hanging, emptied or filled with nonsense, nobody waits for it twice, and nothing is raised."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.servers import RedisServer, running_redis
from tripkit.settings import Settings
from tripkit.storage import redis_server
from tripkit.storage.redis_server import PAGE_PATIENCE, Reached, name_of

PATIENCE = 60.0

pytestmark = [pytest.mark.xdist_group("races")]


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setattr(redis_server, "QUIET_FOR", 0.2)
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def reached(redis: RedisServer) -> Reached:
    return Reached(Settings(redis_url=redis.url))


@pytest.fixture
def asked() -> list[str]:
    """Grows by one whenever Redis is really asked."""
    return []


@pytest.fixture
def ask(reached: Reached, asked: list[str]) -> Callable[[], object]:
    def do(client: Redis) -> object:
        asked.append("once more")
        return client.ping()

    return lambda: reached.ask(do)


def wait_for(claim: Callable[[], object], why: str) -> None:
    until = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < until, why
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("go", "come"), [("stop", "start"), ("pause", "go_on")], ids=["nobody there", "it says nothing"]
)
def test_while_it_is_away_it_is_asked_once_and_comes_back_by_itself(
    redis: RedisServer,
    ask: Callable[[], object],
    asked: list[str],
    caplog: pytest.LogCaptureFixture,
    go: str,
    come: str,
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ask() is True
        getattr(redis, go)()
        assert [ask() for _ in range(1000)] == [None] * 1000
        assert len(asked) == 2, "nobody waits for it again"
        getattr(redis, come)()
        wait_for(lambda: ask() is True, "it is there again, and not used")
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2 and said[0].startswith("Redis cannot be used (") and said[1] == "Redis can be used again"


def test_a_page_waits_for_a_quarter_of_a_second_at_most_and_tries_once(reached: Reached) -> None:
    told = reached.client.connection_pool.connection_kwargs
    assert told["socket_timeout"] == told["socket_connect_timeout"] == PAGE_PATIENCE == 0.25
    assert told["retry"].get_retries() == 0


@pytest.mark.parametrize(
    "wrong", [ValueError("not a number"), OSError("a socket"), UnicodeDecodeError("a", b"", 0, 1, "")]
)
def test_whatever_goes_wrong_with_it_is_never_raised(reached: Reached, wrong: Exception) -> None:
    def fail(_: Redis) -> object:
        raise wrong

    assert reached.ask(fail) is None
    wait_for(lambda: reached.ask(lambda client: client.ping()), "it was there all the time")


def test_a_process_that_was_forked_while_it_was_away_looks_for_itself(
    redis: RedisServer, reached: Reached, ask: Callable[[], object]
) -> None:
    redis.stop()
    assert ask() is None
    reached._looking = os.getpid() + 1  # As a process sees it that was forked from the one that looks.
    redis.start()
    assert ask() is True


def test_a_client_that_was_restarted_meanwhile_is_not_taken_for_away(
    redis: RedisServer, ask: Callable[[], object]
) -> None:
    assert ask() is True
    redis.stop()
    redis.start()
    assert ask() is True


def test_installations_on_one_server_keep_apart() -> None:
    names = {
        name_of(Settings(database_url=url)) for url in ("sqlite:///a", "sqlite:///b", "postgresql://secret@host/a")
    }
    assert len(names) == 3 and not any("secret" in name for name in names)
