"""Which host is asked, the site's own or an organisation's, and what stands there; no page, and nobody is sent to a host that is none of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import cast

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as AnyResponse

from tripkit.domain.own_address import is_host
from tripkit.i18n import LANGUAGES
from tripkit.reads.own_address import own_hosts
from tripkit.web.frame import preferred_language, session, settings

FRESH_SECONDS = 5.0
"""How long the hosts are known without asking the database; in another process, one that was taken away is gone after it."""
_STANDS_THERE = {"public", "signup", "mybooking", "proving_here", None}
"""Areas of an organisation's own host; None: files, and addresses that lead nowhere."""
_LISTS = {"public.start", "public.trips"}
"""What on the site's own host is about all organisations: there it is the page of the one."""


@dataclass
class _Known:
    hosts: Mapping[str, str] = field(default_factory=dict)
    asked_at: float | None = None
    lock: Lock = field(default_factory=Lock)


def known_hosts() -> Mapping[str, str]:
    """The hosts that are somebody's own address, and the keys of their organisations; seldom a query."""
    known = cast(_Known, current_app.extensions.setdefault("tripkit_hosts", _Known()))
    with known.lock:
        if known.asked_at is None or monotonic() - known.asked_at >= FRESH_SECONDS:
            try:
                known.hosts = own_hosts(session())
            except DBAPIError:
                session().rollback()  # Away for a moment: pages that are kept are shown where they stood.
            known.asked_at = monotonic()
        return known.hosts


def whose_host() -> str | None:
    """The key of the organisation whose own host is asked; None on the site's own, and on one that nobody knows."""
    return cast("str | None", g.get("tripkit_own_host_of"))


def stands_here(organisation: str) -> bool:
    """Whether what is this organisation's stands on the host that is asked."""
    return whose_host() in {None, organisation}


def keep_hosts_apart(app: Flask) -> None:
    """On an organisation's own host, answer with what is its own; lead to the site's own host for what is everybody's."""

    @app.before_request
    def keep() -> AnyResponse | None:
        host = request.host.partition(":")[0].lower().rstrip(".")
        # The site's own host, a number and a name without a dot are nobody's: whoever has no own address pays nothing.
        if host == settings().host or not is_host(host):
            return None
        organisation = known_hosts().get(host)
        if organisation is None:
            return None
        g.tripkit_own_host_of = organisation
        return _elsewhere(organisation)


def _elsewhere(organisation: str) -> AnyResponse | None:
    """What is answered instead of the page; None = it stands here."""
    values = request.view_args or {}
    if request.blueprint in _STANDS_THERE:
        if request.endpoint in _LISTS and values.get("language", LANGUAGES[0]) in LANGUAGES:
            return _own_page(organisation)
        # As what does not exist: whose pages stand elsewhere is not said here.
        return None if values.get("organisation", organisation) == organisation else abort(404)
    if request.method not in {"GET", "HEAD"}:
        abort(404)
    query = request.query_string.decode("latin-1")
    return redirect(
        settings().url + url_for(str(request.endpoint), **values) + (f"?{query}" if query else ""), 302, Response
    )


def _own_page(organisation: str) -> AnyResponse:
    language = (request.view_args or {}).get("language")
    response = redirect(
        url_for("public.organisation", language=language or preferred_language(), organisation=organisation)
    )
    if language is None:
        response.vary.add("Accept-Language")
    return response
