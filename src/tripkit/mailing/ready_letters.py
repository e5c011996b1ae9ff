"""Letters that are half written: what organisers most often write to many, in each language tripkit speaks; to be filled in by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tripkit.domain.campaigns import Who
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyLetter:
    """A letter to begin with. ``title``: what it is called among the others; ``is_essential``: nobody can have unsubscribed."""

    title: Sentence
    subject: Text
    text: Text
    who: Who = Who.WITH_PLACE
    is_essential: bool = True

    def said_in(self, languages: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
        """Subject and text in these languages, as far as it is written in them."""
        known = [language for language in languages if language in self.text]
        return {one: self.subject[one] for one in known}, {one: self.text[one] for one in known}


READY_LETTERS: Mapping[str, ReadyLetter] = {
    "joining": ReadyLetter(
        title=sentence("Before the trip: when, where and what to bring"),
        subject={"sv": "Inför {trip}", "en": "Before {trip}"},
        text={
            "sv": """Hej {name},

nu är det inte långt kvar till {trip}, {dates}. Vi ses i {place}.

**De som åker:** {people}

**Era studiebesök:** {visits}

### Samling

- När: (dag och tid)
- Var: (plats, och hur man hittar dit)

### Ta med

- Legitimation, den behövs på några av besöken.
- Kläder och skor för att gå ute.

Stämmer något inte, eller kan någon inte komma? Ändra i [din bokning]({link}) så tidigt du kan, så får den som väntar platsen.

Frågor besvaras av {contact}.
""",
            "en": """Hello {name},

{trip} is not far away: {dates}. We meet in {place}.

**Who travels:** {people}

**Your visits:** {visits}

### Where we meet

- When: (day and time)
- Where: (place, and how to find it)

### Bring

- Identification, which some of the visits ask for.
- Clothes and shoes for walking outdoors.

Is something wrong, or can somebody not come? Change [your booking]({link}) as early as you can, so that whoever waits gets the place.

Questions are answered by {contact}.
""",
        },
    ),
    "change": ReadyLetter(
        title=sentence("A change of programme"),
        subject={"sv": "Ändrat program: {trip}", "en": "Changed programme: {trip}"},
        text={
            "sv": """Hej {name},

programmet för {trip} har ändrats.

- **Tidigare:** (vad som gällde)
- **Nu:** (vad som gäller i stället)

Din plats är kvar, och du behöver inte göra något. Passar det nya inte kan du ändra i [din bokning]({link}).

Frågor besvaras av {contact}.
""",
            "en": """Hello {name},

the programme of {trip} has changed.

- **Before:** (what it was)
- **Now:** (what it is instead)

Your place is still yours, and there is nothing you have to do. If the new one does not suit you, change [your booking]({link}).

Questions are answered by {contact}.
""",
        },
    ),
    "thanks": ReadyLetter(
        title=sentence("Thanks afterwards"),
        subject={"sv": "Tack för att du var med på {trip}", "en": "Thank you for joining {trip}"},
        text={
            "sv": """Hej {name},

tack för att ni var med på {trip}, {dates}.

Bilder och presentationer finns här: (länk)

Vad var bra, och vad kan bli bättre till nästa resa? Svara på det här mejlet. Vi läser alla svar.
""",
            "en": """Hello {name},

thank you for joining {trip}, {dates}.

Pictures and presentations are here: (link)

What was good, and what could be better on the next trip? Answer this message. We read every answer.
""",
        },
        is_essential=False,
    ),
}
"""By the name they have in an address."""
