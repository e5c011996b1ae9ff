"""No page carries a script, a style or a handler inside itself: the policy of every page forbids them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import pages, shown

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"<[a-zA-Z](?:\"[^\"]*\"|'[^']*'|\{\{.*?\}\}|\{%.*?%\}|[^>\"'])*>", re.DOTALL)
FORBIDDEN_IN_TAG = re.compile(r"\s(?:style|on[a-z]+)\s*=|javascript:", re.IGNORECASE)
DATA = re.compile(r"\stype=\"application/(?:ld\+)?json\"")
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def faults(text: str) -> list[str]:
    """What in a template the page's policy would block."""
    text = JINJA_COMMENT.sub("", text)
    found = [tag for tag in TAG.findall(text) if FORBIDDEN_IN_TAG.search(tag)]
    found += re.findall(r"<style\b[^>]*>", text, re.IGNORECASE)
    for attributes, content in SCRIPT.findall(text):
        # JSON, for our own scripts or for search engines, is data: nothing runs it, and no policy blocks it.
        if content.strip() and not DATA.search(attributes):
            found.append(f"<script{attributes}>")
    return found


def test_faults_are_found() -> None:
    assert faults('<p style="color: red">') == ['<p style="color: red">']
    assert faults('<a href="{{ url }}" onclick="go()">') == ['<a href="{{ url }}" onclick="go()">']
    assert faults("<style>p {}</style>") == ["<style>"]
    assert faults("<script>go()</script>") == ["<script>"]
    assert faults('<script type="application/json">{}</script>') == []
    assert faults('<script src="/static/a.js" defer></script><p data-style="a" class="once">one = on</p>') == []


def test_no_page_carries_scripts_styles_or_handlers_inside() -> None:
    templates: tuple[Path, ...] = pages()
    assert templates, "there are pages to look at"
    assert {shown(path): found for path in templates if (found := faults(path.read_text("utf-8")))} == {}
