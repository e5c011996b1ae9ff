"""The form for the first organisation and its owner, who is signed in by it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.make_organisation import FirstOwner, set_up_first
from tripkit.domain.organisations import LONGEST_NAME, check_key
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.signup import check_email
from tripkit.web.account.entering import browser, enter
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import moment, page_language, session
from tripkit.web.limits import Limit
from tripkit.web.routing import Policy, route
from tripkit.web.setup import blueprint
from tripkit.web.setup.code import is_right
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.visitors import address

_CODES = Limit("codes tried from one address", 10, 900, address)


@route(blueprint, "/<language>/setup/", policy=Policy.SETUP, methods=("GET", "POST"), limits=(_CODES,))
def begin(language: str) -> ResponseReturnValue:
    """Make the first organisation."""
    page_language()
    if request.method != "POST":
        return show("setup/begin.html", typed={})
    wanted, problems = _typed(), list(_wrong())
    if not problems:
        try:
            signed = set_up_first(session(), wanted=wanted, browser=browser(), moment=moment("administrator"))
        except ChangeRefused as refused:
            problems = [Problem("key", refused.sentence)]
        else:
            return enter(signed, url_for("organiser.overview", language=language, organisation=wanted.key))
    return show("setup/begin.html", typed=request.form, problems=problems)


def _typed() -> FirstOwner:
    form = {name: request.form.get(name, "").strip() for name in ("key", "organisation", "name", "email")}
    return FirstOwner(**form, language=page_language())


def _wrong() -> list[Problem]:
    """What is wrong in the form. Without the code nothing else is said."""
    if not CsrfForm().is_ours():
        return [LOST_SESSION]
    if not is_right(request.form.get("code", "")):
        return [Problem("code", sentence("This is not the code that stands on the terminal. Read it once more."))]
    wanted = _typed()
    return [
        *_wrong_name("organisation", wanted.organisation or "", sentence("Write the organisation's name.")),
        *check_key("key", wanted.key),
        *_wrong_name("name", wanted.name, sentence("Write your name.")),
        *check_email("email", wanted.email, sentence("Write your e-mail address.")),
    ]


def _wrong_name(at: str, text: str, missing: Sentence) -> Iterator[Problem]:
    if not text or "\0" in text:
        yield Problem(at, missing)
    elif len(text) > LONGEST_NAME:
        yield Problem(at, sentence("Take at most {count} characters.", count=LONGEST_NAME))
