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

__all__ = [
    "AddressRefused",
    "Answer",
    "Bounds",
    "InsideANetwork",
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
]
