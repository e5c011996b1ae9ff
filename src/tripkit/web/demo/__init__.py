"""The messages of a demonstration, for everybody to read; not there in any other installation."""

from flask import Blueprint

blueprint = Blueprint("demo", __name__, template_folder="templates")

from tripkit.web.demo import mail  # noqa: E402, F401 (routes declare themselves)
