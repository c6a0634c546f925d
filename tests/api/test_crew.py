"""The crew: answers and errors come through, what takes too much is ended, and the interface is never held up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pebble
import pytest
from tests.api import pieces

from tildeling_api import crew as module
from tildeling_api.crew import NICE, Crew
from tildeling_api.problems import Crowded, TooLarge

Problem = Callable[..., dict[str, Any]]
JSON = {"content-type": "application/json"}


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(size=2, seconds=10, memory=1_000_000_000)
    yield made
    made.close()


@pytest.fixture
def hasty() -> Iterator[Crew]:
    """A crew of one that ends what takes longer than half a second."""
    made = Crew(size=1, seconds=0.5, memory=1_000_000_000, waiting=1)
    yield made
    made.close()


def do(crew: Crew, work: Callable[..., Any], *args: Any, files: dict[str, bytes] | None = None) -> Any:
    return asyncio.run(crew.do(work, files or {}, *args))


def gone(process: int) -> bool:
    """Whether it has ended within a few seconds."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


# --- what goes well ------------------------------------------------------------------------------------


def test_it_answers_with_what_it_was_given(crew: Crew) -> None:
    files = {"a/b.txt": b"content"}
    assert asyncio.run(crew.do(pieces.echo, files, "a/b.txt", "nb")) == (b"content", "nb")
    place, mode = do(crew, pieces.place)
    assert mode == 0o700
    assert not Path(place).exists()
    assert do(crew, pieces.process) != os.getpid()


def test_it_steps_back_and_keeps_within_its_memory(crew: Crew) -> None:
    assert do(crew, pieces.rank) == (os.nice(0) + NICE, 1_000_000_000, 0)


def test_two_work_at_once_and_the_loop_goes_on(crew: Crew) -> None:
    do(crew, pieces.process)
    late: list[float] = []

    async def run() -> float:
        async def tick() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                late.append(time.monotonic() - before - 0.01)

        ticking = asyncio.create_task(tick())
        begun = time.monotonic()
        work = [crew.do(pieces.slow, {}, 0.6, mark) for mark in "ab"]
        assert await asyncio.gather(*work) == ["a", "b"]
        ticking.cancel()
        return time.monotonic() - begun

    assert asyncio.run(run()) < 1.1
    assert max(late) < 0.2


def test_a_process_that_has_done_enough_makes_room(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TASKS", 2)
    assert len({do(crew, pieces.process) for _ in range(8)}) >= 4


# --- what takes too much is ended ----------------------------------------------------------------------


def test_what_takes_too_long_is_ended_with_all_it_put_aside(hasty: Crew, tmp_path: Path) -> None:
    note = tmp_path / "note"
    before = do(hasty, pieces.process)
    begun = time.monotonic()
    with pytest.raises(TooLarge, match=r"takes more than 0\.5 s"):
        do(hasty, pieces.endless, str(note))
    assert time.monotonic() - begun < 2
    folder, aside = note.read_text().splitlines()
    assert Path(aside).is_relative_to(folder)
    assert not Path(folder).exists()
    assert gone(before)
    assert do(hasty, pieces.process) != before


def test_what_takes_too_much_memory_is_refused(crew: Crew, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(TooLarge, match="takes more than 1000 MB of memory"):
        do(crew, pieces.greedy)
    with pytest.raises(TooLarge, match="memory"):
        do(crew, pieces.crash)  # as a reader in Rust ends without memory
    assert f"ended with code {-signal.SIGABRT}" in caplog.text
    assert do(crew, pieces.slow, 0, "well") == "well"


def test_one_more_than_may_wait_is_sent_away(hasty: Crew) -> None:
    async def run() -> list[Any]:
        work = [hasty.do(pieces.slow, {}, 0.2, mark) for mark in "abc"]
        return await asyncio.gather(*work, return_exceptions=True)

    one, two, three = asyncio.run(run())
    assert (one, two) == ("a", "b")
    assert isinstance(three, Crowded)
    assert do(hasty, pieces.slow, 0, "later") == "later"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_somebody_ends_is_replaced(crew: Crew, number: int) -> None:
    for _ in range(3):
        process = do(crew, pieces.process)
        os.kill(process, number)
        assert gone(process)
        assert do(crew, pieces.process) != process


def test_work_whose_process_is_told_to_end_is_done_again(crew: Crew) -> None:
    """As when the whole service is told to, and answers under way are still waited for."""

    async def run() -> str:
        processes = {await crew.do(pieces.process, {}) for _ in range(10)}
        work = asyncio.create_task(crew.do(pieces.slow, {}, 0.5, "done"))
        await asyncio.sleep(0.2)
        for each in processes:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGTERM)
        return await work

    assert asyncio.run(run()) == "done"


def test_a_crew_that_hangs_is_replaced(hasty: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLACK_S", 0.5)
    monkeypatch.setattr(pebble.CONSTS, "term_timeout", 0.2)  # it does not hear that it is told to end
    process = do(hasty, pieces.process)
    os.kill(process, signal.SIGSTOP)
    assert do(hasty, pieces.process) != process
    assert gone(process)


# --- beginning and end ---------------------------------------------------------------------------------


def test_closing_ends_the_processes_and_what_they_do(crew: Crew) -> None:
    crew.close()
    process = do(crew, pieces.process)

    async def run() -> list[Any]:
        work = [asyncio.create_task(crew.do(pieces.slow, {}, 5.0)) for _ in range(3)]
        await asyncio.sleep(0.3)
        begun = time.monotonic()
        await asyncio.to_thread(crew.close)
        found = await asyncio.gather(*work, return_exceptions=True)
        assert time.monotonic() - begun < 2
        return found

    *under_way, waited = asyncio.run(run())
    assert all(isinstance(each, Crowded) for each in under_way)
    assert isinstance(waited, asyncio.CancelledError)
    assert gone(process)
    assert do(crew, pieces.slow, 0, "anew") == "anew"


ALONE = """
import asyncio, os, sys, time
sys.path.insert(0, {root!r})
from tests.api import pieces
from tildeling_api.crew import Crew
crew = Crew(size=2)
print(*asyncio.run(crew.do(pieces.family, {{}})), flush=True)
{then}
"""


@pytest.mark.parametrize("then", ["os.kill(os.getpid(), 9)", "", "crew.close()"])
def test_none_outlives_its_service(then: str) -> None:
    script = ALONE.format(root=str(Path(__file__).parents[2]), then=then)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert (
        done.stderr == "" or "9" in then
    )  # semaphores of a process that is killed are cleaned up with a word
    assert all(gone(int(number)) for number in done.stdout.split())


def test_a_long_name_for_temporary_files_is_no_hindrance(tmp_path: Path) -> None:
    """A socket, which processes are forked through, has no room for it."""
    place = tmp_path / ("x" * 100)
    place.mkdir()
    script = ALONE.format(root=str(Path(__file__).parents[2]), then="crew.close()")
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"TMPDIR": str(place)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "TMPDIR: of more than" in done.stderr
    assert all(gone(int(number)) for number in done.stdout.split())
    assert not list(place.iterdir())


def test_what_a_crew_that_was_killed_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = ALONE.replace("pieces.family, {{}}", "pieces.slow, {{'of someone': b'x'}}, 60, ''")
    script = killed.format(root=str(Path(__file__).parents[2]), then="")
    with subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"TMPDIR": str(tmp_path)}, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 60
        while not list(tmp_path.glob(f"{module.FOLDER}*/*/of someone")):
            assert time.monotonic() < until
            time.sleep(0.05)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        Crew().close()  # another service: it leaves alone what lives
        assert list(tmp_path.glob(f"{module.FOLDER}*/*/of someone"))
        process.kill()
    Crew().close()
    assert not list(tmp_path.glob(f"{module.FOLDER}*"))
