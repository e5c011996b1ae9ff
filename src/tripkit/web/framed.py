"""A message as a page of its own, to stand in a frame of ours: its styles are its own, and nothing in it runs; no message is made here."""

from __future__ import annotations

from flask import Response


def framed(html: str) -> Response:
    """How a message looks, in a sandbox. Links open in the whole window."""
    # No page of ours lets itself be framed, so a link that opened inside the frame would lead nowhere.
    response = Response(html.replace("<head>", '<head>\n<base target="_top">', 1), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self';"
        " sandbox allow-top-navigation-by-user-activation"
    )
    return response
