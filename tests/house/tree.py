"""The checkout as the tests of the house see it: its files, its modules, its templates."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tripkit"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be with the next commit."""
    # A checkout that belongs to somebody else, as in a container, is still ours to read.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


def modules() -> tuple[Path, ...]:
    """Every module of the library."""
    return tuple(path for path in files() if path.suffix == ".py" and path.is_relative_to(PACKAGE))


def pages() -> tuple[Path, ...]:
    """Every template of a page; those of messages are not pages, and no policy holds for them."""
    return tuple(path for path in files() if path.suffix == ".html" and path.is_relative_to(PACKAGE / "web"))


def dotted(module: Path) -> str:
    """The name a module is imported by."""
    parts = module.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path) -> str:
    """A path as people write it in this repository."""
    return path.relative_to(ROOT).as_posix()
