"""Whether the process answers, and whether it can serve: a word for each thing it stands on, and no details for strangers."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify

from tripkit.web.frame import now, settings
from tripkit.web.routing import Policy, route
from tripkit.web.watching import blueprint
from tripkit.web.watching.readiness import OK, Readiness

AGAIN_AFTER = 5
"""Seconds after which it is worth asking again."""
_READINESS = "tripkit_readiness"
_STOPPING = "tripkit_stopping"


@route(blueprint, "/healthz", policy=Policy.PUBLIC)
def health() -> Response:
    """The process answers. Nothing else is asked."""
    return _said({"status": OK})


@route(blueprint, "/readyz", policy=Policy.PUBLIC)
def ready() -> Response:
    """Whether the site can be served from here, and why not, in a word."""
    if current_app.extensions.get(_STOPPING):
        return _said({"status": "stopping"})
    looking: Readiness = current_app.extensions.setdefault(_READINESS, Readiness(settings()))
    return _said(looking.look(now()))


def stop(app: Flask) -> None:
    """Say from now on that this process is about to end, so that nobody new is sent here."""
    app.extensions[_STOPPING] = True


def _said(words: dict[str, str]) -> Response:
    answer = jsonify(words)
    answer.headers["Cache-Control"] = "no-store"
    if words["status"] != OK:
        answer.status_code = 503
        answer.headers["Retry-After"] = str(AGAIN_AFTER)
    return answer
