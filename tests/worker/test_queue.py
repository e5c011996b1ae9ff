"""The queue that wakes workers: Celery on a real Redis; what is lost in it is no loss, and nobody waits for it."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.conftest import DATA_KEYS
from tests.servers import RedisServer, running_redis
from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.settings import Settings
from tripkit.storage import wake_after_commit
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import JobRow, WorkerRow
from tripkit.testing import NOW
from tripkit.worker.queue import DELIVER, Waker, make_queue, publish

PATIENCE = 60.0

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("races")]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def queued(outbox: Outbox, redis: RedisServer) -> Iterator[Outbox]:
    """An outbox whose commits wake workers through Redis."""
    outbox.settings = replace(outbox.settings, redis_url=redis.url)
    wake_after_commit(outbox.engine, Waker(outbox.settings).wake)
    yield outbox
    wake_after_commit(outbox.engine, lambda: None)


def name_of(settings: Settings) -> str:
    return str(make_queue(settings).conf.task_default_queue)


def wait_for(claim: Callable[[], object], why: str) -> None:
    until = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < until, why
        time.sleep(0.05)


@pytest.fixture
def start_worker(queued: Outbox, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `tripkit worker` processes, and waits until they have signed in."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        settings = {
            "TRIPKIT_DATABASE": queued.settings.database_url,
            "TRIPKIT_MAIL": queued.settings.mail,
            "TRIPKIT_CLOCK": NOW.isoformat(),
            "TRIPKIT_REDIS_URL": str(queued.settings.redis_url),
            "TRIPKIT_SECRET_KEY": "only for tests, the same in both",
            "TRIPKIT_DATA_KEYS": DATA_KEYS[0],
        }
        with (tmp_path / f"worker{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tripkit", "worker", *arguments],
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )
        started.append(process)
        wait_for(lambda: len(pids(queued)) == len([one for one in started if one.poll() is None]), "it has signed in")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(PATIENCE)


def pids(outbox: Outbox) -> set[int]:
    outbox.session.rollback()
    return set(outbox.session.scalars(select(WorkerRow.pid)))


def left(outbox: Outbox) -> int:
    outbox.session.rollback()
    return outbox.session.scalar(select(func.count()).where(OutboxRow.state == "waiting")) or 0


def test_a_commit_wakes_a_worker_of_the_queue(
    queued: Outbox, mail_server: MailServer, start_worker: Callable[..., object]
) -> None:
    start_worker()
    wait_for(lambda: swept(queued), "its first sweep is over, and the next one is far off")
    queued.sign_up()
    wait_for(lambda: mail_server.took, "it is delivered")
    wait_for(lambda: queued.states() == [("sent", 1)], "and noted")


def swept(outbox: Outbox) -> bool:
    outbox.session.rollback()
    return bool(outbox.session.scalar(select(JobRow.ended_at).where(JobRow.name == "mend_times")))


def test_without_a_worker_a_commit_leaves_one_task_of_plain_json_that_says_nothing_about_anybody(
    queued: Outbox, redis: RedisServer
) -> None:
    with closing(redis.client()) as client:
        for number in range(5):
            queued.sign_up(f"Person{number}")
        wait_for(lambda: client.llen(name_of(queued.settings)), "a task is there")
        tasks = [json.loads(task) for task in client.lrange(name_of(queued.settings), 0, -1)]
    assert len(tasks) <= 5
    assert {(task["headers"]["task"], task["content-type"]) for task in tasks} == {(DELIVER, "application/json")}
    assert all("tripkit.example" not in json.dumps(task) for task in tasks)


def test_many_wakes_at_once_are_few_tasks(queued: Outbox, redis: RedisServer) -> None:
    waker = Waker(queued.settings)
    for _ in range(10_000):
        waker.wake()
    with closing(redis.client()) as client:
        wait_for(lambda: client.llen(name_of(queued.settings)), "a task is there")
        assert client.llen(name_of(queued.settings)) < 1_000


def test_a_task_that_is_no_json_or_asks_for_something_else_is_refused_and_harms_nothing(
    queued: Outbox, redis: RedisServer, mail_server: MailServer, start_worker: Callable[..., object], tmp_path: Path
) -> None:
    start_worker()
    queue, name = make_queue(queued.settings), name_of(queued.settings)
    evil = pickle.dumps(Evil(str(tmp_path / "hurt")))
    with queue.connection_for_write() as connection, connection.SimpleQueue(name) as simple:
        simple.producer.publish(
            evil, routing_key=name, content_type="application/x-python-serialize", content_encoding="binary"
        )
    queue.send_task("os.system", args=[f"touch {tmp_path / 'hurt'}"])
    queue.send_task(DELIVER, args=["too", "many"])
    with closing(redis.client()) as client:
        client.lpush(name, "not even JSON")
        queued.sign_up()
        wait_for(lambda: mail_server.took, "messages go out all the same")
        wait_for(lambda: client.llen(name) == 0, "what cannot be read is put away")
    assert not (tmp_path / "hurt").exists()


class Evil:
    """What runs a command when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_nobody_waits_for_a_redis_that_is_gone_or_hangs_and_messages_go_out_without_it(
    queued: Outbox, redis: RedisServer, mail_server: MailServer, start_worker: Callable[..., object], how: str
) -> None:
    start_worker()
    getattr(redis, how)()
    began = time.monotonic()
    for number in range(20):
        queued.sign_up(f"Person{number}")
    assert time.monotonic() - began < 30, "a sign-up takes what it takes; one that waited for Redis would add seconds"
    wait_for(lambda: left(queued) == 0, "the worker's own sweep delivers")
    assert len({took.id for took in mail_server.took}) == len(mail_server.took) == 20


def test_a_redis_that_was_emptied_or_comes_back_wakes_workers_again(
    queued: Outbox, redis: RedisServer, mail_server: MailServer, start_worker: Callable[..., object]
) -> None:
    start_worker()
    with closing(redis.client()) as client:
        client.flushall()
    queued.sign_up()
    wait_for(lambda: len(mail_server.took) == 1, "after it was emptied")
    redis.stop()
    queued.sign_up("Jonas Ekdahl")
    redis.start()
    wait_for(lambda: len(mail_server.took) == 2, "what was written while it was away")
    with closing(redis.client()) as client:
        wait_for(
            lambda: publish(make_queue(queued.settings), DELIVER) and client.llen(name_of(queued.settings)) == 0,
            "tasks are taken",
        )
    queued.sign_up("Karin Almfelt")
    wait_for(lambda: len(mail_server.took) == 3, "and it wakes again")


def test_two_installations_on_one_redis_do_not_wake_each_other(queued: Outbox, redis: RedisServer) -> None:
    other = replace(queued.settings, database_url="sqlite:////elsewhere/tripkit.sqlite3")
    assert publish(make_queue(other), DELIVER)
    with closing(redis.client()) as client:
        assert client.llen(name_of(other)) == 1
        assert client.llen(name_of(queued.settings)) == 0


def test_a_long_backlog_gets_several_hands(
    queued: Outbox, mail_server: MailServer, start_worker: Callable[..., object]
) -> None:
    for number in range(60):
        queued.sign_up(f"Person{number}")
    mail_server.slow = 0.2
    start_worker()
    wait_for(lambda: left(queued) == 0, "everything is delivered")
    assert len({took.id for took in mail_server.took}) == len(mail_server.took) == 60
    assert 1 < len(mail_server.peers) <= queued.settings.mail_at_once * 4


def test_one_that_is_told_to_stop_finishes_the_message_under_way_and_leaves_the_rest(
    queued: Outbox, mail_server: MailServer, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    for number in range(40):
        queued.sign_up(f"Person{number}")
    mail_server.slow = 0.5
    process = start_worker()
    assert mail_server.reached.wait(PATIENCE)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert pids(queued) == set()
    sent = [row for row in queued.rows() if row.state == "sent"]
    assert 0 < len(sent) < 40
    assert {f"<{row.message_id}@tripkit.example>" for row in sent} == {took.id for took in mail_server.took}
    assert all(row.leased_by is None for row in queued.rows())
