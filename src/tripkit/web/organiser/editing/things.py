"""The lists of a trip and the things in them: looked at, put in another order, added, changed and taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.edit_trip import Edited, edit_trip
from tripkit.domain.refusals import ChangeRefused, EditedMeanwhile, PlanRefused, Problem
from tripkit.domain.reminders import Side
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.errors import EventErrors
from tripkit.eventfile.format.nearly_right import as_key
from tripkit.reads.trip_document import TripDocument
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.editing.forms import in_old_order, put, read
from tripkit.web.organiser.editing.page import (
    CHANGE,
    base_sent,
    clashes_of,
    filled_sent,
    found_trip,
    languages_of,
    place_of,
    problems_of,
    read_sent,
    show_editing,
    show_form,
    used_by,
    with_thing,
)
from tripkit.web.organiser.editing.part import take_picture
from tripkit.web.organiser.editing.section import Section
from tripkit.web.organiser.editing.sections import ITEM_KINDS, SECTIONS_BY_KEY
from tripkit.web.organiser.page import ACTS, member_acts
from tripkit.web.routing import Policy, route
from tripkit.web.security import LARGEST_UPLOAD
from tripkit.web.signup.csrf import CsrfForm

_ABOVE = "/<language>/organise/<organisation>/trips/<trip>/edit/lists/<section>/"


@route(blueprint, _ABOVE, policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def edit_list(language: str, organisation: str, trip: str, section: str) -> ResponseReturnValue:
    """The things of a list; one of them moved up or down."""
    page_language()
    one = SECTIONS_BY_KEY.get(section) or abort(404)
    if request.method != "POST":
        return _list(one, found_trip())
    if not CsrfForm().is_ours():
        return _list(one, found_trip(), problems=[LOST_SESSION])
    key, way = request.form.get("key", ""), -1 if request.form.get("do") == "up" else 1
    try:
        _edit(lambda document: _moved(document, section, key, way))
    except (ChangeRefused, EditedMeanwhile) as refused:
        return _list(one, found_trip(), problems=[Problem("", refused.sentence)], status=409)
    except EventErrors as errors:
        found = found_trip()
        return _list(one, found, problems=problems_of(errors, found, "-", ()))
    return redirect(f"{_address('organiser.edit_list', section)}#{key}", 303)


@route(
    blueprint,
    _ABOVE + "new/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
    room=LARGEST_UPLOAD,
)
def add_thing(language: str, organisation: str, trip: str, section: str) -> ResponseReturnValue:
    """The form for a new thing, and the thing added."""
    page_language()
    one = SECTIONS_BY_KEY.get(section) or abort(404)
    found = found_trip()
    if request.method != "POST":
        return _form(one, found, _suggested(one, found), "")
    return _written(one, found, {}, "")


@route(
    blueprint,
    _ABOVE + "<thing>/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
    room=LARGEST_UPLOAD,
)
def edit_thing(language: str, organisation: str, trip: str, section: str, thing: str) -> ResponseReturnValue:
    """The form for a thing that is there, and the thing changed."""
    page_language()
    one = SECTIONS_BY_KEY.get(section) or abort(404)
    found = found_trip()
    there = _thing(found, section, thing)
    return _form(one, found, there, thing) if request.method != "POST" else _written(one, found, there, thing)


@route(
    blueprint,
    _ABOVE + "<thing>/remove/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def remove_thing(language: str, organisation: str, trip: str, section: str, thing: str) -> ResponseReturnValue:
    """What names the thing, and the thing taken away when nothing does."""
    page_language()
    one = SECTIONS_BY_KEY.get(section) or abort(404)
    found = found_trip()
    there, problems = _thing(found, section, thing), list[Problem]()
    users = [*used_by(found.document, section, thing)]
    if request.method == "POST" and not CsrfForm().is_ours():
        problems = [LOST_SESSION]
    elif request.method == "POST" and not users:
        try:
            _edit(lambda document: with_thing(document, section, thing, None))
        except EventErrors as errors:
            problems = problems_of(errors, found, "-", ())
        except PlanRefused as refused:
            problems = [Problem("", reason) for reason in refused.reasons or (refused.sentence,)]
        except (ChangeRefused, EditedMeanwhile) as refused:
            problems = [Problem("", refused.sentence)]
        if not problems:
            return redirect(_address("organiser.edit_list", section, done="removed"), 303)
    return show_editing(
        "organiser/editing/remove.html",
        found,
        section=one,
        thing=there,
        users=users,
        by_key=SECTIONS_BY_KEY,
        made_from=found.version,
        problems=problems,
    )


def _thing(found: TripDocument, section: str, key: str) -> Written:
    there: Written | None = next((one for one in found.document.get(section, ()) if one["key"] == key), None)
    return there or abort(404)


def _address(endpoint: str, section: str, **values: Any) -> str:
    place = here()
    where: dict[str, Any] = {"organisation": place.organisation_key, "trip": place.trip_key, "section": section}
    return url_for(endpoint, language=page_language(), **where, **values)


def _edit(change: Callable[[Written], Written]) -> Edited:
    return edit_trip(
        session(), trip_id=here().trip_id or abort(404), base=base_sent(), change=change, moment=member_acts()
    )


def _moved(document: Written, section: str, key: str, way: int) -> Written:
    things = list(document.get(section, ()))
    index = next((number for number, one in enumerate(things) if one["key"] == key), None)
    if index is None or not 0 <= index + way < len(things):
        return document
    things[index], things[index + way] = things[index + way], things[index]
    return {**document, section: things}


def _suggested(one: Section, found: TripDocument) -> Written:
    """What a new thing begins with: one of the programme goes on from the last one."""
    if one.key != "programme":
        return {}
    items = sorted(found.document.get("programme", ()), key=lambda item: (item["day"], item["from"]))
    asked = request.args.get("day", "")
    day = asked or (items[-1]["day"] if items else found.document["trip"]["days"]["from"])
    last = [item for item in items if item["day"] == day]
    return {"day": day, **({"from": last[-1]["to"]} if last else {"from": "09:00"})}


def _written(one: Section, found: TripDocument, there: Written, key: str) -> ResponseReturnValue:
    """What was sent, written down; the form again when it cannot be."""
    typed = filled_sent()
    if not CsrfForm().is_ours():
        return _form(one, found, there, key, typed=typed, problems=[LOST_SESSION])
    base = base_sent()

    def again(
        problems: list[Problem], newest: TripDocument = found, at: int = base, **values: Any
    ) -> ResponseReturnValue:
        return _form(one, newest, there, key, typed=typed, base=at, problems=problems, **values)

    if request.form.get("do") == "rows":
        return again([])
    form = read_sent(languages_of(found))
    values = read(one.fields, form)
    problems = form.problems + take_picture(one.fields, values)
    if problems:
        return again(problems)
    name = key or _new_key(found.document, one, values)
    place = place_of(found.document, one.key, name)
    try:
        edited = _edit(lambda document: _with_values(document, one, name, values))
    except EventErrors as errors:
        return again(problems_of(errors, found, place, one.fields))
    except EditedMeanwhile as clash:
        newest = found_trip()
        return again(clashes_of(clash, newest, place, one.fields), newest, clash.version, status=409)
    except PlanRefused as refused:
        return again([Problem("", reason) for reason in refused.reasons or (refused.sentence,)])
    except ChangeRefused as refused:
        return again([Problem("", refused.sentence)], found_trip())
    if request.form.get("do") == "another":
        return redirect(_address("organiser.add_thing", one.key, day=values.get("day")), 303)
    done = "saved" if edited.changed else "same"
    return redirect(f"{_address('organiser.edit_list', one.key, done=done)}#{name}", 303)


def _with_values(document: Written, one: Section, key: str, values: Written) -> Written:
    there: Written = next((thing for thing in document.get(one.key, ()) if thing["key"] == key), {})
    wanted = dict(values)
    in_old_order(one.fields, there, wanted)
    thing = put(there, wanted)
    if one.key == "reminders":
        thing["when"] = _when(thing["when"])
    if one.key == "questions" and "options" in thing:
        thing["options"] = _with_keys(thing["options"])
    return with_thing(document, one.key, key, {"key": key, **{name: v for name, v in thing.items() if name != "key"}})


def _when(typed: Written) -> Written:
    side, anchor = typed.get("side"), typed.get("anchor")
    rest = {name: value for name, value in typed.items() if name in {"days", "at"}}
    return {**rest, str(side): anchor} if side and anchor else rest


def _with_keys(options: list[Written]) -> list[Written]:
    """Answers with a key each: those without get one by what they say."""
    keys = {one["key"] for one in options if "key" in one}
    for one in options:
        if "key" not in one:
            one["key"] = _unused(as_key(next(iter(one["name"].values()))) or "answer", keys)
            keys.add(one["key"])
    return [{"key": one["key"], "name": one["name"]} for one in options]


def _new_key(document: Written, one: Section, values: Written) -> str:
    """The key of a new thing: what it is called, as an address has it."""
    name = values.get(one.name)
    words = next(iter(name.values())) if isinstance(name, dict) else str(name or "")
    return _unused(
        as_key(words)[:50].strip("-") or one.key, {thing["key"] for thing in document.get(one.key, ())} | {"new"}
    )


def _unused(wanted: str, taken: set[str]) -> str:
    return (
        wanted
        if wanted not in taken
        else next(f"{wanted}-{n}" for n in range(2, 10_000) if f"{wanted}-{n}" not in taken)
    )


def _list(one: Section, found: TripDocument, **values: Any) -> ResponseReturnValue:
    things = found.document.get(one.key, ())
    groups: list[tuple[date | None, list[Written]]] = [(None, list(things))]
    if not one.in_order:
        in_time = sorted(things, key=lambda thing: (thing["day"], thing["from"]))
        groups = [(date.fromisoformat(day), list(some)) for day, some in groupby(in_time, lambda thing: thing["day"])]
    return show_editing(
        "organiser/editing/list.html",
        found,
        section=one,
        groups=groups,
        kinds=ITEM_KINDS,
        made_from=found.version,
        **values,
    )


def _form(one: Section, found: TripDocument, thing: Written, key: str, **values: Any) -> ResponseReturnValue:
    if one.key == "reminders" and "when" in thing:
        when = thing["when"]
        side = Side.BEFORE if "before" in when else Side.AFTER
        thing = {**thing, "when": {**when, "side": side.value, "anchor": when.get(side.value)}}
    return show_form("organiser/editing/thing.html", found, one.fields, thing, section=one, key=key, **values)
