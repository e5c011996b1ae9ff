"""Every setting there is, a line each: its variable, its field, its kind, what holds without it, what may be shown of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from tripkit.settings import kinds
from tripkit.settings.clock import Clock
from tripkit.settings.kinds import Kind

FILE = "TRIPKIT_SETTINGS"
"""Names the settings file; the one variable that is not a setting itself."""


class Shown(Enum):
    """What may be shown of a value: all of it, all but a password in it, nothing."""

    WHOLE = auto()
    WITHOUT_PASSWORD = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``default``: what holds without it, or a function of what stands before it in the table."""

    name: str
    field: str
    kind: Kind
    default: object | Callable[[Mapping[str, Any]], object] = None
    shown: Shown = Shown.WHOLE

    @property
    def key(self) -> str:
        """What it is called in a settings file."""
        return self.name.removeprefix("TRIPKIT_").lower()

    def without(self, read: Mapping[str, Any]) -> object:
        """What holds where it is not given."""
        return self.default(read) if callable(self.default) else self.default

    def holds_a_secret(self, value: object) -> bool:
        """Whether who reads this value learns a password or a key."""
        match self.shown:
            case Shown.WHOLE:
                return False
            case Shown.NOT:
                return bool(value)
            case Shown.WITHOUT_PASSWORD:
                return value is not None and _without_password(str(value)) != str(value)

    def show(self, value: object) -> str:
        """A value for people to read, on one line, without what must not be seen."""
        if value is None or value == ():
            return "–"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Clock):
            return value.starts_at.isoformat() if value.starts_at else "the real time"
        if self.shown is Shown.NOT:
            return "(hidden)"
        words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        text = " ".join(words.split())
        return _without_password(text) if self.shown is Shown.WITHOUT_PASSWORD else text


def _without_password(address: str) -> str:
    # Up to the last @: a password may hold one.
    address = re.sub(r"(://[^:@/]*):.*@", r"\1:***@", address)
    return re.sub(r"([?&][^=&]*(?:pass|secret|token)[^=&]*=)[^&]+", r"\1***", address, flags=re.IGNORECASE)


def _file_here(_read: Mapping[str, Any]) -> str:
    return f"sqlite:///{Path.cwd() / 'var' / 'tripkit.sqlite3'}"


def _without_redis(read: Mapping[str, Any]) -> bool:
    return read.get("redis_url") is None


SETTINGS = (
    Setting("TRIPKIT_DATABASE", "database_url", kinds.DATABASE, _file_here, Shown.WITHOUT_PASSWORD),
    Setting("TRIPKIT_SECRET_KEY", "secret_key", kinds.SECRET, shown=Shown.NOT),
    Setting("TRIPKIT_DATA_KEYS", "data_keys", kinds.DATA_KEYS, (), shown=Shown.NOT),
    Setting("TRIPKIT_URL", "url", kinds.PUBLIC_ADDRESS, "http://127.0.0.1:5000"),
    Setting("TRIPKIT_MAIL", "mail", kinds.MAIL, "console:", Shown.WITHOUT_PASSWORD),
    Setting("TRIPKIT_MAIL_FROM", "mail_from", kinds.MAILBOX),
    Setting("TRIPKIT_MAIL_AT_ONCE", "mail_at_once", kinds.number(1, 100), 4),
    Setting("TRIPKIT_MAIL_PER_MINUTE", "mail_per_minute", kinds.number(1, 100_000)),
    Setting("TRIPKIT_BOUNCES", "bounces", kinds.MAILBOX),
    Setting("TRIPKIT_CLOCK", "clock", kinds.MOMENT, lambda _read: Clock()),
    Setting("TRIPKIT_MAP_TILES", "map_tiles", kinds.TILES),
    Setting("TRIPKIT_MAP_ATTRIBUTION", "map_attribution", kinds.TEXT),
    Setting("TRIPKIT_DEMO", "demo", kinds.SWITCH, False),
    Setting("TRIPKIT_REDIS_URL", "redis_url", kinds.REDIS, None, Shown.WITHOUT_PASSWORD),
    Setting("TRIPKIT_WORKER", "worker", kinds.SWITCH, _without_redis),
    Setting("TRIPKIT_PROXIES", "proxies", kinds.number(0, 9), 0),
    Setting("TRIPKIT_HTTP_NETWORKS", "http_networks", kinds.NETWORKS, ()),
    Setting("TRIPKIT_LIMITS", "limits", kinds.SWITCH, True),
    Setting("TRIPKIT_LOG", "log", kinds.word("text", "json"), "text"),
    Setting("TRIPKIT_LOG_LEVEL", "log_level", kinds.word("debug", "info", "warning", "error"), "info"),
    Setting("TRIPKIT_METRICS_TOKEN", "metrics_token", kinds.SECRET, shown=Shown.NOT),
)
