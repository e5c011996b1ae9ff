"""What organisers call things that the format has another word for, in English and Swedish; only used for hints."""

from __future__ import annotations

from collections.abc import Collection

from tripkit.eventfile.errors import nearest_word

# Every right word, with what is written for it. One word may stand for several: those allowed at its place are meant.
_WORDS = {
    # Keys
    "at_least": "min minimum lägst minst",
    "at_most": "max maximum limit maxantal högst places seats",
    "choice": "val väljer alternative",
    "closes": "deadline until till stänger sista",
    "days": "date dates datum dagar when",
    "day": "date datum dag",
    "description": "text about beskrivning om",
    "email": "mail mejl epost e-post",
    "from": "start starts begins time tid från börjar",
    "guaranteed": "reserved kept garanterade guarantee",
    "key": "id nyckel slug",
    "kind": "type sort typ",
    "largest_group": "max capacity limit room maxantal",
    "largest_party": "max max_party",
    "latitude": "lat y",
    "lead": "intro ingress introduction summary description",
    "longitude": "lon lng long x",
    "minutes": "time tid minuter duration",
    "name": "title question text namn titel fråga",
    "net": "amount price belopp pris netto",
    "opens": "from start öppnar",
    "options": "alternatives answers choices alternativ val svar",
    "partner": "host värd organisation",
    "partners": "hosts host värdar partner sponsors",
    "phone": "tel telephone mobile telefon mobil",
    "picture": "image photo bild foto",
    "places": "size seats number platser antal",
    "practical": "info information praktiskt",
    "price": "cost fee pris kostnad avgift",
    "programme": "schedule agenda items visits sessions schema",
    "questions": "form frågor formulär",
    "reminders": "reminder letters mailings påminnelser påminnelse utskick",
    "retention": "erase keep privacy gallring gdpr radera",
    "role": "kind type roll",
    "segments": "groups group audience audiences målgrupper grupper målgrupp for",
    "sign_up": "registration signup anmälan booking",
    "site": "place location venue where plats ställe",
    "sites": "places locations venues platser ställen",
    "size": "max places seats capacity limit antal platser storlek",
    "speakers": "people persons lecturers talare medverkande",
    "terms": "conditions villkor",
    "text": "body message brev meddelande brödtext",
    "to": "end ends until till slut slutar recipients audience mottagare",
    "topics": "themes tags ämnen teman",
    "travel": "journeys distances resor restider",
    "until": "to till date",
    "url": "website web link webb länk hemsida",
    "vat": "tax moms",
    "when": "if condition om",
    "biography": "bio description text about",
    "title": "name heading role namn rubrik titel",
    "value": "number figure tal",
    "visits": "items sites programme besök",
    "subject": "title heading ämne rubrik",
    "after": "efter since",
    "at": "time clock hour kl klockan tid",
    "before": "innan före until",
    # Words that stand after a key
    "break": "coffee fika paus pause",
    "host": "värd",
    "lecture": "talk presentation speech video call online föredrag föreläsning videosamtal digitalt",
    "lodging": "hotel night hotell natt boende",
    "many_of": "checkbox checkboxes multiple many flerval",
    "meal": "lunch dinner breakfast food middag frukost mat måltid",
    "number": "integer int tal antal siffra",
    "one_of": "choice select radio single envalsfråga val",
    "long_text": "textarea paragraph fritext",
    "site_visit": "visit tour walk besök studiebesök visning",
    "social": "party mingle evening mingel kväll",
    "transfer": "travel journey train bus flight resa tåg buss flyg",
    "trip_starts": "start starts trip departure avresa resan first",
    "trip_ends": "end ends hemresa last",
    "signup_closes": "closes sign_up deadline anmälan",
    "changes_until": "changes ändringar",
    "free_cancel_until": "free_cancel cancel avbokning",
    "with_place": "placed confirmed plats bekräftade participants deltagare",
    "waiting": "queue queued waiting_list kö köande väntande",
    "everybody": "all everyone alla",
    "workshop": "exercise övning",
    "yes_no": "bool boolean yes ja janej",
}
_MEANT = {
    other: [right for right, others in _WORDS.items() if other in others.split()]
    for other in {word for words in _WORDS.values() for word in words.split()}
}


def word_meant(word: str, allowed: Collection[str]) -> str | None:
    """The allowed word that is meant: one that means the same, or else the one most like it. None when neither is."""
    same = (right for right in _MEANT.get(word.strip().casefold(), ()) if right in allowed)
    return next(same, None) or nearest_word(word, allowed, likeness=0.68)
