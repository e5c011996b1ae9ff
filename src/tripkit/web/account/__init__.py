"""Signing in, and what is one's own: sign-ins, proofs, bookings, data; nothing of organisations."""

from __future__ import annotations

from flask import Blueprint

from tripkit.web.security import keep_secret

blueprint = Blueprint("account", __name__, template_folder="templates")
# What is on these pages is for one person: no cache keeps it, no other site is told of it, no search engine lists it.
blueprint.after_request(keep_secret)

from tripkit.web.account import (  # noqa: E402 (routes register)
    bookings,  # noqa: F401
    home,  # noqa: F401
    my_data,  # noqa: F401
    one_time,  # noqa: F401
    passkeys,  # noqa: F401
    proving,  # noqa: F401
    recovery,  # noqa: F401
    second_factor,  # noqa: F401
    security,  # noqa: F401
    signing_in,  # noqa: F401
    signing_out,  # noqa: F401
)
