"""Asking other servers over HTTP: the one way there is, and it asks no address inside a network; what is asked for stands elsewhere."""

from tripkit.outgoing.addresses import Network, Resolve, resolved
from tripkit.outgoing.answers import (
    AddressRefused,
    Answer,
    InsideANetwork,
    NoAnswer,
    NoSuchName,
    NotTrusted,
    TooLong,
    TooMuch,
    Unreadable,
)
from tripkit.outgoing.client import Bounds, ask
from tripkit.outgoing.leading_here import Lead, where_it_leads

__all__ = [
    "AddressRefused",
    "Answer",
    "Bounds",
    "InsideANetwork",
    "Lead",
    "Network",
    "NoAnswer",
    "NoSuchName",
    "NotTrusted",
    "Resolve",
    "TooLong",
    "TooMuch",
    "Unreadable",
    "ask",
    "resolved",
    "where_it_leads",
]
