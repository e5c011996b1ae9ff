"""What every answer carries to keep its reader safe: content policy, cookies, no leaks by referrer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from tripkit.settings import Settings

LARGEST_REQUEST = 1_000_000
"""Bytes in a form; the longest honest sign-up is a twentieth of it."""
LARGEST_UPLOAD = 8_000_000
"""Bytes in a form with a file; the proxies of `deploy/` let as much through."""

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def protect(app: Flask, settings: Settings) -> None:
    """Set cookies and limits, and put the headers on every answer."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME=cookie_name(settings, "tripkit"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # As long as the session: a form left open over lunch is no attack.
    )
    policy = {**_POLICY, "img-src": _pictures_from(settings)}
    always = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if settings.url.startswith("https://"):  # A proxy in front of us speaks TLS; the request here says nothing of it.
        always["Strict-Transport-Security"] = "max-age=31536000"

    @app.before_request
    def refuse_nul() -> None:
        # Nothing is named with it, and PostgreSQL refuses it even to compare with. A secret is compared by its digest.
        if any("\0" in str(value) for name, value in (request.view_args or {}).items() if name != "token"):
            abort(404)

    @app.after_request
    def put_headers(response: Response) -> Response:
        headers = response.headers
        if request.url_rule is None and response.status_code != 200:
            _lead_nowhere(response)
        # One look at what is there: asking for each by its name takes longer than answering with a kept page.
        there = {name.lower() for name, _ in headers}
        headers.extend([(name, value) for name, value in always.items() if name.lower() not in there])
        return response


def cookie_name(settings: Settings, name: str) -> str:
    """What a cookie is called: over TLS, browsers take one of this prefix from this very host only (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{name}" if settings.url.startswith("https://") else name


def _pictures_from(settings: Settings) -> str:
    if settings.map_tiles is None:
        return _POLICY["img-src"]
    parts = urlsplit(settings.map_tiles.replace("{s}", "*"))
    return f"{_POLICY['img-src']} {parts.scheme}://{parts.netloc}"


def _lead_nowhere(response: Response) -> None:
    """Keep quiet about an address that no page has: it may be a secret link, cut off or a slash too short.

    Where it is mended by a redirect, the target is a path: whatever host a request names, nobody is sent there.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.location is not None:
        target = urlsplit(response.location)
        # One slash at its beginning: with two, a browser would take what follows for a host.
        response.location = "/" + target.path.lstrip("/") + (f"?{target.query}" if target.query else "")
        response.set_data(b"")  # It names the whole address once more.


def keep_secret(response: Response) -> Response:
    """Mark a page behind a secret link: kept by nobody, named to nobody, found by no search."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
