"""A browser that sends whatever it is told to, as bytes: strange methods, broken bodies, headers that lie; it keeps cookies, and judges nothing."""

from __future__ import annotations

import io
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

from flask import Flask
from werkzeug.test import run_wsgi_app

URL_ENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Ask:
    """One request as it goes over the line. ``path``: quoted; ``query``: as it stands after the question mark."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> str:
        """The request, to be read in a report."""
        lines = [f"{self.method} {self.path[:500]}{'?' if self.query else ''}{self.query[:500]}"]
        lines += [f"{name}: {value[:200]!r}" for name, value in self.headers.items()]
        if self.body or self.kind:
            lines += [f"Content-Type: {self.kind!r}", f"{len(self.body)} bytes: {self.body[:600]!r}"]
        return "\n".join(lines)


@dataclass(frozen=True)
class Answer:
    """What came back. ``fault``: what left the application instead of an answer, as Python tells it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: str = ""

    def header(self, name: str) -> str:
        """A header's value, empty when it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def mimetype(self) -> str:
        """What the body is said to be, without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass
class Browser:
    """Somebody's browser. ``address``: where it asks from."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "192.0.2.7"

    def send(self, ask: Ask) -> Answer:
        """Send a request, and keep the cookies that come back."""
        status, headers, body = 0, [], b""
        try:
            iterator, line, given = run_wsgi_app(self.app.wsgi_app, self._environ(ask), buffered=True)
            status, headers, body = int(line.split()[0]), list(given), b"".join(iterator)
        except Exception:  # noqa: BLE001 (whatever leaves the application is what is looked for)
            return Answer(500, (), b"", traceback.format_exc())
        for name, value in headers:
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self.cookies[key.strip()] = kept
        return Answer(status, tuple(headers), body)

    def get(self, path: str, query: str = "") -> Answer:
        """Ask for a page, in English where the address does not say."""
        return self.send(Ask("GET", path, query, headers={"Accept-Language": "en"}))

    def post(self, path: str, fields: Mapping[str, Any]) -> Answer:
        """Send a form. ``fields``: a value or several."""
        return self.send(Ask("POST", path, body=urlencode(fields, doseq=True).encode(), kind=URL_ENCODED))

    def copy(self) -> Browser:
        """A browser with the same cookies, which may do as it likes with them."""
        return replace(self, cookies=dict(self.cookies))

    def _environ(self, ask: Ask) -> dict[str, Any]:
        headers = {"Host": "127.0.0.1:5000", **ask.headers}
        if self.cookies and "Cookie" not in headers:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        environ: dict[str, Any] = {
            "REQUEST_METHOD": ask.method,
            "SCRIPT_NAME": "",
            # As servers hand it over (PEP 3333): the bytes that were quoted, one character each.
            "PATH_INFO": unquote_to_bytes(ask.path).decode("latin-1"),
            "QUERY_STRING": ask.query.encode("utf-8", "replace").decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "5000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(ask.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if ask.body or ask.method in {"POST", "PUT", "PATCH"}:
            environ["CONTENT_LENGTH"] = str(len(ask.body))
            environ["CONTENT_TYPE"] = ask.kind
        for name, value in headers.items():
            # No server hands on a header with a line end or a NUL in it.
            plain = value.translate({ord(sign): None for sign in "\r\n\0"})
            key = name.upper().replace("-", "_")
            key = key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
            environ[key] = plain.encode("utf-8", "replace").decode("latin-1")
        return environ
