"""What templates were compiled to, kept for all applications that tests make in one process; no test."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Each application would compile each template anew, which takes ten times as long as to show it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """What the same source was compiled to; that which escapes nothing is another matter."""
        escapes = environment.autoescape
        rules = escapes(name) if callable(escapes) else escapes, sorted(environment.extensions)
        bucket = Bucket(environment, f"{filename} {name} {rules}", self.get_source_checksum(source))
        bucket.code = self._kept.get((bucket.key, bucket.checksum))
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code
