"""Markdown as plain text."""

from __future__ import annotations

import pytest

from tripkit.papers.plain_text import one_line, plain_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("En *rad*\noch **en** till.", "En rad och en till."),
        ("Ett.\n\nTvå.", "Ett.\n\nTvå."),
        ("# Rubrik\nText", "Rubrik\n\nText"),
        ("- ett\n- två\n  - under\n\nEfter", "- ett\n- två\n  - under\n\nEfter"),
        ("3. tre\n4. fyra", "3. tre\n4. fyra"),
        ("[här](https://x.example/)", "här (https://x.example/)"),
        ("<https://x.example/>", "https://x.example/"),
        ("<a@x.example>", "a@x.example"),
        ("![Ett torg](torg.svg)", "Ett torg"),
        ("<script>x</script>", "<script>x</script>"),
        ("a\x00b\x1bc", "abc"),
    ],
)
def test_markdown_reads_well_without_markup(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_one_line_has_no_breaks_and_no_control_characters() -> None:
    assert one_line("  a\r\nb\x00\tc\u2028d ") == "a b c d"
