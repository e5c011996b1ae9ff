"""Who may ask for a page and how often, declared where the page is; an application with a route that says nothing does not start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, request

from tripkit.domain.rights import PERMISSIONS
from tripkit.web.guards import Need, Policy, guarded
from tripkit.web.limits import Limit, limited

__all__ = ["Need", "Policy", "limits_of", "needs_of", "policies", "refuse_undeclared", "route"]

View = TypeVar("View", bound=Callable[..., Any])


def route(
    blueprint: Blueprint,
    rule: str,
    *,
    policy: Policy,
    needs: Need | None = None,
    methods: Iterable[str] = ("GET",),
    endpoint: str | None = None,
    limits: Iterable[Limit] = (),
    room: int | None = None,
) -> Callable[[View], View]:
    """Declare a page at ``rule``, who may ask for it, and how often what it takes may be sent.

    ``needs``: the permission it takes, of a page for members; its rule names the ``<organisation>``, and the ``<trip>`` where
    it is about one. ``room``: bytes of what may be sent there, by those who may; None = as everywhere. Raises: ValueError when the two do not go together.
    """
    declared = tuple(limits)
    if (policy is Policy.MEMBER) != (needs is not None) or (needs is not None and "<organisation>" not in rule):
        raise ValueError(f"{rule}: a page for members names the organisation and says what it takes, no other does")

    def declare(view: View) -> View:
        view.__dict__.update(policy=policy, limits=declared, needs=needs)
        asked = limited(view if room is None else _with_room(view, room), declared)
        blueprint.add_url_rule(rule, endpoint, guarded(asked, policy, needs), methods=list(methods))
        return view

    return declare


def _with_room(view: View, room: int) -> View:
    """The view, with room for a file. Inside every guard: of a stranger no more is read than everywhere."""

    @wraps(view)
    def roomy(**values: Any) -> Any:
        request.max_content_length = room
        request.max_form_memory_size = room
        return view(**values)

    return cast(View, roomy)


def policies(app: Flask) -> dict[tuple[str, str], Policy | None]:
    """The policy of everything an application answers, by rule and endpoint; None where none is declared."""
    return {
        (rule.rule, rule.endpoint): Policy.PUBLIC
        if rule.endpoint == "static"
        else getattr(app.view_functions[rule.endpoint], "policy", None)
        for rule in app.url_map.iter_rules()
    }


def needs_of(app: Flask) -> dict[str, Need | None]:
    """The permission that everything an application answers takes, by endpoint; None where it takes none."""
    return {endpoint: getattr(view, "needs", None) for endpoint, view in app.view_functions.items()}


def limits_of(app: Flask) -> dict[str, tuple[Limit, ...]]:
    """The limits of everything an application answers, by endpoint."""
    return {endpoint: getattr(view, "limits", ()) for endpoint, view in app.view_functions.items()}


def refuse_undeclared(app: Flask) -> None:
    """Raise: RuntimeError naming the routes that do not say who may ask for them, or take two permissions of one name."""
    undeclared = sorted({rule for (rule, _), policy in policies(app).items() if policy is None})
    if undeclared:
        raise RuntimeError(f"routes without a policy: {', '.join(undeclared)}")
    taken = {permission.key: permission for permission in PERMISSIONS}
    for endpoint, need in needs_of(app).items():
        # Two that were declared apart give their roles different things: which one holds must not depend on who came first.
        if need is not None and taken.setdefault(need.permission.key, need.permission) is not need.permission:
            raise RuntimeError(f"{endpoint}: another permission is called “{need.permission.key}” already")
