"""The token that shows a form was sent from a page of ours; it has no other field."""

from __future__ import annotations

from flask import request
from flask_wtf import FlaskForm

from tripkit.web.errors import FormIsTooOld


class CsrfForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Only the token. What was typed is read in the shape of the trip (see `typed`), and judged by the domain."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types
        """A form may stay open as long as the session lasts; somebody asks three colleagues first."""

        csrf_time_limit = None

    def __init__(self) -> None:
        # What was sent is looked at when somebody asks, not where a page is shown: it may be what could not be read.
        super().__init__(formdata=None)

    def is_ours(self) -> bool:
        """Whether the form that was sent carries the session's token."""
        # As a form, and nothing else: left alone, it would look among files and in JSON too, and fall over what it finds.
        self.process(request.form)
        return bool(self.validate_on_submit())


def check_button() -> None:
    """Refuse a button that was pressed on no page of ours. Raises: FormIsTooOld."""
    if not CsrfForm().is_ours():
        raise FormIsTooOld
