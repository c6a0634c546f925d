"""Time for parts: everyone gets some, nobody more than there is, and what is left over goes on."""

from __future__ import annotations

from collections import deque

from tildeling_models.grouping.schedule import LEAST_S, Job, Schedule, jobs


def test_every_part_is_in_one_job_and_small_ones_share() -> None:
    cells = [900_000, 700, *[100] * 50]
    found = jobs(cells, range(len(cells)))
    assert sorted(k for job in found for k in job.parts) == list(range(len(cells)))
    assert found[0].parts == (0,)
    assert (1,) in [job.parts for job in found]
    assert [job.weight for job in found] == sorted((job.weight for job in found), reverse=True)
    assert max(len(job.parts) for job in found) > 10


def test_the_heaviest_begins_and_each_has_its_share() -> None:
    schedule = Schedule(deque(Job((k,), weight) for k, weight in enumerate((80.0, 15.0, 5.0))), 2)
    first, second = schedule.next(100.0), schedule.next(100.0)
    assert first is not None
    assert second is not None
    assert first[0].parts == (0,)
    assert first[1] == 100.0  # four fifths of 200 s of work, but no more than there is
    assert second[0].parts == (1,)
    assert second[1] == 100.0 * 15 / 20


def test_time_left_over_falls_to_those_that_wait() -> None:
    schedule = Schedule(deque(Job((k,), 10.0) for k in range(2)), 1)
    first = schedule.next(100.0)
    assert first is not None
    assert first[1] == 50.0
    schedule.passed(20.0)
    schedule.done(first[0])
    second = schedule.next(80.0)
    assert second is not None
    assert second[1] == 80.0
    assert schedule.next(1.0) is None


def test_a_small_job_has_time_to_begin() -> None:
    schedule = Schedule(deque([Job((0,), 1.0), Job((1,), 1e6)]), 1)
    small = schedule.next(60.0)
    assert small is not None
    assert small[1] == LEAST_S


def test_without_a_limit_nobody_is_stopped() -> None:
    schedule = Schedule(deque([Job((0,), 3.0), Job((1,), 1.0)]), 2)
    given = schedule.next(float("inf")), schedule.next(float("inf"))
    assert all(each is not None and each[1] > 1e6 for each in given)
