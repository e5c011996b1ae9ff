"""Why a message was not delivered, as three errors that say what to do next.

Trouble
├── Refused      never: the address or the message itself is not taken
└── Away         later: this message, for now
    └── ServerAway   later: every message, since nobody answers
"""

from __future__ import annotations


class Trouble(Exception):
    """A message was not delivered."""


class Refused(Trouble):
    """The message will never be taken: the address or the message itself is refused."""


class Away(Trouble):
    """It could not be delivered now; trying again later may help."""


class ServerAway(Away):
    """Nobody takes messages now; whatever comes next would meet the same."""
