"""What every answer carries to keep its reader safe: content policy, cookies, no leaks by referrer."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from tripkit.settings import Settings

LARGEST_REQUEST = 1_000_000
"""Bytes in a form; the longest honest sign-up is a twentieth of it."""

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
        SESSION_COOKIE_NAME="tripkit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # As long as the session: a form left open over lunch is no attack.
    )
    policy = "; ".join(f"{name} {value}" for name, value in {**_POLICY, "img-src": _pictures_from(settings)}.items())

    @app.after_request
    def put_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if settings.url.startswith("https://") and request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def _pictures_from(settings: Settings) -> str:
    if settings.map_tiles is None:
        return _POLICY["img-src"]
    parts = urlsplit(settings.map_tiles.replace("{s}", "*"))
    return f"{_POLICY['img-src']} {parts.scheme}://{parts.netloc}"


def keep_secret(response: Response) -> Response:
    """Mark a page behind a secret link: kept by nobody, named to nobody, found by no search."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
