"""Pages for what went wrong: what it is, and the way on; never a bare number."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
    TooManyRequests,
)

from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.i18n import LANGUAGES
from tripkit.logs import current
from tripkit.logs.discretion import said
from tripkit.storage import db
from tripkit.web.access import method
from tripkit.web.frame import preferred_language

_SAID: dict[int, tuple[Sentence, Sentence]] = {
    400: (
        sentence("The request could not be read"),
        sentence("Something in it is not as it should be. Go back, load the page again and try once more."),
    ),
    403: (sentence("This page is not open to you"), sentence("Use the link you were sent, or ask the organiser.")),
    404: (
        sentence("There is nothing here"),
        sentence("The address may be cut off or old. What you look for may be among the trips."),
    ),
    405: (
        sentence("This cannot be done here"),
        sentence("The page was asked for in a way it does not answer. Go back and use its buttons."),
    ),
    413: (
        sentence("That was too much at once"),
        sentence(
            "What was sent is larger than this form takes. Shorten the texts or take a smaller file, and send it again."
        ),
    ),
    429: (
        sentence("Too many requests at once"),
        sentences(
            "Wait a minute and try again. Nothing is lost.", "Wait {count} minutes and try again. Nothing is lost.", 1
        ),
    ),
    503: (
        sentence("This cannot be reached just now"),
        sentence("Something we depend on does not answer. Nothing was saved by halves. Try again in a moment."),
    ),
    500: (
        sentence("Something went wrong here"),
        sentence("The fault is ours and has been noted. Nothing was saved by halves. Try again in a while."),
    ),
}


_AT_WORK: dict[int, tuple[Sentence, Sentence]] = {
    403: (
        sentence("This page is not open to you"),
        sentence("Your role does not open it. An owner of the organisation can give you another one."),
    ),
    404: (
        sentence("There is nothing here"),
        sentence("The address may be cut off or old, or what it leads to is not yours to see."),
    ),
}
"""What is said on the pages of those who organise; to strangers the same as to members."""
_OF_WORK = {"organise", "administrator"}


_SIGNED_OUT = (
    sentence("You are signed out"),
    sentence("Sign in in another tab of this browser, come back here, and send it once more. Nothing is lost."),
)


_TOO_OLD = (
    sentence("The page had been open too long"),
    sentence("Or the browser keeps no cookies. Nothing was changed. Go back, load the page again and do it once more."),
)


AGAIN_AFTER = 5
"""Seconds after which it is worth trying again when the database could not be reached."""
_GONE = (OperationalError, InterfaceError, PoolTimeout)
"""What a database does that is away, full, locked by somebody else for too long, or just restarted."""
_MOST_FIELDS = 500
_OF_PROOFS = {"account", "setup"}
_PROOFS = {"password", "code", "credential"}


class Unreachable(ServiceUnavailable):
    """The database cannot be used now."""


class SignedOut(Forbidden):
    """What was sent takes somebody who is signed in, and nobody is any more."""


class FormIsTooOld(BadRequest):
    """A button was pressed on a page that this browser was not given; where something was typed, the form is shown again instead."""


_BY_KIND: dict[type, tuple[Sentence, Sentence]] = {SignedOut: _SIGNED_OUT, FormIsTooOld: _TOO_OLD}


def answer_errors(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        if error.response is not None and (error.code or 500) < 400:
            return make_response(error.response)
        code = error.code if error.code in _SAID else 500 if (error.code or 500) >= 500 else 400
        first, second = (*request.path.split("/")[1:3], "", "")[:2]
        language = first if first in LANGUAGES else preferred_language()
        # By the address alone: who is signed in is not asked for, since the database may be what is wrong.
        at_work = second in _OF_WORK
        usual = _AT_WORK.get(code, _SAID[code]) if at_work else _SAID[code]
        title, advice = next((said for kind, said in _BY_KIND.items() if isinstance(error, kind)), usual)
        if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
            advice = replace(advice, count=(minutes := ceil(error.retry_after / 60)), values={"count": minutes})
        page = render_template(
            "error.html",
            language=language,
            title=title,
            advice=advice,
            at_work=at_work,
            again=_sent() if code in {429, 503} or isinstance(error, SignedOut) else None,
            number=errand.id if (errand := current.get()) is not None else "",
        )
        response = make_response(page, error.code or 500)
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.teardown_appcontext
    def end(_: BaseException | None) -> None:
        # Before Flask-SQLAlchemy does the same: what was answered stays answered when the database goes meanwhile.
        db.let_go()

    for gone in _GONE:

        @app.errorhandler(gone)
        def wait(error: Exception) -> Response:
            # One line: while the database is away, every request meets the same.
            app.logger.error("the database cannot be used: %s", said(error))
            db.let_go()
            return explain(Unreachable(retry_after=AGAIN_AFTER))

    @app.errorhandler(Exception)
    def apologise(error: Exception) -> Response:
        # The address stays out of the log: a secret link is one.
        app.logger.error("while answering %s %s", method(), request.endpoint or "an unknown page", exc_info=error)
        return explain(InternalServerError(original_exception=error))


def _sent() -> list[tuple[str, str]] | None:
    """What was sent with a form, so that it can be sent again as it is; None when there was none, or none that can be read."""
    if request.method != "POST":
        return None
    try:
        sent = list(request.form.items(multi=True))[:_MOST_FIELDS]
    except HTTPException:
        return None  # Nobody may have looked at it before, and it may be too large.
    # What somebody proves themselves with stands in no page: whoever signs in goes back and writes it once more.
    is_proof = request.blueprint in _OF_PROOFS and not _PROOFS.isdisjoint(name for name, _ in sent)
    return None if is_proof else sent
