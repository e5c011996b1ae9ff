"""The settings file: TOML to values and the line each stands on; what they mean is read elsewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tripkit.settings.wrong import WrongSetting


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file holds. ``lines``: key to the line it stands on."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """Where a key stands: ``tripkit.toml:3``."""
        return f"{self.path}:{self.lines[key]}" if key in self.lines else str(self.path)


def read_file(name: str, path: Path) -> SettingsFile:
    """Read it. ``name``: the variable that names it. Raises: WrongSetting."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise WrongSetting(f"{name} names {path}, and there is no such file.") from None
    except OSError as error:
        raise WrongSetting(f"{name} names {path}, which cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise WrongSetting(f"{path} is not UTF-8 text; save it as such.") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(_not_toml(path, error)) from None
    return SettingsFile(path, values, {key: line for key in values if (line := _line_of(key, text))})


def _not_toml(path: Path, error: tomllib.TOMLDecodeError) -> str:
    what, place = str(error), str(path)
    if where := re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", what, re.DOTALL):
        what, place = where[1], f"{path}:{where[2]}:{where[3]}"
    return f'{place}: this is not TOML ({what}); write one setting to a line, as in url = "https://trips.example".'


def _line_of(key: str, text: str) -> int | None:
    """The line a key is first written on; a line inside a longer text that looks like it is none."""
    pattern = re.compile(rf"^[ \t]*\[{{0,2}}[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", re.MULTILINE)
    for found in pattern.finditer(text):
        before = text[: found.start()]
        try:
            tomllib.loads(before)
        except tomllib.TOMLDecodeError:
            continue
        return before.count("\n") + 1
    return None
