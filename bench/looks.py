"""Everything that is asked of a site, one line each, with the SQL statements it may send; nothing is measured here."""

from __future__ import annotations

from bench import account_looks, editing_looks, letter_looks, organiser_looks
from bench.askers import LEAVING, NOBODY, OFFERED, PLACED, QUEUED, WAITS
from bench.look import Look, act
from bench.requests import typed
from bench.served import sample_trip

METRICS_TOKEN = "only for measuring"
_TRIP = "/en/{host}/{trip}/"
_MINE = "/en/booking/{token}/"
_PERSON = f"{_MINE}participants/{{person}}/"
_OFFER = f"{_MINE}offers/{{offer}}/"
_VISITS = {
    "participants-0-choices-thursday-first": "community-police",
    "participants-0-choices-thursday-second": "order-in-sight",
    "participants-0-choices-friday": "gardsten-morning",
}
_ANSWERS = {"participants-0-answers-diet": "everything", "participants-0-answers-hotel-night": "no"}
_NAME = {"participants-0-name": "Nora Ny", "participants-0-email": "nora@tripkit.example"}
_CONTACT = {
    "contact_name": "Nora Ny",
    "contact_email": "nora@tripkit.example",
    "contact_phone": "",
    "organisation": "Påhittade kommunen",
    "invoice_address": "Påhittade gatan 1, Hamnstad",
    "invoice_reference": "4711",
}


_ALL: tuple[Look, ...] = (
    # Pages first: what is done afterwards moves people in and out of queues.
    Look(name="start", endpoint="public.start", path="/", statements=0, status=302),
    Look(name="list of all trips", endpoint="public.trips", path="/en/", statements=6),
    Look(name="an organisation's trips", endpoint="public.organisation", path="/en/{host}/", statements=6),
    Look(name="trip page", endpoint="public.trip", path=_TRIP, statements=6),
    Look(name="programme item", endpoint="public.item", path=f"{_TRIP}programme/{{item}}/", statements=6),
    Look(name="site", endpoint="public.site", path=f"{_TRIP}sites/{{site}}/", statements=6),
    Look(name="speaker", endpoint="public.speaker", path=f"{_TRIP}speakers/{{speaker}}/", statements=6),
    Look(name="places.json", endpoint="public.places", path=f"{_TRIP}places.json", statements=6),
    Look(name="a draw that there is not", endpoint="public.draw", path=f"{_TRIP}draw/", statements=6, status=404),
    Look(
        name="file of a draw that there is not",
        endpoint="public.draw_record",
        path=f"{_TRIP}draw.json",
        statements=6,
        status=404,
    ),
    Look(name="trip's calendar", endpoint="public.calendar", path=f"{_TRIP}calendar.ics", statements=2),
    Look(
        name="item's calendar",
        endpoint="public.item_calendar",
        path=f"{_TRIP}programme/{{item}}/calendar.ics",
        statements=2,
    ),
    Look(name="look", endpoint="public.look", path="/{host}/look.css", statements=1),
    Look(name="picture", endpoint="public.picture", path="/{host}/{trip}/pictures/none.png", statements=1, status=404),
    Look(name="logo", endpoint="public.logo", path="/{host}/logo.none.png", statements=1, status=404),
    Look(name="site map", endpoint="public.sitemap", path="/sitemap.xml", statements=1),
    Look(
        name="proof", endpoint="proving_here.proves", path="/.well-known/tripkit?word=only-for-measuring", statements=0
    ),
    Look(
        name="whose host",
        endpoint="proving_here.serves",
        path="/.well-known/tripkit/serves?domain=nobody.tripkit.example",
        statements=1,
        status=404,
    ),
    Look(name="health", endpoint="watching.health", path="/healthz", statements=0),
    Look(name="readiness", endpoint="watching.ready", path="/readyz", statements=4),
    Look(
        name="metrics",
        endpoint="watching.metrics",
        path="/metrics",
        headers={"Authorization": f"Bearer {METRICS_TOKEN}"},
        statements=9,
    ),
    Look(name="robots.txt", endpoint="public.robots", path="/robots.txt", statements=0),
    Look(name="sign-up form", endpoint="signup.signup", path=f"{_TRIP}sign-up/", statements=6),
    Look(name="receipt", endpoint="mybooking.booking", path=_MINE, who=PLACED, statements=12),
    Look(name="receipt of who waits", endpoint="mybooking.booking", path=_MINE, who=WAITS, statements=12),
    Look(name="form: contact", endpoint="mybooking.contact", path=f"{_MINE}contact/", who=PLACED, statements=12),
    Look(name="form: correct", endpoint="mybooking.correct", path=f"{_PERSON}correct/", who=PLACED, statements=12),
    Look(name="form: visits", endpoint="mybooking.visits", path=f"{_PERSON}visits/", who=PLACED, statements=12),
    Look(
        name="form: hand over", endpoint="mybooking.hand_over", path=f"{_PERSON}hand-over/", who=PLACED, statements=12
    ),
    Look(
        name="page: queue up",
        endpoint="mybooking.join",
        path=f"{_MINE}queue/join/",
        who=PLACED,
        statements=0,
        status=303,
    ),
    Look(
        name="page: leave a queue",
        endpoint="mybooking.leave",
        path=f"{_MINE}queue/leave/?waiting={{waiting}}",
        who=QUEUED,
        statements=12,
    ),
    Look(name="page: accept", endpoint="mybooking.accept", path=f"{_OFFER}accept/", who=OFFERED, statements=12),
    Look(name="page: decline", endpoint="mybooking.decline", path=f"{_OFFER}decline/", who=OFFERED, statements=12),
    Look(name="form: cancel", endpoint="mybooking.cancel", path=f"{_MINE}cancel/", who=PLACED, statements=12),
    Look(name="form: ask for a link", endpoint="mybooking.ask_for_link", path="/en/booking/", statements=0),
    Look(
        name="page: unsubscribe",
        endpoint="mybooking.leave_list",
        path="/en/unsubscribe/out-{token}/",
        who=WAITS,
        statements=2,
    ),
    act(
        "leave a queue",
        "mybooking.leave",
        f"{_MINE}queue/leave/",
        QUEUED,
        40,
        form=f"{_MINE}contact/",
        fields={"waiting": "{waiting}"},
    ),
    act(
        "queue for a visit",
        "mybooking.join",
        f"{_MINE}queue/join/",
        PLACED,
        25,
        form=f"{_MINE}contact/",
        fields={"participant": "{person}", "item": "{full}"},
    ),
    act("sign-up", "signup.signup", f"{_TRIP}sign-up/", NOBODY, 25, fields={**typed(sample_trip()), **_CONTACT}),
    act("correct the contact", "mybooking.contact", f"{_MINE}contact/", PLACED, 20, fields=_CONTACT),
    act("correct a participant", "mybooking.correct", f"{_PERSON}correct/", PLACED, 30, fields={**_NAME, **_ANSWERS}),
    act("change visits", "mybooking.visits", f"{_PERSON}visits/", PLACED, 40, fields=_VISITS),
    act("hand a place over", "mybooking.hand_over", f"{_PERSON}hand-over/", PLACED, 40, fields={**_NAME, **_ANSWERS}),
    act("accept an offer", "mybooking.accept", f"{_OFFER}accept/", OFFERED, 40),
    act("decline an offer", "mybooking.decline", f"{_OFFER}decline/", OFFERED, 40),
    act("cancel", "mybooking.cancel", f"{_MINE}cancel/", LEAVING, 45, fields={"participants": "{person}"}),
    Look(
        name="ask for a link",
        endpoint="mybooking.ask_for_link",
        path="/en/booking/",
        method="POST",
        who=PLACED,
        statements=10,
        status=303,
        fields={"email": "{email}", "code": "{code}"},
    ),
    act("unsubscribe", "mybooking.leave_list", "/en/unsubscribe/out-{token}/", WAITS, 6, fields={"letters": "no"}),
    *letter_looks.LOOKS,
    *editing_looks.LOOKS,
    # After all that leaves everybody where they are: there are fewer who sign in than acts, so some of them act twice.
    *organiser_looks.LOOKS,
    *account_looks.LOOKS,
)
LOOKS = tuple(sorted(_ALL, key=lambda look: look.method == "POST"))
"""Everything that is asked; what only looks comes first, while everybody is as they were at any size."""
