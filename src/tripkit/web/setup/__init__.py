"""The first organisation, made in a browser while nobody has an account; no page of it is there afterwards."""

from __future__ import annotations

from flask import Blueprint

from tripkit.web.security import keep_secret

blueprint = Blueprint("setup", __name__, template_folder="templates")
blueprint.after_request(keep_secret)

from tripkit.web.setup import beginning  # noqa: E402, F401 (routes register)
