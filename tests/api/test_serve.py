"""The command ``serve``: a real server on loopback, and what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
def test_sigterm_ends_a_run_under_way_with_its_best_so_far(small: Path) -> None:
    from tildeling import read_dataset
    from tildeling.files import write_dataset

    with server() as (process, address):
        body = _document(small.parent / "tromso-2030", write_dataset, read_dataset)
        with httpx.Client(timeout=60) as client:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(1) as pool:
                coming = pool.submit(
                    client.post, f"{address}/v1/allocations", params={"time_limit": 20}, content=body, headers=JSON
                )
                time.sleep(6)
                begun = time.monotonic()
                process.send_signal(signal.SIGTERM)
                answer = coming.result()
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 15
        assert answer.status_code == 200
        assert answer.json()["termination"] == "cancelled"
