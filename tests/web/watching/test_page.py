"""What docs/watching.md says of metrics is what there is: its table, and every name and label in its alert rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from tests.docs.blocks import blocks, page_text
from tests.web.conftest import Site
from tests.web.everywhere import stay_at
from tests.web.watching.test_metrics import KNOWN, TOKEN
from tripkit.app import create_app
from tripkit.storage import write
from tripkit.storage.work import JobRow, MailServerRow, WorkerRow
from tripkit.testing import NOW

PAGE = page_text("docs/watching.md")
ROW = re.compile(r"^\| `(tripkit_\w+)` \| ((?:`\w+`(?:, )?)*) ?\|", re.MULTILINE)
NAME = re.compile(r"\b(?:tripkit|process)_\w+")
SELECTED = re.compile(r"\b(tripkit_\w+)\{([^}]*)\}")
CONDITION = re.compile(r'(\w+)(!?[=~]~?)"([^"]*)"')
OF_PROMETHEUS = {"up"}


@pytest.fixture
def labels(site: Site) -> dict[str, dict[str, set[str]]]:
    """Every name that is told, its labels, and their values."""
    app = create_app(replace(site.app.extensions["tripkit"], metrics_token=TOKEN))
    stay_at(site)
    with write(site.session):
        site.session.add(WorkerRow(id="a", host="here", pid=7, started_at=NOW, beat=1, beat_at=NOW))
        site.session.add(JobRow(name="good", due_at=NOW, ended_at=NOW, failures=0))
        site.session.add(MailServerRow(name="mail:25", failures=4))
    client = app.test_client()
    client.get("/robots.txt")
    found: dict[str, dict[str, set[str]]] = {}
    for family in text_string_to_metric_families(client.get("/metrics", headers=KNOWN).text):
        for sample in family.samples:
            for label, one in sample.labels.items():
                found.setdefault(sample.name, {}).setdefault(label, set()).add(one)
            found.setdefault(sample.name, {})
    return found


def rules() -> list[dict[str, Any]]:
    (text,) = (block.text for block in blocks(PAGE) if block.marks.get("file") == "tripkit.rules.yml")
    return [rule for group in YAML(typ="safe").load(text)["groups"] for rule in group["rules"]]


def wrong(expression: str, labels: dict[str, dict[str, set[str]]]) -> Iterator[str]:
    """What an expression asks for and is not told."""
    yield from (name for name in NAME.findall(expression) if name not in labels)
    for name, conditions in SELECTED.findall(expression):
        for label, sign, value in CONDITION.findall(conditions):
            known = labels.get(name, {}).get(label)
            # Requests that fail are rare here: their kinds are as they are written.
            if known is None or (sign == "=" and label != "status" and value not in known):
                yield f'{name}{{{label}{sign}"{value}"}}'


def test_the_table_names_every_metric_and_its_labels(labels: dict[str, dict[str, set[str]]]) -> None:
    told = {
        name.removesuffix("_bucket") if name.endswith("_bucket") else name: sorted(set(found) - {"le"})
        for name, found in labels.items()
        if name.startswith("tripkit_") and not name.endswith(("_sum", "_count"))
    }
    assert {name: sorted(re.findall(r"`(\w+)`", given)) for name, given in ROW.findall(PAGE)} == told


def test_every_alert_asks_for_what_is_told_and_says_what_to_do(labels: dict[str, dict[str, set[str]]]) -> None:
    found = rules()
    assert len(found) >= 10 and len({rule["alert"] for rule in found}) == len(found)
    for rule in found:
        assert {*rule} <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert len(rule["annotations"]["summary"]) > 20
        assert [*wrong(rule["expr"], labels)] == [], rule["alert"]
        assert NAME.search(rule["expr"]) or {*re.findall(r"\w+", rule["expr"])} & OF_PROMETHEUS
        assert rule["expr"].count("(") == rule["expr"].count(")")


@pytest.mark.parametrize(
    "expression", ["tripkit_mesages > 0", 'tripkit_messages{state="lost"} > 0', 'tripkit_messages{trip="x"} > 0']
)
def test_an_alert_about_what_is_not_told_would_be_noticed(
    labels: dict[str, dict[str, set[str]]], expression: str
) -> None:
    assert len([*wrong(expression, labels)]) == 1
