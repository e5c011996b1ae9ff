"""The code blocks of a page, in order, with what the comment before each says to do with it; nothing is run here.

A block of ``sh`` or ``python`` is run, and the block ``output`` after it is what it prints; there a line ``…`` stands for
any lines. Every other block that is data belongs to a file. Comments, which readers do not see, say the rest:

``<!-- file: spring/event.yaml -->``   the block is that file; a ``diff`` is made to it
``<!-- ends with 1 -->``               the commands end with this, and not with 0
``<!-- not run: why -->``              the block is only shown
``<!-- meanwhile: two people … -->``   something happens that is no block, by its name in ``meanwhile.py``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

from tests.house.tree import ROOT, files

_COMMENT = re.compile(r"<!--\s*(file|ends with|not run|meanwhile)\s*:?\s*(.*?)\s*-->")
_DIRECTIVE = re.compile(r"\{[a-z-]+\}")


@dataclass(frozen=True)
class Block:
    """``expected``: what is printed, None = not told. ``line``: where the block begins in the page."""

    line: int
    language: str
    text: str
    expected: str | None = None
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def is_shown_only(self) -> bool:
        return "not run" in self.marks


def pages() -> list[str]:
    """Every page with blocks that is kept true: the README and all of docs/."""
    found = (path.relative_to(ROOT).as_posix() for path in files() if path.suffix == ".md")
    return sorted(name for name in found if name == "README.md" or name.startswith("docs/"))


def blocks(text: str) -> list[Block]:
    """The blocks of a page, what happens meanwhile among them."""
    found: list[Block] = []
    marks: dict[str, str] = {}
    for token in MarkdownIt("commonmark").parse(text):
        line = (token.map or [0])[0] + 1
        if token.type == "html_block":
            told = dict(_COMMENT.findall(token.content))
            if "meanwhile" in told:
                found.append(Block(line, "meanwhile", told.pop("meanwhile")))
            marks |= told
        elif token.type == "fence" and not _DIRECTIVE.match(token.info):
            language = token.info.strip()
            before = found[-1] if found else None
            if language == "output" and before is not None and before.expected is None:
                found[-1] = Block(before.line, before.language, before.text, token.content, before.marks)
            else:
                found.append(Block(line, language, token.content, marks=marks))
            marks = {}
        elif token.type == "inline":
            marks = {}  # A comment speaks of the block right after it.
    return found


def page_text(name: str) -> str:
    return (ROOT / Path(name)).read_text("utf-8")
