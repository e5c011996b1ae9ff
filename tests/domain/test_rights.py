"""Who may do what, by roles in an organisation and for one trip."""

from __future__ import annotations

import pytest

from tripkit.domain.rights import (
    MEMBERS,
    MONEY,
    PARTICIPANTS,
    PERMISSIONS,
    SENSITIVE,
    Level,
    Reach,
    Rights,
    Role,
    leaves_an_owner,
    roles_that_may,
)


def test_a_stranger_may_nothing() -> None:
    assert Rights().are_none
    assert {Rights().level(permission) for permission in PERMISSIONS} == {Level.NONE}


def test_who_looks_on_sees_all_there_is_and_changes_nothing() -> None:
    rights = Rights(looks_on=True)
    assert not rights.are_none
    assert {rights.level(permission) for permission in PERMISSIONS} == {Level.SEE}


def test_who_looks_on_keeps_what_their_own_role_gives() -> None:
    rights = Rights(whole=frozenset({Role.FINANCE}), looks_on=True)
    assert (rights.level(MONEY), rights.level(MEMBERS)) == (Level.CHANGE, Level.SEE)


def test_an_owner_may_all_there_is() -> None:
    rights = Rights(whole=frozenset({Role.OWNER}))
    assert all(rights.level(one) == max(one.levels.values()) for one in PERMISSIONS)


def test_a_role_for_one_trip_opens_nothing_of_the_organisation() -> None:
    rights = Rights(here=frozenset({Role.OWNER}))
    assert rights.may(PARTICIPANTS, Level.CHANGE)
    for permission in PERMISSIONS:
        assert (rights.level(permission) is Level.NONE) == (permission.reach is Reach.ORGANISATION), permission.key


def test_of_two_roles_each_gives_what_it_has() -> None:
    rights = Rights(whole=frozenset({Role.FINANCE}), here=frozenset({Role.TOUR_LEADER}))
    assert rights.may(MONEY, Level.CHANGE)
    assert rights.may(SENSITIVE, Level.SEE)
    assert not rights.may(PARTICIPANTS, Level.CHANGE)
    assert not rights.may(MEMBERS, Level.SEE)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_health_is_not_for_those_who_count_money_or_read(role: Role) -> None:
    assert role not in roles_that_may(SENSITIVE, Level.SEE)


def test_the_last_owner_is_known() -> None:
    assert leaves_an_owner([1, 2], 1)
    assert not leaves_an_owner([1], 1)
    assert not leaves_an_owner([], 1)


def test_permissions_are_told_apart_by_their_keys() -> None:
    assert len({permission.key for permission in PERMISSIONS}) == len(PERMISSIONS)
