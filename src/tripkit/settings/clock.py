"""What time it is for an installation: the real time, or one that begins elsewhere and runs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic


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
