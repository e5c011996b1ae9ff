"""Pages for what went wrong: what it is, and the way on; never a bare number."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from tripkit.domain.sentences import Sentence, sentence
from tripkit.i18n import LANGUAGES
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
        sentence("What was sent is larger than any form here. Shorten the texts and send it again."),
    ),
    429: (sentence("Too many requests at once"), sentence("Wait a minute and try again. Nothing is lost.")),
    500: (
        sentence("Something went wrong here"),
        sentence("The fault is ours and has been noted. Nothing was saved by halves. Try again in a while."),
    ),
}


def answer_errors(app: Flask) -> None:
    """Answer every error with a page in the reader's language."""

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        if error.response is not None and (error.code or 500) < 400:
            return make_response(error.response)
        code = error.code if error.code in _SAID else 500 if (error.code or 500) >= 500 else 400
        first = request.path.split("/")[1:2]
        language = first[0] if first and first[0] in LANGUAGES else preferred_language()
        title, advice = _SAID[code]
        page = render_template("error.html", language=language, title=title, advice=advice)
        response = make_response(page, error.code or 500)
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.errorhandler(Exception)
    def apologise(error: Exception) -> Response:
        # The address stays out of the log: a secret link is one.
        app.logger.error("while answering %s %s", request.method, request.endpoint or "an unknown page", exc_info=error)
        return explain(InternalServerError(original_exception=error))
