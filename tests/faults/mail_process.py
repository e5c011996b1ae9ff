"""A mail server in a process of its own: writes down each message it takes, and does to them what a file tells it.

``python -m tests.faults.mail_process PORT FOLDER``. In FOLDER: ``took``, a line of JSON for each message taken; ``mood``,
what to do: ``take``, ``refuse``, ``later``, ``grey``, ``hang`` (say nothing after DATA), ``drop`` (take it, and cut the
line), ``slow`` or ``slow 4`` (take a second for each, or so many); ``reached`` is there once a message has come.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

HANG = 3600.0


class Handler:
    """Takes messages as its mood is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mood(self) -> str:
        try:
            return (self.folder / "mood").read_text().strip()
        except FileNotFoundError:
            return "take"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        match self.mood():
            case "refuse":
                return f"550 5.1.1 <{address}> No such person here"
            case "later":
                return "452 4.2.2 The mailbox is full"
            case "grey":
                return "451 4.7.1 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        (self.folder / "reached").touch()
        mood = self.mood()
        if mood == "hang":
            await asyncio.sleep(HANG)
        if mood.startswith("slow"):
            await asyncio.sleep(float(mood.partition(" ")[2] or 1))
        if mood == "later at data":
            return "451 Not now"
        message = message_from_bytes(envelope.content or b"", policy=policy.default)
        line = json.dumps(
            {"id": str(message["Message-ID"]), "to": envelope.rcpt_tos, "subject": str(message["Subject"]).strip()}
        )
        with (self.folder / "took").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        if mood == "drop":
            server.transport.abort()
        return "250 Taken"


async def serve(port: int, folder: Path) -> None:
    """Serve until the process is killed."""
    loop = asyncio.get_running_loop()
    handler = Handler(folder)
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
