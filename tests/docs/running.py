"""Runs the blocks of a page one after the other, in a directory of their own, as its reader would."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from pathlib import Path

from tests.docs.blocks import Block

TODAY = "2026-12-01T09:00:00+01:00"
"""When the pages' commands are run: trips that pages tell of are ahead then, and sign-up is open."""
DATA = {"yaml", "markdown", "diff", "xml", "text", "ini", "nginx", "toml"}
Meanwhile = Mapping[str, Callable[[Path], None]]


class NotAsWritten(AssertionError):
    """A block does not do what the page says. The message says where and what came instead."""


def run_page(name: str, blocks: Iterable[Block], folder: Path, meanwhile: Meanwhile) -> None:
    """Run them all. Raises: NotAsWritten at the first that is not as written."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        where = f"{name}:{block.line}"
        if block.is_shown_only:
            continue
        if block.language == "meanwhile":
            meanwhile[block.text](folder)
        elif block.language == "sh":
            _compare(where, block, _shell(where, block, folder))
        elif block.language == "python":
            _compare(where, block, _python(where, block, names))
        elif block.language in DATA and "file" in block.marks:
            _write(where, block, folder / block.marks["file"])
        else:
            raise NotAsWritten(f"{where}: a block of “{block.language}” is neither run nor a file; mark it")


def environment(folder: Path) -> dict[str, str]:
    """A reader's shell: tripkit on the path, no settings, a day on which everything is ahead."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIPKIT_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TRIPKIT_CLOCK": TODAY}


def _shell(where: str, block: Block, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", block.text],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    wanted = int(block.marks.get("ends with", "0"))
    if done.returncode != wanted:
        raise NotAsWritten(f"{where}: ended with {done.returncode}, not {wanted}:\n{done.stdout}")
    return done.stdout


def _python(where: str, block: Block, names: dict[str, object]) -> str:
    printed = io.StringIO()
    # Empty lines before it, so that an error names the line of the page.
    code = compile("\n" * block.line + block.text, where.rpartition(":")[0], "exec")
    with redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            exec(code, names)
        except Exception as error:
            raise NotAsWritten(f"{where}: {type(error).__name__}: {error}") from error
    return printed.getvalue()


def _compare(where: str, block: Block, printed: str) -> None:
    if block.expected is None:
        return
    printed = printed.replace("\u00a0", " ").rstrip()  # Nobody sees, in a page, which spaces keep a line together.
    lines = [r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in block.expected.rstrip().split("\n")]
    if not re.fullmatch("".join(lines), printed + "\n"):
        raise NotAsWritten(f"{where}: printed\n{printed}\n--- and not\n{block.expected.rstrip()}")


def _write(where: str, block: Block, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if block.language != "diff":
        file.write_text(block.text, "utf-8")
        return
    lines = [line or " " for line in block.text.splitlines()]
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    text = file.read_text("utf-8")
    if text.count(old) != 1:
        raise NotAsWritten(f"{where}: {file.name} has the lines of this change {text.count(old)} times")
    file.write_text(text.replace(old, new), "utf-8")
