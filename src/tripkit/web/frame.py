"""What every view asks of its request: the time, the language, the settings, a session; no page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from flask import abort, current_app, request, url_for
from sqlalchemy.orm import Session, scoped_session

from tripkit.domain.bookings import Moment
from tripkit.i18n import LANGUAGES
from tripkit.settings import Settings
from tripkit.storage import db


def settings() -> Settings:
    """The installation's settings."""
    return cast(Settings, current_app.extensions["tripkit"])


def now() -> datetime:
    """The moment it is by the installation's clock, aware, in UTC."""
    return settings().clock.now()


def today() -> date | None:
    """The day the clock is set to, which every page says; None when it shows the real time, which no page says."""
    return now().date() if settings().clock.is_set else None


def moment(actor: str) -> Moment:
    """Somebody does something now, from the web."""
    return Moment(at=now(), actor=actor, origin="web")


def page_language() -> str:
    """The language in the address, else the one the reader prefers. Aborts with 404 for one we do not speak."""
    given = (request.view_args or {}).get("language")
    if given is None:
        asked = request.args.get("language", "")
        return asked if asked in LANGUAGES else preferred_language()
    if given not in LANGUAGES:
        abort(404)
    return str(given)


def preferred_language() -> str:
    """The language the reader's browser asks for first among ours."""
    # Werkzeug's own best match would take "en" before "sv-SE", whatever the order they are asked for in.
    for asked, quality in request.accept_languages:
        spoken = asked.replace("_", "-").partition("-")[0].lower()
        if quality > 0 and spoken in LANGUAGES:
            return spoken
    return LANGUAGES[0]


def session() -> scoped_session[Session]:
    """The request's database session."""
    return cast("scoped_session[Session]", db.session)


def public_url(endpoint: str, *, own_host: str | None = None, **values: Any) -> str:
    """The whole address of a page, for calendars and search engines. ``own_host``: of the organisation whose page it is."""
    return settings().address_of(own_host) + url_for(endpoint, **values)
