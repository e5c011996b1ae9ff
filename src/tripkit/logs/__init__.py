"""What is written to the log: lines with the number of the request they belong to and nobody's name; nothing is logged from here."""

from __future__ import annotations

import logging
from typing import TextIO

from tripkit.logs.errand import Errand, current, identified, new_id, note_statement
from tripkit.logs.lines import OURS, about, formatter

__all__ = ["Errand", "about", "current", "identified", "new_id", "note_statement", "set_up", "set_up_if_nobody_has"]


class _Own(logging.StreamHandler[TextIO]):
    """Writes for want of anybody else: it is silent as soon as whoever embeds us has a handler of their own."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            super().emit(record)


def set_up(form: str, level: str) -> None:
    """Write everything this process says to standard error. For a process that is all ours.

    ``form``: ``text`` or ``json``. ``level``: the least that is written of ours; of others, warnings.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, _number(level)))
    logging.getLogger(OURS).setLevel(_number(level))


def set_up_if_nobody_has(form: str, level: str) -> None:
    """Write what we say to standard error, unless somebody else sees to it; nothing of theirs is touched."""
    ours = logging.getLogger(OURS)
    mine = [handler for handler in ours.handlers if isinstance(handler, _Own)]
    if not mine and ours.hasHandlers():
        return
    handler = mine[0] if mine else _Own()
    handler.setFormatter(formatter(form))
    if not mine:
        ours.addHandler(handler)
    ours.setLevel(_number(level))


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
