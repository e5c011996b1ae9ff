"""The doctor on settings: whether they are those of a site that others come to; files and servers have modules of their own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong


def look(patient: Patient) -> Iterator[Finding]:
    """Address, demonstration, clock, mail that goes nowhere, the key, metrics, proxies."""
    settings = patient.settings
    if not patient.is_real:
        yield from _tried_out(patient)
    elif settings.url.startswith("http://"):
        yield warning(
            f"The address is {settings.url}: what people write, and their secret links, can be read on the way.",
            "Put a proxy with TLS in front, and let TRIPKIT_URL begin with https://.",
        )
    else:
        yield fine(f"The address is {settings.url}.")
    if patient.is_real and settings.demo:
        yield wrong("TRIPKIT_DEMO is on: everybody can read every message.", "Take TRIPKIT_DEMO away.")
    if patient.is_real and settings.clock.is_set:
        yield wrong(
            f"The clock is set: here it is {settings.clock.now():%Y-%m-%d %H:%M} UTC.",
            "Take TRIPKIT_CLOCK away: offers, deadlines and reminders follow it.",
        )
    if patient.is_real and settings.mail.startswith("console:"):
        yield wrong(
            "Messages are printed on the console, and nobody gets them.",
            "Let TRIPKIT_MAIL name a mail server, as in smtp://user:password@host:587.",
        )
    for sentence in settings.missing_keys():
        yield wrong("A key is missing, and no page can be served.", sentence)
    for name, key in (("TRIPKIT_SECRET_KEY", settings.secret_key), ("TRIPKIT_METRICS_TOKEN", settings.metrics_token)):
        if key is not None and len(set(key)) < 8:
            yield wrong(
                f"{name} is of so few different characters that it can be guessed.",
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
    if settings.metrics_token is not None and find_spec("prometheus_client") is None:
        yield wrong(
            "TRIPKIT_METRICS_TOKEN is set, and prometheus_client is not installed, so no page can be served.",
            "Run: pip install 'tripkit[metrics]'",
        )
    if settings.url.startswith("https://") and settings.limits and not settings.proxies:
        yield warning(
            "A proxy with TLS stands in front, and none is believed: all visitors count as one for the limits.",
            "Set TRIPKIT_PROXIES to how many stand in front, usually 1.",
        )


def _tried_out(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if settings.mail.startswith("smtp"):
        yield warning(
            f"Messages go out by {settings.mail.partition(':')[0]}, and their links lead to {settings.url}.",
            "Set TRIPKIT_URL to the address people use.",
        )
    else:
        yield fine(f"The address is {settings.url}, for trying things out on this machine.")
    if settings.clock.is_set:
        yield fine(f"The clock is set: here it is {settings.clock.now():%Y-%m-%d %H:%M} UTC.")
