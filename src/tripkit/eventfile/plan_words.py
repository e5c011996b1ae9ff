"""What the keys of an event directory are called in a sentence; kept complete by a test."""

from __future__ import annotations

from tripkit.domain.sentences import Sentence, sentence

ORGANISATION = sentence("organisation")
TRIP = sentence("trip")
THING = {
    "segments": sentence("group “{name}”"),
    "topics": sentence("topic “{name}”"),
    "partners": sentence("partner “{name}”"),
    "sites": sentence("site “{name}”"),
    "speakers": sentence("speaker {name}"),
    "choices": sentence("choice “{name}”"),
    "programme": sentence("programme item “{name}”"),
    "questions": sentence("question “{name}”"),
    "practical": sentence("practical information “{name}”"),
}
"""One of a list."""
LIST = {
    "segments": sentence("groups"),
    "topics": sentence("topics"),
    "partners": sentence("partners"),
    "sites": sentence("sites"),
    "travel": sentence("journeys"),
    "speakers": sentence("speakers"),
    "choices": sentence("choices"),
    "programme": sentence("programme"),
    "questions": sentence("questions"),
    "practical": sentence("practical information"),
}
"""All of a list."""
_WORDS = {
    "access": sentence("how one gets in"),
    "address": sentence("address"),
    "admission": sentence("how places are given"),
    "answers": sentence("answers it is asked after"),
    "at_least": sentence("smallest number"),
    "at_most": sentence("at most"),
    "biography": sentence("who it is"),
    "between": sentence("sites"),
    "brand": sentence("main colour"),
    "accent": sentence("accent colour"),
    "changes_until": sentence("changes allowed until"),
    "choice": sentence("choice"),
    "closes": sentence("sign-up closes"),
    "contact.email": sentence("contact's e-mail"),
    "contact.name": sentence("contact"),
    "contact.phone": sentence("contact's telephone"),
    "currency": sentence("currency"),
    "day": sentence("day"),
    "day_notes": sentence("texts of the days"),
    "days.from": sentence("first day"),
    "days.to": sentence("last day"),
    "description": sentence("description"),
    "email": sentence("e-mail"),
    "figures": sentence("figures"),
    "free_cancel_until": sentence("free cancelling until"),
    "from": sentence("start"),
    "guaranteed.places": sentence("guaranteed places"),
    "guaranteed.until": sentence("guaranteed until"),
    "help": sentence("help"),
    "host_contact.email": sentence("host contact's e-mail"),
    "host_contact.name": sentence("host contact"),
    "host_contact.phone": sentence("host contact's telephone"),
    "included": sentence("what is included"),
    "key": sentence("key"),
    "kind": sentence("kind"),
    "languages": sentence("languages"),
    "largest_group": sentence("largest group"),
    "largest_party": sentence("largest party"),
    "latitude": sentence("latitude"),
    "lead": sentence("introduction"),
    "longitude": sentence("longitude"),
    "minutes": sentence("minutes"),
    "name": sentence("name"),
    "net": sentence("price without tax"),
    "not_included": sentence("what is not included"),
    "note": sentence("note on the price"),
    "offer_hours": sentence("hours an offer stands"),
    "opens": sentence("sign-up opens"),
    "options": sentence("options"),
    "partner": sentence("partner"),
    "partners": sentence("partners"),
    "phone": sentence("telephone"),
    "picture": sentence("picture"),
    "picture_text": sentence("what the picture shows"),
    "place": sentence("place"),
    "purpose": sentence("purpose"),
    "question": sentence("question it follows"),
    "required": sentence("required"),
    "role": sentence("role"),
    "segments": sentence("groups"),
    "sensitive": sentence("sensitive"),
    "short_title": sentence("short title"),
    "site": sentence("site"),
    "size": sentence("places"),
    "speakers": sentence("speakers"),
    "status": sentence("status"),
    "status_note": sentence("note on the status"),
    "success_factors": sentence("success factors"),
    "summary": sentence("summary"),
    "terms.text": sentence("terms"),
    "terms.version": sentence("version of the terms"),
    "text": sentence("text"),
    "time_zone": sentence("time zone"),
    "title": sentence("title"),
    "to": sentence("end"),
    "to_day": sentence("last day"),
    "topics": sentence("topics"),
    "url": sentence("site on the web"),
    "vat": sentence("tax in percent"),
}


def word(path: str) -> Sentence:
    """What a key is called; by its whole path (``contact.name``) where the key alone says too little.

    Raises: KeyError for a key nobody has found a word for.
    """
    return _WORDS[path] if path in _WORDS else _WORDS[path.rpartition(".")[2]]
