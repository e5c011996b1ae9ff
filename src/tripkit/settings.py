"""What an installation decides, read from the environment once at start; no other module reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from tripkit.domain.answers import is_email


class WrongSetting(Exception):
    """A setting that cannot be used; the sentence names its variable and what is allowed."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is. ``starts_at``: a moment the clock began at instead of the real one (aware, UTC); it runs on."""

    starts_at: datetime | None = None
    _began: float = field(default_factory=monotonic, compare=False, repr=False)

    @property
    def is_set(self) -> bool:
        """Whether it shows another time than the real one."""
        return self.starts_at is not None

    def now(self) -> datetime:
        """The moment it is, aware, in UTC."""
        if self.starts_at is None:
            return datetime.now(UTC)
        return self.starts_at + timedelta(seconds=monotonic() - self._began)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """An installation's settings; each is the environment variable named in its line.

    ``database_url``: TRIPKIT_DATABASE, an SQLAlchemy address; default an SQLite file in ``var/``.
    ``secret_key``: TRIPKIT_SECRET_KEY, signs forms; None = made once and kept beside the SQLite database.
    ``url``: TRIPKIT_URL, the public address, no slash at its end.
    ``mail``: TRIPKIT_MAIL, ``console:``, ``files:DIR``, ``smtp://user:password@host:port`` or ``smtps://…``.
    ``mail_from``: TRIPKIT_MAIL_FROM, the sender of every message; None = the organisation's own address.
    ``clock``: TRIPKIT_CLOCK, a moment with a time zone the clock begins at; for demos and trying out.
    ``map_tiles``, ``map_attribution``: TRIPKIT_MAP_TILES (an address with {z}, {x} and {y}) and
    TRIPKIT_MAP_ATTRIBUTION; None = the drawn map only.
    ``demo``: TRIPKIT_DEMO, shows every message sent to everybody. ``worker``: TRIPKIT_WORKER, whether the web process
    delivers messages itself: yes when read from the environment, no for settings made by hand.
    """

    database_url: str = "sqlite:///var/tripkit.sqlite3"
    secret_key: str | None = None
    url: str = "http://127.0.0.1:5000"
    mail: str = "console:"
    mail_from: str | None = None
    clock: Clock = field(default_factory=Clock)
    map_tiles: str | None = None
    map_attribution: str | None = None
    demo: bool = False
    worker: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read them. Raises: WrongSetting."""

        def given(name: str) -> str | None:
            return environment.get(name, "").strip() or None

        return cls(
            database_url=_database("TRIPKIT_DATABASE", given("TRIPKIT_DATABASE")),
            secret_key=_secret("TRIPKIT_SECRET_KEY", given("TRIPKIT_SECRET_KEY")),
            url=_address("TRIPKIT_URL", given("TRIPKIT_URL")),
            mail=_mail("TRIPKIT_MAIL", given("TRIPKIT_MAIL")),
            mail_from=_sender("TRIPKIT_MAIL_FROM", given("TRIPKIT_MAIL_FROM")),
            clock=_clock("TRIPKIT_CLOCK", given("TRIPKIT_CLOCK")),
            map_tiles=_tiles("TRIPKIT_MAP_TILES", given("TRIPKIT_MAP_TILES")),
            map_attribution=given("TRIPKIT_MAP_ATTRIBUTION"),
            demo=_switch("TRIPKIT_DEMO", given("TRIPKIT_DEMO"), default=False),
            worker=_switch("TRIPKIT_WORKER", given("TRIPKIT_WORKER"), default=True),
        )


def _database(name: str, value: str | None) -> str:
    if value is None:
        path = Path.cwd() / "var" / "tripkit.sqlite3"
        return f"sqlite:///{path}"
    scheme = value.partition(":")[0]
    right = "use sqlite:///path/to/file or postgresql://user:password@host/database."
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg", "sqlite"}:
        raise WrongSetting(f"{name} is {scheme[:20]}:…; {right}")
    address = value.partition("://")[2]
    if not address or (scheme == "sqlite" and (address[0] != "/" or address == "/")):
        # The value may hold a password, so it is not said.
        raise WrongSetting(f"{name} names no database; {right}")
    return value if scheme == "sqlite" else f"postgresql+psycopg://{address}"


def _secret(name: str, value: str | None) -> str | None:
    if value is not None and len(value) < 16:
        raise WrongSetting(f"{name} is {len(value)} characters long; use at least 16 random ones.")
    return value


def _address(name: str, value: str | None) -> str:
    if value is None:
        return "http://127.0.0.1:5000"
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise WrongSetting(f"{name} is “{value}”; write the public address, as in https://trips.example.")
    return value.rstrip("/")


def _mail(name: str, value: str | None) -> str:
    if value is None:
        return "console:"
    scheme = value.partition(":")[0]
    fine = value == "console:" or (scheme == "files" and len(value) > len("files:"))
    if not fine and not (scheme in {"smtp", "smtps"} and _is_server(value)):
        # The value may hold a password, so it is not said.
        raise WrongSetting(f"{name} cannot be used; write console:, files:DIRECTORY or smtp://user:password@host:port.")
    return value


def _is_server(value: str) -> bool:
    parts = urlsplit(value)
    try:
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # The port is not a number.
        return False


def _sender(name: str, value: str | None) -> str | None:
    if value is not None and not is_email(value):
        raise WrongSetting(f"{name} is “{value}”; write an address alone, as in trips@workplace.example.")
    return value


def _clock(name: str, value: str | None) -> Clock:
    if value is None:
        return Clock()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise WrongSetting(f"{name} is “{value}”; write a moment with its time zone, as in 2018-12-10T09:00+01:00.")
    return Clock(moment.astimezone(UTC))


def _tiles(name: str, value: str | None) -> str | None:
    if value is not None and not (
        value.startswith(("https://", "http://")) and all(part in value for part in ("{z}", "{x}", "{y}"))
    ):
        raise WrongSetting(f"{name} is “{value}”; write an address with {{z}}, {{x}} and {{y}} in it.")
    return value


def _switch(name: str, value: str | None, *, default: bool) -> bool:
    words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    if value is None:
        return default
    if value.casefold() not in words:
        raise WrongSetting(f"{name} is “{value}”; write yes or no.")
    return words[value.casefold()]
