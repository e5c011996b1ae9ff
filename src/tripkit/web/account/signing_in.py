"""Signing in: by a mailed link, or by a password; the answer never tells whether there is such an account."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.ask_to_sign_in import ask_to_sign_in
from tripkit.actions.recording import digest_of
from tripkit.actions.sign_in import LINK_IS_OVER, sign_in_by_link, sign_in_by_password
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.passwords import LONGEST_PASSWORD
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email
from tripkit.reads.signed_in import is_good_link
from tripkit.web.account import blueprint
from tripkit.web.account.challenges import asked_to_use
from tripkit.web.account.entering import browser, enter, next_page
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.limits import Limit, use
from tripkit.web.mybooking.opening import LIMITS, UnknownLink
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.visitors import address
from tripkit.web.who import signed_in


def _target() -> str:
    return request.form.get("email", "").strip().casefold()


def _guessed_at() -> str | None:
    return _target() if request.form.get("password") else None


FROM_ONE_ADDRESS = Limit("sign-ins from one address", 30, 300, address)
# Ten guesses a quarter of an hour: who is locked out by somebody else's guesses can still have a link mailed.
_GUESSES = Limit("passwords tried for one account", 10, 900, _guessed_at)
# Beyond it the answer is the same and nothing is sent: nobody's mailbox is filled from here, and nobody learns anything.
_LINKS = Limit("links mailed to one address", 5, 900, _target)


@route(
    blueprint,
    "/<language>/account/sign-in/",
    policy=Policy.PUBLIC,
    methods=("GET", "POST"),
    limits=(FROM_ONE_ADDRESS, _GUESSES),
)
def sign_in(language: str) -> ResponseReturnValue:
    """Ask for a link, or sign in by password."""
    page_language()
    if request.method != "POST":
        if signed_in() is not None:
            return redirect(next_page() or url_for("account.home", language=language), 303)
        return show_sign_in()
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    problems = [*check_email("email", email, sentence("Write your e-mail address."))]
    if not CsrfForm().is_ours():
        problems = [LOST_SESSION]
    if not problems and password:
        try:
            if len(password) > LONGEST_PASSWORD:
                password = ""  # Nobody has one of this length, and it would take long to find that out.
            return enter(
                sign_in_by_password(
                    session(), email=email, password=password, browser=browser(), moment=moment("account")
                ),
                next_page(),
            )
        except ChangeRefused as refused:
            problems = [Problem("password", refused.sentence)]
    elif not problems:
        if not has_unseen_characters(email) and use(_LINKS):
            ask_to_sign_in(session(), email=email, language=language, next_page=next_page(), moment=moment("account"))
        return redirect(url_for("account.sign_in", language=language, sent="yes"), 303)
    return show_sign_in(*problems)


def show_sign_in(*problems: Problem) -> Response:
    """The page. Whoever sent a form that was refused sees what is wrong, and nothing of what was said before."""
    return show(
        "account/sign_in.html",
        problems=problems,
        sent="sent" in request.args and not problems,
        forgotten="forgotten" in request.args and not problems,
        next=next_page(),
        typed={"email": request.form.get("email", "").strip()},
        asked=asked_to_use(),
    )


@route(
    blueprint,
    "/<language>/account/sign-in/<token>/",
    policy=Policy.SECRET_LINK,
    methods=("GET", "POST"),
    limits=LIMITS,
)
def open_link(language: str, token: str) -> ResponseReturnValue:
    """From a mailed link to being signed in. It takes a press of a button: mail scanners open links, too."""
    page_language()
    is_ours = request.method == "POST" and CsrfForm().is_ours()
    if not is_ours and not is_good_link(session(), digest=digest_of(token), now=now()):
        raise UnknownLink
    if request.method != "POST":
        return show("account/link.html", token=token)
    if not is_ours:
        return show("account/link.html", problems=(LOST_SESSION,), token=token)
    try:
        return enter(sign_in_by_link(session(), token=token, browser=browser(), moment=moment("account")))
    except ChangeRefused as refused:
        raise UnknownLink from refused


@blueprint.errorhandler(UnknownLink)
def over(_: UnknownLink) -> Response:
    """The same page for a mailed link that never was, was used, or is too old."""
    return show("account/link.html", problems=(Problem("", LINK_IS_OVER),), status=404, token="")
