"""Progress arithmetic: fractions, smoothed speed, time left, totals over jobs."""

from pathlib import Path

import pytest

from nacomp.gui.logic.estimate import Estimate
from nacomp.gui.logic.events import Progress
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.progress import SMOOTHING_SECONDS, Meter, Share, Stopwatch, total_of


def test_fraction_is_unknown_without_a_total() -> None:
    meter = Meter()
    assert meter.fraction is None
    meter.update(Progress(10, 0), 0.0)
    assert meter.fraction is None
    meter.update(Progress(10, 40), 0.1)
    assert meter.fraction == 0.25


def test_fraction_never_exceeds_one() -> None:
    meter = Meter()
    meter.update(Progress(50, 40), 0.0)
    assert meter.fraction == 1.0


def test_time_left_is_told_from_the_speed() -> None:
    meter = Meter()
    meter.update(Progress(0, 1000), 10.0)
    assert (meter.speed, meter.seconds_left) == (None, None)
    meter.update(Progress(200, 1000, bytes_per_second=100.0), 12.0)
    assert meter.speed == pytest.approx(100.0)
    assert meter.seconds_left == pytest.approx(8.0)


def test_speed_is_smoothed_over_some_seconds() -> None:
    meter = Meter()
    meter.update(Progress(0, 1000, bytes_per_second=100.0), 0.0)
    meter.update(Progress(10, 1000, bytes_per_second=100.0), SMOOTHING_SECONDS)
    meter.update(Progress(20, 1000, bytes_per_second=500.0), SMOOTHING_SECONDS * 1.25)
    assert meter.speed == pytest.approx(200.0)


def test_a_slow_start_is_soon_forgotten() -> None:
    """A small job is over before a long average has noticed that it runs."""
    meter = Meter()
    meter.update(Progress(0, 1000, bytes_per_second=0.0), 0.0)
    assert meter.speed is None
    meter.update(Progress(1, 1000, bytes_per_second=5.0), 0.1)
    meter.update(Progress(40, 1000, bytes_per_second=200.0), 0.3)
    meter.update(Progress(80, 1000, bytes_per_second=300.0), 0.4)
    assert meter.speed == pytest.approx(200.0 + 100.0 / 3)


def test_a_new_phase_starts_with_a_fresh_speed() -> None:
    meter = Meter()
    meter.update(Progress(0, 1000, bytes_per_second=100.0, phase="compressing"), 0.0)
    meter.update(Progress(0, 1000, bytes_per_second=9.0, phase="verifying"), 0.1)
    assert meter.speed == 9.0


def test_a_pause_does_not_count_as_slow() -> None:
    meter = Meter()
    meter.update(Progress(0, 1000, bytes_per_second=100.0), 0.0)
    meter.update(Progress(100, 1000, bytes_per_second=100.0), 1.0)
    meter.forget_time()
    meter.update(Progress(100, 1000, bytes_per_second=100.0), 500.0)
    meter.update(Progress(110, 1000, bytes_per_second=200.0), 501.0)
    assert meter.speed == pytest.approx(150.0)  # an average over two seconds of work, not over 501


def test_ratio_needs_output() -> None:
    meter = Meter()
    meter.update(Progress(100, 1000, 0), 0.0)
    assert meter.ratio is None
    meter.update(Progress(100, 1000, 25), 1.0)
    assert meter.ratio == 4.0


def test_total_weighs_jobs_by_bytes() -> None:
    total = total_of([Share(300, 300), Share(100, 0)])
    assert total.fraction == 0.75


def test_total_time_uses_the_speed_of_running_jobs_for_waiting_ones() -> None:
    running = Share(100, 50, running=True, speed=10.0, seconds_left=5.0)
    total = total_of([running, Share(100, 0)])
    assert total.seconds_left == pytest.approx(15.0)


def test_total_time_prefers_a_job_s_own_estimate() -> None:
    running = Share(100, 50, running=True, speed=10.0, seconds_left=5.0)
    total = total_of([running, Share(100, 0, seconds_left=60.0)])
    assert total.seconds_left == pytest.approx(65.0)


def test_jobs_side_by_side_are_not_added_up() -> None:
    first = Share(100, 50, running=True, speed=10.0, seconds_left=5.0)
    second = Share(300, 100, running=True, speed=10.0, seconds_left=20.0)
    assert total_of([first, second], slots=2).seconds_left == 20.0
    waiting = Share(100, 0, seconds_left=12.0)
    assert total_of([waiting, first, second], slots=2).seconds_left == 20.0  # begins when the first is over
    assert total_of([waiting, waiting, first, second], slots=2).seconds_left == 29.0


def test_pauses_are_no_work() -> None:
    clock = Stopwatch()
    clock.start(10.0)
    clock.stop(14.0)
    clock.stop(20.0)
    clock.start(100.0)
    clock.start(101.0)
    clock.stop(103.0)
    assert clock.seconds == 7.0


def test_total_time_is_unknown_before_anything_runs() -> None:
    assert total_of([Share(100, 0)]).seconds_left is None


def test_an_empty_queue_has_no_progress_and_nothing_left() -> None:
    total = total_of([])
    assert (total.fraction, total.seconds_left) == (0.0, 0.0)


def test_a_first_reading_promises_nothing() -> None:
    """One byte of a megabyte in the first third of a second would be days; three seconds later it is a minute."""
    meter = Meter()
    meter.update(Progress(1, 1_000_000, bytes_per_second=3.0, seconds_left=333_333.0), 0.0)
    assert meter.seconds_left is None
    for tenth in range(1, 31):
        meter.update(Progress(1500 * tenth, 1_000_000, bytes_per_second=15_000.0), tenth / 10)
    assert meter.seconds_left == pytest.approx(63.7, abs=1.0)


def test_the_queue_promises_nothing_from_a_first_reading() -> None:
    job = Job(1, Kind.COMPRESS, (Path("a"),), size=1_000_000)
    job.go(State.RUNNING)
    job.take(Progress(1, 1_000_000, bytes_per_second=3.0), 0.0)
    assert total_of([job.share()]).seconds_left is None
    job.estimate = Estimate(60.0, 100)
    assert total_of([job.share()]).seconds_left == pytest.approx(60.0, abs=0.1)
