"""Who may ask for a page, declared where the page is; an application with a route that says nothing does not start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Flask

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """Who may ask for a page."""

    PUBLIC = "public"
    """Everybody; nothing about any one person is on it."""
    SECRET_LINK = "secret_link"  # noqa: S105 (the name of a policy)
    """Who holds a secret link; the token is in the address and opens one booking."""
    DEMO = "demo"
    """Everybody, while this is a demonstration; the route does not exist otherwise."""


def route(
    blueprint: Blueprint, rule: str, *, policy: Policy, methods: Iterable[str] = ("GET",), endpoint: str | None = None
) -> Callable[[View], View]:
    """Declare a page at ``rule`` and who may ask for it."""

    def declare(view: View) -> View:
        blueprint.add_url_rule(rule, endpoint, view, methods=list(methods))
        view.__dict__["policy"] = policy
        return view

    return declare


def policies(app: Flask) -> dict[tuple[str, str], Policy | None]:
    """The policy of everything an application answers, by rule and endpoint; None where none is declared."""
    return {
        (rule.rule, rule.endpoint): Policy.PUBLIC
        if rule.endpoint == "static"
        else getattr(app.view_functions[rule.endpoint], "policy", None)
        for rule in app.url_map.iter_rules()
    }


def refuse_undeclared(app: Flask) -> None:
    """Raise: RuntimeError naming the routes that do not say who may ask for them."""
    undeclared = sorted({rule for (rule, _), policy in policies(app).items() if policy is None})
    if undeclared:
        raise RuntimeError(f"routes without a policy: {', '.join(undeclared)}")
