"""The templates name what they are given, and are given nothing they do not name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields
from importlib.resources import files

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables

import tripkit.mailing.coming
import tripkit.mailing.compose
import tripkit.mailing.explanation
import tripkit.mailing.verdict
import tripkit.mailing.words
from tests.mailing.letters import make_letter
from tripkit.domain.programme import ProgrammeItem
from tripkit.mailing.letter import Attachment, Letter, Person
from tripkit.mailing.notice import Notice
from tripkit.mailing.words import words_for

TEMPLATES = ("letter.txt", "letter.html")
FRAME = "frame.html"
OF_TYPE = {"letter": Letter, "person": Person, "visit": ProgrammeItem, "file": Attachment}


def parsed(name: str) -> nodes.Template:
    return Environment().parse((files("tripkit.mailing") / "templates" / name).read_text("utf-8"))


def attributes(tree: nodes.Template, of: str) -> Iterator[str]:
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == of:
            yield node.attr


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_names_only_what_it_is_given(name: str) -> None:
    assert find_undeclared_variables(parsed(name)) <= set(words_for(make_letter()))


def test_a_template_is_given_nothing_that_neither_names() -> None:
    named = set().union(*(find_undeclared_variables(parsed(name)) for name in (*TEMPLATES, FRAME)))
    # The subject is no template's, and needs the trip's short title.
    assert set(words_for(make_letter())) - named == {"short_title"}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("of", OF_TYPE)
def test_what_a_template_asks_a_value_for_is_one_of_its_fields(name: str, of: str) -> None:
    known = {field.name for field in fields(OF_TYPE[of])}
    assert set(attributes(parsed(name), of)) <= known


@pytest.mark.parametrize("of", ["letter", "person", "file"])
def test_every_field_of_a_letter_is_used(of: str) -> None:
    used = set().union(*(attributes(parsed(name), of) for name in TEMPLATES))
    code = "".join(
        inspect.getsource(module)
        for module in (
            tripkit.mailing.coming,
            tripkit.mailing.compose,
            tripkit.mailing.explanation,
            tripkit.mailing.verdict,
            tripkit.mailing.words,
        )
    )
    unused = {field.name for field in fields(OF_TYPE[of]) if f".{field.name}" not in code} - used
    assert unused == set()


def test_both_templates_ask_for_the_same() -> None:
    text, html = (parsed(name) for name in TEMPLATES)
    for of in OF_TYPE:
        assert set(attributes(text, of)) == set(attributes(html, of)), of
    assert find_undeclared_variables(html) == find_undeclared_variables(text)
    assert find_undeclared_variables(parsed(FRAME)) == {"language", "heading"}


@pytest.mark.parametrize("name", ["notice.txt", "notice.html"])
def test_a_notice_is_asked_for_what_it_has(name: str) -> None:
    assert find_undeclared_variables(parsed(name)) <= {"notice", "heading", "language", "_"}
    assert set(attributes(parsed(name), "notice")) <= {field.name for field in fields(Notice)}
