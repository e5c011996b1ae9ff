"""What one process counts of its own requests, with the names under which monitors find it; no database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the directory in which processes behind one address add up what they count. prometheus-client reads it by itself."""
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STATEMENTS = (0, 1, 3, 6, 12, 25, 50, 100)
"""Where the budgets of pages lie, and the budget of a sign-up."""


class Meters:
    """Requests by the names of their routes, which are as many as there are pages."""

    def __init__(self) -> None:
        self._folder = os.environ.get(SHARED)
        if self._folder is not None:
            Path(self._folder).mkdir(parents=True, exist_ok=True)
        self._own = CollectorRegistry()
        self._requests = Counter(
            "tripkit_requests", "Requests answered.", ["route", "method", "status"], registry=self._own
        )
        self._seconds = Histogram(
            "tripkit_request_seconds",
            "Seconds from a request's arrival in the application to its answer.",
            ["route", "method"],
            buckets=_SECONDS,
            registry=self._own,
        )
        self._statements = Histogram(
            "tripkit_request_statements",
            "SQL statements sent for a request.",
            ["route", "method"],
            buckets=_STATEMENTS,
            registry=self._own,
        )
        if self._folder is None:  # What one of several uses says nothing of the others.
            ProcessCollector(registry=self._own)

    def note(self, *, route: str, method: str, status: int, seconds: float, statements: int) -> None:
        """A request was answered."""
        self._requests.labels(route, method, f"{status // 100}xx").inc()
        self._seconds.labels(route, method).observe(seconds)
        self._statements.labels(route, method).observe(statements)

    def written(self) -> bytes:
        """What was counted so far, as Prometheus reads it."""
        if self._folder is None:
            return generate_latest(_WithoutBeginnings(self._own))
        together = CollectorRegistry()
        MultiProcessCollector(together, path=self._folder)  # type: ignore[no-untyped-call]  # prometheus-client's own
        return generate_latest(together)


class _WithoutBeginnings(Collector):
    """Leaves out when each counter began, which is one more value for each and says what the process's start says."""

    def __init__(self, inner: Collector) -> None:
        self._inner = inner

    def collect(self) -> Iterator[Metric]:
        """The rest."""
        for metric in self._inner.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric
