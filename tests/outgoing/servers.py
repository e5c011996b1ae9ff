"""Servers on loopback that answer as no honest one would; nothing is judged here."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

Talk = Callable[[socket.socket, bytes], None]
"""Answers one connection; it is given what was asked, up to the empty line."""
TLS = b"\x16"
"""How somebody begins who speaks TLS."""


@contextmanager
def serving(talk: Talk, *, certificate: Path | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server on 127.0.0.1: its port, and what it was asked. ``certificate``: a file with key and certificate, for TLS."""
    asked: list[bytes] = []
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def one(line: socket.socket) -> None:
            with suppress(OSError), line:
                line.settimeout(20)
                with context.wrap_socket(line, server_side=True) if context else line as safe:
                    question = b""
                    while not question.endswith(b"\r\n\r\n") and question[:1] != TLS and (more := safe.recv(4096)):
                        question += more
                    asked.append(question)
                    talk(safe, question)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

        thread = Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], asked
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def saying(status: str, *headers: str, body: bytes = b"") -> Talk:
    """One answer to everything."""
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""))
    return lambda line, _: line.sendall(head.encode() + body)


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name, signed by itself: with its key, for the server; and alone, for who is to trust it."""
    key, alone, both = (folder / f"{name}.{kind}" for kind in ("key", "crt", "pem"))
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(alone)),
        ],
        check=True,
        capture_output=True,
    )
    both.write_bytes(key.read_bytes() + alone.read_bytes())
    return both, alone
