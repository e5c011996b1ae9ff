"""Letters to many in the browser: written, read, sent and followed; nothing goes out unread, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.statements import count_statements
from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tests.web.signup_visitor import page
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.rights import Role
from tripkit.domain.trips import Trip
from tripkit.reads.audience import whom_it_reaches
from tripkit.reads.letter_page import Fate, letter_page
from tripkit.reads.letter_writing import letters_page
from tripkit.reads.trip_plan import trip_plan
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow, UnsubscribedRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment, make_organisation, make_participant, make_trip

LETTERS = f"{HOST}trips/hamnstad/letters/"
NEW = f"{LETTERS}new/"
WORDS = {
    "subject-sv": "Snart åker vi",
    "text-sv": "Hej {name}!",
    "subject-en": "Soon",
    "text-en": "Hi {name}, {visits}.",
}
ENGLISH = {"Accept-Language": "en"}


def begun(site: Site) -> FlaskClient:
    """A trip with three bookings, and who organises it."""
    trip_id = site.publish()
    for name, language in (("Åsa Ny", "sv"), ("Bo Ek", "en"), ("Ida Al", "sv")):
        site.book(
            trip_id,
            [make_participant(name)],
            contact_name=name,
            contact_email=f"{name[:2].strip().lower().replace('å', 'a')}@tripkit.example",
            language=language,
        )
    return member(site, Role.ORGANISER)


def written(client: FlaskClient, **fields: str) -> str:
    """A draft; the address of its pages."""
    answer = send(client, NEW, **{**WORDS, **fields})
    assert answer.status_code == 303, answer.text
    return answer.location.partition("write/")[0].partition("preview/")[0]


def row(site: Site) -> CampaignRow:
    site.session.rollback()
    return site.session.scalars(select(CampaignRow).execution_options(populate_existing=True)).one()


def fill(site: Site) -> None:
    site.session.rollback()
    fill_campaigns(site.session, moment=make_moment(actor="worker"))


def read_it(client: FlaskClient, at: str) -> TestResponse:
    digest = page(client.get(f"{at}preview/", headers=ENGLISH)).value("digest") or ""
    return send(client, f"{at}read/", at=f"{at}preview/", digest=digest)


def test_from_nothing_to_everybody_has_it(site: Site) -> None:
    client = begun(site)
    assert "No letter has been written yet" in client.get(LETTERS).text
    at = written(client, do="preview")
    shown = client.get(f"{at}preview/", headers=ENGLISH).text
    assert "As Åsa Ny gets it" in shown and "Hej Åsa Ny!" in shown
    assert "Hi Bo Ek" in client.get(f"{at}preview/?at=2").text
    looks = client.get(f"{at}preview/html?at=2&in=en")
    assert "Hi Bo Ek" in looks.text and "sandbox" in looks.headers["Content-Security-Policy"]
    assert "You have not read the letter as it is now" in client.get(f"{at}send/").text
    assert 'name="when"' not in client.get(f"{at}send/").text
    assert read_it(client, at).location == f"{at}send/"
    assert "Send it to 3 people" in client.get(f"{at}send/").text
    assert send(client, f"{at}send/", when="now").location == f"{at}?done=start"
    fill(site)
    followed = client.get(at).text
    assert "Going out" in followed and "Bo Ek" in followed and "Pause" in followed
    assert client.get(f"{at}progress.json").json == {
        "state": "sending",
        "total": 3,
        "sent": 0,
        "waiting": 3,
        "came_back": 0,
        "failed": 0,
        "left_out": 0,
    }
    site.session.rollback()
    done = set(site.session.scalars(select(AuditRow.action)))
    assert {"create_campaign", "read_campaign", "start_campaign"} <= done


def test_nothing_goes_out_that_whoever_sends_it_has_not_read(site: Site) -> None:
    client = begun(site)
    at = written(client)
    other = member(site, Role.OWNER)
    read_it(other, at)
    refused = send(client, f"{at}send/", when="now")
    assert refused.status_code == 422 and "You have not read this letter" in refused.text
    read_it(client, at)
    send(client, f"{at}write/", **{**WORDS, "text-sv": "Hej {name}, något annat."})
    refused = send(client, f"{at}send/", when="now")
    assert refused.status_code == 422, "another text is to be read anew"
    assert row(site).state is CampaignState.DRAFT
    before = page(client.get(f"{at}preview/", headers=ENGLISH)).value("digest") or ""
    send(other, f"{at}write/", **{**WORDS, "revision": "1", "text-sv": "Hej igen {name}."})
    refused = send(client, f"{at}read/", at=f"{at}preview/", digest=before)
    assert refused.status_code == 422 and "was changed since you opened the page" in refused.text


def test_a_test_goes_to_oneself_and_counts_as_read(site: Site) -> None:
    client = begun(site)
    at = written(client)
    assert send(client, f"{at}test/", at=f"{at}preview/").location == f"{at}preview/?done=tried"
    site.session.rollback()
    sent = site.session.scalars(select(OutboxRow).where(OutboxRow.kind == "letter")).all()
    assert {one.recipient for one in sent} == {"organiser.all@resebyran.tripkit.example"}
    assert send(client, f"{at}send/", when="now").status_code == 303


def test_the_same_form_sent_twice_is_one_letter(site: Site) -> None:
    client = begun(site)
    shown = page(client.get(NEW, headers=ENGLISH))
    fields = {**WORDS, "csrf_token": shown.value("csrf_token") or "", "key": shown.value("key") or ""}
    first, second = client.post(NEW, data=fields), client.post(NEW, data=fields)
    assert first.location == second.location
    other = client.post(NEW, data={**fields, "text-sv": "Något helt annat"}, headers=ENGLISH)
    assert other.status_code == 422 and "Något helt annat" in other.text
    assert page(other).value("key") != fields["key"], "sent once more it becomes a letter of its own"
    assert row(site).text["sv"] == "Hej {name}!"


def test_what_two_write_at_once_is_lost_to_neither(site: Site) -> None:
    client, other = begun(site), member(site, Role.OWNER)
    at = written(client)
    send(other, f"{at}write/", **{**WORDS, "revision": "0", "text-sv": "Hennes ord"})
    refused = send(client, f"{at}write/", **{**WORDS, "revision": "0", "text-sv": "Mina ord"})
    assert refused.status_code == 422
    assert "Mina ord" in refused.text and "Hennes ord" in refused.text
    again = {**WORDS, "revision": page(refused).value("revision") or "", "text-sv": "Mina ord"}
    assert send(client, f"{at}write/", **again).status_code == 303
    assert row(site).text["sv"] == "Mina ord"
    send(client, f"{at}steer/", at=f"{at}write/", do="cancel")
    token = page(client.get(NEW, headers=ENGLISH)).value("csrf_token") or ""
    late = client.post(
        f"{at}write/", data={**again, "revision": "2", "text-sv": "För sent", "csrf_token": token}, headers=ENGLISH
    )
    assert late.status_code == 422 and "För sent" in late.text and "no draft any more" in late.text


def test_a_draft_may_be_unfinished_and_says_what_is_left(site: Site) -> None:
    client = begun(site)
    at = written(client, **{"subject-sv": "", "text-sv": "Hej {nam}!", "subject-en": "", "text-en": ""})
    shown = client.get(f"{at}write/", headers=ENGLISH).text
    assert "Subject and text are missing" in shown and "“{nam}” stands for nothing" in shown
    assert "Hej {nam}!" in shown
    assert "Before it can go out" in client.get(f"{at}preview/").text
    assert client.get(f"{at}preview/html").data == b""
    refused = send(client, f"{at}test/", at=f"{at}preview/")
    assert refused.status_code == 422
    assert send(client, f"{at}send/", when="now").status_code == 422


def test_looking_stores_nothing_and_counts_whom_it_reaches(site: Site) -> None:
    client = begun(site)
    looked = send(client, NEW, **WORDS, do="look", who="waiting")
    assert looked.status_code == 200
    assert "It goes to nobody as it stands" in looked.text and "How the text reads" in looked.text
    assert site.session.scalars(select(CampaignRow)).all() == []


def test_words_that_stand_for_nothing_are_pointed_out_with_names(site: Site) -> None:
    trip_id = site.publish(choices=(), programme=())
    site.book(trip_id, [make_participant("Åsa Ny", items=())], contact_name="Åsa Ny")
    client = member(site, Role.ORGANISER)
    at = written(client)
    assert "“{visits}” stands for nothing for one of them: Åsa Ny." in client.get(f"{at}preview/", headers=ENGLISH).text


def test_who_is_left_out_is_said_before_it_is_sent(site: Site) -> None:
    client = begun(site)
    with write(site.session):
        host = site.session.scalars(select(OrganisationRow.id)).one()
        site.session.add(UnsubscribedRow(organisation_id=host, digest=digest_of_address("bo@tripkit.example"), at=NOW))
        lost = site.session.scalars(select(OutboxRow).where(OutboxRow.recipient == "id@tripkit.example")).one()
        lost.bounced_at, lost.bounce_status = NOW, "5.1.1"
    at = written(client, essential="no")
    read_it(client, at)
    shown = client.get(f"{at}send/", headers=ENGLISH).text
    assert "get none: they have unsubscribed" in shown and "get none: an earlier message came back" in shown
    assert "Send it to one person" in shown
    assert "tacka nej" not in client.get(f"{at}preview/html?at=1&in=sv").text
    assert "/unsubscribe/SECRET/" in client.get(f"{at}preview/html?at=1&in=sv").text


def test_it_goes_out_at_a_moment_where_the_trip_is(site: Site) -> None:
    client = begun(site)
    at = written(client)
    read_it(client, at)
    wrong = send(client, f"{at}send/", when="at", day="nästa vecka", clock="09:00")
    assert wrong.status_code == 422 and "Write the day as" in wrong.text and "nästa vecka" in wrong.text
    past = send(client, f"{at}send/", when="at", day="2020-04-01", clock="09:00")
    assert past.status_code == 422 and "That moment is past" in past.text
    assert send(client, f"{at}send/", when="at", day="2027-04-01", clock="09.00").status_code == 303
    assert row(site).send_at == datetime(2027, 4, 1, 7, tzinfo=UTC), "nine in Stockholm"
    assert "1 April 2027 at\u00a009:00" in client.get(at, headers=ENGLISH).text
    assert send(client, f"{at}steer/", at=at, do="unschedule").status_code == 303
    assert (row(site).state, row(site).send_at) == (CampaignState.DRAFT, None)


def test_what_goes_out_by_a_day_of_the_trip_moves_with_it(site: Site) -> None:
    client = begun(site)
    at = written(client)
    read_it(client, at)
    by_day = {"when": "by_day", "days": "3", "side": "before", "anchor": "trip_starts", "day_clock": "09:00"}
    assert send(client, f"{at}send/", **{**by_day, "days": "x"}).status_code == 422
    assert send(client, f"{at}send/", **by_day).status_code == 303
    assert row(site).send_at == datetime(2027, 5, 2, 7, tzinfo=UTC)
    later = make_trip(starts_on=make_trip().starts_on + timedelta(days=-1))
    _apply(site, later)
    assert row(site).send_at == datetime(2027, 5, 1, 7, tzinfo=UTC)
    site.at(datetime(2027, 5, 1, tzinfo=UTC))
    _apply(site, make_trip(), at=datetime(2027, 5, 3, tzinfo=UTC))
    assert row(site).state is CampaignState.DRAFT, "the day is past by that: nobody meant it for now"


def _apply(site: Site, trip: Trip, at: datetime = NOW) -> None:
    site.session.rollback()
    apply_trip(site.session, organisation=make_organisation(), trip=trip, pictures={}, moment=make_moment(at))


def test_a_letter_begins_from_a_ready_one_or_from_an_earlier_one(site: Site) -> None:
    client = begun(site)
    ready = client.get(f"{NEW}?begin=joining", headers=ENGLISH).text
    assert "Inför {trip}" in ready and "Before {trip}" in ready
    at = written(client, who="everybody")
    number = at.rstrip("/").rpartition("/")[2]
    copied = client.get(f"{NEW}?begin={number}", headers=ENGLISH)
    assert "Snart åker vi" in copied.text and page(copied).value("key")
    for nothing in ("9999", "x", "-1", "9" * 30):
        assert client.get(f"{NEW}?begin={nothing}").status_code == 404


def test_from_the_list_of_participants_to_a_letter_to_those(site: Site) -> None:
    client = begun(site)
    listed = f"{HOST}trips/hamnstad/participants/?words=Ek"
    link = client.get(listed, headers=ENGLISH).text.partition("letters/new/?")[2].partition('"')[0]
    shown = client.get(f"{NEW}?{link}", headers=ENGLISH)
    assert "As chosen in the list of participants" in shown.text and "It goes to one person" in shown.text
    at = written(client, sought=page(shown).value("sought") or "", keep="yes")
    assert row(site).audience.sought.words == "Ek"
    assert "“Ek”" in client.get(f"{at}send/", headers=ENGLISH).text
    assert "As Bo Ek gets it" in client.get(f"{at}preview/", headers=ENGLISH).text
    send(client, f"{at}write/", **{**WORDS, "revision": "0", "sought": "words=Ek"})
    assert row(site).audience.sought.is_all, "without the tick it is for everybody again"


def test_who_got_it_is_a_list_with_fates_and_each_letter_is_read_again(site: Site) -> None:
    client = begun(site)
    at = written(client)
    read_it(client, at)
    send(client, f"{at}send/", when="now")
    fill(site)
    with write(site.session):
        one, two, _ = site.session.scalars(select(OutboxRow).where(OutboxRow.campaign_id.is_not(None))).all()
        one.state, one.sent_at, two.state, two.sent_at = "sent", NOW, "sent", NOW
        two.bounced_at = NOW
    back = client.get(f"{at}?fate=came_back", headers=ENGLISH).text
    assert "Bo Ek" in back and "Åsa Ny" not in back
    assert "Åsa Ny" in client.get(f"{at}?fate=sent").text
    assert client.get(f"{at}?fate=nonsense").status_code == 404
    assert client.get(f"{at}?page=2").status_code == 404
    code = back.partition(f"{at}sent/")[2].partition("/")[0]
    again = client.get(f"{at}sent/{code}/", headers=ENGLISH)
    assert "Hi Bo Ek" in again.text and "SECRET" in again.text
    assert client.get(f"{at}sent/none/").status_code == 404


def test_a_letter_takes_as_many_statements_to_few_as_to_many(site: Site) -> None:
    client = begun(site)
    at = written(client)
    read_it(client, at)
    send(client, f"{at}send/", when="now")
    fill(site)
    one = row(site)
    trip_id, number = one.trip_id, one.id
    taken = []
    for more in (0, 5):
        for _ in range(more):
            site.book(trip_id)
        site.session.rollback()
        with write(site.session):
            site.session.execute(update(CampaignRow).values(filled_at=None, cursor=0))
        site.session.rollback()
        with count_statements(site.session) as statements:
            shown = letter_page(site.session, trip_id=trip_id, campaign_id=number, fate=Fate.WAITING)
            letters_page(site.session, trip_id=trip_id)
        taken.append(len(statements))
    assert shown is not None and shown.progress.total >= 3
    assert len(set(taken)) == 1


def test_what_cannot_be_reached_any_more_is_counted_apart(site: Site) -> None:
    begun(site)
    with write(site.session):
        lost = site.session.scalars(select(OutboxRow).where(OutboxRow.recipient == "id@tripkit.example")).one()
        lost.bounced_at, lost.bounce_status = NOW, "5.1.1"
    plan = trip_plan(site.session, 1)
    assert plan is not None
    reach = whom_it_reaches(site.session, 1, plan[2], Audience())
    assert (reach.bookings, reach.unreachable) == (2, 1)


def test_every_message_that_goes_out_by_itself_can_be_read(site: Site) -> None:
    client = begun(site)
    shown = client.get(f"{LETTERS}by-itself/", headers=ENGLISH)
    names = {part.partition("&")[0] for part in shown.text.split("?message=")[1:]}
    assert len(names) >= 11
    for name in sorted(names):
        for language in ("sv", "en"):
            looks = client.get(f"{LETTERS}by-itself/html?message={name}&in={language}")
            assert looks.status_code == 200 and "Exempel" in looks.text, name
    assert client.get(f"{LETTERS}by-itself/?message=nonsense").status_code == 404


def test_who_may_see_reads_and_who_may_change_writes(site: Site) -> None:
    client = begun(site)
    at = written(client)
    leader, reader = member(site, Role.TOUR_LEADER), member(site, Role.READER)
    assert leader.get(at).status_code == leader.get(f"{at}preview/").status_code == 200
    assert "Write a letter" not in leader.get(LETTERS, headers=ENGLISH).text
    assert leader.get(f"{at}write/").status_code == leader.get(f"{at}send/").status_code == 403
    assert reader.get(LETTERS).status_code == 403
    site.publish(make_organisation("another"))
    stranger = member(site, Role.OWNER, "another")
    theirs = at.replace("resebyran", "another")
    assert stranger.get(theirs).status_code == stranger.get(f"{theirs}preview/").status_code == 404
