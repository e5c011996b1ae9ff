"""How wrong settings are said: all of them at once, a sentence each; what is right stands with the kinds."""

from __future__ import annotations


class WrongSetting(Exception):
    """Settings that cannot be used. ``faults``: a sentence each, with the variable, or file, line and key, and what is allowed.

    A value that may hold a password is in none of them.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return self.faults[0]
        return "\n".join([f"{len(self.faults)} settings cannot be used:", *(f"- {fault}" for fault in self.faults)])
