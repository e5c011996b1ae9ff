"""Proving once more to be oneself, before something dangerous is done."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.ask_to_sign_in import ask_to_sign_in
from tripkit.actions.prove_again import prove_by_password
from tripkit.domain.accounts import SignIn
from tripkit.domain.passwords import LONGEST_PASSWORD
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.web.account import blueprint
from tripkit.web.account.entering import next_page, stay
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.account.second_factor import given, show_second_factor
from tripkit.web.frame import page_language, session
from tripkit.web.limits import Limit, use
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import account, acting, me

_GUESSES = Limit("proofs tried for one account", 10, 900, account)
_LINKS = Limit("links mailed to one account", 5, 900, account)


@route(
    blueprint,
    "/<language>/account/again/",
    policy=Policy.ACCOUNT,
    methods=("GET", "POST"),
    limits=(_GUESSES,),
)
def again(language: str) -> ResponseReturnValue:
    """Prove it by the second factor; who has none, by the password or by a link in the mail."""
    page_language()
    somebody, problems = me(), list[Problem]()
    if request.method == "POST":
        if not CsrfForm().is_ours():
            problems = [LOST_SESSION]
        else:
            try:
                return _proved(somebody) if somebody.has_second_factor else _proved_or_mailed(somebody)
            except ChangeRefused as refused:
                at = next((name for name in ("code", "password") if name in request.form), "")
                problems = [Problem(at, refused.sentence)]
    if somebody.has_second_factor:
        return show_second_factor("account/again.html", somebody, problems, sent=False)
    return show("account/again.html", problems=problems, next=next_page(), sent="sent" in request.args)


def _proved(somebody: SignIn) -> ResponseReturnValue:
    """Who has a second factor proves it by that: a password or a mailbox alone is not enough. Raises: ChangeRefused."""
    return stay(given(somebody).secret, next_page())


def _proved_or_mailed(somebody: SignIn) -> ResponseReturnValue:
    password = request.form.get("password", "")
    if password:
        prove_by_password(
            session(),
            account_id=somebody.account_id,
            sign_in=somebody.id,
            password=password[: LONGEST_PASSWORD + 1],
            moment=acting(),
        )
        return stay(None, next_page())
    if use(_LINKS):
        ask_to_sign_in(
            session(), email=somebody.email, language=page_language(), next_page=next_page(), moment=acting()
        )
    return redirect(url_for("account.again", language=page_language(), next=next_page(), sent="yes"), 303)
