"""Values of the domain as an organiser writes them: plain groups and lists in the order of the format; no YAML, no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tripkit.domain.campaigns import Who
from tripkit.domain.prices import Price
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.questions import Question
from tripkit.domain.reminders import Reminder
from tripkit.domain.trips import Admission, Contact, Look, Organisation, PartnerRole, Segment, Site, Trip, TripStatus
from tripkit.eventfile.wallclock import written_moment, written_time

Written = dict[str, Any]
"""A group of keys. Values: str, int, float, Decimal, bool, date, lists and groups of them; never empty ones or None."""


def _group(**values: Any) -> Written:
    """The values there are. A key that Python has a word for is written with ``_`` after it."""
    return {
        key.rstrip("_"): dict(value)
        if isinstance(value, Mapping)
        else list(value)
        if isinstance(value, tuple)
        else value
        for key, value in values.items()
        if value is not None and value not in ({}, (), [])
    }


def _unless(value: Any, left_out: Any) -> Any:
    """None for what goes without saying."""
    return None if value == left_out else value


def event_as_written(organisation: Organisation, trip: Trip) -> Written:
    """All of event.yaml; texts in the order of the trip's languages."""
    return {part: _in_order(value, trip.languages) for part, value in _everything(organisation, trip).items()}


def organisation_as_written(organisation: Organisation) -> Written:
    """Its part of event.yaml alone; texts in the order of its own languages."""
    found: Written = _in_order(_organisation(organisation), organisation.languages)
    return found


def _in_order(value: Any, languages: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_in_order(inner, languages) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.keys() <= set(languages):
        return {language: value[language] for language in languages if language in value}
    return {key: _in_order(inner, languages) for key, inner in value.items()}


def _everything(organisation: Organisation, trip: Trip) -> Written:
    zones = {site.key: site.time_zone or trip.time_zone for site in trip.sites}
    return _group(
        organisation=_organisation(organisation),
        trip=_trip(trip),
        segments=[_segment(segment, trip) for segment in trip.segments],
        topics=[_group(key=t.key, name=t.name, description=t.description) for t in trip.topics],
        partners=[
            _group(
                key=p.key,
                name=p.name,
                description=p.description,
                role=_unless(p.role.value, PartnerRole.HOST),
                url=p.url,
            )
            for p in trip.partners
        ],
        sites=[_site(site) for site in trip.sites],
        travel=[_group(between=[leg.from_site, leg.to_site], minutes=leg.minutes) for leg in trip.travel],
        speakers=[
            _group(key=s.key, name=s.name, title=s.title, biography=s.biography, partner=s.partner, picture=s.picture)
            for s in trip.speakers
        ],
        choices=[_group(key=c.key, title=c.title, required=_unless(c.required, True)) for c in trip.choices],
        programme=[_item(item, zones.get(item.site or "", trip.time_zone)) for item in trip.programme],
        questions=[_question(question) for question in trip.questions],
        practical=[_group(key=note.key, title=note.title, text=note.text) for note in trip.practical],
        reminders=[_reminder(reminder) for reminder in trip.reminders],
    )


def _organisation(value: Organisation) -> Written:
    return _group(
        key=value.key,
        name=value.name,
        languages=value.languages,
        email=value.email,
        phone=value.phone,
        url=value.url,
        description=value.description,
        look=_look(value.look),
    )


def _look(look: Look) -> Written:
    logo = look.logo
    return _group(
        brand=look.brand,
        accent=look.accent,
        logo=logo.name if logo else None,
        logo_text=logo.text if logo else None,
    )


def _trip(trip: Trip) -> Written:
    def moment(at: datetime | None) -> str | None:
        return None if at is None else written_moment(at, trip.time_zone)

    return _group(
        key=trip.key,
        title=trip.title,
        short_title=_unless(trip.short_title, trip.title),
        lead=trip.lead,
        purpose=trip.purpose,
        place=trip.place,
        days={"from": trip.starts_on, "to": trip.ends_on},
        time_zone=trip.time_zone,
        languages=trip.languages,
        size=trip.size,
        admission=_unless(trip.admission.value, Admission.FIRST_COME),
        status=_unless(trip.status.value, TripStatus.PLANNED),
        status_note=trip.status_note,
        sign_up=_group(
            opens=moment(trip.signup_opens_at),
            closes=moment(trip.signup_closes_at),
            draws=moment(trip.draws_at),
            changes_until=moment(trip.changes_until),
            free_cancel_until=trip.free_cancel_until,
            offer_hours=_unless(trip.offer_hours, 48),
            largest_party=_unless(trip.largest_party, 10),
        ),
        retention=None if trip.retention_days is None else {"days": trip.retention_days},
        contact=_contact(trip.contact),
        price=_group(
            net=_net(trip.price),
            currency=trip.price.net.currency,
            vat=_number(trip.price.vat_percent),
            note=trip.price_note,
        ),
        included=[dict(text) for text in trip.included],
        not_included=[dict(text) for text in trip.not_included],
        figures=[_group(value=figure.value, label=figure.label) for figure in trip.figures],
        success_factors=[dict(text) for text in trip.success_factors],
        terms=_group(version=trip.terms.version, text=trip.terms.text),
        picture=trip.picture,
        picture_text=trip.picture_text,
        day_notes=[_group(day=note.day, text=note.text) for note in trip.day_notes],
    )


def _contact(contact: Contact) -> Written:
    return _group(name=contact.name, email=contact.email, phone=contact.phone)


def _net(price: Price) -> Decimal:
    return Decimal(price.net.minor).scaleb(-2)


def _number(number: Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number


def _segment(segment: Segment, trip: Trip) -> Written:
    until, price = segment.guaranteed_until, segment.price
    return _group(
        key=segment.key,
        name=segment.name,
        description=segment.description,
        at_most=segment.at_most,
        guaranteed=_group(
            places=segment.guaranteed, until=None if until is None else written_moment(until, trip.time_zone)
        )
        if segment.guaranteed
        else None,
        price=None
        if price is None
        else _group(net=_net(price), vat=_unless(_number(price.vat_percent), _number(trip.price.vat_percent))),
    )


def _site(site: Site) -> Written:
    return _group(
        key=site.key,
        name=site.name,
        address=site.address,
        description=site.description,
        access=site.access,
        partner=site.partner,
        time_zone=site.time_zone,
        position=None
        if site.latitude is None or site.longitude is None
        else {"latitude": site.latitude, "longitude": site.longitude},
        largest_group=site.largest_group,
        picture=site.picture,
        host_contact=_contact(site.host_contact) if site.host_contact else None,
    )


def _item(item: ProgrammeItem, zone: str) -> Written:
    first, last = (at.astimezone(ZoneInfo(item.time_zone)).date() for at in (item.starts_at, item.ends_at))
    return _group(
        key=item.key,
        kind=item.kind.value,
        title=item.title,
        summary=item.summary,
        description=item.description,
        day=first,
        from_=written_time(item.starts_at, item.time_zone),
        to=written_time(item.ends_at, item.time_zone),
        to_day=_unless(last, first),
        time_zone=_unless(item.time_zone, zone),
        site=item.site,
        topics=item.topics,
        speakers=item.speakers,
        partners=item.partners,
        segments=item.segments,
        choice=item.choice,
        size=item.size,
    )


def _question(question: Question) -> Written:
    when = question.when
    return _group(
        key=question.key,
        kind=question.kind.value,
        name=question.name,
        help=question.help,
        required=_unless(question.required, False),
        sensitive=_unless(question.sensitive, False),
        segments=question.segments,
        when=_group(question=when.question, answers=when.answers) if when else None,
        options=[_group(key=option.key, name=option.name) for option in question.options],
        at_least=question.at_least,
        at_most=question.at_most,
        kept_days=question.kept_days,
    )


def _reminder(reminder: Reminder) -> Written:
    return _group(
        key=reminder.key,
        when={
            "days": reminder.days,
            reminder.side.value: reminder.anchor.value,
            "at": reminder.clock.isoformat("seconds" if reminder.clock.second else "minutes"),
        },
        to=_unless(reminder.audience.value, Who.WITH_PLACE),
        segments=reminder.segments,
        visits=reminder.visits,
        subject=reminder.subject,
        text=reminder.text,
    )


def take_long_texts(
    written: Written,
    places: Mapping[str, tuple[str, ...]],
    lists: Mapping[str, str],
    is_long: Callable[[Iterable[str]], bool],
) -> dict[str, str]:
    """Take long texts out of what is written. Returns file name to text.

    ``places``: name of a text to the path of it; ``lists``: name of a list to the key of its entries' text.
    """
    files: dict[str, str] = {}
    for name, (*path, last) in places.items():
        owner: Any = written
        for step in path:
            owner = owner.get(step, {})
        _take(owner, last, f"texts/{name}", is_long, files)
    for section, key in lists.items():
        for entry in written.get(section, []):
            _take(entry, key, f"texts/{section}/{entry['key']}", is_long, files)
    return files


def _take(owner: Written, key: str, name: str, is_long: Callable[[Iterable[str]], bool], files: dict[str, str]) -> None:
    if key in owner and is_long(owner[key].values()):
        files.update({f"{name}.{language}.md": text + "\n" for language, text in owner.pop(key).items()})
