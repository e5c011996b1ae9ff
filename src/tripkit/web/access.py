"""What is noted of every request: its number, and one line in the log; never its address, which may hold a secret, nor who asked."""

from __future__ import annotations

import logging
import re

from flask import Flask, Response, request

from tripkit.logs import Errand, about, current, new_id
from tripkit.settings import Settings

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
MONITORS = "watching"
"""The blueprint of what monitors ask."""
_GIVEN = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What proxies make, as nginx does or as a UUID. Nobody's name can be written so."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})


def note_requests(app: Flask, settings: Settings) -> None:
    """Number every request and log it. To be called before anybody else puts something on answers: this sees them last."""
    believed = settings.proxies > 0

    @app.before_request
    def begin() -> None:
        # A number by somebody who is not our proxy could be anybody's, or a line of its own in the log.
        given = request.headers.get(HEADER, "") if believed else ""
        current.set(Errand(given if _GIVEN.fullmatch(given) else new_id()))

    @app.after_request
    def note(response: Response) -> Response:
        errand = current.get()
        if errand is None:
            return response
        response.headers[HEADER] = errand.id
        if (meters := app.extensions.get("tripkit_meters")) is not None:
            meters.note(
                route=request.endpoint or "none",
                method=method(),
                status=response.status_code,
                seconds=errand.seconds,
                statements=errand.statements,
            )
        # A monitor asks all day long.
        level = logging.DEBUG if request.blueprint == MONITORS and response.status_code == 200 else logging.INFO
        if log.isEnabledFor(level):
            _note(level, errand, response)
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        current.set(None)


def method() -> str:
    """How this request asks, in a word that is ours: anybody may ask with a word they made up."""
    return request.method if request.method in _METHODS else "OTHER"


def _note(level: int, errand: Errand, response: Response) -> None:
    endpoint, ms = request.endpoint or "-", round(errand.seconds * 1000, 1)
    size: int | None = response.content_length
    log.log(
        level,
        "%s %s %s %s ms, %s bytes, %s statements",
        method(),
        endpoint,
        response.status_code,
        ms,
        "-" if size is None else size,
        errand.statements,
        extra=about(
            method=method(),
            endpoint=endpoint,
            status=response.status_code,
            ms=ms,
            bytes=size,
            statements=errand.statements,
        ),
    )
