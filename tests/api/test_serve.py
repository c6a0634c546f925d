"""The command ``serve``: a real server on loopback, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tildeling.errors import UsageError
from tildeling_api.commands import loopback

JSON = {"content-type": "application/json"}
SERVE = """
import typer
from tildeling import cli
from tildeling_api.commands import register
app = typer.Typer()
app.callback()(lambda: None)
register(app)
cli.build_app = lambda: app
cli.main()
"""


@contextmanager
def server(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, by the command itself; its process and its address."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"LANG": "C.UTF-8"},
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            found = re.match(r"http://\S+?:\d+", process.stdout.readline())
            assert found, process.stderr and process.stderr.read()
            yield process, found[0]
        finally:
            process.kill()


def test_a_real_server_answers_solves_and_ends_at_sigterm(small_json: bytes) -> None:
    with server() as (process, address):
        assert httpx.get(f"{address}/v1/health").json()["status"] == "ok"
        answer = httpx.post(f"{address}/v1/allocations", content=small_json, headers=JSON, timeout=30)
        assert answer.status_code == 200
        assert answer.json()["outcome"] == "optimal"
        assert len(answer.json()["placements"]) == 16
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == ""


@pytest.mark.slow
def test_sigterm_ends_a_run_under_way_with_its_best_so_far(large_json: bytes) -> None:
    with server() as (process, address), ThreadPoolExecutor(1) as pool:
        coming = pool.submit(_allocate, address, large_json, 60)
        time.sleep(6)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        answer = coming.result()
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 10
        assert answer.status_code == 200
        assert answer.json()["termination"] == "cancelled"


@pytest.mark.slow
def test_a_caller_who_leaves_takes_the_run_along(small_json: bytes, large_json: bytes) -> None:
    with server() as (_, address):
        with pytest.raises(httpx.ReadTimeout):
            _allocate(address, large_json, 4)
        begun = time.monotonic()
        assert _allocate(address, small_json, 30).json()["outcome"] == "optimal"
        assert time.monotonic() - begun < 12


def _allocate(address: str, body: bytes, timeout: float) -> httpx.Response:
    params = {"time_limit": 20}
    return httpx.post(f"{address}/v1/allocations", params=params, content=body, headers=JSON, timeout=timeout)


def _refused(*options: str) -> str:
    done = subprocess.run([sys.executable, "-c", SERVE, "serve", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_host_that_others_can_reach_is_refused() -> None:
    assert "only loopback" in _refused("--host", "0.0.0.0")


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in _refused("--port", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_only_loopback_is_this_machine(host: str) -> None:
    with pytest.raises(UsageError):
        loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_loopback_in_its_spellings(host: str) -> None:
    assert loopback(host).is_loopback
