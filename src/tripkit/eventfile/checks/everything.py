"""Every check on a trip that was read, wherever it was written; each of them has a module here."""

from __future__ import annotations

from collections.abc import Iterable

from tripkit.eventfile.checks.dates import check_dates
from tripkit.eventfile.checks.keys import check_keys, check_lists, written_keys
from tripkit.eventfile.checks.languages import check_languages
from tripkit.eventfile.checks.money import check_money
from tripkit.eventfile.checks.people import check_people
from tripkit.eventfile.checks.programme import check_programme
from tripkit.eventfile.checks.questions import check_questions
from tripkit.eventfile.checks.reminders import check_reminders
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.values import Draft
from tripkit.eventfile.yamltree import Mapping


def check_everything(made: Draft, root: Mapping, unread: Iterable[str], findings: Findings) -> None:
    """Note what makes no sense. ``root``: the tree it was read from; ``unread``: lists that could not be."""
    mistyped = {section for section in made.broken if section not in root.nodes}
    keys = written_keys(root, {*unread, *mistyped})
    check_keys(made.entry, keys, findings)
    check_lists(made.entry, findings)
    check_languages(made, findings)
    check_dates(made, findings)
    check_people(made, findings)
    check_programme(made, findings)
    check_questions(made.entry, whole=made.is_whole("questions"), findings=findings)
    check_money(made, findings)
    check_reminders(made, findings)
