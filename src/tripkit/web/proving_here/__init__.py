"""What other servers ask about hosts: whether this is the server, and whether it serves one; no page, and nothing about any one person."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from tripkit.domain.own_address import WORD, host_of, proof
from tripkit.web.frame import settings
from tripkit.web.hosts import known_hosts
from tripkit.web.routing import Policy, route

blueprint = Blueprint("proving_here", __name__)


@route(blueprint, "/.well-known/tripkit", policy=Policy.PUBLIC)
def proves() -> Response:
    """``?word=``: what only a server with our key can answer to it, so that a host is known to lead here."""
    word = request.args.get("word", "")
    if WORD.fullmatch(word) is None:
        abort(404)
    return _said(proof(current_app.config["SECRET_KEY"], word))


@route(blueprint, "/.well-known/tripkit/serves", policy=Policy.PUBLIC)
def serves() -> Response:
    """``?domain=``: 200 when it is the site's host or an own address in use, else 404. A proxy asks before it gets a certificate."""
    host = host_of(request.args.get("domain", ""))
    if host != settings().host and host not in known_hosts():
        abort(404)
    return _said("yes")


def _said(text: str) -> Response:
    response = Response(text + "\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
