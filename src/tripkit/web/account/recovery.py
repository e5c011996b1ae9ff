"""Recovery codes, made and shown this once; using one stands with the second factor."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from tripkit.actions.recovery_codes import make_recovery_codes
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.web.account import blueprint
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.account.security import CHANGES, show_security
from tripkit.web.frame import page_language, session
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting, me


@route(
    blueprint,
    "/<language>/account/security/recovery-codes/",
    policy=Policy.PROVED,
    methods=("POST",),
    limits=(CHANGES,),
)
def recovery_codes(language: str) -> ResponseReturnValue:
    """Make ten. They are in the answer itself, and nowhere else: a page to be led to would have to keep them."""
    page_language()
    if not CsrfForm().is_ours():
        return show_security(LOST_SESSION)
    try:
        codes = make_recovery_codes(session(), account_id=me().account_id, moment=acting())
    except ChangeRefused as refused:
        return show_security(Problem("", refused.sentence))
    return show("account/recovery_codes.html", codes=codes)
