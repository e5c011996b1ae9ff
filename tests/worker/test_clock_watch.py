"""A clock on the wall that steps is not believed for a while; one that drifts, or is corrected a little, is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tripkit.testing import NOW
from tripkit.worker import clock_watch as clock_module
from tripkit.worker.clock_watch import IN_DOUBT_FOR, ClockWatch


class Clocks:
    """A clock on the wall and a steady one, moved by hand."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 0.0

    def pass_by(self, seconds: float, *, wall: float | None = None) -> None:
        self.steady += seconds
        self.wall += timedelta(seconds=seconds if wall is None else wall)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    both = Clocks()
    monkeypatch.setattr(clock_module, "monotonic", lambda: both.steady)
    return both


def test_time_that_passes_is_no_reason_to_doubt(clocks: Clocks) -> None:
    watch = ClockWatch(lambda: clocks.wall)
    for wall in (20, 21, 19, 20 + 59, 3600):
        clocks.pass_by(20 if wall < 3600 else 3600, wall=wall)
        assert not watch.look().in_doubt, wall


@pytest.mark.parametrize("step", [3600, -3600, 61])
def test_a_step_is_doubted_until_the_clock_has_gone_well_for_a_while(
    clocks: Clocks, step: float, caplog: pytest.LogCaptureFixture
) -> None:
    watch = ClockWatch(lambda: clocks.wall)
    clocks.pass_by(20, wall=20 + step)
    assert watch.look().in_doubt
    assert f"the clock is off by {step:+.0f} s" in caplog.text
    clocks.pass_by(IN_DOUBT_FOR)
    assert watch.look().in_doubt
    clocks.pass_by(1)
    assert not watch.look().in_doubt


def test_a_step_back_begins_the_wait_anew_and_is_told_once(clocks: Clocks, caplog: pytest.LogCaptureFixture) -> None:
    watch = ClockWatch(lambda: clocks.wall)
    clocks.pass_by(20, wall=3620)
    assert watch.look().in_doubt
    clocks.pass_by(IN_DOUBT_FOR - 1, wall=IN_DOUBT_FOR - 3601)
    assert watch.look().in_doubt
    clocks.pass_by(IN_DOUBT_FOR - 1)
    assert watch.look().in_doubt
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("apart", "doubted"), [(30, False), (-30, False), (61, True), (-3600, True)])
def test_a_clock_that_is_not_the_databases_is_doubted(clocks: Clocks, apart: float, doubted: bool) -> None:
    def database() -> datetime:
        return clocks.wall - timedelta(seconds=apart)

    watch = ClockWatch(lambda: clocks.wall)
    for _ in range(5):
        clocks.pass_by(1000)
        assert watch.look(database()).in_doubt is doubted


def test_a_step_after_the_look_is_not_in_the_time_that_was_looked_at(clocks: Clocks) -> None:
    watch = ClockWatch(lambda: clocks.wall)
    clocks.pass_by(20)
    seen, before = watch.look(), clocks.wall
    clocks.pass_by(3, wall=3600)
    assert watch.look().in_doubt
    assert not seen.in_doubt and seen.now() == before + timedelta(seconds=3)
