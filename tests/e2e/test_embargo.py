"""Nobody learns of an article before its embargo is over, and everybody may read it within a second after.

Views are sent for it beforehand, so that it would be the hottest of all; services are killed in between.
"""

import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from redis import Redis

from tests.builders import as_json, sent_article
from tests.foreign import produce, records, until
from tests.real import Service, Site

pytestmark = pytest.mark.alone

LATE_S: Final = 1.0
"""What a publisher is promised."""
SECTION, SERIES, OPEN = "国际", "封存系列", "open-piece"
PAGES: Final = [
    "/", f"/article/{OPEN}", f"/section/{SECTION}", f"/series/{SERIES}",
    "/hot", "/hot?list=24h", "/hot?list=3d", "/hot.json", f"/hot.json?article={OPEN}", "/search?q=河城",
    "/robots.txt", "/sitemap.xml", "/news-sitemap.xml", "/feed.xml", "/feed.atom",
    "/feed.json", f"/section/{SECTION}/feed.xml",
]  # fmt: skip
A_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")
LISTS: Final = [(scope, name) for scope in ("all", f"section:{SECTION}") for name in ("now", "24h", "3d")]


@dataclass(frozen=True)
class Secret:
    """An article of which nobody may know yet."""

    id: str
    until: datetime

    @property
    def text(self) -> dict[str, Any]:
        """Give it as its publisher sends it; each part has a word of its own to be found by."""
        return sent_article(
            self.id,
            title=f"【{SERIES}】题{self.id[-8:]}",
            section=SECTION,
            body=f"(河城15日讯)密{self.id[-8:]}的第一段。\n第二段。",
            picture={"url": f"https://a.example/{self.id[-8:]}.jpg", "caption": f"图{self.id[-8:]}"},
            embargo_until=self.until.isoformat(),
        )

    def is_in(self, told: str) -> bool:
        """Tell whether any part of it can be found."""
        return self.id[-8:] in told


def in_seconds(seconds: float) -> Secret:
    return Secret(f"secret-{uuid.uuid4().hex[:8]}", datetime.now(UTC) + timedelta(seconds=seconds))


def view(article_id: str) -> bytes:
    return as_json({"article": article_id, "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()})


def plain(answer: httpx.Response, article_id: str) -> tuple[int, dict[str, str], bytes]:
    """Give all of an answer but times and the id that was asked for."""
    headers = {k: v for k, v in answer.headers.items() if k not in {"date", "x-accel-expires"}}
    return (
        answer.status_code,
        headers,
        A_TIME.sub(b"TIME", answer.content.replace(article_id.encode(), b"ID")),
    )


@pytest.fixture
def replicas(whole_site: Site, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Give `replicas()`, which starts a further render and gives its address."""
    started: list[Service] = []

    def start() -> str:
        replica = Service(
            "render",
            tmp_path,
            KAFKA_BOOTSTRAP_SERVERS=whole_site.addresses["kafka"],
            REDIS_URL=whole_site.addresses["redis"],
            RENDER_DATA=str(tmp_path / f"replica-{len(started)}"),
        )
        started.append(replica)
        replica.start()
        return replica.url

    yield start
    for replica in started:
        replica.stop()


@pytest.fixture
def sports(whole_site: Site, tmp_path: Path) -> Iterator[httpx.Client]:
    """Give a client of an ingest with a token that may write another section only."""
    grant = {"name": "sports", "sha256": hashlib.sha256(b"sports").hexdigest(), "sections": ["体育"]}
    service = Service(
        "ingest",
        tmp_path,
        KAFKA_BOOTSTRAP_SERVERS=whole_site.addresses["kafka"],
        INGEST_INSTANCE="sports",
        INGEST_TOKENS=json.dumps([grant]),
    )
    try:
        service.start()
        with httpx.Client(base_url=service.url, headers={"Authorization": "Bearer sports"}) as client:
            yield client
    finally:
        service.stop()


class Watch:
    """Looks everywhere for an article that nobody may know of."""

    def __init__(self, site: Site, secret: Secret) -> None:
        self.site = site
        self.secret = secret
        self.unknown = f"secret-{uuid.uuid4().hex[:8]}"
        self.renders = [site.addresses["page"]]
        for _ in range(30):
            for article_id in (secret.id, self.unknown):
                produce(site.addresses["kafka"], "views.v1", view(article_id))

    def look(self) -> None:
        """Find nothing anywhere."""
        for render in self.renders:
            for path in PAGES:
                self._nothing_in(render + path)
            for path in ("/article/{}", "/hot.json?article={}", "/v.gif?article={}&token=x"):
                self._same_as_unknown(render + path)
        for scope, name in LISTS:
            self._nothing_in(f"{self.site.addresses['rank']}/hot?scope={scope}&list={name}&limit=100")
            self._same_as_unknown(f"{self.site.addresses['rank']}/hot/{{}}/why?list={name}")
        with Redis.from_url(self.site.addresses["redis"], decode_responses=True) as redis:
            for key in redis.scan_iter("hot:*"):
                told = redis.get(key) if redis.type(key) == "string" else redis.zrange(key, 0, -1)
                self._is_not_in(str(told), key)
        for message in records(self.site.addresses["kafka"], "hot.v1"):
            self._is_not_in((message.value() or b"").decode(), "hot.v1")

    def same_for_those_who_may_not_write_it(self, client: httpx.Client) -> None:
        """Find that a publisher of another section is told what it would be told of an unknown article."""
        theirs, nobodys = (client.get(f"/articles/{i}") for i in (self.secret.id, self.unknown))
        assert plain(theirs, self.secret.id) == plain(nobodys, self.unknown)
        theirs, nobodys = (
            client.delete(f"/articles/{i}?reason=error") for i in (self.secret.id, self.unknown)
        )
        assert plain(theirs, self.secret.id) == plain(nobodys, self.unknown)
        taken = client.post("/articles", json=sent_article(self.secret.id, section="体育"))
        assert taken.status_code == 409
        self._is_not_in(taken.text.replace(self.secret.id, ""), "the refusal")

    def _nothing_in(self, url: str) -> None:
        answer = httpx.get(url, timeout=10)
        self._is_not_in(answer.text + str(answer.headers), url)

    def _same_as_unknown(self, url: str) -> None:
        for method in ("GET", "HEAD"):
            theirs, nobodys = (httpx.request(method, url.format(i)) for i in (self.secret.id, self.unknown))
            assert plain(theirs, self.secret.id) == plain(nobodys, self.unknown), url
        self._is_not_in(theirs.text.replace(self.secret.id, ""), url)

    def _is_not_in(self, told: str, where: str) -> None:
        assert datetime.now(UTC) < self.secret.until, "looked too late: give the embargo more time"
        assert not self.secret.is_in(told), f"{where}: {told}"

    def lateness(self, at_most_s: float = LATE_S) -> list[float]:
        """Wait until all can read it; give how late each was, in seconds."""
        late = []
        for render in self.renders:
            url = f"{render}/article/{self.secret.id}"
            until(lambda url=url: httpx.get(url).status_code == 200, url, 60)  # type: ignore[misc]
            late.append((datetime.now(UTC) - self.secret.until).total_seconds())
        assert all(0 <= s <= at_most_s for s in late), late
        return late


def is_listed(site: Site, secret: Secret, render: str) -> bool:
    with Redis.from_url(site.addresses["redis"], decode_responses=True) as redis:
        hottest = [redis.zrevrange(f"hot:{scope}:{name}", 0, 0) for scope, name in LISTS]
    shown = [httpx.get(render + path).text for path in PAGES[:4]]
    return hottest == [[secret.id]] * len(LISTS) and all(secret.is_in(text) for text in shown)


def sleep_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def test_before_its_time_an_article_is_found_nowhere_and_a_second_after_everywhere(
    whole_site: Site,
    replicas: Callable[[], str],
    sports: httpx.Client,
    record_property: Callable[[str, object], None],
) -> None:
    kafka = whole_site.addresses["kafka"]
    produce(kafka, "ingest.v1", as_json(sent_article(OPEN, section=SECTION)))
    secret = in_seconds(45)
    produce(kafka, "ingest.v1", as_json(secret.text))
    watch = Watch(whole_site, secret)
    for _ in range(3):
        produce(kafka, "views.v1", view(OPEN))
    page = watch.renders[0]
    until(lambda: httpx.get(f"{page}/article/{OPEN}").status_code == 200, "the open article can be read")
    until(lambda: f"/article/{OPEN}" in httpx.get(f"{page}/hot").text, "the open article is hot")
    watch.look()
    watch.same_for_those_who_may_not_write_it(sports)
    for name in ("ingest-1", "render-1"):
        old = whole_site.pid(name)
        whole_site.kill(name)
        until(lambda name=name, old=old: whole_site.pid(name) not in (None, old), name)  # type: ignore[misc]
    until(lambda: all(s["ready"] for s in whole_site.status()["services"]), "all are ready again")
    watch.renders.append(replicas())
    watch.look()
    watch.same_for_those_who_may_not_write_it(sports)
    sleep_until(secret.until - timedelta(seconds=0.1))
    record_property("late_s", watch.lateness())
    for render in watch.renders:
        until(lambda render=render: is_listed(whole_site, secret, render), "it is listed as hottest")  # type: ignore[misc]


def test_an_embargo_that_is_moved_to_a_later_time_ends_then(
    whole_site: Site, record_property: Callable[[str, object], None]
) -> None:
    kafka = whole_site.addresses["kafka"]
    # an instance of the test before may hold its place among the workers for the 6 s of its session
    first = in_seconds(12)
    # one look everywhere takes some seconds on a loaded machine
    later = Secret(first.id, first.until + timedelta(seconds=15))
    produce(kafka, "ingest.v1", as_json(first.text))
    produce(kafka, "ingest.v1", as_json(later.text | {"revision": 1}))
    url = f"{whole_site.addresses['ingest']}/articles/{later.id}"
    publisher = {"Authorization": f"Bearer {whole_site.addresses['publish_token']}"}
    until(lambda: httpx.get(url, headers=publisher).json().get("revision") == 1, "the revision is taken")
    assert datetime.now(UTC) < first.until
    watch = Watch(whole_site, later)
    while datetime.now(UTC) < later.until - timedelta(seconds=10):
        watch.look()
    sleep_until(later.until - timedelta(seconds=0.1))
    record_property("late_s", watch.lateness())


def test_an_embargo_that_is_lifted_ends_at_once(whole_site: Site) -> None:
    kafka = whole_site.addresses["kafka"]
    secret = in_seconds(3600)
    produce(kafka, "ingest.v1", as_json(secret.text))
    Watch(whole_site, secret).look()
    produce(kafka, "ingest.v1", as_json(secret.text | {"embargo_until": None}))
    url = f"{whole_site.addresses['page']}/article/{secret.id}"
    until(lambda: httpx.get(url).status_code == 200, "it can be read")


def test_what_was_withdrawn_during_its_embargo_is_never_shown(whole_site: Site) -> None:
    kafka, page = whole_site.addresses["kafka"], whole_site.addresses["page"]
    secret = in_seconds(4)
    produce(kafka, "ingest.v1", as_json(secret.text))
    produce(kafka, "ingest.v1", as_json({"id": secret.id, "action": "withdraw", "reason": "error"}))
    url = f"{page}/article/{secret.id}"
    until(lambda: httpx.get(url).status_code == 410, "it is withdrawn")
    sleep_until(secret.until + timedelta(seconds=LATE_S))
    answer = httpx.get(url)
    assert answer.status_code == 410
    assert not secret.is_in(answer.text.replace(secret.id, ""))
    for path in PAGES:
        assert not secret.is_in(httpx.get(page + path).text), path
