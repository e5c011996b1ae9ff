"""A disk for one database, that can be full: a small one of its own, or where none may be made a limit on what files may hold."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = 24 * 1024 * 1024
_A_PAGE = 4096


class Disk:
    """A disk. ``is_real``: a file system of this size; else processes are told that no file may grow beyond a page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tripkit-test", str(folder)]
        self.is_real = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self._ballast = folder / "ballast"
        self._limited: list[int] = []

    def fill(self, pids: Iterable[int]) -> None:
        """No room is left, for these processes at least."""
        if not self.is_real:
            self._limited = list(pids)
            self._allow(_A_PAGE)
            return
        with self._ballast.open("wb", buffering=0) as file:
            for size in (1024 * 1024, _A_PAGE):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
        assert shutil.disk_usage(self.folder).free == 0

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)
        self._allow(resource.RLIM_INFINITY)
        self._limited = []

    def _allow(self, size: int) -> None:
        for pid in self._limited:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def end(self) -> None:
        """Take it away."""
        if self.is_real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@contextmanager
def own_disk(folder: Path) -> Iterator[Disk]:
    """A disk until the block ends."""
    disk = Disk(folder)
    try:
        yield disk
    finally:
        disk.end()
