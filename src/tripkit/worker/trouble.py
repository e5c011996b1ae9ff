"""Why a message was not delivered, as errors that say what to do next.

Trouble
├── Refused          never: the address or the message itself is not taken
├── Unwanted         never: the reader wants no such letters any more, or is none of those it is for
├── Halted           not now, or never: its campaign was paused or cancelled
├── Away             later: this message, for now
│   ├── Greylisted   later, and not too soon: the server wants to see whether we come again
│   └── LineCut      later; the server may have taken it without being able to say so
└── ServerAway       later: every message, since nobody answers
"""

from __future__ import annotations


class Trouble(Exception):
    """A message was not delivered."""


class Refused(Trouble):
    """The message will never be taken: the address or the message itself is refused."""


class Unwanted(Trouble):
    """Whoever it is for has unsubscribed since it was written, or it is not for them any more."""


class Halted(Trouble):
    """Its campaign was paused or cancelled since it was written."""


class Away(Trouble):
    """It could not be delivered now; trying again later may help."""


class Greylisted(Away):
    """The server takes nothing at once from who is new to it; it does from who comes again after some minutes."""


class LineCut(Away):
    """The line was cut, or nothing was heard, while the message was handed over. Nobody can tell whether it was taken."""


class ServerAway(Trouble):
    """Nobody takes messages now; whatever comes next would meet the same."""
