"""Signing up: the form, what would happen if it were sent now, and sending it; no rule about seats."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("signup", __name__, template_folder="templates")

from tripkit.web.signup import views  # noqa: E402, F401 (its routes register themselves on the blueprint)
