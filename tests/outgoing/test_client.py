"""The client is held to its bounds by real servers; each fault is shown first without the guard."""

from __future__ import annotations

import gzip
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.outgoing.servers import Talk, certified, saying, serving
from tripkit.outgoing import (
    AddressRefused,
    Bounds,
    InsideANetwork,
    NoAnswer,
    NoSuchName,
    NotTrusted,
    Resolve,
    TooLong,
    TooMuch,
    Unreadable,
    ask,
    client,
)

HERE = (ip_network("127.0.0.0/8"),)
"""What these tests allow, as an installation allows its own network."""
LOOPBACK = ip_address("127.0.0.1")
ELSEWHERE = ip_address("93.184.215.14")


def bounds(port: int, **values: Any) -> Bounds:
    return Bounds(**{"seconds": 5, "networks": HERE, "ports": frozenset({port}), **values})


def leading(*addresses: IPv4Address | IPv6Address) -> Resolve:
    """Every name leads there."""
    return lambda *_: addresses


def refused(talk: Talk, kind: type[NoAnswer], **values: Any) -> float:
    """The seconds it took to refuse."""
    with serving(talk) as (port, _):
        began = monotonic()
        with pytest.raises(kind) as why:
            ask(f"http://127.0.0.1:{port}/", bounds=bounds(port, **values))
        assert type(why.value) is kind
        return monotonic() - began


def test_loopback_is_reached_without_the_guard_and_refused_with_it() -> None:
    with serving(saying("200 OK", body=b"a secret within")) as (port, asked):
        with socket.create_connection(("localhost", port)) as line:
            line.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert line.recv(999).endswith(b"a secret within")
        assert len(asked) == 1
        ports = frozenset({port})
        for host in (
            "127.0.0.1",
            "localhost",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "[::ffff:127.0.0.1]",
            "127.1",
            "LOCALHOST",
        ):
            with pytest.raises(InsideANetwork):
                ask(f"http://{host}:{port}/", bounds=Bounds(ports=ports))
        assert len(asked) == 1, "whoever is refused has heard nothing"
        answer = ask(f"http://127.0.0.1:{port}/a?b=c#d", bounds=bounds(port))
        assert (answer.status, answer.body) == (200, b"a secret within")
    line, *headers = asked[1].decode().strip().split("\r\n")
    assert line == "GET /a?b=c HTTP/1.1"
    assert sorted(headers) == [
        "Accept-Encoding: identity",
        "Connection: close",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: tripkit",
    ]


def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    """A name that leads elsewhere at its second look-up (DNS rebinding) is looked up once."""
    answers = [(LOOPBACK,), (ELSEWHERE,)]
    with serving(saying("204 No Content")) as (port, asked):
        told = bounds(port, resolve=lambda *_: answers.pop(0))
        assert ask(f"http://trips.example:{port}/", bounds=told).status == 204
    assert answers == [(ELSEWHERE,)]
    assert f"Host: trips.example:{port}".encode() in asked[0]


def test_a_name_with_one_address_within_is_not_asked_at_all() -> None:
    with serving(saying("200 OK")) as (port, asked):
        for both in ((ELSEWHERE, LOOPBACK), (LOOPBACK, ELSEWHERE)):
            with pytest.raises(InsideANetwork):
                ask(
                    f"http://trips.example:{port}/",
                    bounds=Bounds(seconds=5, ports=frozenset({port}), resolve=leading(*both)),
                )
    assert asked == []


def test_the_next_address_is_asked_where_the_first_does_not_answer() -> None:
    nobody = ip_address("127.9.9.9")
    with serving(saying("200 OK")) as (port, _):
        told = bounds(port, resolve=leading(nobody, LOOPBACK))
        assert ask(f"http://trips.example:{port}/", bounds=told).status == 200


def test_a_redirect_is_an_answer_unless_it_is_to_be_followed() -> None:
    with (
        serving(saying("200 OK", body=b"there")) as (second, asked),
        serving(saying("302 Found", f"Location: http://127.0.0.1:{second}/there")) as (first, _),
    ):
        told = bounds(first, ports=frozenset({first, second}))
        assert ask(f"http://127.0.0.1:{first}/", bounds=told).status == 302 and asked == []
        followed = bounds(first, ports=frozenset({first, second}), redirects=1)
        answer = ask(f"http://127.0.0.1:{first}/", bounds=followed, headers={"Authorization": "Bearer key"})
    assert (answer.body, answer.url) == (b"there", f"http://127.0.0.1:{second}/there")
    assert b"Bearer" not in asked[0], "what one server is told is not told the next one"


@pytest.mark.parametrize(
    "leads",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "//localhost.localdomain@169.254.169.254/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://10.0.0.1/",
        "http://127.0.0.1:22/",
        "http://[x/",
    ],
)
def test_a_redirect_is_checked_as_the_first_address_is(leads: str) -> None:
    with serving(saying("302 Found", f"Location: {leads}")) as (port, asked):
        with pytest.raises(AddressRefused):
            ask(f"http://127.0.0.1:{port}/", bounds=bounds(port, redirects=3))
        assert len(asked) == 1


def test_redirects_come_to_an_end() -> None:
    with serving(saying("302 Found", "Location: /")) as (port, asked):
        assert ask(f"http://127.0.0.1:{port}/", bounds=bounds(port, redirects=3)).status == 302
        assert len(asked) == 4


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://trips.example/", "file:///etc/passwd", "//trips.example/", "trips.example", "", "http:///", "http://"),
        *("http://user:password@trips.example/", "http://user@trips.example/", "http://trips.example:25/"),
        *("http://trips.example:99999/", "http://trips.example/\r\nHost: x", "http://trips .example/", "http://a%00b/"),
        *("http://[fe80::1%25eth0]/", f"http://{'a' * 64}.example/", "http://a..example/"),
    ],
)
def test_what_is_no_plain_address_is_refused_before_anybody_is_asked(url: str) -> None:
    def nobody(name: str, seconds: float) -> Any:
        raise AssertionError(name)

    with pytest.raises(AddressRefused):
        ask(url, bounds=Bounds(resolve=nobody))


def test_a_name_with_other_letters_is_asked_for_as_dns_has_it() -> None:
    asked: list[str] = []

    def nowhere(name: str, seconds: float) -> Any:
        asked.append(name)
        raise NoSuchName(name)

    with pytest.raises(NoSuchName):
        ask("https://resor.Göteborg.example/", bounds=Bounds(resolve=nowhere))
    assert asked == ["resor.xn--gteborg-90a.example"]


def drip(line: socket.socket, _: bytes) -> None:
    for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000:
        line.sendall(bytes([sign]))
        sleep(0.1)


def silent(line: socket.socket, _: bytes) -> None:
    line.recv(1)


def endless(line: socket.socket, _: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"a" * 65_536)


def slow_body(line: socket.socket, _: bytes) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b"a")
        sleep(0.1)


def continues(line: socket.socket, _: bytes) -> None:
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        sleep(0.01)


def test_a_server_is_cut_off_over_tls_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both, alone = certified(tmp_path, "trips.example")
    monkeypatch.setattr(client, "_trust", lambda: ssl.create_default_context(cafile=str(alone)))
    for talk in (drip, slow_body):
        with serving(talk, certificate=both) as (port, _):
            told = bounds(port, seconds=0.7, resolve=leading(LOOPBACK))
            with pytest.raises(TooLong):
                ask(f"https://trips.example:{port}/", bounds=told)


@pytest.mark.parametrize("talk", [drip, silent, slow_body, continues])
def test_a_server_that_takes_its_time_is_cut_off(talk: Talk) -> None:
    took = refused(talk, TooLong, seconds=0.7)
    assert 0.5 < took < 3


def test_a_name_that_nobody_answers_for_takes_no_longer() -> None:
    def late(name: str, seconds: float) -> Any:
        assert seconds <= 0.5
        sleep(seconds + 0.01)
        return (LOOPBACK,)

    with pytest.raises(TooLong):
        ask("http://trips.example/", bounds=Bounds(seconds=0.5, networks=HERE, resolve=late))


def test_an_answer_without_an_end_is_cut_off() -> None:
    assert refused(endless, TooMuch, most=100_000) < 4
    refused(saying("200 OK", body=b"a" * 1001), TooMuch, most=1000)
    with serving(saying("200 OK", body=b"a" * 1000)) as (port, _):
        assert len(ask(f"http://127.0.0.1:{port}/", bounds=bounds(port, most=1000)).body) == 1000


def test_what_is_packed_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000 and len(gzip.decompress(bomb)) == 50_000_000, "it is small on the way, and large here"
    refused(saying("200 OK", "Content-Encoding: gzip", body=bomb), Unreadable, most=100_000)


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", b"HTTP/1.1 x\r\n\r\n"]
)
def test_what_is_no_answer_is_said_to_be_none(said: bytes) -> None:
    refused(lambda line, _: line.sendall(said), Unreadable)


def test_nobody_there_is_said() -> None:
    with serving(saying("200 OK")) as (port, _):
        pass
    with pytest.raises(NoAnswer):
        ask(f"http://127.0.0.1:{port}/", bounds=bounds(port))


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(saying("200 OK", body=b"the proxy")) as (proxy, asked),
        serving(saying("200 OK", body=b"itself")) as (port, _),
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        assert ask(f"http://127.0.0.1:{port}/", bounds=bounds(port)).body == b"itself"
    assert asked == []


def test_a_certificate_has_to_be_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both, alone = certified(tmp_path, "trips.example")
    monkeypatch.setattr(client, "_trust", lambda: ssl.create_default_context(cafile=str(alone)))
    with serving(saying("200 OK", body=b"safe"), certificate=both) as (port, _):
        told = bounds(port, resolve=leading(LOOPBACK))
        assert ask(f"https://trips.example:{port}/", bounds=told).body == b"safe"
        for other in ("other.example", "127.0.0.1"):
            with pytest.raises(NotTrusted):
                ask(f"https://{other}:{port}/", bounds=told)


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    both, _ = certified(tmp_path, "trips.example")
    with serving(saying("200 OK"), certificate=both) as (port, _), pytest.raises(NotTrusted):
        ask(f"https://trips.example:{port}/", bounds=bounds(port, resolve=leading(LOOPBACK)))


def test_a_server_without_tls_is_not_trusted() -> None:
    with serving(saying("200 OK")) as (port, _), pytest.raises(NotTrusted):
        ask(f"https://trips.example:{port}/", bounds=bounds(port, resolve=leading(LOOPBACK)))
