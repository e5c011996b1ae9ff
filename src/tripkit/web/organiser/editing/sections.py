"""The lists of a trip as forms, in the order of its pages; what it asks and tells participants stands beside; no page, no rule."""

from __future__ import annotations

from tripkit.domain.programme import ItemKind
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import PartnerRole
from tripkit.web.organiser.editing.asked_and_told import ASKED_AND_TOLD
from tripkit.web.organiser.editing.fields import MARKDOWN, Field, Kind, line, number, prose, word
from tripkit.web.organiser.editing.section import EMPTY_ALL, Section

ITEM_KINDS = {
    ItemKind.SITE_VISIT.value: sentence("site visit"),
    ItemKind.LECTURE.value: sentence("lecture"),
    ItemKind.PANEL.value: sentence("panel"),
    ItemKind.WORKSHOP.value: sentence("workshop"),
    ItemKind.TRANSFER.value: sentence("transfer"),
    ItemKind.MEAL.value: sentence("meal"),
    ItemKind.LODGING.value: sentence("lodging"),
    ItemKind.BREAK.value: sentence("break"),
    ItemKind.SOCIAL.value: sentence("social programme"),
}
_ROLES = {
    PartnerRole.HOST.value: sentence("receives visitors"),
    PartnerRole.SUPPORTER.value: sentence("helps otherwise"),
}
_NAME = sentence("Name")

SECTIONS = (
    Section(
        key="segments",
        title=sentence("Groups"),
        one=sentence("New group"),
        lead=sentence("Whom the trip is for. Each participant belongs to one group."),
        empty=sentence("No groups yet. Whoever signs up belongs to one of them."),
        name="name",
        fields=(
            line("name", _NAME, needed=True, hint=sentence("As in police officers.")),
            prose("description", sentence("Who is meant")),
            number("at_most", sentence("At most"), hint=sentence("People. Left empty: as many as the trip takes.")),
            number("guaranteed.places", sentence("Guaranteed places"), hint=sentence("Kept for this group alone.")),
            Field(
                path="guaranteed.until",
                kind=Kind.MOMENT,
                label=sentence("Guaranteed until"),
                hint=sentence("Then those left are open to all. Left empty: always."),
            ),
            Field(
                path="price.net",
                kind=Kind.AMOUNT,
                label=sentence("Its own price, without tax"),
                hint=sentence("Left empty: the trip's."),
            ),
            Field(path="price.vat", kind=Kind.AMOUNT, label=sentence("Tax in percent, if not the trip's")),
        ),
    ),
    Section(
        key="topics",
        title=sentence("Topics"),
        one=sentence("New topic"),
        lead=sentence("The themes of the trip. Parts of the programme name those they are about."),
        empty=sentence("No topics yet."),
        name="name",
        fields=(line("name", _NAME, needed=True), prose("description", sentence("What it is about"))),
    ),
    Section(
        key="partners",
        title=sentence("Hosts and partners"),
        one=sentence("New partner"),
        lead=sentence("Those who receive the visitors or help otherwise."),
        empty=sentence("No partners yet."),
        name="name",
        fields=(
            line("name", _NAME, needed=True),
            prose("description", sentence("Who it is")),
            Field(path="role", kind=Kind.ONE_OF, label=sentence("What it does"), choices=_ROLES, usual="host"),
            word("url", sentence("Its own site"), most=2000),
        ),
    ),
    Section(
        key="sites",
        title=sentence("Sites"),
        one=sentence("New site"),
        lead=sentence("The places that are visited."),
        empty=sentence("No sites yet. A visit is to one of them."),
        name="name",
        fields=(
            line("name", _NAME, needed=True),
            word("address", sentence("Address"), needed=True, hint=sentence("Street and town.")),
            prose("description", sentence("What one sees there")),
            prose("access", sentence("How one gets in"), hint=sentence("Steps, lifts, hearing loops.")),
            Field(
                path="partner",
                kind=Kind.ONE_OF_LIST,
                label=sentence("Who receives visitors there"),
                section="partners",
            ),
            number("largest_group", sentence("Largest group"), hint=sentence("People at a time.")),
            Field(
                path="position.latitude",
                kind=Kind.AMOUNT,
                label=sentence("Degrees north"),
                hint=sentence("For the map, as in 57.707."),
            ),
            Field(path="position.longitude", kind=Kind.AMOUNT, label=sentence("Degrees east")),
            Field(path="picture", kind=Kind.PICTURE, label=sentence("Picture")),
            word(
                "host_contact.name",
                sentence("Whom the organiser calls"),
                hint=sentence("Never public."),
            ),
            word("host_contact.email", sentence("Their e-mail")),
            word("host_contact.phone", sentence("Their telephone")),
            word("time_zone", sentence("Time zone, if not the trip's")),
        ),
    ),
    Section(
        key="speakers",
        title=sentence("Speakers"),
        one=sentence("New speaker"),
        lead=sentence("Those who speak or receive visitors."),
        empty=sentence("No speakers yet."),
        name="name",
        fields=(
            word("name", _NAME, needed=True),
            line("title", sentence("What the person does"), hint=sentence("As in head of planning.")),
            prose("biography", sentence("Who the person is")),
            Field(path="partner", kind=Kind.ONE_OF_LIST, label=sentence("Comes from"), section="partners"),
            Field(path="picture", kind=Kind.PICTURE, label=sentence("Picture")),
        ),
    ),
    Section(
        key="programme",
        title=sentence("Programme"),
        one=sentence("New part of the programme"),
        lead=sentence(
            "What happens when. Things at the same time of which each participant chooses one belong to one choice."
        ),
        empty=sentence("Nothing in the programme yet."),
        name="title",
        in_order=False,
        fields=(
            Field(path="kind", kind=Kind.ONE_OF, label=sentence("What sort of thing"), choices=ITEM_KINDS, needed=True),
            line("title", sentence("Title"), needed=True),
            Field(path="day", kind=Kind.DAY, label=sentence("Day"), needed=True),
            Field(path="from", kind=Kind.TIME, label=sentence("From"), needed=True),
            Field(path="to", kind=Kind.TIME, label=sentence("To"), needed=True),
            Field(
                path="to_day", kind=Kind.DAY, label=sentence("Ends on another day"), hint=sentence("As a night does.")
            ),
            Field(path="site", kind=Kind.ONE_OF_LIST, label=sentence("Where"), section="sites"),
            prose("summary", sentence("In a sentence or two")),
            prose("description", sentence("More about it"), hint=MARKDOWN),
            Field(
                path="choice",
                kind=Kind.ONE_OF_LIST,
                label=sentence("Belongs to the choice"),
                section="choices",
                hint=sentence("Left empty: all it is meant for take part."),
            ),
            number("size", sentence("How many can take part"), hint=sentence("Left empty: no limit of its own.")),
            Field(path="topics", kind=Kind.MANY_OF_LIST, label=sentence("Topics"), section="topics"),
            Field(path="speakers", kind=Kind.MANY_OF_LIST, label=sentence("Speakers"), section="speakers"),
            Field(path="partners", kind=Kind.MANY_OF_LIST, label=sentence("Hosts and partners"), section="partners"),
            Field(
                path="segments",
                kind=Kind.MANY_OF_LIST,
                label=sentence("Meant for"),
                section="segments",
                hint=EMPTY_ALL,
            ),
            word("time_zone", sentence("Time zone, if not that of the place")),
        ),
    ),
    Section(
        key="choices",
        title=sentence("Choices"),
        one=sentence("New choice"),
        lead=sentence("Where each participant chooses one of several visits at the same time."),
        empty=sentence("No choices yet. Make one before you add visits to choose from."),
        name="title",
        fields=(
            line(
                "title",
                sentence("What one chooses"),
                needed=True,
                hint=sentence("As in site visit on Thursday morning."),
            ),
            Field(path="required", kind=Kind.FLAG, label=sentence("Everybody has to choose one"), usual=True),
        ),
    ),
    *ASKED_AND_TOLD,
)

SECTIONS_BY_KEY = {section.key: section for section in SECTIONS}
