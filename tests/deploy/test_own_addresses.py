"""Caddy, started from the file that is handed out, gets certificates for addresses in use and for no other name; its own authority signs them."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import missing
from tests.deploy.recipe import DEPLOY, program
from tests.web.signup_visitor import app_on
from tests.worker.mail_server import free_port
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import applied

SITE, OWN, STRANGE = "trips.example", "resor.tripkit.example", "evil.example"
ASK = "/.well-known/tripkit/serves"
LOG = "caddy.log"


@contextmanager
def caddy(folder: Path, *, web: int, ask: str = ASK) -> Iterator[int]:
    """The recipe on ports of its own, with certificates by nobody but itself; the port that speaks TLS."""
    found = program("caddy")
    if found is None:
        missing("caddy", "caddy is not installed")
    port = free_port()
    alone = (
        f"{{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttps_port {port}\n"
    )
    recipe = (DEPLOY / "caddy" / "Caddyfile").read_text("utf-8")
    assert recipe.startswith("{\n") and ASK in recipe
    config = folder / "Caddyfile"
    config.write_text(recipe.replace("{\n", alone, 1).replace(ASK, ask), "utf-8")
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            [str(found), "run", "--adapter", "caddyfile", "--config", str(config)],
            env={**os.environ, **home, "SITE": SITE, "TRIPKIT_WEB": f"127.0.0.1:{web}"},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        until = monotonic() + 30
        while asked(port, SITE) is None:
            assert process.poll() is None and monotonic() < until, "caddy did not start"
            sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def asked(port: int, name: str, path: str = "/en/") -> str | None:
    """The first lines of what a name answers at a path; None when it has no certificate."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as line,
            trusting.wrap_socket(line, server_hostname=name) as safe,
        ):
            safe.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            return safe.recv(4000).decode("utf-8", "replace")
    except OSError:
        return None


@pytest.fixture
def web(sqlite_engine: Engine) -> Iterator[int]:
    """A site with an organisation that has an address of its own: its port."""
    with Session(sqlite_engine) as session:
        applied(session)
        session.execute(update(OrganisationRow).values(own_host=OWN))
        session.commit()
    app = app_on(sqlite_engine)
    app.extensions.pop("tripkit_hosts", None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
        app.extensions.pop("tripkit_hosts", None)


def test_caddy_gets_certificates_for_addresses_in_use_and_no_other(web: int, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "asking").mkdir()
    with caddy(tmp_path / "open", web=web, ask="/healthz") as port:
        assert asked(port, STRANGE) is not None, "who says yes to every name has certificates made for strangers"
    with caddy(tmp_path / "asking", web=web) as port:
        assert asked(port, STRANGE) is None
        answer = asked(port, OWN)
        assert answer is not None and "location: /en/resebyran/" in answer.lower()
        assert "200 OK" in (asked(port, SITE) or "")


def test_caddy_writes_down_what_is_asked_for_but_no_secret_and_no_search(web: int, tmp_path: Path) -> None:
    with caddy(tmp_path, web=web) as port:
        for path in ("/en/?words=Karin", "/en/booking/a-secret/", "/sv/booking/a-secret/?words=Karin"):
            assert asked(port, SITE, path) is not None
    log = (tmp_path / LOG).read_text("utf-8")
    assert '"uri": "/en/(kept-out)"' in log and '"uri": "(kept-out)"' in log
    assert "Karin" not in log and "a-secret" not in log
