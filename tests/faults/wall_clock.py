"""The clock on the wall of some processes, set by hand while they run; their steady clock, and the database's, are left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.conftest import missing


class WallClock:
    """A clock that libfaketime shows to each process started with its `environment`."""

    def __init__(self, file: Path) -> None:
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            missing("faketime", "faketime is not installed")
        self._file = file
        self.environment = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",  # Seconds until a step is seen.
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.be_off_by(timedelta())

    def be_off_by(self, step: timedelta) -> None:
        """Show another time than it is, from now on."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{step.total_seconds():+.0f}\n", "ascii")
        new.replace(self._file)  # At once: half a number would be another step.
