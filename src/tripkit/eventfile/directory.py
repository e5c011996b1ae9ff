"""The files of an event directory, read safely: inside it only, of bearable size, in UTF-8; what they mean is elsewhere."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, Position

LARGEST_TEXT = 1_000_000
"""Bytes in a YAML or Markdown file."""
LARGEST_PICTURE = 5_000_000
"""Bytes in a picture."""

# Control characters, bidirectional overrides (they can hide what a reader sees), and halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_UNSEEN_IN_NAME = re.compile(f"[\t\n\r\x85\u2028\u2029]|{_UNSEEN.pattern}")


def unseen_character(text: str) -> re.Match[str] | None:
    """The first character a reader cannot see and nobody means to write."""
    return _UNSEEN.search(text)


def character_name(character: str) -> str:
    """What such a character is called: ``U+202E``."""
    return f"U+{ord(character):04X}"


def position_of(file: str, text: str, index: int) -> Position:
    """Line and column of a character of a text."""
    line = text.count("\n", 0, index)
    return Position(file, line + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _points_out(name: str) -> tuple[Sentence, Sentence]:
    return sentence("{file} points out of the event directory", file=name), sentence("copy the file into it")


class EventDirectory:
    """One event directory. What cannot be read is noted in ``findings`` and left out."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self.root = root
        self._real_root = root.resolve()
        self._findings = findings

    def has(self, name: str) -> bool:
        """Whether something of this name is there, whatever it is."""
        path = self.root / name
        return path.exists() or path.is_symlink()

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Files in a folder and below, sorted, as ``folder/name``; hidden ones left out. With no folder: the top only."""
        top = self.root / folder
        if not self._is_inside(top):
            self._findings.error(Position(f"{folder}/"), *_points_out(folder))
            return ()
        found = top.glob("*") if not folder else top.rglob("*")
        paths = (path for path in found if path.is_symlink() or not path.is_dir())
        relative = (path.relative_to(self.root) for path in paths)
        shown = (path.as_posix() for path in relative if not any(p.startswith(".") for p in path.parts))
        return tuple(sorted(name for name in shown if self._can_be_read(name)))

    def _can_be_read(self, name: str) -> bool:
        """Whether a name can be shown as it is. Others could do harm in a terminal, and nothing can refer to them."""
        seen, count = _UNSEEN_IN_NAME.subn("?", name)
        if count:
            what = sentence("a character that cannot be seen is in the name of this file")
            self._findings.error(Position(seen), what, sentence("give it another name"))
        return not count

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._real_root)
        except (OSError, RuntimeError):  # Links in a circle; which of the two depends on the version of Python.
            return False

    def folders(self) -> tuple[str, ...]:
        """Folders at the top, sorted; hidden ones left out."""
        found = (path.name for path in self.root.glob("*") if path.is_dir() and not path.is_symlink())
        return tuple(sorted(name for name in found if not name.startswith(".") and self._can_be_read(name)))

    def data(self, name: str, largest: int, asked_at: Position | None = None) -> bytes | None:
        """The bytes of a file, None (and an error) when it cannot be had. ``asked_at``: where it is named."""
        path = self.root / name
        at = asked_at or Position(name)
        if not self._is_inside(path):
            self._findings.error(at, *_points_out(name))
            return None
        if not path.is_file():
            self._findings.error(at, sentence("there is no file {file}", file=name))
            return None
        try:
            if path.stat().st_size > largest:
                size = sentence("at most {megabytes} MB", megabytes=f"{largest / 1_000_000:g}")
                self._findings.error(at, sentence("{file} is too large", file=name), size)
                return None
            return path.read_bytes()
        except OSError as error:
            self._findings.error(
                at, sentence("{file} cannot be read: {reason}", file=name, reason=error.strerror or str(error))
            )
            return None

    def text(self, name: str) -> str | None:
        """The text of a file, line ends as ``\\n``; None (and errors with positions) when it is not clean UTF-8."""
        data = self.data(name, LARGEST_TEXT)
        if data is None:
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8", "replace")
            self._findings.error(
                position_of(name, before, len(before)),
                sentence("this is not UTF-8 (byte {byte})", byte=f"0x{data[error.start]:02X}"),
                sentence("save the file as UTF-8, in your editor under “Save as” or “Encoding”"),
            )
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        unseen = list(islice(_UNSEEN.finditer(text), 5))
        for match in unseen:
            self._findings.error(
                position_of(name, text, match.start()),
                sentence("a character that cannot be seen, {character}", character=character_name(match.group())),
                sentence("take it away, or write the word again by hand"),
            )
        return None if unseen else text
