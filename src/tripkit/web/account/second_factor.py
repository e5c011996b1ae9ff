"""Giving the second factor: to get in, and before something dangerous; which one there is, the account says."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.give_second_factor import Given, end_half, give_code, give_passkey
from tripkit.domain.accounts import SignIn
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.second_factors import second_factors
from tripkit.web.account import blueprint
from tripkit.web.account.challenges import answer, asked_to_use
from tripkit.web.account.entering import next_page, stay
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import page_language, session
from tripkit.web.limits import Limit
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import account, acting, half_signed_in

GUESSES = Limit("second factors tried for one account", 20, 900, account)
"""Wrong codes are counted in the database as well, and fewer of them; this keeps passkeys and the pages cheap."""
_LONGEST_CODE = 100


@route(
    blueprint,
    "/<language>/account/second-factor/",
    policy=Policy.HALF,
    methods=("GET", "POST"),
    limits=(GUESSES,),
)
def second_factor(language: str) -> ResponseReturnValue:
    """Get in by it, or go away again."""
    page_language()
    somebody, problems = half_signed_in(), list[Problem]()
    assert somebody is not None, "nobody else gets here"
    if request.method == "POST":
        if not CsrfForm().is_ours():
            problems = [LOST_SESSION]
        elif "leave" in request.form:
            end_half(session(), sign_in=somebody.id, moment=acting())
            cookie.clear()
            return redirect(url_for("account.sign_in", language=language), 303)
        else:
            try:
                return stay(given(somebody).secret, next_page())
            except ChangeRefused as refused:
                problems = [Problem(_field(), refused.sentence)]
    return show_second_factor("account/second_factor.html", somebody, problems)


def given(somebody: SignIn) -> Given:
    """What was sent, taken as the second factor. Raises: ChangeRefused."""
    if request.form.get("credential"):
        return give_passkey(
            session(), account_id=somebody.account_id, sign_in=somebody.id, answer=answer(), moment=acting()
        )
    code = request.form.get("code", "").strip()[:_LONGEST_CODE]
    if not code:
        raise ChangeRefused(sentence("Write the code."))
    return give_code(session(), account_id=somebody.account_id, sign_in=somebody.id, code=code, moment=acting())


def show_second_factor(template: str, somebody: SignIn, problems: list[Problem], **values: Any) -> Response:
    """The page that asks for it. What was asked of a passkey before is asked anew."""
    factors = second_factors(session(), somebody.account_id)
    known = [one.credential for one in factors.passkeys]
    return show(
        template,
        problems=problems,
        factors=factors,
        asked=asked_to_use(known) if known else None,
        next=next_page(),
        somebody=somebody,
        **values,
    )


def _field() -> str:
    return "" if request.form.get("credential") else "code"
