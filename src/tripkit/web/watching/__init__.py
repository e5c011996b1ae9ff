"""What monitors ask: does the process answer, can it serve, how does it fare; no page, and nothing about any one person."""

from flask import Blueprint

blueprint = Blueprint("watching", __name__)

from tripkit.web.watching import health, metrics  # noqa: E402, F401 (routes declare themselves)
