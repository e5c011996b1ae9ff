"""Bytes that no browser sends, to the servers tripkit is run with: paths that lead out, requests inside requests, headers without end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_processes import SOON, asked
from tests.web.test_limits_served import served

LEADS_OUT = [
    f"/static/{steps}{end}"
    for steps in (
        "../" * 9,
        "%2e%2e/" * 9,
        "..%2f" * 9,
        "%2e%2e%2f" * 9,
        "..%5c" * 9,
        "..%c0%af" * 9,
        "%252e%252e/" * 9,
        "..;/" * 9,
        "./" * 3 + "../" * 9,
    )
    for end in ("etc/passwd", "proc/self/environ")
] + [
    *("/static//etc/passwd", "//etc/passwd", "/static/%00/etc/passwd", "/static/look.../../css", "/static/"),
    *(
        "/en/../../etc/passwd",
        "/x/y/pictures/..%2f..%2f..%2fetc%2fpasswd",
        "/x/y/pictures/%2fetc%2fpasswd",
        "/demo/mail/..%2f..%2fetc/",
    ),
    *("/.git/config", "/.env", "/static/../app.py", "/static/..%2f..%2fapp.py", "/static/../../settings/__init__.py"),
]
HIDDEN = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /en/booking/ HTTP/1.1\r\nHost: a\r\n"
STRANGE = {
    "a request inside another": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + HIDDEN,
    "a length that is none": POST + b"Content-Length: -1\r\n\r\n",
    "a coding nobody knows": POST + b"Transfer-Encoding: xchunked\r\n\r\n",
    "a chunk without end": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: " + b"a" * 400_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: a\r\n"
    + b"".join(b"X-%d: a\r\n" % number for number in range(20_000))
    + b"\r\n",
    "an address without end": b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: evil.example\r\n\r\n",
    "another site's whole address": b"GET http://evil.example/en/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "trace": b"TRACE / HTTP/1.1\r\nHost: a\r\nCookie: secret=1\r\n\r\n",
    "a header with a NUL": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \x00\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n Content-Length: 5\r\n\r\n",
    "a name with an underscore": b"GET /en/ HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 127.0.0.1\r\nX_Forwarded_Host: evil.example\r\n\r\n",
    "line ends of another kind": b"GET / HTTP/1.1\nHost: a\n\n",
    "an old version": b"GET /\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "nothing": b"\r\n\r\n",
}


@pytest.fixture(scope="module", params=["tripkit serve", "gunicorn"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A site without trips, served as it is in earnest; its port."""
    folder: Path = tmp_path_factory.mktemp("served")
    with served(folder, request.param, proxies=0) as number:
        yield number


def told(port: int, sent: bytes) -> bytes:
    """Everything that comes back for these bytes, until the line is closed or nothing more comes."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=SOON)) as line:
        line.settimeout(2)
        found = b""
        try:
            line.sendall(sent)
            while piece := line.recv(65536):
                found += piece
        except (TimeoutError, ConnectionError, BrokenPipeError):
            pass
        return found


def test_no_path_leads_out_of_what_is_served(port: int) -> None:
    for path in LEADS_OUT:
        answer = told(port, f"GET {path} HTTP/1.0\r\nHost: a\r\n\r\n".encode())
        status = int(answer.split()[1])
        assert status in {301, 302, 308, 400, 404, 405}, (path, status)
        assert b"root:" not in answer, path
        assert b"PATH=" not in answer, path
        assert b"import " not in answer, path


@pytest.mark.parametrize("what", STRANGE)
def test_strange_bytes_are_refused_and_the_next_one_is_served(port: int, what: str) -> None:
    answer = told(port, STRANGE[what])
    status = int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0
    # The server itself, not the application, says that it does not know a coding (501) or a version (505).
    assert status < 500 or status in {501, 505}, answer[:300]
    assert b"Traceback" not in answer
    assert b"evil.example" not in answer.partition(b"\r\n\r\n")[0]
    # A request hidden in another one's body is not answered: it would be somebody else's behind a proxy.
    assert answer.count(b"HTTP/1.") <= 1 or b"WWW-Authenticate" not in answer
    assert b"secret=1" not in answer
    assert "User-agent" in asked(f"http://127.0.0.1:{port}/robots.txt")
