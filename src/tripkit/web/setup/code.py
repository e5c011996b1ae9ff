"""The code that who starts a new site reads on the terminal, so that no stranger is first; it is stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode

from flask import Flask, current_app

from tripkit.reads.owners import anybody_is_known
from tripkit.web.frame import session

_LENGTH = 16


def code_of(app: Flask) -> str:
    """The code: 80 bits that follow from the application's secret key, in groups of four. Every process knows the same."""
    key = str(app.config["SECRET_KEY"]).encode()
    letters = b32encode(hmac.digest(key, b"tripkit setup", hashlib.sha256)).decode()[:_LENGTH]
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))


def is_right(typed: str) -> bool:
    """Whether it is the code, however it is spaced or written large or small."""
    letters = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(letters.encode(), code_of(current_app).replace("-", "").encode())


def said_on_the_terminal(app: Flask, url: str) -> str | None:
    """What to tell whoever starts the site; None when somebody has an account there already."""
    with app.app_context():
        known = anybody_is_known(session())
    return None if known else f"Nobody has an account here yet. Begin at {url}/en/setup/ with the code {code_of(app)}"
