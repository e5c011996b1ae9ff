"""The look as one file: sheets joined in order, kept from browsers that cannot read them; and files named by content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, url_for

from tripkit.web.routing import Policy

_HERE = Path(__file__).parent / "static"
_SHEETS = ("tokens", "ground", "layout", "parts", "trip", "line", "forms", "booking", "paper")
_A_YEAR = 365 * 24 * 60 * 60
_A_DAY = 24 * 60 * 60


@lru_cache(maxsize=1)
def look() -> tuple[str, str]:
    """The whole look, and the short name of its content.

    Browsers from before mid-2024 know neither light-dark(), nor oklch(from …), nor nesting. They are given none of it,
    since half of it would be worse, but a plain sheet of their own.
    """
    newer = "".join((_HERE / "look" / f"{name}.css").read_text("utf-8") for name in _SHEETS)
    older = (_HERE / "look" / "older.css").read_text("utf-8")
    sheet = f"{older}@supports (color: light-dark(white, black)) {{\n{newer}}}\n"
    return sheet, hashlib.sha256(sheet.encode()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _content(path: str, _changed_at: float) -> str:
    return hashlib.sha256((_HERE / path).read_bytes()).hexdigest()[:12]


def name_of(filename: str) -> str | None:
    """The short name of a static file's content, None when there is no such file."""
    file = _HERE / filename
    try:
        return _content(filename, file.stat().st_mtime) if file.is_file() else None
    except OSError:
        return None  # A name longer than any file has.


def serve(app: Flask) -> None:
    """Give pages the look, and let browsers keep every file until its content is another one."""

    @app.get("/static/look.<content>.css", endpoint="look")
    def sheet(content: str) -> Response:
        text, name = look()
        if content != name:
            abort(404)
        return Response(text, mimetype="text/css")

    sheet.__dict__["policy"] = Policy.PUBLIC

    @app.url_defaults
    def name_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (name := name_of(values.get("filename", ""))):
            values["v"] = name

    @app.after_request
    def let_keep(response: Response) -> Response:
        if request.endpoint in {"static", "look"} and response.status_code in {200, 304}:
            # A page by another version of us may ask for this file by the name of its own content, and must not keep ours.
            asked = str((request.view_args or {}).get("filename"))
            named = request.endpoint == "look" or request.args.get("v") == name_of(asked)
            response.headers["Cache-Control"] = (
                f"public, max-age={_A_YEAR if named else _A_DAY}" + ", immutable" * named
            )
        return response

    @app.context_processor
    def whole_look() -> dict[str, object]:
        return {"look_url": lambda: url_for("look", content=look()[1])}
