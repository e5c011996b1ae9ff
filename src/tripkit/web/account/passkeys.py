"""Passkeys: added and taken away on the page of proofs; and signing in with nothing but one."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.actions.change_proofs import add_passkey, take_away_passkey
from tripkit.actions.sign_in_by_passkey import sign_in_by_passkey
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.second_factors import check_passkey_name
from tripkit.domain.sentences import sentence
from tripkit.web.account import blueprint
from tripkit.web.account.challenges import answer
from tripkit.web.account.entering import browser, enter, next_page
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.account.security import CHANGES, done, show_security
from tripkit.web.account.signing_in import FROM_ONE_ADDRESS, show_sign_in
from tripkit.web.frame import moment, page_language, session
from tripkit.web.mybooking.opening import whole
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting, me


@route(blueprint, "/<language>/account/security/passkeys/", policy=Policy.PROVED, methods=("POST",), limits=(CHANGES,))
def passkey(language: str) -> ResponseReturnValue:
    """Add the one that the browser has just made."""
    page_language()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    typed = request.form.get("passkey", "").strip()
    problems = list(check_passkey_name("passkey", typed))
    if has_unseen_characters(typed) and not problems:
        problems = [Problem("passkey", sentence("Write the name with letters and numbers only."))]
    if problems:
        return show_security(*problems)
    try:
        add_passkey(session(), somebody=me(), name=typed, answer=answer(), moment=acting())
    except ChangeRefused as refused:
        return show_security(Problem("passkey", refused.sentence))
    return done("passkey")


@route(
    blueprint,
    "/<language>/account/security/passkeys/remove/",
    policy=Policy.PROVED,
    methods=("POST",),
    limits=(CHANGES,),
)
def no_passkey(language: str) -> ResponseReturnValue:
    """Take one away: ``which`` is its number."""
    page_language()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    which = whole(request.form.get("which", ""))
    try:
        if which is not None:
            take_away_passkey(session(), somebody=me(), passkey=which, moment=acting())
    except ChangeRefused as refused:
        return show_security(Problem("", refused.sentence))
    return done("passkey_removed")


@route(
    blueprint,
    "/<language>/account/passkey/",
    policy=Policy.PUBLIC,
    methods=("POST",),
    limits=(FROM_ONE_ADDRESS,),
)
def sign_in_with_passkey(language: str) -> ResponseReturnValue:
    """Sign in whoever holds it; no address is asked, so none can be tried out."""
    page_language()
    if not CsrfForm().is_ours():
        return show_sign_in(LOST_SESSION)
    try:
        signed = sign_in_by_passkey(session(), answer=answer(), browser=browser(), moment=moment("account"))
    except ChangeRefused as refused:
        return show_sign_in(Problem("", refused.sentence))
    return enter(signed, next_page())
