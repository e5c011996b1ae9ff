"""Letters to many at once: one for each booking, by several workers, with pauses and kills; never before a confirmation."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.statements import count_statements
from tests.worker import crowd
from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.actions import fill_campaigns as filling
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.create_campaign import create_campaign
from tripkit.actions.fill_campaigns import A_PIECE, fill_campaigns
from tripkit.actions.steer_campaign import (
    cancel_campaign,
    pause_campaign,
    resume_campaign,
    schedule_campaign,
    start_campaign,
)
from tripkit.actions.try_campaign import try_campaign
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.reads.campaign_list import CampaignProgress, campaign_by_id, campaign_list, campaign_progress
from tripkit.reads.trip_plan import trip_plan
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions, write
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.campaigns import CampaignRow, UnsubscribedRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, make_moment
from tripkit.worker import worker as worker_module
from tripkit.worker.worker import Worker

SUBJECT = {"sv": "Snart åker vi, {name}", "en": "Soon we leave, {name}"}
TEXT = {"sv": "Hej {name}!\n\nDin bokning: {link}", "en": "Hi {name}!\n\nYour booking: {link}"}


def make(outbox: Outbox, key: str = "info", **changes: Any) -> int:
    values: dict[str, Any] = {"subject": SUBJECT, "text": TEXT, "audience": Audience(), "essential": True, **changes}
    return create_campaign(outbox.session, trip_id=outbox.trip, key=key, moment=make_moment(), **values)


def fill(outbox: Outbox, after: timedelta = timedelta()) -> int:
    return fill_campaigns(outbox.session, moment=make_moment(NOW + after, "worker"))


def state(outbox: Outbox, campaign_id: int) -> CampaignState:
    outbox.session.rollback()
    return outbox.session.get_one(CampaignRow, campaign_id, populate_existing=True).state


def letters(outbox: Outbox) -> list[OutboxRow]:
    return [row for row in outbox.rows() if row.kind == "letter"]


def test_each_booking_gets_one_letter_in_its_language(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up("Leyla Norrman")
    outbox.sign_up("Jonas Ekdahl", language="sv")
    outbox.deliver()
    mail_server.took.clear()
    campaign = make(outbox)
    assert fill(outbox) == 0, "nothing goes out that nobody has started"
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    assert (fill(outbox), fill(outbox)) == (2, 0)
    assert outbox.deliver() == 2
    assert sorted((took.to[0], str(took.message["Subject"])) for took in mail_server.took) == [
        ("jonas@tripkit.example", "Snart åker vi, Jonas Ekdahl"),
        ("leyla@tripkit.example", "Soon we leave, Leyla Norrman"),
    ]
    secret = mail_server.took[0].message.get_body(("plain",)).get_content().split("/booking/")[1].split("/")[0]  # type: ignore[union-attr]
    assert all(secret not in str(row.payload) for row in outbox.rows())
    fill(outbox)
    assert state(outbox, campaign) is CampaignState.DONE


def test_a_test_letter_goes_to_one_address_and_says_nobodys_name(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up("Leyla Norrman")
    outbox.deliver()
    mail_server.took.clear()
    campaign = make(outbox)
    with pytest.raises(ChangeRefused, match="address"):
        try_campaign(outbox.session, campaign_id=campaign, recipient="me", moment=make_moment())
    assert try_campaign(outbox.session, campaign_id=campaign, recipient="me@home.example", moment=make_moment()) == 2
    assert outbox.deliver() == 2
    assert mail_server.addresses() == ["me@home.example"] * 2
    assert {str(took.message["Subject"]) for took in mail_server.took} == {
        "Prov: Snart åker vi, Resedisken",
        "Test: Soon we leave, Resedisken",
    }
    told = " ".join(took.message.as_string() for took in mail_server.took)
    assert "Leyla" not in told and "/booking/" not in told
    assert state(outbox, campaign) is CampaignState.DRAFT
    with pytest.raises(NotFound):
        try_campaign(outbox.session, campaign_id=99, recipient="me@home.example", moment=make_moment())


def test_a_confirmation_does_not_wait_behind_a_campaign(outbox: Outbox, mail_server: MailServer) -> None:
    for number in range(5):
        outbox.sign_up(f"Person{number}")
    outbox.deliver()
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    fill(outbox)
    outbox.sign_up("Leyla Norrman")
    mail_server.took.clear()
    outbox.deliver()
    assert mail_server.addresses()[0] == "leyla@tripkit.example"


def test_a_pause_holds_at_once_and_it_goes_on_where_it_was(outbox: Outbox, mail_server: MailServer) -> None:
    for number in range(6):
        outbox.sign_up(f"Person{number}")
    outbox.deliver()
    mail_server.took.clear()
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)

    def pause_after_two() -> None:
        if len(mail_server.took) == 1:
            with sessions(outbox.engine)() as other:
                pause_campaign(other, campaign_id=campaign, moment=make_moment())

    mail_server.when_it_comes = pause_after_two
    assert outbox.deliver() == 2, "what is in hand goes out, and nothing after it"
    assert fill(outbox) == 0
    assert Counter(row.state for row in letters(outbox)) == {"sent": 2, "paused": 4}
    resume_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    assert outbox.deliver() == 4
    assert len(set(mail_server.addresses())) == len(mail_server.took) == 6


def test_what_is_cancelled_never_goes_out(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    outbox.deliver()
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)
    cancel_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    assert (outbox.deliver(timedelta(days=1)), fill(outbox)) == (0, 0)
    assert [row.state for row in letters(outbox)] == ["dropped"]
    for act in (start_campaign, pause_campaign, resume_campaign, cancel_campaign):
        with pytest.raises(ChangeRefused, match="It was cancelled"):
            act(outbox.session, campaign_id=campaign, moment=make_moment())
    with pytest.raises(NotFound):
        start_campaign(outbox.session, campaign_id=99, moment=make_moment())


@pytest.mark.parametrize(
    ("act", "state_after"), [(pause_campaign, "paused"), (cancel_campaign, "dropped")], ids=["pause", "cancel"]
)
def test_what_a_dead_worker_had_in_hand_is_halted_too(
    outbox: Outbox, mail_server: MailServer, act: Any, state_after: str
) -> None:
    outbox.sign_up()
    outbox.deliver()
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)
    take_in_hand_and_die(outbox)
    act(outbox.session, campaign_id=campaign, moment=make_moment())
    assert letters(outbox)[0].state == "waiting"
    assert outbox.deliver(timedelta(minutes=1)) == 0
    assert [(row.state, row.attempts) for row in letters(outbox)] == [(state_after, 0)]
    if state_after == "paused":
        resume_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
        assert outbox.deliver(timedelta(minutes=1)) == 1


def test_who_is_none_of_those_it_is_for_by_the_time_it_goes_gets_none(outbox: Outbox, mail_server: MailServer) -> None:
    gone, stays = outbox.sign_up("Leyla"), outbox.sign_up("Jonas")
    outbox.deliver()
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    fill(outbox)
    cancel_participants(outbox.session, booking_id=gone.booking_id, moment=make_moment())
    outbox.deliver()
    assert {row.booking_id: row.state for row in letters(outbox)} == {
        gone.booking_id: "dropped",
        stays.booking_id: "sent",
    }


def test_what_is_scheduled_is_done_while_thousands_of_letters_go_out(
    outbox: Outbox, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        outbox.sign_up(f"Person{number}")
    mail_server.slow = 0.1
    monkeypatch.setattr(worker_module, "A_ROUND", 0.5)
    sent_by_then: list[int] = []
    with Worker(outbox.settings) as working:
        monkeypatch.setattr(working, "sweep", lambda: sent_by_then.append(len(mail_server.took)))
        working.look()
    assert len(sent_by_then) == 1
    assert 0 < sent_by_then[0] < 20


def test_it_goes_out_by_itself_when_its_moment_has_come(outbox: Outbox) -> None:
    outbox.sign_up()
    campaign = make(outbox, send_at=NOW + timedelta(hours=1))
    assert fill(outbox, timedelta(minutes=59)) == 0
    schedule_campaign(outbox.session, campaign_id=campaign, send_at=NOW + timedelta(hours=2), moment=make_moment())
    with pytest.raises(ChangeRefused, match="That moment is past"):
        schedule_campaign(outbox.session, campaign_id=campaign, send_at=NOW, moment=make_moment())
    assert fill(outbox, timedelta(minutes=61)) == 0
    assert fill(outbox, timedelta(hours=2)) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"subject": {"en": "Only in the second language"}}, "missing in the trip's first language"),
        ({"text": {**TEXT, "sv": "Hej {namn}!"}}, "“{namn}” stands for nothing"),
        ({"audience": Audience(segments=("nobody",))}, "There is no group “nobody”"),
        ({"audience": Audience(visits=("nowhere",))}, "There is no “nowhere”"),
        ({"audience": Audience(missing=("nothing",))}, "There is no question “nothing”"),
        ({"subject": {**SUBJECT, "de": "Bald"}, "text": {**TEXT, "de": "Bald"}}, "not written in “de”"),
        ({"subject": {"sv": "Snart"}}, "in the same languages"),
        ({"subject": {**SUBJECT, "en": "Press {link}"}}, "{link} stands for a secret"),
    ],
)
def test_what_cannot_be_is_refused_in_words(outbox: Outbox, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ChangeRefused, match=why):
        make(outbox, **changes)
    make(outbox)
    with pytest.raises(ChangeRefused, match="There is a campaign “info” already"):
        make(outbox)


def take_in_hand_and_die(outbox: Outbox) -> None:
    """Leave every letter in the hand of a worker that is no more."""
    with write(outbox.session):
        outbox.session.execute(
            update(OutboxRow).where(OutboxRow.kind == "letter").values(leased_by="who has died", leased_until=NOW)
        )


def unsubscribe(outbox: Outbox, address: str) -> None:
    with write(outbox.session):
        host = outbox.session.get_one(TripRow, outbox.trip).organisation_id
        outbox.session.add(UnsubscribedRow(organisation_id=host, digest=digest_of_address(address), at=NOW))


def test_who_has_unsubscribed_gets_what_is_essential_only(outbox: Outbox, mail_server: MailServer) -> None:
    for name in ("Leyla", "Jonas"):
        outbox.sign_up(name)
    outbox.deliver()
    unsubscribe(outbox, "LEYLA@tripkit.example ")
    news, about = make(outbox, "news", essential=False), make(outbox, "about")
    for campaign in (news, about):
        start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)
    assert Counter((row.campaign_id, row.recipient) for row in letters(outbox)) == {
        (news, "jonas@tripkit.example"): 1,
        (about, "jonas@tripkit.example"): 1,
        (about, "leyla@tripkit.example"): 1,
    }
    unsubscribe(outbox, "jonas@tripkit.example")
    mail_server.took.clear()
    assert outbox.deliver() == 2, "looked at once more when it is sent"
    assert Counter(row.state for row in letters(outbox)) == {"sent": 2, "dropped": 1}
    assert all("List-Unsubscribe" not in took.message for took in mail_server.took)


def crowd_of(outbox: Outbox, people: int) -> None:
    """So many bookings of one person each, in bulk."""
    outbox.sign_up("Person")
    with write(outbox.session):
        first = outbox.session.scalars(select(BookingRow)).one()
        person = outbox.session.scalars(select(ParticipantRow)).one()
        columns = {c.key: getattr(first, c.key) for c in BookingRow.__table__.columns if c.key != "id"}
        rows = [
            {
                **columns,
                "id": number,
                "code": f"C{number}",
                "form_key": f"k{number}",
                "contact_email": f"p{number}@tripkit.example",
            }
            for number in range(1000, 1000 + people - 1)
        ]
        outbox.session.execute(insert(BookingRow), rows)
        columns = {c.key: getattr(person, c.key) for c in ParticipantRow.__table__.columns if c.key != "id"}
        outbox.session.execute(insert(ParticipantRow), [{**columns, "booking_id": row["id"]} for row in rows])


def test_how_far_it_is_takes_one_statement_however_many_letters(outbox: Outbox, mail_server: MailServer) -> None:
    plan = trip_plan(outbox.session, outbox.trip)
    assert plan is not None
    for name in ("Leyla", "Jonas", "Karin", "Ali"):
        outbox.sign_up(name)
    outbox.deliver()
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    one = campaign_by_id(outbox.session, campaign)
    assert one is not None

    def now() -> CampaignProgress:
        outbox.session.rollback()
        with count_statements(outbox.engine) as statements:
            found = campaign_progress(outbox.session, one, plan[2])
        assert len(statements) == 1
        return found

    nothing = {"state": CampaignState.SENDING, "unwritten": 0, "waiting": 0, "sent": 0}
    others = {"failed": 0, "left_out": 0, "bounced": 0}
    assert now() == CampaignProgress(**{**nothing, **others, "unwritten": 4})
    fill(outbox)
    fill(outbox)
    assert now() == CampaignProgress(**{**nothing, **others, "waiting": 4})
    mail_server.at_data = ["250 Taken", "550 5.7.1 no"]
    outbox.deliver()
    with write(outbox.session):
        sent = select(OutboxRow).where(OutboxRow.campaign_id == campaign, OutboxRow.state == "sent").limit(1)
        outbox.session.scalars(sent).one().bounced_at = NOW
    assert now() == CampaignProgress(**{**nothing, **others, "sent": 3, "failed": 1, "bounced": 1})
    assert (now().written, now().total) == (4, 4)


def test_letters_are_written_in_a_fixed_number_of_statements_a_piece(outbox: Outbox) -> None:
    crowd_of(outbox, A_PIECE + 5)
    outbox.deliver()
    campaign = make(outbox, essential=False)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    with count_statements(outbox.engine) as statements:
        assert fill(outbox) == A_PIECE + 5
    # A list of what is due; for each piece lock, bookings, plan, unsubscribed, two sorts of links, letters, cursor.
    assert len(statements) <= 1 + 2 * 10 + 5
    told = campaign_by_id(outbox.session, campaign)
    assert told is not None and told.letters == {"waiting": A_PIECE + 5}
    with count_statements(outbox.engine) as statements:
        campaign_list(outbox.session)
    assert len(statements) == 2


def fill_until_killed(settings: Settings, pieces: int) -> None:
    """Write letters, and be killed within the transaction of a later piece."""
    write_letters, done = filling._write_letters, []

    def counted(*arguments: Any) -> int:
        if len(done) == pieces:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(write_letters(*arguments))
        return done[-1]

    with (
        mock.patch.object(filling, "_write_letters", counted),
        sessions(open_engine(settings.database_url))() as session,
    ):
        fill_campaigns(session, moment=make_moment(NOW, "worker"))


@pytest.mark.xdist_group("races")
def test_a_worker_killed_while_it_writes_letters_is_followed_by_another_that_writes_each_once(outbox: Outbox) -> None:
    crowd_of(outbox, 3 * A_PIECE)
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    outbox.session.rollback()
    killed = crowd.process(fill_until_killed, outbox.settings, 1)
    assert crowd.exit_codes([killed]) == [-signal.SIGKILL]
    assert len(letters(outbox)) == A_PIECE
    assert fill(outbox) == 2 * A_PIECE
    assert len({row.booking_id for row in letters(outbox)}) == 3 * A_PIECE


def fill_together(settings: Settings, go: Any) -> None:
    go.wait(60)
    with sessions(open_engine(settings.database_url))() as session:
        fill_campaigns(session, moment=make_moment(NOW, "worker"))


@pytest.mark.xdist_group("races")
def test_two_workers_that_write_at_once_write_each_letter_once(outbox: Outbox) -> None:
    crowd_of(outbox, 5 * A_PIECE)
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    outbox.session.rollback()
    go = multiprocessing.get_context("spawn").Event()
    both = [crowd.process(fill_together, outbox.settings, go) for _ in range(2)]
    go.set()
    assert crowd.exit_codes(both) == [0, 0]
    assert outbox.session.scalar(select(func.count()).where(OutboxRow.kind == "letter")) == 5 * A_PIECE


def test_the_database_itself_refuses_a_second_letter_of_a_campaign_to_a_booking(outbox: Outbox) -> None:
    outbox.sign_up()
    campaign = make(outbox)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)
    row = letters(outbox)[0]
    again = {c.key: getattr(row, c.key) for c in OutboxRow.__table__.columns if c.key not in {"id", "message_id"}}
    outbox.session.rollback()
    with outbox.engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(OutboxRow), [{**again, "message_id": "another"}])
