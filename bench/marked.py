"""Figures in the documentation stand between two marks, and are written there by the command that measured them."""

from __future__ import annotations

from pathlib import Path


def write_between(document: Path, name: str, text: str) -> None:
    """Put text between the marks ``<!-- name: ... -->`` and ``<!-- /name -->``. Raises: ValueError without them."""
    before, begin, rest = document.read_text().partition(f"<!-- {name}:")
    mark, close, rest = rest.partition("-->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not (begin and close and end):
        raise ValueError(f"{document} has no marks for {name}")
    document.write_text(f"{before}{begin}{mark}{close}\n{text}\n\n{end}{after}")
