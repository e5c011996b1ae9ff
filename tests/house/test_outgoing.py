"""What no module does: ask the web for anything, start processes, run text as code, roll dice for a secret; those that may are named here."""

from __future__ import annotations

import ast

from tests.house.tree import PACKAGE, dotted, files, modules

CLIENTS = {
    *(
        "urllib.request",
        "http.client",
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "ftplib",
        "xmlrpc.client",
        "pycurl",
        "websockets",
    ),
    *("httplib2", "treq", "socket.create_connection"),
}
MAY = {"tripkit.outgoing.client"}
"""The one module that may, with its guard against addresses within (tests/outgoing): nobody else imports a client.

It asks only addresses that everybody reaches, and exactly the one it has looked at; no redirect unless told, and an end to
time and size."""
LINES = {
    *(
        "tripkit.worker.smtp",
        "tripkit.worker.heart",
        "tripkit.storage.redis_server",
        "tripkit.web.public.shelf",
        "tripkit.web.watching.readiness",
    ),
    *("tripkit.cli.doctor", "tripkit.logs.discretion"),
    "tripkit.outgoing",
}
"""What else knows of a line: to hosts that the installation's settings name, and to no other; but for the client and its look-up."""
WAITS = {"tripkit.worker.retries", "tripkit.storage.migrations"}
"""Who rolls dice: for how long to wait before another try, so that not all come back at once."""


def imported(source: str) -> set[str]:
    """What a module imports, each name with what it is imported from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def called(source: str) -> set[str]:
    """What a module calls, as it stands there."""
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}


def asks_the_web(source: str) -> set[str]:
    """The clients a module imports."""
    return {name for name in imported(source) for client in CLIENTS if name == client or name.startswith(f"{client}.")}


def test_a_client_is_found_however_it_is_imported() -> None:
    for line in (
        "import httpx",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import http.client as h",
    ):
        assert asks_the_web(line), line
    assert asks_the_web("from urllib.parse import urlsplit") == set()
    assert asks_the_web("from flask import request") == set()


def test_one_module_asks_the_web_and_no_other() -> None:
    found = {dotted(path): clients for path in modules() if (clients := asks_the_web(path.read_text("utf-8")))}
    assert {name: clients for name, clients in found.items() if name not in MAY} == {}
    assert set(found) == MAY


def test_no_module_starts_a_process() -> None:
    found = {
        dotted(path)
        for path in modules()
        if {"subprocess", "pty", "multiprocessing"} & imported(path.read_text("utf-8"))
    }
    assert found == set()
    assert {dotted(path) for path in modules() if {"os.system", "os.popen"} & called(path.read_text("utf-8"))} == set()


def test_no_module_runs_text_as_code() -> None:
    text_as_code = {"eval", "exec", "compile", "__import__", "pickle.loads", "marshal.loads", "Template.from_string"}
    found = {dotted(path): text_as_code & called(path.read_text("utf-8")) for path in modules()}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_nothing_is_made_up_by_a_generator_that_can_be_foreseen() -> None:
    """Only how long to wait is; secrets come from the operating system, and digests are none that are broken."""
    found = {dotted(path) for path in modules() if "random" in imported(path.read_text("utf-8"))}
    assert found == WAITS
    broken = {"hashlib.md5", "hashlib.sha1", "uuid.uuid1", "uuid.uuid3"}
    assert {dotted(path) for path in modules() if broken & called(path.read_text("utf-8"))} == set()


def test_no_script_stores_anything_in_a_browser() -> None:
    stores = ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.open", "serviceWorker")
    scripts = [path for path in files() if path.suffix == ".js" and path.is_relative_to(PACKAGE)]
    assert scripts
    assert [
        path
        for path in scripts
        if "vendor" not in path.parts and any(word in path.read_text("utf-8") for word in stores)
    ] == []


def test_who_opens_a_line_is_known() -> None:
    sockets = {"socket", "smtplib", "ssl", "redis"}
    found = {dotted(path) for path in modules() if sockets & imported(path.read_text("utf-8"))}
    assert {name for name in found if not name.startswith(tuple(LINES))} == set()
