"""The sign-up form before anything is typed: written once for as long as nothing in the trip changes, with two words of one's own."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from werkzeug import Response

from tripkit.reads.trip_page import TripPage
from tripkit.web.frame import today
from tripkit.web.public.kept import kept
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.typed import TypedSignup, new_form_key

_TOKEN, _KEY = b"\0token\0", b"\0key\0"


def empty_form(page: TripPage, typed: TypedSignup, write: Callable[[TypedSignup], Response]) -> Response:
    """The form, with a token and a key that nobody else is given.

    ``write`` renders it as for anybody. What is kept has gaps where the two stood: they are random, and stand nowhere
    else. Everything else in it is the same for everybody, as on the page of the trip.
    """
    token = CsrfForm().csrf_token.current_token
    found: list[Response] = []

    def blank() -> str:
        found.append(write(typed))
        return found[0].get_data(as_text=True).replace(token, _TOKEN.decode()).replace(typed.form_key, _KEY.decode())

    sheet = kept().of((request.path, "empty form", len(typed.people)), (page, today()), blank)
    if found:
        return found[0]
    body = sheet.body.replace(_TOKEN, token.encode()).replace(_KEY, new_form_key().encode())
    return Response(body, mimetype="text/html")
