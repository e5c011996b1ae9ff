"""What the doctor looks at and what it finds: the shape all its checks have in common; no check lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import Engine

from tripkit.settings import Reading, Settings

MANY = 20
"""Findings of one sort that are named; more are counted."""


class How(StrEnum):
    """How bad a finding is: nothing to do, to look at some day, to put right now."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``what``: a sentence; ``todo``: what to do about it, empty where all is fine."""

    how: How
    what: str
    todo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. ``engine``: a database that answers, None = there is none to be asked. ``mail``: ask its server."""

    reading: Reading
    engine: Engine | None = None
    mail: bool = True

    @property
    def settings(self) -> Settings:
        """The settings that were read."""
        return Settings.of(self.reading)

    @property
    def is_real(self) -> bool:
        """Whether others come here, and not only who tries it out on this machine."""
        return not is_this_machine(urlsplit(self.settings.url).hostname or "")


def is_this_machine(host: str) -> bool:
    """Whether what is said to this host stays on this machine. ``host``: as in an address; a path is a socket in a folder."""
    return host in {"localhost", "::1"} or host.startswith(("127.", "/")) or host.endswith(".localhost")


def heard_on_the_way(host: str, todo: str) -> Finding:
    """What it means that another machine is talked to in clear."""
    return warning(f"What is said to {host} is not encrypted: whoever is on the line reads and changes it.", todo)


Check = Callable[[Patient], Iterable[Finding]]
"""Looks at one matter and changes nothing. What it raises is a finding too."""


def fine(what: str) -> Finding:
    """Nothing to do."""
    return Finding(How.FINE, what)


def warning(what: str, todo: str) -> Finding:
    """To look at some day."""
    return Finding(How.WARNING, what, todo)


def wrong(what: str, todo: str) -> Finding:
    """To put right now."""
    return Finding(How.WRONG, what, todo)


def shortened(findings: Iterable[Finding], sort: str) -> Iterable[Finding]:
    """The first of them, and how many more there are: a page of the same tells no more than a line."""
    found = list(findings)
    yield from found[:MANY]
    if len(found) > MANY:
        yield Finding(found[0].how, f"And {len(found) - MANY} more {sort}.", found[0].todo)
