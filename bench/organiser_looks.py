"""What is asked of the pages of those who organise, and of those who run the installation, one line each; nothing is measured here."""

from __future__ import annotations

from bench.askers import MEMBER
from bench.look import Look, act

_MINE = "/en/organise/"
_HOST = f"{_MINE}{{host}}/"
_TRIP = f"{_HOST}trips/{{trip}}/"
_MEMBERS = f"{_HOST}members/"
_SETTINGS = f"{_HOST}settings/"
_RUN = "/en/administrator/"
_LEAVE = "/en/account/memberships/{member}/"
_INVITED = "/en/account/invitation/{invited}/"
_ENTER = f"{_RUN}{{others}}/enter/"
_ADDRESS = f"{_SETTINGS}address/"
_ANSWER = f"{_RUN}{{asking}}/address/"
_EVERYTHING = "column=party&column=mail&column=price&column=answer.hotel-night&mail=sent&answer.hotel-night=given"
_SETUP = "/en/setup/"
_CHOSEN = {
    "participants-0-choices-thursday-first": "community-police",
    "participants-0-choices-thursday-second": "order-in-sight",
    "participants-0-choices-friday": "gardsten-morning",
}
_BOOKING = f"{_TRIP}bookings/{{code}}/"
_PERSON = f"{_BOOKING}participants/{{person}}/"
_PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGOQz+/+z8DAwAAADEcCGW3fcpUAAAAASUVORK5CYII="
"""Two of them, as a PNG."""


def _page(name: str, endpoint: str, path: str, statements: int, status: int = 200) -> Look:
    return Look(name=name, endpoint=endpoint, path=path, who=MEMBER, statements=statements, status=status)


LOOKS: tuple[Look, ...] = (
    _page("where one works", "organiser.home", _MINE, 2),
    _page("organisation: overview", "organiser.overview", _HOST, 11),
    _page("organisation: one trip", "organiser.trip", _TRIP, 14),
    _page("organisation: who comes on a day", "organiser.day_list", f"{_TRIP}on-the-day/", 9),
    _page("organisation: members", "organiser.members", _MEMBERS, 6),
    _page("organisation: log", "organiser.log", f"{_HOST}log/", 7),
    _page("organisation: log of a trip", "organiser.trip_log", f"{_TRIP}log/", 7),
    _page("organisation: log of a member", "organiser.member_log", f"{_MEMBERS}{{member}}/log/", 7),
    _page("organisation: participants", "organiser.participants", f"{_TRIP}participants/", 12),
    _page(
        "organisation: participants, narrowed down",
        "organiser.participants",
        f"{_TRIP}participants/?{_EVERYTHING}",
        16,
    ),
    _page("form: draw", "organiser.draw", f"{_TRIP}draw/", 9),
    _page("organisation: a booking", "organiser.booking", f"{_TRIP}bookings/{{code}}/", 18),
    _page("form: answers of a trip", "organiser.trip_answers", f"{_TRIP}answers/", 3),
    _page("form: answers of a booking", "organiser.booking_answers", f"{_TRIP}bookings/{{code}}/answers/", 4),
    _page("organisation: record of processing", "organiser.processing_record", f"{_HOST}personal-data/", 9),
    _page("organisation: settings", "organiser.settings", _SETTINGS, 4),
    _page("organisation: colours", "organiser.colours", f"{_SETTINGS}colours.css?brand=%23123456", 3),
    _page("form: settings", "organiser.change_settings", f"{_SETTINGS}change/", 4),
    _page("form: logo", "organiser.change_logo", f"{_SETTINGS}logo/", 4),
    _page("form: second proof", "organiser.second_proof", f"{_SETTINGS}second-proof/", 3),
    _page("form: own address", "organiser.address", _ADDRESS, 4),
    _page("form: take an own address away", "organiser.remove", f"{_ADDRESS}remove/", 4),
    _page("form: answer who asks for an address", "administrator.address", _ANSWER, 4),
    _page("form: invite", "organiser.invite_member", f"{_MEMBERS}invite/", 4),
    _page("form: member", "organiser.change_member", f"{_MEMBERS}{{member}}/", 4),
    _page("form: invitation sent", "organiser.invitation_sent", f"{_MEMBERS}invitations/{{invitation}}/", 4),
    _page("invitation", "organiser.invitation", _INVITED, 3),
    Look(name="declined", endpoint="organiser.declined", path="/en/account/declined/", statements=0),
    _page("form: leave", "organiser.leave", _LEAVE, 3),
    _page("organisations of the site", "administrator.organisations", _RUN, 4),
    _page("form: make an organisation", "administrator.make_organisation", f"{_RUN}new/", 2),
    _page("form: enter an organisation", "administrator.enter", _ENTER, 3),
    _page("set-up that is over", "setup.begin", _SETUP, 2, status=404),
    act(
        "change settings",
        "organiser.change_settings",
        f"{_SETTINGS}change/",
        MEMBER,
        10,
        fields={"languages": "sv", "name-sv": "Kansliet {account}", "email": "kansliet@tripkit.example"},
    ),
    # Where places go to whoever comes first there is nothing to draw, which is said in words.
    Look(
        name="draw where nothing is drawn",
        endpoint="organiser.draw",
        path=f"{_TRIP}draw/",
        method="POST",
        who=MEMBER,
        statements=20,
        form=f"{_TRIP}draw/",
        status=422,
    ),
    act("try mail out", "organiser.try_out", f"{_SETTINGS}mail/", MEMBER, 8, form=_SETTINGS),
    act("demand no second proof", "organiser.second_proof", f"{_SETTINGS}second-proof/", MEMBER, 8),
    # Nobody is asked for it: where no address is asked for, there is nothing to look at.
    Look(
        name="look where no address leads",
        endpoint="organiser.look_where",
        path=f"{_ADDRESS}look/",
        method="POST",
        who=MEMBER,
        statements=4,
        form=_ADDRESS,
        status=404,
    ),
    act(
        "ask for an own address", "organiser.address", _ADDRESS, MEMBER, 8, fields={"host": "{account}.tripkit.example"}
    ),
    act("confirm an own address", "administrator.address", _ANSWER, MEMBER, 9, fields={"do": "confirm"}),
    act("take an own address away", "organiser.remove", f"{_ADDRESS}remove/", MEMBER, 9),
    act(
        "invite",
        "organiser.invite_member",
        f"{_MEMBERS}invite/",
        MEMBER,
        14,
        fields={"email": "new{account}@tripkit.example", "role": "reader", "trip": "*"},
    ),
    act(
        "send an invitation again",
        "organiser.invitation_sent",
        f"{_MEMBERS}invitations/{{invitation}}/",
        MEMBER,
        14,
        fields={"do": "again"},
    ),
    act("decline an invitation", "organiser.invitation", _INVITED, MEMBER, 7, fields={"do": "decline"}),
    act("change a role", "organiser.change_member", f"{_MEMBERS}{{member}}/", MEMBER, 12, fields={"role": "owner"}),
    act("leave an organisation", "organiser.leave", _LEAVE, MEMBER, 12),
    act("end a visit", "administrator.leave", "/en/account/visit/{others}/end/", MEMBER, 8, form="/en/account/"),
    act("enter an organisation", "administrator.enter", _ENTER, MEMBER, 10, fields={"reason": "Only for measuring."}),
    act(
        "make an organisation",
        "administrator.make_organisation",
        f"{_RUN}new/",
        MEMBER,
        10,
        fields={"organisation": "Byrån {account}", "key": "new-{account}", "email": "new{account}@tripkit.example"},
    ),
    _page(
        "form: cancel all who match",
        "organiser.together",
        f"{_TRIP}participants/together/?act=cancel&which=all",
        5,
    ),
    Look(
        name="see what it means to cancel the people of a booking",
        endpoint="organiser.together",
        path=f"{_TRIP}participants/together/",
        method="POST",
        who=MEMBER,
        statements=70,
        fields={"act": "cancel", "which": "all", "words": "{code}", "tells": "yes"},
        form=f"{_TRIP}participants/together/?act=cancel&which=all&words={{code}}",
    ),
    act(
        "save a list of participants",
        "organiser.keep_list",
        f"{_TRIP}participants/lists/",
        MEMBER,
        12,
        fields={"name": "Lista {account}"},
        form=f"{_TRIP}participants/",
    ),
    act(
        "rename a list of participants",
        "organiser.change_list",
        f"{_TRIP}participants/lists/{{listing}}/",
        MEMBER,
        12,
        fields={"new-name": "Omdöpt {account}", "do": "rename"},
        form=f"{_TRIP}participants/",
    ),
    Look(
        name="take participants out",
        endpoint="organiser.participants_file",
        path=f"{_TRIP}participants/file/",
        method="POST",
        who=MEMBER,
        statements=14,
        form=f"{_TRIP}participants/",
    ),
    *(
        Look(
            name=f"look at the answers of a {what}",
            endpoint=f"organiser.{what}_answers",
            path=path,
            method="POST",
            who=MEMBER,
            statements=11,
            fields={"reason": "Only for measuring."},
        )
        for what, path in (("trip", f"{_TRIP}answers/"), ("booking", f"{_TRIP}bookings/{{code}}/answers/"))
    ),
    Look(
        name="set up what is set up",
        endpoint="setup.begin",
        path=_SETUP,
        method="POST",
        who=MEMBER,
        statements=2,
        form="/en/account/again/",
        status=404,
    ),
    act(
        "change the logo",
        "organiser.change_logo",
        f"{_SETTINGS}logo/",
        MEMBER,
        12,
        fields={"carried": _PIXELS, "text-sv": "Kansliet {account}"},
    ),
    _page("organisation: a booking in a list", "organiser.booking", f"{_BOOKING}?list=order%3Dname", 16),
    _page("form: sign somebody up", "organiser.book_by_hand", f"{_TRIP}bookings/add/", 9),
    _page("form: send a booking's link", "organiser.send_link_of", f"{_BOOKING}link/", 22),
    _page("form: note on a booking", "organiser.note_on", f"{_BOOKING}note/", 22),
    act("send a booking's link", "organiser.send_link_of", f"{_BOOKING}link/", MEMBER, 40, fields={"do": "act"}),
    act(
        "note on a booking",
        "organiser.note_on",
        f"{_BOOKING}note/",
        MEMBER,
        40,
        fields={"do": "act", "note": "Ringde {account}"},
    ),
    Look(
        name="look at what signing somebody up means",
        endpoint="organiser.book_by_hand",
        path=f"{_TRIP}bookings/add/",
        method="POST",
        who=MEMBER,
        statements=32,
        fields={
            "do": "look",
            "contact_name": "Å {account}",
            "contact_email": "{email}",
            "organisation": "Kommunen",
            "contact_travels": "yes",
            "accepted_by": "Å {account}",
            "participants-0-name": "",
            "participants-0-segment": "politicians",
            "participants-0-answers-hotel-night": "no",
            **_CHOSEN,
        },
    ),
    _page("form: queue for a visit", "organiser.queue_booked", f"{_PERSON}queue/", 22),
    Look(
        name="queue for no visit",
        endpoint="organiser.queue_booked",
        path=f"{_PERSON}queue/",
        method="POST",
        who=MEMBER,
        statements=24,
        fields={"do": "act"},
        status=422,
    ),
    _page("form: a booking's contact", "organiser.correct_contact_of", f"{_BOOKING}contact/", 22),
    _page("form: a booking's participant", "organiser.correct_booked", f"{_PERSON}correct/", 22),
    _page("form: a booking's visits", "organiser.move_booked", f"{_PERSON}visits/", 22),
    _page("form: one more in a booking", "organiser.add_booked", f"{_BOOKING}add/", 22),
    _page("form: undo a cancellation", "organiser.reinstate_booked", f"{_BOOKING}reinstate/", 22),
    _page("form: let somebody in", "organiser.let_in_booked", f"{_BOOKING}let-in/", 22),
    _page("form: cancel, with what follows", "organiser.cancel_booked", f"{_BOOKING}cancel/?participant=all", 66),
    act(
        "put a booking's contact right",
        "organiser.correct_contact_of",
        f"{_BOOKING}contact/",
        MEMBER,
        40,
        fields={
            "contact_name": "Å {account}",
            "contact_email": "{email}",
            "organisation": "Kommunen",
            "do": "act",
            "tells": "yes",
        },
    ),
    act(
        "put a booking's participant right",
        "organiser.correct_booked",
        f"{_PERSON}correct/",
        MEMBER,
        46,
        fields={
            "participants-0-name": "Å {account}",
            "participants-0-answers-hotel-night": "no",
            "do": "act",
            "tells": "yes",
        },
    ),
    Look(
        name="look at what moving somebody means",
        endpoint="organiser.move_booked",
        path=f"{_PERSON}visits/",
        method="POST",
        who=MEMBER,
        statements=62,
        fields={"do": "look", **_CHOSEN},
    ),
    *(
        Look(
            name=name,
            endpoint=endpoint,
            path=path,
            method="POST",
            who=MEMBER,
            statements=34,
            fields={"do": "act"},
            status=422,
        )
        for name, endpoint, path in (
            ("add nobody", "organiser.add_booked", f"{_BOOKING}add/"),
            ("undo no cancellation", "organiser.reinstate_booked", f"{_BOOKING}reinstate/"),
            ("let nobody in", "organiser.let_in_booked", f"{_BOOKING}let-in/"),
        )
    ),
    act(
        "cancel in a booking",
        "organiser.cancel_booked",
        f"{_BOOKING}cancel/",
        MEMBER,
        66,
        fields={"participants": "{person}", "do": "act", "looked": "{person}·", "tells": "yes"},
    ),
)
