"""The pages of those who run the installation: its organisations; what is in one is seen by entering it, for a reason."""

from __future__ import annotations

from flask import Blueprint

from tripkit.web.security import keep_secret

blueprint = Blueprint("administrator", __name__, template_folder="templates")
blueprint.after_request(keep_secret)

from tripkit.web.administrator import addresses, entering, making, organisations  # noqa: E402, F401 (routes register)
