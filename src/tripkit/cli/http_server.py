"""The server behind ``tripkit serve``: told to stop, it answers what it has been asked, and then ends; no page."""

from __future__ import annotations

import logging
import signal
from time import monotonic
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from tripkit.web.watching.health import stop

log = logging.getLogger(__name__)

TO_FINISH = 20.0
"""Seconds that requests under way are given when the server is told to stop; systemd waits for 90, Docker for 10."""
_GLANCE = 0.05
_TO_STOP = (signal.SIGTERM, signal.SIGINT)


class HttpServer:
    """Waitress, which by itself would cut off whoever waits for an answer when it is told to stop.

    Raises: OSError when the address cannot be listened on.
    """

    def __init__(self, app: Flask, *, host: str, port: int, threads: int) -> None:
        self._map: dict[int, Any] = {}  # What is listened to, by file descriptor.
        self._server = create_server(
            app,
            map=self._map,
            host=host,
            port=port,
            threads=threads,
            clear_untrusted_proxy_headers=False,  # Which proxies are believed is decided by the application.
        )
        self._app, self._told_to_stop = app, False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; a second one ends the process at once. Only in a process's first thread."""
        for number in _TO_STOP:
            signal.signal(number, self._stop)
        while not self._told_to_stop:
            wasyncore.loop(timeout=1.0, map=self._map, count=1)
        self._finish()

    def _stop(self, *_: object) -> None:
        for number in _TO_STOP:
            signal.signal(number, signal.SIG_DFL)
        self._told_to_stop = True
        stop(self._app)
        for listening in self._listening():
            listening.pull_trigger()  # It waits for something to come; this comes.

    def _finish(self) -> None:
        until = monotonic() + TO_FINISH
        for listening in self._listening():
            self._let_in_who_stands_at_the_door(listening)
            wasyncore.dispatcher.close(listening)  # Its trigger stays: through that, answers are handed out.
        # One round more than needed: who had been let in last has not been listened to yet.
        wasyncore.loop(timeout=_GLANCE, map=self._map, count=1)
        while (busy := sum(map(_is_busy, self._channels()))) and monotonic() < until:
            wasyncore.loop(timeout=_GLANCE, map=self._map, count=1)
        if busy:
            log.warning("requests that were not finished in %.0f seconds were cut off: %s", TO_FINISH, busy)
        self._server.task_dispatcher.shutdown(timeout=0)
        wasyncore.close_all(self._map)

    def _let_in_who_stands_at_the_door(self, listening: BaseWSGIServer) -> None:
        """The kernel has taken their connections, and what they ask, already."""
        before = -1
        while len(self._map) > before:
            before = len(self._map)
            listening.handle_accept()

    def _listening(self) -> list[BaseWSGIServer]:
        return [one for one in self._map.values() if isinstance(one, BaseWSGIServer)]

    def _channels(self) -> list[HTTPChannel]:
        return [one for one in self._map.values() if isinstance(one, HTTPChannel)]


def _is_busy(channel: HTTPChannel) -> bool:
    """Whether somebody is asking, or is being answered. A line that is only kept open may be closed."""
    return bool(channel.requests or channel.request or channel.total_outbufs_len or channel.close_when_flushed)
