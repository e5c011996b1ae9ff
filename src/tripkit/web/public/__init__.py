"""The public site: trips, programmes, sites, speakers and what programs fetch; nothing about any one person."""

from flask import Blueprint

blueprint = Blueprint("public", __name__, template_folder="templates")

from tripkit.web.public import draw, feeds, small, trip, trips  # noqa: E402, F401 (routes declare themselves)
