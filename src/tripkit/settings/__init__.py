"""What an installation decides, read once at start from the environment and one file; no other module reads the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from tripkit.domain.own_address import host_of
from tripkit.settings.clock import Clock
from tripkit.settings.reading import Reading, read
from tripkit.settings.wrong import WrongSetting

__all__ = ["DATA_KEYS_ARE_MISSING", "KEY_IS_MISSING", "Clock", "Reading", "Settings", "WrongSetting", "read"]

KEY_IS_MISSING = "TRIPKIT_SECRET_KEY is needed with PostgreSQL; use at least 16 random characters."
"""What is said where several processes could not agree on a key made by one of them."""
DATA_KEYS_ARE_MISSING = "TRIPKIT_DATA_KEYS is needed with PostgreSQL, to seal answers about health and diet; make one with: tripkit keys new"
"""What is said where there is no place beside the database to keep one that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """An installation's settings; each is the environment variable named in its line.

    ``database_url``: TRIPKIT_DATABASE, an SQLAlchemy address; default an SQLite file in ``var/``.
    ``secret_key``: TRIPKIT_SECRET_KEY, signs forms; None = made once and kept beside the SQLite database.
    ``data_keys``: TRIPKIT_DATA_KEYS, seal sensitive answers, newest first; empty = one is made and kept beside the SQLite
    database. ``url``: TRIPKIT_URL, the public address, no slash at its end.
    ``mail``: TRIPKIT_MAIL, ``console:``, ``files:DIR``, ``smtp://user:password@host:port`` or ``smtps://…``.
    ``mail_from``: TRIPKIT_MAIL_FROM, the sender of every message; None = the organisation's own address.
    ``clock``: TRIPKIT_CLOCK, a moment with a time zone the clock begins at; for demos and trying out.
    ``map_tiles``, ``map_attribution``: TRIPKIT_MAP_TILES (an address with {z}, {x} and {y}) and
    TRIPKIT_MAP_ATTRIBUTION; None = the drawn map only.
    ``demo``: TRIPKIT_DEMO, shows every message sent to everybody. ``worker``: TRIPKIT_WORKER, whether the web process
    delivers messages itself: yes when read from the environment without a ``redis_url``, no for settings made by hand.
    ``redis_url``: TRIPKIT_REDIS_URL, a Redis server that wakes workers and shares limits and pages; None = one process is enough.
    ``proxies``: TRIPKIT_PROXIES, how many proxies in front are believed about who asks; 0 = none is.
    ``http_networks``: TRIPKIT_HTTP_NETWORKS, networks within which other servers may be asked; empty = only what everybody reaches.
    ``limits``: TRIPKIT_LIMITS, whether requests are limited: yes from the environment, no for settings made by hand.
    ``log``, ``log_level``: TRIPKIT_LOG (``text`` or ``json``) and TRIPKIT_LOG_LEVEL (``debug``, ``info``, ``warning``,
    ``error``). ``metrics_token``: TRIPKIT_METRICS_TOKEN, who knows it may read the metrics; None = nobody.
    ``mail_at_once``: TRIPKIT_MAIL_AT_ONCE, connections to the mail server at once, all workers together.
    ``mail_per_minute``: TRIPKIT_MAIL_PER_MINUTE, messages a minute, all workers together; None = no limit.
    ``bounces``: TRIPKIT_BOUNCES, an address; what cannot be delivered comes back to its name+ID@host. None = to the sender.
    """

    database_url: str = "sqlite:///var/tripkit.sqlite3"
    secret_key: str | None = None
    data_keys: tuple[str, ...] = ()
    url: str = "http://127.0.0.1:5000"
    mail: str = "console:"
    mail_from: str | None = None
    clock: Clock = field(default_factory=Clock)
    map_tiles: str | None = None
    map_attribution: str | None = None
    demo: bool = False
    worker: bool = False
    redis_url: str | None = None
    proxies: int = 0
    http_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    limits: bool = False
    log: str = "text"
    log_level: str = "info"
    metrics_token: str | None = None
    mail_at_once: int = 4
    mail_per_minute: int | None = None
    bounces: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read them, and the file that ``TRIPKIT_SETTINGS`` names. Raises: WrongSetting, with every fault there is."""
        return cls.of(read(environment))

    @classmethod
    def of(cls, reading: Reading) -> Settings:
        """The settings that were read, where one also has to know where each comes from."""
        return cls(**reading.values)

    @property
    def host(self) -> str:
        """The host of the site itself, as in DNS."""
        return host_of(urlsplit(self.url).hostname or "")

    def address_of(self, own_host: str | None) -> str:
        """Where an organisation's public pages stand, no slash at its end: its own address, reached as the site's is."""
        if own_host is None:
            return self.url
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{own_host}" + (f":{parts.port}" if parts.port else "")

    def missing_keys(self) -> tuple[str, ...]:
        """Why pages cannot be served, a sentence for each key that is neither given nor can be made; empty = they can."""
        if self.database_url.startswith("sqlite"):
            return ()
        said = {KEY_IS_MISSING: self.secret_key, DATA_KEYS_ARE_MISSING: self.data_keys}
        return tuple(sentence for sentence, given in said.items() if not given)
