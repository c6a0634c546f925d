"""What api/deploy shows works: nginx with TLS in front of a real server, and units that systemd takes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tildeling_api.client import Client
from tildeling_api.jobs.states import State

from .test_serve import headers, home, server

__all__ = ["headers", "home"]

DEPLOY = Path(__file__).parents[2] / "api" / "deploy"
NAME = "tildeling.example.no"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


@pytest.fixture
def proxied(tmp_path: Path, headers: dict[str, str]) -> Iterator[tuple[httpx.Client, str, str]]:
    """A client of nginx as it is shown, in front of a server; the token, and nginx's plain address."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        missing = pytest.fail if os.environ.get("CI_HAS_POSTGRESQL") else pytest.skip
        missing("needs nginx (apt install nginx-light)")
    assert nginx is not None
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
         "-days", "1", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"],
        check=True, capture_output=True,
    )  # fmt: skip
    with server("--name", NAME) as (_, address):
        secure, plain = free_port(), free_port()
        site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        for shown, mine in (
            ("/etc/ssl/tildeling/", f"{tmp_path}/"), ("listen 443", f"listen 127.0.0.1:{secure}"),
            ("listen 80", f"listen 127.0.0.1:{plain}"), ("http://127.0.0.1:8000", address),
        ):  # fmt: skip
            assert shown in site
            site = site.replace(shown, mine)
        spool = "".join(
            f"{each}_temp_path {tmp_path}/{each};\n"
            for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (tmp_path / "nginx.conf").write_text(
            f"daemon off; pid {tmp_path}/pid; events {{}} http {{ access_log off; {spool} {site} }}"
        )
        log = tmp_path / "error.log"
        with subprocess.Popen([nginx, "-c", tmp_path / "nginx.conf", "-e", log, "-p", tmp_path]) as process:
            try:
                _listening(secure, log)
                with httpx.Client(
                    base_url=f"https://127.0.0.1:{secure}", verify=_trusting(certificate), timeout=60,
                    headers={"host": NAME},
                ) as client:  # fmt: skip
                    yield (
                        _Named(client),
                        headers["authorization"].removeprefix("Bearer "),
                        f"http://127.0.0.1:{plain}",
                    )
            finally:
                process.terminate()
                process.wait(10)


class _Named(httpx.Client):
    """Connects to loopback, and says and checks the name that it shows."""

    def __init__(self, inner: httpx.Client) -> None:
        super().__init__(
            base_url=inner.base_url, headers=inner.headers, timeout=inner.timeout, transport=inner._transport
        )

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        request.extensions["sni_hostname"] = NAME
        return super().send(request, **options)


def _trusting(certificate: Path) -> Any:
    import ssl

    return ssl.create_default_context(cafile=str(certificate))


def _listening(port: int, log: Path) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text() if log.exists() else "nginx does not listen")


@pytest.mark.slow
def test_nginx_as_shown_passes_on_what_it_should(
    proxied: tuple[httpx.Client, str, str], small_json: bytes, tmp_path: Path
) -> None:
    http, token, plain = proxied
    health = http.get("/v1/health")
    assert health.json()["status"] == "ok"
    assert health.headers["strict-transport-security"].startswith("max-age=")
    assert health.headers["x-content-type-options"] == "nosniff"
    assert http.get("/").status_code == 404
    assert http.get("/v1/me").status_code == 401
    assert http.post("/v1/datasets", content=b"0" * 16_800_000).status_code == 413
    moved = httpx.get(f"{plain}/v1/health", headers={"host": NAME})
    assert (moved.status_code, moved.headers["location"]) == (308, f"https://{NAME}/v1/health")

    (tmp_path / "small.json").write_bytes(small_json)
    client = Client(token=token, http=http)
    job = client.ask("allocation", dataset=client.keep(tmp_path / "small.json").id)
    seen = [(each.state, time.monotonic()) for each in client.follow(job.id)]
    assert [seen[0][0], seen[-1][0]] == [State.QUEUED, State.DONE]
    assert seen[-1][1] - seen[0][1] > 0.4  # as they happened, not all in the end
    assert client.file(job.id, "report.html").lower().startswith(b"<!doctype html>")


@pytest.mark.parametrize("unit", ["tildeling.service", "tildeling-worker@.service"])
def test_systemd_takes_the_units(unit: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    assert "/opt/tildeling/bin/tildeling" in text
    name = tmp_path / unit.replace("@.", "@1.")
    name.write_text(
        text.replace("/opt/tildeling/bin/tildeling", "/bin/true").replace("User=tildeling", "User=root")
    )
    found = subprocess.run(["systemd-analyze", "verify", name], capture_output=True, text=True)
    mine = [line for line in found.stderr.splitlines() if unit.partition(".")[0].rstrip("@") in line]
    assert mine == []
