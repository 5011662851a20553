"""Claim: a page is served at 0.6 of nginx's rate for the same bytes in a file, behind the edge at 0.7.

Render with its store, nginx with the page as a static file (the compressed one beside it: `gzip_static`), as
it comes and told to keep the file open, nginx as the edge of `ops/edge` with render behind it, and a constant
on uvicorn: one after another on one core, in several rounds, asked by wrk on another core. All send the same
bytes with the same headers; the medians of the rounds are compared. The edge is also asked by addresses with
a parameter of their own, as campaigns make them, and it is told how often that reaches render. Where other
programs want the core as well, the CPU time of a page says more than the rate.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from bench import nginx
from bench.measuring import cpu_s, head, show
from bench.newspaper import Newspaper, as_in_the_log
from bench.rendering import a_render
from dev.environment import ROOT
from shared.events import ArticlePublished
from tests.foreign import until
from tests.real import free_base

_WRK: Final = shutil.which("wrk")
ROUNDS: Final = 5
SECONDS: Final = 2
CONNECTIONS: Final = 32
_ALL_FROM_HERE: Final = 1_000_000
"""Requests a second that wrk's one address may send: the edge's own limit is for a reader."""
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


_NAMES: Final = {
    "render": "render",
    "edge": "the edge before render",
    "shared": "the edge, each with ?fbclid=…",
    "uvicorn": "(a constant on uvicorn)",
}
_EACH_ITS_OWN: Final = """
local n = 0
request = function() n = n + 1; return wrk.format(nil, wrk.path .. "?fbclid=" .. n .. math.random(1e9)) end
"""


@dataclass(frozen=True, slots=True)
class _Server:
    """Where the page is, and which processes it costs time."""

    address: str
    pids: tuple[int, ...]
    script: Path | None = None
    """What wrk asks; without one always the address."""


def main() -> None:
    """Print the tables."""
    cores = sorted(os.sched_getaffinity(0))
    if nginx.PROGRAM is None or _WRK is None or len(cores) < 2:
        sys.exit("serving: nginx, wrk and two cores are needed")
    os.sched_setaffinity(0, cores[:1])  # all servers are started by this process, and inherit it
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's workers may be another user
        render = running.enter_context(a_render(folder, *_articles()))
        path, pid = "/article/n-0", render.pid or 0
        (folder / "each_its_own.lua").write_text(_EACH_ITS_OWN)
        sizes, headers = _save(f"{render.url}{path}", folder)
        static, of_static = running.enter_context(nginx.static(folder, headers))
        kept_open, of_kept_open = running.enter_context(nginx.static(folder, headers, kept_open=True))
        edge, of_edge = running.enter_context(nginx.edge(folder, render.port, one_may=_ALL_FROM_HERE))
        servers = {
            "render": _Server(render.url + path, (pid,)),
            "edge": _Server(edge + path, (of_edge, pid)),
            "shared": _Server(edge + path, (of_edge, pid), folder / "each_its_own.lua"),
            "nginx": _Server(f"{static}/page", (of_static,)),
            "nginx, kept open": _Server(f"{kept_open}/page", (of_kept_open,)),
            "uvicorn": running.enter_context(_uvicorn(folder, headers)),
        }
        before, began = _pages_of(render.url), time.monotonic()
        _measure(servers["shared"], cores[1], ())
        asked_s = (_pages_of(render.url) - before) / (time.monotonic() - began)
        print(f"the edge, each with ?fbclid=… of its own: render is asked {asked_s:.1f} times a second")
        for asked, wanted in _ASKED.items():
            asking = {one: of for one, of in servers.items() if one != "uvicorn" or not wanted}
            found: dict[str, list[tuple[float, float]]] = {one: [] for one in asking}
            for _ in range(ROUNDS):
                for one, server in asking.items():
                    found[one].append(_measure(server, cores[1], wanted))
            medians = {
                one: [statistics.median(of) for of in zip(*rounds, strict=True)]
                for one, rounds in found.items()
            }
            head(f"{sizes[bool(wanted)]:,} bytes, {asked}; load {os.getloadavg()[0]:.1f}")
            peers = {one: medians.pop(one) for one in ("nginx", "nginx, kept open")}
            for one, (its_rate, its_cost) in medians.items():
                for peer, (rate, cost) in peers.items():
                    beside = f"{peer}: {rate:,.0f}/s"
                    show(_NAMES[one], f"{its_rate:,.0f} pages/s", beside, f"{its_rate / rate:.2f}")
                    show("", f"{its_cost:.0f} µs CPU", f"{cost:.0f} µs", f"{cost / its_cost:.2f}")


def _pages_of(render: str) -> float:
    """Give how many article pages a render has answered."""
    found = re.search(
        r'remen_render_requests_total\{route="article",status="200"\} (\S+)',
        httpx.get(f"{render}/metrics").text,
    )
    return float(found[1]) if found else 0.0


def _articles() -> Iterator[ArticlePublished]:
    """Give articles with pictures, so many that all parts of a page are full."""
    for article in Newspaper(seed=1).articles(200):
        picture = {
            "url": f"https://pictures.invalid/{article['id']}.jpg",
            "caption": article["title"],
            "width": 1200,
            "height": 800,
        }
        yield ArticlePublished.model_validate_json(as_in_the_log(article | {"pictures": [picture]}))


def _save(address: str, folder: Path) -> tuple[dict[bool, int], dict[str, str]]:
    """Save a page plain and compressed as nginx's files; give the sizes and the headers to be sent."""
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


@contextmanager
def _uvicorn(folder: Path, headers: dict[str, str]) -> Iterator[_Server]:
    port = free_base(1)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bench.peer_asgi", str(port), str(folder / "page"), json.dumps(headers)]
    child = subprocess.Popen(command, cwd=ROOT)
    try:
        until(lambda: nginx.answers(url), "uvicorn answers")
        yield _Server(url, (child.pid,))
    finally:
        child.terminate()
        child.wait()


def _measure(server: _Server, core: int, headers: tuple[str, ...]) -> tuple[float, float]:
    """Give the answers a second and the CPU µs of each; a single failed one ends the measurement."""
    options = [word for header in headers for word in ("-H", header)]
    options += [] if server.script is None else ["-s", str(server.script)]
    before = _cpu_s(server.pids)
    done = subprocess.run(
        [str(_WRK), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options, server.address],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, [core]),
    ).stdout
    used = _cpu_s(server.pids) - before
    found = re.search(r"(\d+) requests in", done), re.search(r"Requests/sec:\s+(\S+)", done)
    if "Non-2xx" in done or "Socket errors" in done or not found[0] or not found[1]:
        sys.exit(f"serving: {server.address} failed\n{done}")
    return float(found[1][1]), used * 1e6 / int(found[0][1])


def _cpu_s(pids: tuple[int, ...]) -> float:
    """Give the CPU time of processes and of their children."""
    children = [Path(f"/proc/{pid}/task/{pid}/children").read_text().split() for pid in pids]
    return sum(map(cpu_s, (*pids, *(int(child) for some in children for child in some))))


if __name__ == "__main__":
    main()
