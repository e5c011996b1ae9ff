"""Making an organisation, whose first owner is invited by mail."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.make_organisation import FirstOwner
from tripkit.actions.make_organisation import make_organisation as make
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.organisations import LONGEST_NAME, check_key
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.administrator import blueprint
from tripkit.web.frame import page_language, session
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting


@route(
    blueprint,
    "/<language>/administrator/new/",
    policy=Policy.ADMINISTRATOR,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def make_organisation(language: str) -> ResponseReturnValue:
    """The form, and what it makes."""
    page_language()
    if request.method != "POST":
        return show("administrator/new.html", typed={})
    form = {name: request.form.get(name, "").strip() for name in ("key", "organisation", "email")}
    wanted = FirstOwner(**form, name="", language=page_language())
    problems = list(_wrong(wanted))
    if not problems:
        try:
            make(session(), wanted=wanted, moment=acting())
            return redirect(url_for("administrator.organisations", language=language, done="made"), 303)
        except ChangeRefused as refused:
            problems = [Problem("key", refused.sentence)]
    return show("administrator/new.html", typed=request.form, problems=problems)


def _wrong(wanted: FirstOwner) -> list[Problem]:
    if not CsrfForm().is_ours():
        return [LOST_SESSION]
    problems: list[Problem] = []
    name = wanted.organisation or ""
    if not name or "\0" in name:
        problems.append(Problem("organisation", sentence("Write the organisation's name.")))
    elif len(name) > LONGEST_NAME:
        problems.append(Problem("organisation", sentence("Take at most {count} characters.", count=LONGEST_NAME)))
    problems.extend(check_key("key", wanted.key))
    if has_unseen_characters(wanted.email):
        return [
            *problems,
            Problem("email", sentence("There are characters in it that cannot be seen. Write it by hand.")),
        ]
    return [*problems, *check_email("email", wanted.email, sentence("Write the owner's e-mail address."))]
