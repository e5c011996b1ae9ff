"""Every route, job and command that looks has a budget of SQL statements, and keeps it at any size; nothing reads what others wrote."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from bench.costs import Cost
from bench.growth import grown_database, measure
from bench.looks import LOOKS
from bench.works import WORKS, commands
from tests.web.conftest import Site
from tripkit.web.routing import Policy, policies

SIZES = ((100, 0), (10_000, 0), (100, 2_000))
"""Participants of the installation, and how many more wait for the one trip everybody looks at."""
NEVER_MORE_ROWS = 4_000
"""That a request about one trip of a hundred people may look at; a table read whole has more where there are ten thousand."""
LISTS = {"list of all trips", "an organisation's trips", "site map", "metrics"}
"""Show a hundred trips, and how full each of them is, or are about the whole installation."""
TOO_MANY_ROWS = {
    "form: cancel, with what follows",
    "see what it means to cancel the people of a booking",
    "organisation: participants, narrowed down",
}
"""Read 5,000 to 16,000 rows on PostgreSQL where there are ten thousand people: more than they should. No other comes to them."""
MADE = {"static", "look"}
"""Files, from no database."""

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("budgets")]
Costs = list[dict[str, Cost]]


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def costs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Costs:
    """What everything costs, at each size."""
    if request.param == "PostgreSQL":
        request.getfixturevalue("postgres_server")
    found = []
    for participants, queue in SIZES:
        folder = tmp_path_factory.mktemp("grown")
        with grown_database(request.param, folder, participants, queue) as url:
            found.append(measure(url, folder / "exported", runs=2))
    return found


def asked_for(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, method) of everything that can be asked for."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}:
            if rule.endpoint not in MADE:
                yield rule.endpoint, method


def test_every_route_has_a_budget(site: Site) -> None:
    assert Policy.PUBLIC in policies(site.app).values()
    assert {(look.endpoint, look.method) for look in LOOKS} == set(asked_for(site.app))


def test_each_has_a_name_of_its_own() -> None:
    names = [*(look.name for look in LOOKS), *(work.name for work in WORKS)]
    assert len(names) == len(set(names))


def test_nothing_sends_more_statements_than_its_budget(costs: Costs, tmp_path_factory: pytest.TempPathFactory) -> None:
    works = (*WORKS, *commands("", tmp_path_factory.getbasetemp()))
    budgets = {look.name: look.statements for look in LOOKS} | {work.name: work.statements for work in works}
    over = {
        name: (cost.statements, budgets[name])
        for found in costs
        for name, cost in found.items()
        if cost.statements > budgets[name]
    }
    assert over == {}
    assert costs[0].keys() == budgets.keys()


def test_looking_takes_as_many_statements_at_any_size(costs: Costs) -> None:
    looking = [look.name for look in LOOKS if look.method == "GET"] + [work.name for work in WORKS if not work.once]
    taken = {name: {found[name].statements for found in costs} for name in looking}
    assert {name: found for name, found in taken.items() if len(found) > 1} == {}


def test_no_request_about_one_trip_reads_a_whole_table(costs: Costs) -> None:
    """Rows are counted by PostgreSQL alone; the indexes are the same on both."""
    grown = costs[1]
    rows = {look.name: grown[look.name].rows or 0 for look in LOOKS if look.name not in LISTS | TOO_MANY_ROWS}
    assert {name: number for name, number in rows.items() if number > NEVER_MORE_ROWS} == {}
