"""Whether a host leads to this server: said right by real servers, ours and others."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from socket import socket
from threading import Thread

import pytest
from sqlalchemy import Engine
from werkzeug.serving import make_server

from tests.outgoing.servers import certified, saying, serving
from tests.web.signup_visitor import app_on
from tripkit.domain.own_address import proof
from tripkit.outgoing import Bounds, Lead, NoSuchName, client, where_it_leads
from tripkit.outgoing.addresses import Address

NAME = "resor.tripkit.example"
HERE = (ip_network("127.0.0.0/8"),)
LOOPBACK = ip_address("127.0.0.1")


def look(port: int, *, key: str, scheme: str = "http", to: tuple[Address, ...] = (LOOPBACK,), **values: object) -> Lead:
    bounds = Bounds(**{"seconds": 2, "networks": HERE, "ports": frozenset({port}), "resolve": lambda *_: to, **values})  # type: ignore[arg-type]
    return where_it_leads(f"{scheme}://{NAME}:{port}", key=key, bounds=bounds)


@contextmanager
def site_at(engine: Engine) -> Iterator[tuple[int, str]]:
    """The whole application behind a server: its port, and its key."""
    app = app_on(engine)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.port, app.config["SECRET_KEY"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_our_own_server_is_known_and_one_with_another_key_is_not(sqlite_engine: Engine) -> None:
    with site_at(sqlite_engine) as (port, key):
        assert look(port, key=key) is Lead.HERE
        assert look(port, key="another installation's key") is Lead.ELSEWHERE


def test_without_being_allowed_a_network_is_not_asked(sqlite_engine: Engine) -> None:
    with site_at(sqlite_engine) as (port, key):
        assert look(port, key=key, networks=()) is Lead.INSIDE


def test_other_servers_are_said_to_be_others() -> None:
    def echoes(line: socket, question: bytes) -> None:
        # It repeats what it was asked, and knows no key.
        word = re.findall(rb"word=([^ ]+)", question)[0]
        saying("200 OK", body=proof("another key", word.decode()).encode())(line, question)

    for talk in (echoes, saying("200 OK", body=b""), saying("404 Not Found"), saying("302 Found", "Location: /")):
        with serving(talk) as (port, _):
            assert look(port, key="k" * 20) is Lead.ELSEWHERE


def test_what_keeps_it_from_leading_here_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str, _: float) -> tuple[Address, ...]:
        raise NoSuchName(name)

    def silent(line: socket, _: bytes) -> None:
        line.recv(1)

    assert look(80, key="k" * 20, resolve=nowhere) is Lead.NOWHERE
    with serving(silent) as (port, _):
        assert look(port, key="k" * 20, seconds=0.5) is Lead.SILENT
    both, _ = certified(tmp_path, NAME)
    with serving(saying("200 OK"), certificate=both) as (port, _):
        assert look(port, key="k" * 20, scheme="https") is Lead.UNTRUSTED
    other, alone = certified(tmp_path, "other.tripkit.example")
    monkeypatch.setattr(client, "_trust", lambda: ssl.create_default_context(cafile=str(alone)))
    with serving(saying("200 OK"), certificate=other) as (port, _):
        assert look(port, key="k" * 20, scheme="https") is Lead.UNTRUSTED
