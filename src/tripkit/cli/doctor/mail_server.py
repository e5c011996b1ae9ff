"""The doctor on the mail server: greeted, encrypted, logged in to, and left; no message is sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong
from tripkit.worker.smtp import Smtp
from tripkit.worker.trouble import ServerAway


def look(patient: Patient) -> Iterator[Finding]:
    """Nothing, where messages go elsewhere or it is not to be asked."""
    mail = patient.settings.mail
    if not patient.mail or not mail.startswith("smtp"):
        return
    parts = urlsplit(mail)
    try:
        line = Smtp(mail).greet()
    except ServerAway as away:
        yield wrong(
            f"{parts.hostname} does not take messages from us: {away}",
            "Look at TRIPKIT_MAIL and at the mail server; messages wait until then.",
        )
        return
    logged_in = ", and takes our password" if parts.username else ""
    if line.is_safe:
        yield fine(f"{parts.hostname} answers{', encrypted' if line.is_encrypted else ' on this machine'}{logged_in}.")
    else:
        yield warning(
            f"{parts.hostname} answers, and offers no encryption: messages can be read on the way.",
            "Ask who runs it for STARTTLS, or for smtps://.",
        )
