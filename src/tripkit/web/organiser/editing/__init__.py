"""Editing a trip in the browser: its parts as forms, what is published when; what makes a trip right is checked elsewhere."""

from tripkit.web.organiser.editing import making, overview, part, publishing, things

__all__ = ["making", "overview", "part", "publishing", "things"]
