"""Writes docs/map.md from the modules themselves: `python docs/write_map.py`; a test compares the two."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "src" / "tripkit"
LAYERS = {
    "cli": "Commands",
    "": "The package itself, and how it is put together",
    "web": "Pages",
    "worker": "Background work",
    "actions": "What people do",
    "reads": "What people look at",
    "papers": "What is written: calendars, maps, structured data",
    "mailing": "What is written: messages",
    "eventfile": "What is written and read: event directories",
    "outgoing": "What other servers are asked",
    "storage": "Tables and transactions",
    "settings": "What an installation decides",
    "logs": "What is written to the log",
    "domain": "The rules",
}
"""Folders, top first, with what they are called. A new folder fails here until it has a name."""

HEAD = """# The map

Every module, one line each: what lives there, and what must not. Layers are folders, the top one first, and a module knows only what stands below it
([decision 1](decisions/0001-layers.md)). One word of the [glossary](glossary.md) names a thing in every layer: `git ls-files '*waiting*'` is the waiting list.

Beside the library stand `sample_events/` (trips as data), `plugins/`, `tests/` (which mirrors the layers), `bench/` (how fast it is) and `docs/`.
This page is written by `python docs/write_map.py` from the first line of each module.
"""


def modules() -> dict[str, list[Path]]:
    """Every module by its layer, in the order of `LAYERS`. Raises: KeyError for a folder that has no name yet."""
    found: dict[str, list[Path]] = {layer: [] for layer in LAYERS}
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        # Migrations are numbered steps, not places to look for something.
        if "versions" not in inside.parts:
            found[inside.parts[0] if len(inside.parts) > 1 else ""].append(path)
    return found


def line_of(path: Path) -> str:
    """The first line of a module's docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0]


def written() -> str:
    """The whole page."""
    parts = [HEAD]
    for layer, paths in modules().items():
        parts.append(f"\n## {LAYERS[layer]}" + (f": `{layer}/`" if layer else "") + "\n\n")
        folder_first = sorted(paths, key=lambda path: (path.parent, path.name != "__init__.py", path.name))
        for folder, those in groupby(folder_first, key=lambda path: path.parent):
            if folder not in {PACKAGE, PACKAGE / layer}:
                parts.append("\n")
            parts += [f"- {_name(path)}: {line_of(path)}\n" for path in those]
    return "".join(parts)


def _name(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    if path.name == "__init__.py":
        return f"**`{inside.parent.as_posix()}/`**" if inside.parent.parts else "**`tripkit`**"
    return f"`{inside.as_posix()}`"


if __name__ == "__main__":
    (DOCS / "map.md").write_text(written(), "utf-8")
