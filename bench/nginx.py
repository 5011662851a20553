"""An nginx that serves a page from a file, and one that is the edge of `ops/edge` before a render.

The edge's file is used as it is but for its ports, its folders, the number of its workers, and the names that
Docker's DNS would find.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from dev.environment import ROOT
from tests.foreign import until
from tests.real import free_base

PROGRAM: Final = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

_STATIC: Final = """
worker_processes 1; {user}
pid {folder}/nginx-{port}.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    {kept_open}
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder};
        location / {{
            types {{}}
            default_type "{media_type}";
            gzip_static on;
            {headers}
        }}
    }}
}}
"""


@contextmanager
def static(folder: Path, headers: dict[str, str], *, kept_open: bool = False) -> Iterator[tuple[str, int]]:
    """Serve a folder's files, and the `.gz` beside one to those who take it; give address and process.

    Files are opened for each request, as nginx does unless it is told to keep them open.
    """
    port = free_base(1)
    more = " ".join(
        f'add_header {name} "{value}";' for name, value in headers.items() if name != "content-type"
    )
    media_type = headers["content-type"]
    text = _STATIC.format(
        user=_user(),
        folder=folder,
        port=port,
        media_type=media_type,
        headers=more,
        kept_open="open_file_cache max=10;" if kept_open else "",
    )
    with _running(folder / f"static-{port}.conf", text, port) as started:
        yield started


@contextmanager
def edge(
    folder: Path,
    render_port: int,
    more: str = "",
    *,
    one_may: int | None = None,
    ingest_ports: Sequence[int] = (),
) -> Iterator[tuple[str, int]]:
    """Run the edge before a render, with `more` lines for readers; give address and process.

    `one_may`: requests a second of one address, instead of what the file allows. `ingest_ports`: where the
    ingests are that the newsroom's door leads to. ValueError if the file was changed too much.
    """
    port = free_base(2)
    text = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
    for pattern, instead in (
        (r"worker_processes \S+;", f"worker_processes 1; {_user()}"),
        (r"listen 8080;", f"listen 127.0.0.1:{port};{more}"),
        (r"listen 8081", f"listen 127.0.0.1:{port + 1}"),
        (r"set \$(render|ingest) \S+;", r"set $\1 127.0.0.1;"),
        (r"\$render:8080", f"$render:{render_port}"),
        (r"\$ingest:8081", "ingests" if ingest_ports else "$ingest:8081"),
        (r"http \{", f"http {{ {_ingests(ingest_ports)}"),
        (r"/tmp/", f"{folder}/edge-"),  # noqa: S108 - where the container has a memory of its own
        (r"/dev/std(out|err)", f"{folder}/edge.log"),
    ):
        text, count = re.subn(pattern, instead, text)
        if not count:
            raise ValueError(f"ops/edge/nginx.conf holds no {pattern} any more")
    if one_may is not None:
        text = re.sub(r"rate=\d+r/s", f"rate={one_may}r/s", text)
    with _running(folder / "edge.conf", text, port) as started:
        yield started


def newsroom(edge: str) -> str:
    """Give the address of an edge's second door."""
    host, _, port = edge.rpartition(":")
    return f"{host}:{int(port) + 1}"


def _ingests(ports: Sequence[int]) -> str:
    """Name the servers that Docker's DNS would find; none is shunned for a failure, as none is there."""
    servers = "".join(f"server 127.0.0.1:{port} max_fails=0; " for port in ports)
    return f"upstream ingests {{ {servers}}}" if ports else ""


def answers(url: str) -> bool:
    """Tell whether somebody answers there."""
    try:
        return httpx.get(url, timeout=1).status_code < 500
    except httpx.TransportError:
        return False


@contextmanager
def _running(conf: Path, text: str, port: int) -> Iterator[tuple[str, int]]:
    conf.write_text(text)
    url = f"http://127.0.0.1:{port}"
    child = subprocess.Popen([str(PROGRAM), "-e", f"{conf}.log", "-c", str(conf), "-g", "daemon off;"])
    try:
        until(lambda: answers(f"{url}/readyz"), "nginx answers")
        yield url, child.pid
    finally:
        child.terminate()
        child.wait()


def _user() -> str:
    return "user root;" if os.geteuid() == 0 else ""
