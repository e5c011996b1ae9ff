"""The files in deploy/ as tests read them, and what they start as processes; no test."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.house.tree import ROOT, files

DEPLOY = ROOT / "deploy"
PATIENCE = 60.0
HERE = Path(sys.executable).parent
"""Where the commands are that on a server are in ``/srv/tripkit/current/bin``."""
# systemd hands on a socket as the third file and says so to the process it starts.
_AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


def recipe_files() -> list[Path]:
    """All of deploy/ that is in the repository."""
    return [path for path in files() if path.is_relative_to(DEPLOY)]


def unit(name: str) -> dict[str, list[tuple[str, str]]]:
    """A unit of systemd: its sections, each a list of what is set; a word may be set more than once."""
    sections: dict[str, list[tuple[str, str]]] = {}
    section: list[tuple[str, str]] = []
    for line in (DEPLOY / "systemd" / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.append((key, value))
    return sections


def started_by(name: str) -> list[str]:
    """The command of a service, as its words, with the programs of this environment."""
    words = shlex.split(dict(unit(name)["Service"])["ExecStart"])
    return [words[0].replace("/srv/tripkit/current/bin", str(HERE)), *words[1:]]


class Web:
    """What tripkit-web.service starts, on a socket that is held elsewhere, as systemd holds it."""

    def __init__(self, held: socket.socket, environment: Mapping[str, str], log: Path) -> None:
        self._held, self._environment, self._log = held, environment, log
        self.port = int(held.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """``systemctl start``."""
        number = self._held.fileno()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _AS_SYSTEMD, str(number), *started_by("tripkit-web.service")],
                env={**os.environ, **self._environment},
                pass_fds=(number,),
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )

    def reload(self) -> None:
        """``systemctl reload``."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """``systemctl stop``: told to end, and waited for."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)

    def log(self) -> str:
        """What it said."""
        return self._log.read_text("utf-8", "replace")


@contextmanager
def held_socket() -> Iterator[socket.socket]:
    """A socket that listens for as long as the block lasts, whoever answers on it."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as held:
        held.set_inheritable(True)
        yield held


@contextmanager
def running(words: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process until the block ends."""
    with log.open("ab") as file:
        process = subprocess.Popen(words, env={**os.environ, **environment}, stdout=file, stderr=file, cwd=ROOT)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def program(name: str) -> str | None:
    """A program that may stand where only root looks."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def nginx_config(folder: Path, *, port: int, upstream: int) -> Path:
    """The recipe's nginx, without TLS and on free ports, in a folder of its own."""
    text = (DEPLOY / "nginx" / "tripkit.conf").read_text("utf-8")
    lines = [
        line.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}").replace(
            "127.0.0.1:5000", f"127.0.0.1:{upstream}"
        )
        for line in text.splitlines()
        if "ssl_certificate" not in line and "[::]" not in line
    ]
    site = "\n".join(lines).replace("listen 80;", f"listen 127.0.0.1:{port} default_server;", 1)
    # The one that sends on to TLS has a name of its own here: both would listen on one port.
    site = site.replace("server_name trips.example;", "server_name plain.example;", 1)
    site = site.replace("server_name trips.example;", "server_name 127.0.0.1 trips.example;")
    site = site.replace("/var/log/nginx/tripkit.log", str(folder / "access.log"))
    main = folder / "nginx.conf"
    temporary = "\n".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main.write_text(
        f"pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\ndaemon off;\nmaster_process off;\n"
        f"events {{}}\nhttp {{\n{temporary}\n{site}\n}}\n",
        "utf-8",
    )
    return main
