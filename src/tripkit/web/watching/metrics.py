"""What Prometheus is told: what this process counts, and how the installation fares; nobody is asked who does not know the token."""

from __future__ import annotations

import hmac
import logging

from flask import Response, abort, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tripkit.logs.discretion import said
from tripkit.reads.site_figures import SiteFigures, site_figures
from tripkit.storage import open_briefly
from tripkit.web.frame import now, settings
from tripkit.web.routing import Policy, route
from tripkit.web.watching import blueprint

log = logging.getLogger(__name__)

METERS = "tripkit_meters"
_ENGINE = "tripkit_watching"
_FORM = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text form (its page on exposition formats)."""
_KEPT_BY_NOBODY = {"Cache-Control": "no-store"}
PATIENCE = 5
"""Seconds for each answer of the database; Prometheus itself waits for ten."""


@route(blueprint, "/metrics", policy=Policy.TOKEN)
def metrics() -> Response:
    """Everything there is to watch, in Prometheus' text form."""
    token = settings().metrics_token
    if token is None:
        abort(404)
    given = request.authorization
    knows = given is not None and given.type == "bearer" and hmac.compare_digest(_bytes(given.token), _bytes(token))
    if not knows:
        said = {"WWW-Authenticate": "Bearer", **_KEPT_BY_NOBODY}
        return Response("The token is wrong or missing.\n", 401, said, mimetype="text/plain")
    from tripkit.web.watching import gauges  # noqa: PLC0415 (needs the extra)

    body = current_app.extensions[METERS].written() + gauges.written(_figures(), now())
    return Response(body, headers=_KEPT_BY_NOBODY, content_type=_FORM)


def _bytes(token: str | None) -> bytes:
    return (token or "").encode("utf-8", "surrogateescape")


def _figures() -> SiteFigures | None:
    """The figures, on a line of their own; None where the database does not answer soon."""
    if _ENGINE not in current_app.extensions:
        current_app.extensions[_ENGINE] = open_briefly(settings().database_url, PATIENCE)
    try:
        with Session(current_app.extensions[_ENGINE]) as session:
            return site_figures(session, now())
    except SQLAlchemyError as error:
        log.warning("the figures cannot be read: %s", said(error))
        return None
