"""The token that shows a form was sent from a page of ours; it has no other field."""

from __future__ import annotations

from flask_wtf import FlaskForm


class CsrfForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Only the token. What was typed is read in the shape of the trip (see `typed`), and judged by the domain."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types
        """A form may stay open as long as the session lasts; somebody asks three colleagues first."""

        csrf_time_limit = None

    def is_ours(self) -> bool:
        """Whether the form that was sent carries the session's token."""
        return bool(self.validate_on_submit())
