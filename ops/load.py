"""A newsroom and readers at the doors of a site, who note what they feel while parts of it come, go and die.

The newsroom sends so many articles a second over HTTP, each once, as a publisher without retries would. Of
each that was taken a reader asks for its page until it is there; others ask for pages all the time. What
is felt is noted by the step that was going on when a request was sent. Only Python's own library is needed.
"""

import http.client
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urlsplit

NO_ANSWER: Final = 0
"""In place of a status, where a connection ended without one."""
_TAKEN: Final = (200, 201, 202)
_ASK_AGAIN_S: Final = 0.02
_ASK_LESS: Final = 0.05
"""The longer a page is not there the less often it is asked for, so that a slow site is not made slower."""
_SENDERS: Final = 200


class Told(NamedTuple):
    """An answer, and what its body says went wrong."""

    status: int
    detail: str = ""


@dataclass
class Felt:
    """What was felt during one step; times in seconds."""

    posts: Counter[int] = field(default_factory=Counter)
    pages: Counter[int] = field(default_factory=Counter)
    details: Counter[str] = field(default_factory=Counter)
    answered: list[float] = field(default_factory=list)
    readable: list[float] = field(default_factory=list)
    never: int = 0
    took: float = 0.0

    def __add__(self, other: "Felt") -> "Felt":
        return Felt(
            self.posts + other.posts,
            self.pages + other.pages,
            self.details + other.details,
            self.answered + other.answered,
            self.readable + other.readable,
            self.never + other.never,
            self.took + other.took,
        )

    @property
    def failures(self) -> int:
        """Count what a publisher or a reader would call a failure."""
        failed = (
            sum(n for status, n in of.items() if status not in _TAKEN) for of in (self.posts, self.pages)
        )
        return sum(failed) + self.never


class Load:
    """A newsroom and readers, from `with` on; `felt` has what they noted, by step."""

    def __init__(
        self,
        page: str,
        ingest: str,
        token: str,
        *,
        articles_a_second: float = 5.0,
        pages_a_second: float = 20.0,
        give_up_s: float = 60.0,
    ) -> None:
        self._page, self._ingest, self._token = page, ingest, token
        self._between_articles_s, self._between_pages_s = 1 / articles_a_second, 1 / pages_a_second
        self._give_up_s = give_up_s
        self._run = uuid.uuid4().hex[:8]
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._readable: list[str] = []
        self._step = "before"
        self.felt: dict[str, Felt] = {}

    def __enter__(self) -> "Load":
        self._pool = ThreadPoolExecutor(_SENDERS)
        self._paces = [
            threading.Thread(target=self._pace, args=(every_s, work))
            for every_s, work in ((self._between_articles_s, self._send), (self._between_pages_s, self._read))
        ]
        for pace in self._paces:
            pace.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for pace in self._paces:
            pace.join()
        self._pool.shutdown()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note what is felt from now on under this name."""
        self._step = name
        began = time.monotonic()
        yield
        with self._lock:
            self._felt(name).took += time.monotonic() - began

    def _pace(self, every_s: float, work: Callable[[int, str], None]) -> None:
        began, number = time.monotonic(), 0
        while not self._over.wait(max(0.0, began + number * every_s - time.monotonic())):
            self._pool.submit(work, number, self._step)
            number += 1

    def _send(self, number: int, step: str) -> None:
        article_id = f"load-{self._run}-{number}"
        article = {"id": article_id, "title": f"第{number}篇 {self._run}", "section": "地方"}
        body = json.dumps(article | {"body": "一行字。\n" * 20}).encode()
        began = time.monotonic()
        told = _ask("POST", f"{self._ingest}/articles", body, self._token)
        with self._lock:
            felt = self._felt(step)
            felt.posts[told.status] += 1
            felt.answered.append(time.monotonic() - began)
            if told.status not in _TAKEN:
                felt.details[f"{told.status} {told.detail}"] += 1
        if told.status in _TAKEN:
            self._wait_for(article_id, began, felt)

    def _wait_for(self, article_id: str, began: float, felt: Felt) -> None:
        while (asked := time.monotonic()) < began + self._give_up_s:
            if _ask("GET", f"{self._page}/article/{article_id}").status == http.HTTPStatus.OK:
                with self._lock:
                    felt.readable.append(asked - began)
                    self._readable.append(article_id)
                return
            time.sleep(max(_ASK_AGAIN_S, _ASK_LESS * (asked - began)))
        with self._lock:
            felt.never += 1

    def _read(self, number: int, step: str) -> None:
        with self._lock:
            known = [f"/article/{name}" for name in self._readable[-50:]]
        paths = ["/", "/hot", *known]
        told = _ask("GET", self._page + paths[number % len(paths)])
        with self._lock:
            felt = self._felt(step)
            felt.pages[told.status] += 1
            if told.status not in _TAKEN:
                felt.details[f"page {told.status} {told.detail}"] += 1

    def _felt(self, step: str) -> Felt:
        return self.felt.setdefault(step, Felt())


def _ask(method: str, url: str, body: bytes | None = None, token: str = "") -> Told:
    parts = urlsplit(url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if body else {}
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(method, parts.path, body, headers)
        answer = connection.getresponse()
        return Told(answer.status, "" if answer.status in _TAKEN else _detail(answer.read()))
    except (OSError, http.client.HTTPException) as error:
        return Told(NO_ANSWER, type(error).__name__)
    finally:
        connection.close()


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return " ".join(body.decode(errors="replace").split())[:80]


def table(felt: dict[str, Felt]) -> str:
    """Write what was felt, a line for each step and one for all."""
    lines = [_HEAD, *(_line(name, of) for name, of in felt.items())]
    lines.append(_line("all", total := sum(felt.values(), Felt())))
    return "\n".join([*lines, *(f"{count:6} × {what}" for what, count in total.details.most_common())])


_HEAD: Final = (
    f"{'step':<28} {'s':>5}  {'POST':<28} {'pages':<16} "
    f"{'readable after s: p50':>21} {'p95':>6} {'p99':>6} {'last':>6}"
)


def _line(name: str, felt: Felt) -> str:
    times = "".join(f"{percentile(felt.readable, p):>{width}.2f}" for p, width in _COLUMNS)
    never = f"  {felt.never} never" if felt.never else ""
    return f"{name:<28} {felt.took:>5.0f}  {_counts(felt.posts):<28} {_counts(felt.pages):<16} {times}{never}"


_COLUMNS: Final = ((50, 21), (95, 7), (99, 7), (100, 7))


def _counts(of: Counter[int]) -> str:
    return " ".join(f"{status or 'none'}:{count}" for status, count in sorted(of.items())) or "-"


def percentile(values: list[float], percent: float) -> float:
    """Give the value that so many percent do not exceed; NaN if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")
