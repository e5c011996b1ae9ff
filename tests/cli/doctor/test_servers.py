"""The doctor on Redis and on mail servers: away, closed, slow, forgetful, open to the world."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from time import sleep
from urllib.parse import urlsplit

import pytest
from redis import Redis

from tests.cli.doctor.conftest import Doctor
from tests.worker.mail_server import MailServer, free_port, serve
from tests.worker.test_smtp import certificate, elsewhere, tls  # noqa: F401 (fixtures)

WRONG_PASSWORD = "tr%40ip:wr0ng"
PASSWORD = "tr%40ip:s3cret%2Ford"


@contextmanager
def slowed(url: str, seconds: float) -> Iterator[str]:
    """The address of a line to a server on which each answer takes so much longer."""
    parts = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)

        def pass_on() -> None:
            with suppress(OSError):
                here, _ = listening.accept()
                with closing(here), socket.create_connection(("127.0.0.1", parts.port or 0), 30) as there:
                    here.settimeout(30)
                    while asked := here.recv(65536):
                        there.sendall(asked)
                        answer = there.recv(65536)
                        sleep(seconds)
                        here.sendall(answer)

        passing = threading.Thread(target=pass_on)
        passing.start()
        yield url.replace(f":{parts.port}", f":{listening.getsockname()[1]}")
        passing.join(30)


def test_a_redis_server_that_is_well(own_doctor: Doctor, own_redis: str) -> None:
    said = own_doctor(TRIPKIT_REDIS_URL=own_redis)
    assert said.bad == []
    ((how, what),) = said.about("Redis")
    assert how == "fine" and what.startswith("Redis ") and " answers within " in what


@pytest.mark.parametrize(("scheme", "is_found"), [("redis", True), ("rediss", False)])
def test_a_line_to_another_machine_in_clear_is_found(own_doctor: Doctor, scheme: str, is_found: bool) -> None:
    # Nobody answers there: what is looked at is the address.
    said = own_doctor(TRIPKIT_REDIS_URL=f"{scheme}://:hunter2@redis.invalid:6379/0")
    clear = [
        what for _, what in said.about("Redis") if what.startswith("What is said to redis.invalid is not encrypted")
    ]
    assert bool(clear) is is_found
    assert "hunter2" not in repr(said)


def test_where_none_is_configured_nobody_looks_for_one(own_doctor: Doctor) -> None:
    assert own_doctor().about("Redis") == []


def test_a_redis_server_that_is_away_is_found(own_doctor: Doctor) -> None:
    said = own_doctor(TRIPKIT_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    (found,) = said.bad
    assert found[:2] == ("Redis", "wrong") and "ConnectionError" in found[2]


def test_a_redis_server_that_wants_another_password_is_found_and_none_is_said(
    own_doctor: Doctor, own_redis: str
) -> None:
    with Redis.from_url(own_redis) as server:
        server.config_set("requirepass", "hunter2 the first")
    said = own_doctor(TRIPKIT_REDIS_URL=own_redis.replace("//", "//:hunter3@"))
    (found,) = said.bad
    assert found[:2] == ("Redis", "wrong") and "AuthenticationError" in found[2]
    assert "hunter" not in repr(said)


def test_a_redis_server_that_forgets_is_found(own_doctor: Doctor, own_redis: str) -> None:
    with Redis.from_url(own_redis) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
    (found,) = own_doctor(TRIPKIT_REDIS_URL=own_redis).bad
    assert found[:2] == ("Redis", "warning") and "(maxmemory-policy is allkeys-lru)" in found[2]


def test_a_redis_server_that_only_follows_another_is_found(own_doctor: Doctor, own_redis: str) -> None:
    with Redis.from_url(own_redis) as server:
        server.replicaof("127.0.0.1", free_port())
    (found,) = own_doctor(TRIPKIT_REDIS_URL=own_redis).bad
    assert found == ("Redis", "wrong", "It can only be read (a replica).")


def test_a_redis_server_that_is_far_away_is_found(own_doctor: Doctor, own_redis: str) -> None:
    with slowed(own_redis, 0.1) as far:
        (found,) = own_doctor(TRIPKIT_REDIS_URL=far).bad
    assert found[:2] == ("Redis", "warning") and found[2].endswith(" milliseconds to answer.")


SITE = {"TRIPKIT_URL": "https://trips.example", "TRIPKIT_CLOCK": "", "TRIPKIT_PROXIES": "1"}


def test_a_mail_server_on_this_machine_is_well_and_gets_no_message(own_doctor: Doctor) -> None:
    with serve(MailServer()) as mail:
        said = own_doctor(**SITE, TRIPKIT_MAIL=mail.url)
    assert said.bad == [] and said.about("Mail server") == [("fine", "127.0.0.1 answers on this machine.")]
    assert mail.took == []


def test_a_mail_server_is_logged_in_to_encrypted(own_doctor: Doctor, tls: ssl.SSLContext) -> None:  # noqa: F811
    with serve(MailServer(), tls=tls, log_in=True) as mail:
        said = own_doctor(**SITE, TRIPKIT_MAIL=mail.url.replace("//", f"//{PASSWORD}@"))
        refused = own_doctor(**SITE, TRIPKIT_MAIL=mail.url.replace("//", f"//{WRONG_PASSWORD}@"))
    assert said.about("Mail server") == [("fine", "127.0.0.1 answers, encrypted, and takes our password.")]
    (found,) = refused.bad
    assert found[:2] == ("Mail server", "wrong") and "535" in found[2] and "wr0ng" not in found[2]
    assert mail.took == []


@pytest.mark.usefixtures("elsewhere")
def test_a_mail_server_elsewhere_that_offers_no_encryption_is_found(own_doctor: Doctor) -> None:
    with serve(MailServer()) as mail:
        said = own_doctor(**SITE, TRIPKIT_MAIL=mail.url)
    (found,) = said.bad
    assert found[:2] == ("Mail server", "warning") and "offers no encryption" in found[2]


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_nobody_knows_is_found(own_doctor: Doctor, tls: ssl.SSLContext) -> None:  # noqa: F811
    with serve(MailServer(), tls=tls) as mail:
        said = own_doctor(**SITE, TRIPKIT_MAIL=mail.url)
    (found,) = said.bad
    assert found[:2] == ("Mail server", "wrong") and "CERTIFICATE_VERIFY_FAILED" in found[2]


def test_a_mail_server_that_is_away_is_found_unless_it_is_not_asked(shell: object, own_doctor: Doctor) -> None:
    away = {**SITE, "TRIPKIT_MAIL": f"smtp://127.0.0.1:{free_port()}"}
    (found,) = own_doctor(**away).bad
    assert found[:2] == ("Mail server", "wrong") and "ConnectionRefusedError" in found[2]
    done = shell("doctor", "--no-mail", **away)  # type: ignore[operator]
    assert done.exit_code == 0 and "Mail server" not in done.output
