"""How the three services live and end as processes, with no Kafka and no Redis to be found."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev import ask
from dev.environment import ROOT
from tests.foreign import until
from tests.real import free_base

SERVICES = ("ingest", "rank", "render")
NOWHERE = "127.0.0.1:9"
STARTED_S = 60.0
"""Of a machine that runs other tests, too."""
STOPPED_S = 5.0


@contextmanager
def running(name: str, port: int, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    environment = os.environ | {
        f"{name.upper()}_PORT": str(port),
        "KAFKA_BOOTSTRAP_SERVERS": NOWHERE,
        "REDIS_URL": f"redis://{NOWHERE}/0",
        "RENDER_DATA": str(folder),
    }
    command = [sys.executable, "-m", f"services.{name}"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.alone
@pytest.mark.parametrize(
    ("name", "number"), [*((name, signal.SIGTERM) for name in SERVICES), ("ingest", signal.SIGINT)]
)
def test_a_service_answers_without_kafka_and_ends_in_order_at_a_signal(
    name: str, number: int, tmp_path: Path
) -> None:
    port = free_base(1)
    with running(name, port, tmp_path) as process:
        until(lambda: ask.page(port, "/healthz"), f"{name} answers", STARTED_S)
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 503
        process.send_signal(number)
        out, err = process.communicate(timeout=STOPPED_S)
    assert (process.returncode, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert all(line["service"] == name for line in lines), "every line is ours, libraries' too"
    assert any(line["event"] == "waiting" for line in lines), "it says what it waits for"


@pytest.mark.parametrize("name", SERVICES)
def test_a_port_that_is_taken_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(name, port, tmp_path) as process:
            out, err = process.communicate(timeout=STARTED_S)
    assert process.returncode == 1
    assert err == f"{name.upper()}_PORT: port {port} is already in use on 127.0.0.1\n"
    assert "Traceback" not in out


CRASHING = """
import asyncio
from mode import Service
from shared import worker
from shared.runtime import configure_logging, log

class Crashing(Service):
    @Service.task
    async def _run(self) -> None:
        raise LookupError("the reason")

class Other(Service):
    @Service.task
    async def _run(self) -> None:
        await asyncio.sleep(600)

    async def on_stop(self) -> None:
        log.info("other_stopped")

configure_logging("test")
worker.run("test", [Other(), Crashing()])
"""


def test_a_service_that_crashes_ends_the_process_with_code_1_and_the_others_in_order() -> None:
    command = [sys.executable, "-c", CRASHING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (1, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert any("the reason" in line.get("exception", "") for line in events)
    assert any(line["event"] == "other_stopped" for line in events)
