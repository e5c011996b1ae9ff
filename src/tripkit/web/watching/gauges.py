"""An installation's figures with the names under which monitors find them; values in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tripkit import __version__
from tripkit.reads.site_figures import SiteFigures


def written(figures: SiteFigures | None, now: datetime) -> bytes:
    """The figures as Prometheus reads them; None = the database does not answer."""
    registry = CollectorRegistry()
    registry.register(_Figures(figures, now))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, figures: SiteFigures | None, now: datetime) -> None:
        self._figures, self._now = figures, now

    def collect(self) -> Iterator[Metric]:
        """Every figure there is."""
        yield InfoMetricFamily("tripkit_build", "The version that answers.", {"version": __version__})
        yield _one("tripkit_database_up", "Whether the database answers.", self._figures is not None)
        if self._figures is not None:
            yield from _places(self._figures)
            yield from _messages(self._figures, self._now)
            yield from _work(self._figures, self._now)


def _places(of: SiteFigures) -> Iterator[Metric]:
    yield _one("tripkit_trips_open", "Trips open for sign-up.", of.open_trips)
    rooms = {"trip": of.places, "visits": of.visits}
    for name, what, values in (
        ("tripkit_places_size", "Places there are", {kind: room.size for kind, room in rooms.items()}),
        ("tripkit_places_taken", "Places taken", {kind: room.taken for kind, room in rooms.items()}),
        ("tripkit_people_waiting", "People who wait for a place", {kind: room.waiting for kind, room in rooms.items()}),
    ):
        yield _by("of", name, f"{what}, on trips open for sign-up and on their visits.", values)
    yield _one("tripkit_offers_open", "Freed places offered to somebody who has not answered yet.", of.open_offers)
    yield _one("tripkit_offers_overdue", "Offers not taken back though their time is over.", of.overdue_offers)


def _messages(of: SiteFigures, now: datetime) -> Iterator[Metric]:
    yield _by("state", "tripkit_messages", "Messages by what has become of them.", of.messages)
    yield _one("tripkit_messages_failing", "Messages that wait and were tried in vain.", of.failing)
    yield _one(
        "tripkit_message_due_seconds",
        "For how long the message has been due that has been the longest.",
        _since(of.due_since, now),
    )
    yield _by("server", "tripkit_mail_server_failures", "Times a mail server took nothing in a row.", of.mail_servers)
    yield _by("state", "tripkit_campaigns", "Campaigns by how it stands with them.", of.campaigns)


def _work(of: SiteFigures, now: datetime) -> Iterator[Metric]:
    yield _by(
        "worker",
        "tripkit_worker_beat_age_seconds",
        "Seconds since a worker gave its last sign of life.",
        {name: _since(at, now) for name, at in of.beats.items()},
    )
    yield _by(
        "job",
        "tripkit_job_overdue_seconds",
        "For how long a job has been due.",
        {name: _since(job.due_at, now) for name, job in of.jobs.items()},
    )
    yield _by(
        "job",
        "tripkit_job_failures",
        "Rounds of a job that failed one after the other.",
        {name: job.failures for name, job in of.jobs.items()},
    )
    yield _by(
        "job",
        "tripkit_job_success_timestamp_seconds",
        "When a job last did what it should; not there while it fails.",
        {name: job.succeeded_at.timestamp() for name, job in of.jobs.items() if job.succeeded_at is not None},
    )


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=float(value))


def _by(label: str, name: str, what: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family


def _since(at: datetime | None, now: datetime) -> float:
    """Seconds since then; clocks of two machines may differ, and nothing is younger than now."""
    return 0.0 if at is None else max(0.0, (now - at).total_seconds())
