"""What is asked of the pages on which a trip is made and edited, one line each; nothing is measured here."""

from __future__ import annotations

from bench.askers import MEMBER
from bench.look import Look, act

_HOST = "/en/organise/{host}/"
_TRIP = f"{_HOST}trips/{{trip}}/"
_EDIT = f"{_TRIP}edit/"
_LISTS = f"{_EDIT}lists/"
_SITE = f"{_LISTS}sites/"
_TOPICS = f"{_LISTS}topics/"
_THING = f"{_SITE}gardsten-centre/"


def _page(name: str, endpoint: str, path: str, statements: int, status: int = 200) -> Look:
    return Look(name=name, endpoint=endpoint, path=path, who=MEMBER, statements=statements, status=status)


LOOKS: tuple[Look, ...] = (
    _page("form: new trip", "organiser.new_trip", f"{_HOST}new-trip/", 4),
    _page("form: copy a trip", "organiser.copy_trip", f"{_HOST}new-trip/{{trip}}/", 6),
    _page("edit a trip", "organiser.edit", _EDIT, 5),
    _page("form: part of a trip", "organiser.edit_part", f"{_EDIT}basics/", 5),
    _page("list of a trip", "organiser.edit_list", _SITE, 5),
    _page("form: new thing of a trip", "organiser.add_thing", f"{_SITE}new/", 5),
    _page("form: thing of a trip", "organiser.edit_thing", _THING, 5),
    _page("form: take a thing away", "organiser.remove_thing", f"{_THING}remove/", 5),
    _page("what is not published", "organiser.changes", f"{_TRIP}changes/", 8),
    _page("page as it will be", "organiser.preview", f"{_TRIP}preview/", 9),
    _page(
        "picture not published", "organiser.picture", "/organise/{host}/trips/{trip}/pictures/none.png", 3, status=404
    ),
    _page("form: a step with a trip as a whole", "organiser.trip_step", f"{_TRIP}step/cancel/", 12),
    _page("versions of a trip", "organiser.versions", f"{_TRIP}versions/", 6),
    act(
        "make a trip",
        "organiser.new_trip",
        f"{_HOST}new-trip/",
        MEMBER,
        31,
        fields={
            "title-sv": "Resa {account}",
            "lead-sv": "En dag.",
            "place-sv": "Borås",
            "from": "2049-03-10",
            "to": "2049-03-10",
            "size": "25",
            "net": "1200",
            "vat": "25",
        },
    ),
    act(
        "copy a trip",
        "organiser.copy_trip",
        f"{_HOST}new-trip/{{trip}}/",
        MEMBER,
        127,
        fields={"title-sv": "Resa {account}", "from": "2049-01-27"},
    ),
    act(
        "edit a part",
        "organiser.edit_part",
        f"{_EDIT}status/",
        MEMBER,
        12,
        fields={"status": "planned", "status_note-sv": "Som vanligt {account}."},
    ),
    act(
        "add a thing",
        "organiser.add_thing",
        f"{_TOPICS}new/",
        MEMBER,
        12,
        fields={"name-sv": "Här {account}"},
    ),
    act(
        "edit a thing",
        "organiser.edit_thing",
        f"{_TOPICS}gardsten/",
        MEMBER,
        12,
        fields={"name-sv": "Där {account}"},
    ),
    act("move a thing", "organiser.edit_list", _TOPICS, MEMBER, 9, fields={"key": "gardsten", "do": "down"}),
    # What is named elsewhere is not taken away: the page says where.
    Look(
        name="take a thing away",
        endpoint="organiser.remove_thing",
        path=f"{_THING}remove/",
        method="POST",
        who=MEMBER,
        statements=5,
    ),
    act("go back to a version", "organiser.versions", f"{_TRIP}versions/", MEMBER, 7, fields={"version": "1"}),
    act("open sign-up", "organiser.trip_step", f"{_TRIP}step/open/", MEMBER, 40, fields={"until": ""}),
    # Another version than the newest one is not published: what publishing costs is what applying a directory does.
    Look(
        name="publish a trip",
        endpoint="organiser.changes",
        path=f"{_TRIP}changes/",
        method="POST",
        who=MEMBER,
        statements=15,
        fields={"made_from": "0"},
        status=409,
    ),
)
