"""The command ``serve``: a real server on loopback, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tildeling.errors import UsageError
from tildeling_api.client import Client
from tildeling_api.commands import loopback
from tildeling_api.jobs.states import State

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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the service keeps its state."""
    monkeypatch.delenv("TILDELING_DATABASE_URL", raising=False)
    monkeypatch.setenv("TILDELING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def headers(home: Path) -> dict[str, str]:
    """What a caseworker sends; the account was opened on the command line."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE, "accounts", "add", "kari", "--role", "caseworker"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"tld_\S+", done.stdout)
    assert found
    return JSON | {"authorization": f"Bearer {found[0]}"}


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


def client_of(address: str, headers: dict[str, str]) -> Client:
    return Client(address, headers["authorization"].removeprefix("Bearer "))


def test_a_real_server_answers_does_jobs_and_ends_at_sigterm(
    small_json: bytes, headers: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "small.json").write_bytes(small_json)
    with server() as (process, address):
        assert httpx.get(f"{address}/v1/health").json()["status"] == "ok"
        with client_of(address, headers) as client:
            kept = client.keep(tmp_path / "small.json")
            job = client.ask("allocation", dataset=kept.id)
            states = [each.state for each in client.follow(job.id)]
            assert states[-1] is State.DONE
            assert len(client.result(job.id)["placements"]) == 16
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr
        assert process.stderr.read() == ""


@pytest.mark.slow
def test_sigterm_gives_a_job_back_and_the_next_start_does_it(
    large_json: bytes, headers: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "large.json").write_bytes(large_json)
    with server() as (process, address), client_of(address, headers) as client:
        job = client.ask("allocation", dataset=client.keep(tmp_path / "large.json").id, time_limit=20)
        for seen in client.follow(job.id):
            if seen.progress is not None and seen.progress.phase == "solve":
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with server() as (process, address), client_of(address, headers) as client:
        ended = client.wait(job.id)
        assert (ended.state, ended.attempt) == (State.DONE, 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def _refused(*options: str) -> str:
    done = subprocess.run([sys.executable, "-c", SERVE, "serve", *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_host_that_others_can_reach_is_refused() -> None:
    assert "only loopback" in _refused("--host", "0.0.0.0")


@pytest.mark.usefixtures("home")
def test_it_answers_to_the_name_that_a_proxy_passes_on() -> None:
    with server("--name", "tildeling.example.no") as (_, address):
        for name, status in (
            ("tildeling.example.no", 200),
            ("tildeling.example.no:443", 200),
            ("example.no", 421),
        ):
            assert httpx.get(f"{address}/v1/health", headers={"host": name}).status_code == status


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["https://example.no", "example.no:443", "*", "", "Ærlig.no"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert "is not a host name" in _refused("--name", name)


@pytest.mark.usefixtures("home")
def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in _refused("--port", port)


def test_the_first_administrator_s_token_is_shown_once(home: Path) -> None:
    with server() as (process, address):
        assert process.stdout
        shown = re.search(r"tld_\S+", process.stdout.readline())
        assert shown
        found = httpx.get(f"{address}/v1/me", headers={"authorization": f"Bearer {shown[0]}"})
        assert found.json()["role"] == "administrator"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with server() as (process, address):
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout
        assert "tld_" not in process.stdout.read()
    assert stat.S_IMODE((home / "service.db").stat().st_mode) == 0o600
    assert shown[0].encode() not in (home / "service.db").read_bytes()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_only_loopback_is_this_machine(host: str) -> None:
    with pytest.raises(UsageError):
        loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_loopback_in_its_spellings(host: str) -> None:
    assert loopback(host).is_loopback
