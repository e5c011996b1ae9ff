"""A letter somebody wrote, with its words in braces filled in for one reader; no query, and nothing is sent."""

from __future__ import annotations

import re

from tripkit.domain.free_texts import fill_in
from tripkit.mailing.letter import Written
from tripkit.papers.markdown import html_of
from tripkit.papers.plain_text import one_line, plain_text

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def fill_in_letter(subject: str, text: str, values: dict[str, str]) -> Written:
    """Subject and text with the values in place of the words in braces; a value is text, whatever signs are in it."""
    lines = {name: one_line(value) for name, value in values.items()}
    in_markdown = {name: _PUNCTUATION.sub(r"\\\1", value) for name, value in lines.items()}
    in_markdown["link"] = f"<{lines['link']}>"
    filled = fill_in(text, in_markdown)
    return Written(subject=one_line(fill_in(subject, lines)), plain=plain_text(filled), html=html_of(filled))
