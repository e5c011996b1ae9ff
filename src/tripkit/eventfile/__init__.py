"""Event directories: plain files to values and back, every error with its position; no database, no page."""

from tripkit.eventfile.errors import EventErrors, FileError
from tripkit.eventfile.event import Event
from tripkit.eventfile.reading import read_event
from tripkit.eventfile.story import Story, StoryAct, StoryBooking, StoryStep
from tripkit.eventfile.writing import write_event

__all__ = [
    "Event",
    "EventErrors",
    "FileError",
    "Story",
    "StoryAct",
    "StoryBooking",
    "StoryStep",
    "read_event",
    "write_event",
]
