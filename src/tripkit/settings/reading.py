"""Settings from the environment and one file, checked all together; the environment wins, and nobody else reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tripkit.settings.file import SettingsFile, read_file
from tripkit.settings.kinds import Unusable, said
from tripkit.settings.table import FILE, SETTINGS
from tripkit.settings.wrong import WrongSetting

ENVIRONMENT = "environment"
DEFAULT = "default"
_OTHERS = re.compile(
    # Variables of the tests and the bench, and those Kubernetes gives to every container beside a service named tripkit.
    r"TRIPKIT_(?:(?:TEST|BENCH)_.*|SERVICE_(?:HOST|PORT(?:_.*)?)|PORT(?:_\d+_[A-Z]+(?:_[A-Z]+)?)?)"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings as they were read. ``values``: by field; ``origins``: by field, ENVIRONMENT, DEFAULT or ``file:line``."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    file: SettingsFile | None

    def is_given(self, field: str) -> bool:
        """Whether somebody has set it."""
        return self.origins[field] != DEFAULT


def read(environment: Mapping[str, str]) -> Reading:
    """Read them. Raises: WrongSetting, with everything that is wrong."""
    faults: list[str] = []
    file: SettingsFile | None = None
    if named := environment.get(FILE, "").strip():
        try:
            file = read_file(FILE, Path(named))
        except WrongSetting as wrong:
            faults.extend(wrong.faults)
    faults.extend(_unknown_names(environment))
    faults.extend(_unknown_keys(file))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        # What the file says is looked at even where the environment wins: a fault should not wait for the day it does not.
        if file is not None and file.values.get(setting.key, "") != "" and not _is_section(file, setting.key):
            origins[setting.field] = file.place(setting.key)
            try:
                values[setting.field] = setting.kind.read_toml(file.values[setting.key])
            except Unusable as wrong:
                faults.append(f"{file.place(setting.key)}: {setting.key} {wrong}")
        if text := environment.get(setting.name, "").strip():
            origins[setting.field] = ENVIRONMENT
            try:
                values[setting.field] = setting.kind.read_text(text)
            except Unusable as wrong:
                faults.append(f"{setting.name} {wrong}")
        if setting.field not in origins:
            origins[setting.field] = DEFAULT
            values[setting.field] = setting.without(values)
    if faults:
        raise WrongSetting(*faults)
    return Reading(values, origins, file)


def _unknown_names(environment: Mapping[str, str]) -> Iterable[str]:
    known = {setting.name for setting in SETTINGS} | {FILE}
    for name in sorted(environment):
        if (
            name.startswith("TRIPKIT_")
            and name not in known
            and not _OTHERS.fullmatch(name)
            and environment[name].strip()
        ):
            yield f"{name} is not a setting; {_meant(name, known)}"


def _unknown_keys(file: SettingsFile | None) -> Iterable[str]:
    if file is None:
        return
    known = {setting.key for setting in SETTINGS}
    for key in file.values:
        shown = said(key).strip("“”")
        if _is_section(file, key):
            yield f"{file.place(key)}: {shown} is a section, and there are none; write each setting as one line, key = value."
        elif key not in known:
            yield f"{file.place(key)}: {shown} is not a setting; {_meant(key, known)}"


def _is_section(file: SettingsFile, key: str) -> bool:
    value = file.values[key]
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _meant(word: str, known: Iterable[str]) -> str:
    """The nearest right name. What all of them begin with says nothing about what was meant."""
    plain = {name.removeprefix("TRIPKIT_").lower(): name for name in known}
    near = get_close_matches(word.removeprefix("TRIPKIT_").lower(), plain, n=1)
    return f"did you mean {plain[near[0]]}?" if near else "no setting has a name like it, so take it away."
