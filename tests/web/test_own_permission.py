"""A permission that is declared outside tripkit guards a route as ours do: each role gets what its levels say, in everybody's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Blueprint, Flask

from tests.web.conftest import Site
from tests.web.membership import member
from tripkit import app as application
from tripkit.domain.rights import MONEY, Level, Permission, Reach, Rights, Role
from tripkit.domain.sentences import sentence
from tripkit.web.guards import here
from tripkit.web.routing import Need, Policy, route

ROOMS = Permission(
    key="made_up_rooms",
    title=sentence("who sleeps where"),
    reach=Reach.TRIP,
    levels={Role.OWNER: Level.CHANGE, Role.TOUR_LEADER: Level.CHANGE, Role.FINANCE: Level.SEE},
)
KEYS = Permission(
    key="made_up_keys",
    title=sentence("the keys of the house"),
    reach=Reach.ORGANISATION,
    levels={Role.OWNER: Level.SEE},
)
TRIP = "/<language>/organise/<organisation>/trips/<trip>/rooms/"
HOUSE = "/<language>/organise/<organisation>/keys/"
PAGES = ((TRIP, ROOMS, Level.SEE), (f"{TRIP}change/", ROOMS, Level.CHANGE), (HOUSE, KEYS, Level.SEE))


def rooms() -> Blueprint:
    """Pages of somebody else's."""
    blueprint = Blueprint("made_up", __name__)
    for number, (rule, permission, level) in enumerate(PAGES):
        declare = route(blueprint, rule, policy=Policy.MEMBER, needs=Need(permission, level), endpoint=f"page{number}")
        declare(lambda **_: here().organisation_key)
    return blueprint


@pytest.fixture
def with_blueprint(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[[Blueprint], Site]:
    """The site, put together anew with a blueprint of somebody else's."""
    teach = application.words.teach

    def made(blueprint: Blueprint) -> Site:
        def teach_and_add(app: Flask) -> None:
            teach(app)
            app.register_blueprint(blueprint)

        monkeypatch.setattr(application.words, "teach", teach_and_add)
        app = application.create_app(site.app.extensions["tripkit"])
        return replace(site, app=app, client=app.test_client())

    return made


def test_each_role_gets_what_the_levels_of_a_permission_from_outside_say(
    with_blueprint: Callable[[Blueprint], Site],
) -> None:
    site = with_blueprint(rooms())
    site.publish()
    site.publish(key="second")
    wrong, opened = [], 0
    for role in Role:
        everywhere, here_only = Rights(whole=frozenset({role})), Rights(here=frozenset({role}))
        for client, rights in (
            (member(site, role), everywhere),
            (member(site, role, trip="hamnstad"), here_only),
            (member(site, role, trip="second"), Rights()),
        ):
            for rule, permission, level in PAGES:
                path = rule.replace("<language>", "en").replace("<organisation>", "resebyran")
                found = client.get(path.replace("<trip>", "hamnstad")).status_code
                # Who is a member for another trip is a stranger at this one, and may nothing at the organisation.
                stranger = rights.are_none and "<trip>" in rule
                want = 404 if stranger else 200 if rights.may(permission, level) else 403
                opened += found == 200
                if found != want:
                    wrong.append((role, rights, rule, want, found))
    assert wrong == []
    assert opened > 10, "somebody gets in"
    assert site.client.get("/en/organise/resebyran/keys/").location.startswith("/en/account/sign-in/")


def test_another_permission_of_the_same_name_keeps_the_application_from_starting(
    with_blueprint: Callable[[Blueprint], Site],
) -> None:
    blueprint = Blueprint("made_up", __name__)
    mine = replace(MONEY, levels=dict.fromkeys(Role, Level.CHANGE))
    declare = route(blueprint, HOUSE, policy=Policy.MEMBER, needs=Need(mine, Level.CHANGE), endpoint="page")
    declare(lambda **_: "")
    with pytest.raises(RuntimeError, match=r"made_up\.page: another permission is called “money” already"):
        with_blueprint(blueprint)
