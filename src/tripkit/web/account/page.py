"""What every page of an account shares: its frame, its forms, what is wrong in them; no view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import make_response, render_template, request
from werkzeug import Response

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.web.frame import page_language
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.page import by_field
from tripkit.web.signup.surroundings import other_languages
from tripkit.web.who import signed_in

LOST_SESSION = Problem(
    "",
    sentence("The page had been open too long, or the browser keeps no cookies. Nothing was changed. Do it once more."),
)


def show(template: str, *, problems: Iterable[Problem] = (), status: int | None = None, **values: Any) -> Response:
    """A page. ``problems``: what is wrong in the form, which makes it a 422 unless ``status`` says otherwise."""
    found = tuple(problems)
    page = render_template(
        template,
        language=page_language(),
        alternates=other_languages(),
        csrf=CsrfForm(),
        me=signed_in(),
        problems=by_field(found),
        wrong=[(problem.at, problem.sentence) for problem in found],
        done=request.args.get("done", ""),
        **values,
    )
    return make_response(page, status or (422 if found else 200))
