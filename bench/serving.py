"""Claim: a page is served at 0.6 of the rate of nginx sending the same bytes from a file, 0.95 behind the edge.

Render with its store, nginx with the page's bytes as a static file (compressed ones beside it, `gzip_static`),
nginx as the edge of `ops/edge` with render behind it, and a constant on uvicorn: one after another on one core,
in several rounds, asked by wrk on another core. All send the same bytes with the same headers; the medians of
the rounds are compared. The edge's file is used as it is but for its ports, folders, number of workers, and the
names that Docker's DNS would find.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx

from bench.measuring import head, show
from bench.rendering import a_render
from dev.environment import ROOT
from shared.events import ArticlePublished, Paragraph, Picture
from tests.builders import published
from tests.foreign import until
from tests.real import free_base

ROUNDS: Final = 5
SECONDS: Final = 2
CONNECTIONS: Final = 32
_LINE: Final = "河城旧邮局改建的图书馆周日开放,首日有三百人到访,馆方说书架还空着一半,欢迎市民把读完的书留下。"
_ITS_OWN: Final = {
    "date",
    "server",
    "connection",
    "content-length",
    "content-encoding",
    "etag",
    "x-accel-expires",
}
_BROWSER: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: zh-CN,zh;q=0.8,en;q=0.5",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: none",
    "Sec-Fetch-User: ?1",
    "Priority: u=0, i",
)  # fmt: skip
_ASKED: Final = {
    "as it is": (),
    "gzip": ("Accept-Encoding: gzip",),
    "gzip, with a browser's headers": ("Accept-Encoding: gzip, deflate, br", *_BROWSER),
}

_NGINX: Final = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    open_file_cache max=10;
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


def main() -> None:
    """Print the tables."""
    tools = {name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("nginx", "wrk")}
    cores = sorted(os.sched_getaffinity(0))
    if None in tools.values() or len(cores) < 2:
        sys.exit("serving: nginx, wrk and two cores are needed")
    os.sched_setaffinity(0, cores[:1])  # all servers are started by this process, and inherit it
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)
        render = running.enter_context(a_render(folder, *_articles()))
        path = "/article/bench-0"
        sizes, headers = _save(f"{render.url}{path}", folder)
        static = running.enter_context(_nginx(str(tools["nginx"]), _static_conf(folder, headers)))
        edge = running.enter_context(_nginx(str(tools["nginx"]), _edge_conf(folder, render.port)))
        uvicorn = running.enter_context(_uvicorn(folder, headers))
        for asked, wanted in _ASKED.items():
            packed = "gzip" in asked
            servers = {"render": f"{render.url}{path}", "edge": edge + path, "nginx": f"{static}/page"}
            if not packed:
                servers["uvicorn"] = uvicorn
            found: dict[str, list[float]] = {server: [] for server in servers}
            for _ in range(ROUNDS):
                for server, address in servers.items():
                    found[server].append(_rate(str(tools["wrk"]), cores[1], address, wanted))
            rates = {server: statistics.median(of) for server, of in found.items()}
            head(f"{sizes[packed]:,} bytes, {asked}; load {os.getloadavg()[0]:.1f}")
            peer = f"nginx, a static file {rates['nginx']:,.0f}/s"
            for server in list(servers)[:2] + list(servers)[3:]:
                show(
                    _NAMES[server],
                    f"{rates[server]:,.0f} pages/s",
                    peer,
                    f"{rates[server] / rates['nginx']:.2f}",
                )


_NAMES: Final = {
    "render": "render",
    "edge": "the edge before render",
    "uvicorn": "(a constant on uvicorn)",
}


def _articles() -> Iterator[ArticlePublished]:
    """Give articles of 20 paragraphs, so many that all parts of a page are full."""
    for number in range(40):
        yield published(
            f"bench-{number}",
            second=number,
            title=f"旧邮局改成图书馆 周日开放(之{number})",
            blocks=tuple(Paragraph(text=f"{_LINE}({number}-{line})") for line in range(20)),
            pictures=(
                Picture(
                    url=f"https://pictures.invalid/{number}.jpg",
                    caption="旧邮局的大厅",
                    width=1200,
                    height=800,
                ),
            ),
        )


def _save(address: str, folder: Path) -> tuple[dict[bool, int], dict[str, str]]:
    """Save a page plain and compressed as files of nginx; give their sizes and the headers to send with them."""
    sizes = {}
    for packed, name in ((False, "page"), (True, "page.gz")):
        with httpx.stream(
            "GET", address, headers={"accept-encoding": "gzip" if packed else "identity"}
        ) as page:
            page.raise_for_status()
            body = b"".join(page.iter_raw())
        sizes[packed] = len(body)
        (folder / name).write_bytes(body)
    return sizes, {name: value for name, value in page.headers.items() if name not in _ITS_OWN}


def _static_conf(folder: Path, headers: dict[str, str]) -> tuple[Path, str]:
    port = free_base(1)
    conf = folder / "static.conf"
    more = "\n".join(
        f'add_header {name} "{value}";' for name, value in headers.items() if name != "content-type"
    )
    conf.write_text(
        _NGINX.format(
            user=_user(), folder=folder, port=port, media_type=headers["content-type"], headers=more
        )
    )
    return conf, f"http://127.0.0.1:{port}"


def _edge_conf(folder: Path, render_port: int) -> tuple[Path, str]:
    port = free_base(2)
    text = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
    for pattern, instead in (
        (r"worker_processes \S+;", f"worker_processes 1; {_user()}"),
        (r"listen 8080;", f"listen 127.0.0.1:{port};"),
        (r"listen 8081;", f"listen 127.0.0.1:{port + 1};"),
        (r"set \$(render|ingest) \S+;", r"set $\1 127.0.0.1;"),
        (r"\$render:8080", f"$render:{render_port}"),
        (r"/tmp/", f"{folder}/edge-"),
        (r"/dev/std(out|err)", f"{folder}/edge.log"),
    ):
        text, count = re.subn(pattern, instead, text)
        if not count:
            sys.exit(f"serving: ops/edge/nginx.conf holds no {pattern} any more")
    conf = folder / "edge.conf"
    conf.write_text(text)
    return conf, f"http://127.0.0.1:{port}"


def _user() -> str:
    return "user root;" if os.geteuid() == 0 else ""


@contextmanager
def _nginx(program: str, made: tuple[Path, str]) -> Iterator[str]:
    conf, url = made
    with _child([program, "-e", f"{conf}.log", "-c", str(conf), "-g", "daemon off;"], url):
        yield url


@contextmanager
def _uvicorn(folder: Path, headers: dict[str, str]) -> Iterator[str]:
    port = free_base(1)
    url = f"http://127.0.0.1:{port}"
    with _child(
        [sys.executable, "-m", "bench.peer_asgi", str(port), str(folder / "page"), json.dumps(headers)], url
    ):
        yield url


@contextmanager
def _child(command: list[str], url: str) -> Iterator[None]:
    child = subprocess.Popen(command, cwd=ROOT)
    try:
        until(lambda: _answers(url), f"{command[0]} answers")
        yield
    finally:
        child.terminate()
        child.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code < 500
    except httpx.TransportError:
        return False


def _rate(wrk: str, core: int, address: str, headers: tuple[str, ...]) -> float:
    """Give the answers a second; a single failed one ends the measurement."""
    options = [word for header in headers for word in ("-H", header)]
    done = subprocess.run(
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options, address],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, [core]),  # noqa: PLW1509 - no thread runs here
    ).stdout
    if "Non-2xx" in done or "Socket errors" in done:
        sys.exit(f"serving: {address} failed\n{done}")
    found = re.search(r"Requests/sec:\s+(\S+)", done)
    assert found, done
    return float(found[1])


if __name__ == "__main__":
    main()
