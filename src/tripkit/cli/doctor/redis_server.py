"""The doctor on Redis: whether it answers, how soon, and whether it keeps what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tripkit.cli.doctor.findings import Finding, Patient, fine, heard_on_the_way, is_this_machine, warning, wrong

if TYPE_CHECKING:
    from redis import Redis

SLOW = 0.05
"""Seconds an answer may take; requests wait for some of them."""


def look(patient: Patient) -> Iterator[Finding]:
    """Nothing, where none is configured."""
    if patient.settings.redis_url is None:
        return
    try:
        from redis import RedisError  # noqa: PLC0415 (an extra: one process needs none)

        from tripkit.storage.redis_server import PATIENCE, connect  # noqa: PLC0415 (needs the same extra)
    except ModuleNotFoundError:
        yield wrong("TRIPKIT_REDIS_URL is set, and redis is not installed.", "Run: pip install 'tripkit[redis]'")
        return
    parts = urlsplit(patient.settings.redis_url)
    if parts.scheme == "redis" and not is_this_machine(parts.hostname or ""):
        yield heard_on_the_way(
            parts.hostname or "", "Let TRIPKIT_REDIS_URL begin with rediss://, and let the server speak TLS."
        )
    server = connect(patient.settings.redis_url, PATIENCE)
    try:
        yield from _asked(server)
    except RedisError as error:
        yield wrong(
            f"It does not answer as it should: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            "Sign-up works without it, and slower: see whether it runs, and whether TRIPKIT_REDIS_URL is right.",
        )
    finally:
        server.close()


def _asked(server: Redis) -> Iterator[Finding]:
    said: dict[str, Any] = dict(server.info())
    waits = []
    for _ in range(3):
        began = monotonic()
        server.ping()
        waits.append(monotonic() - began)
    took = min(waits)
    if took > SLOW:
        yield warning(
            f"Redis {said.get('redis_version', '')} takes {took * 1000:.0f} milliseconds to answer.",
            "Move it nearer: requests wait for it.",
        )
    else:
        yield fine(f"Redis {said.get('redis_version', '')} answers within {took * 1000:.1f} milliseconds.")
    # Not CONFIG GET: hosted servers often forbid it.
    policy = str(said.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        yield warning(
            f"When its memory is full it forgets what it was told (maxmemory-policy is {policy}).",
            "Set maxmemory-policy to noeviction, so that workers are woken and limits hold.",
        )
    if said.get("role") == "slave":
        yield wrong("It can only be read (a replica).", "Let TRIPKIT_REDIS_URL name the server that may be written to.")
