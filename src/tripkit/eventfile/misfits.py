"""What does not fit the published format, in words: what is wrong, what is allowed, and the nearest right word."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import list_words
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.scalars import WRONG
from tripkit.eventfile.other_words import word_meant
from tripkit.eventfile.yamltree import Mapping, Node, Path, Scalar, node_at

Misfit = tuple[Sentence, Sentence | None, str | None]
"""(what is wrong, what is allowed, the nearest right word)."""


def misfit(problem: ErrorDetails, model: type[Entry], root: Mapping) -> Misfit:
    """One of pydantic's problems in our words. ``model``: what the tree had to fit."""
    where, kind, given = problem["loc"], problem["type"], problem.get("input")
    context = problem.get("ctx", {})
    key = str(where[-1]) if where else ""
    if kind == WRONG:
        return context["said"], context["hint"], None
    if kind == "missing":
        return sentence("“{key}” is missing", key=key), _what_it_is(model, where), None
    if kind == "extra_forbidden":
        allowed = _allowed(_model_at(model, where[:-1]))
        hint = sentence("allowed here: {words}", words=list_words(allowed, 30))
        return sentence("unknown key “{key}”", key=key), hint, word_meant(key, allowed)
    if kind == "enum" and isinstance(given, str | int | Decimal):
        allowed = _enum_words(str(context.get("expected", "")))
        return (
            sentence("“{word}” is not known here", word=str(given)[:60]),
            sentence("allowed: {words}", words=list_words(allowed, 30)),
            word_meant(str(given), allowed),
        )
    if kind == "enum":
        hint = sentence("allowed: {words}", words=list_words(_enum_words(str(context.get("expected", ""))), 30))
        return sentence("one word is wanted here"), hint, None
    if kind in {"model_type", "model_attributes_type"}:
        return (
            sentence("a group of keys is wanted here"),
            _group_hint(_model_at(model, where), node_at(root, where)),
            None,
        )
    return _said_wrong_type(problem, node_at(root, where), context)


def _said_wrong_type(problem: ErrorDetails, given: Node, context: dict[str, Any]) -> Misfit:
    match problem["type"]:
        case "string_type" if isinstance(given, Scalar):
            hint = sentence('put quotes around it: "{written}"', written=given.raw[:60])
            return sentence("text is wanted here"), hint, None
        case "string_type":
            return sentence("text is wanted here"), None, None
        case "int_type":
            return (
                sentence("a whole number is wanted here"),
                _whole_number_hint(given),
                None,
            )
        case "bool_type":
            return (
                sentence("true or false is wanted here"),
                sentence("write true for yes and false for no, without quotes"),
                None,
            )
        case "list_type":
            return sentence("a list is wanted here"), sentence("write [one, two], or lines that start with “- ”"), None
        case "dict_type":
            return (
                sentence("a text per language is wanted here"),
                sentence("write it as in {example}", example="{sv: …, en: …}"),
                None,
            )
        case "greater_than_equal":
            return sentence("the number is too small"), sentence("at least {least}", least=int(context["ge"])), None
        case "less_than_equal":
            return sentence("the number is too large"), sentence("at most {most}", most=int(context["le"])), None
        case "string_too_long":
            return _too_long(context)
        case "too_long" if isinstance(given, Scalar):
            return _too_long(context)  # A key and the like, whose length is looked at after its letters.
        case "too_short":
            return sentence("too few in the list"), sentence("at least {least}", least=context["min_length"]), None
        case "too_long":
            return sentence("too many in the list"), sentence("at most {most}", most=context["max_length"]), None
    return sentence("this cannot be: {problem}", problem=problem["msg"]), None, None


def _group_hint(model: type[BaseModel], given: Node) -> Sentence:
    """The group as it has to be written: the keys it must have, with what is written if there is one place for it."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    needed = [key for key, field in fields.items() if field.is_required()] or list(fields)[:1]
    fits = len(needed) == 1 and isinstance(given, Scalar) and re.fullmatch(r"[\w@.+-][\w@. +-]*", given.raw)
    values = [f"{key}: {given.raw if fits and isinstance(given, Scalar) else '…'}" for key in needed[:3]]
    more = ", …" if len(needed) > 3 else ""
    return sentence("write it as in {example}", example="{" + ", ".join(values) + more + "}")


def _too_long(context: dict[str, Any]) -> tuple[Sentence, Sentence, None]:
    return sentence("the text is too long"), sentence("at most {most} characters", most=context["max_length"]), None


def _whole_number_hint(given: Node) -> Sentence:
    if isinstance(given, Scalar) and re.fullmatch(r"0[0-9]+", given.raw) and (number := given.raw.lstrip("0")):
        return sentence("write {number}, without a 0 before it", number=number)
    return sentence("write it with digits only, without quotes")


def _enum_words(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _allowed(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _what_it_is(model: type[Entry], where: Path) -> Sentence | None:
    parent = _model_at(model, where[:-1])
    for name, field in parent.model_fields.items():
        if (field.alias or name) == where[-1] and field.description:
            return Sentence(field.description)
    return None


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model of the group of keys at a path."""
    for step in path:
        for name, field in model.model_fields.items():
            if (field.alias or name) == step:
                model = _model_in(field.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
