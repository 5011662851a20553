"""No text of any field, in any format, becomes a script of a page, of a feed, or of an answer to a search.

The whole way: what ingest makes of a message, the event in the log, the page that a real browser opens, with
the page's policy switched off, so that it is the escaping alone that is tried.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from shared.events import ArticlePublished
from shared.limits import Limits
from tests.attack.corpus import TEXTS, URLS, numbered
from tests.attack.rounds import ROUNDS
from tests.builders import arrival, as_json, sent_article
from tests.integration.render.serving import Serving
from tests.unit.ingest.accepting import accept

FORMATS: Final = ("plain", "markdown", "html")
SERIES: Final = "<svg onload=alert(1)>"


def messages() -> Iterator[dict[str, Any]]:
    """Give articles with a payload in every field, in every format, and such as ninjs have."""
    for number, payload in enumerate(TEXTS):
        text = numbered(payload, number)
        line = re.sub(r"[\n\x01]", " ", text)
        picture = {"url": "https://x.example/1.jpg", "caption": line, "alt": line, "credit": line}
        url = numbered(URLS[number % len(URLS)], number)
        article = sent_article(
            f"p-{number}",
            title=line,
            section="地方" if number % 4 else line.replace("/", "")[:20] or "地方",
            body=f"{text}\n\n{text}",
            format=FORMATS[number % 3],
            picture=picture,
            pictures=[picture | {"url": url}] if number % 2 else None,
            byline=line,
            source=line,
            tags=[line[:50]],
            correction=line,
            language="zh-Hans" if number % 5 else line[:8],
        )
        yield article
        for format_name in FORMATS:
            yield sent_article(f"f-{number}-{format_name}", body=f"x {text} x", format=format_name)
        yield {
            "uri": f"urn:x:{number}",
            "type": "text",
            "headline": line,
            "body_xhtml": f"<p>{text}</p>",
            "byline": line,
            "subject": [{"name": "地方"}],
        }
    yield sent_article("series", title=f"【{SERIES}】x")


@pytest.fixture(scope="module")
def events() -> list[ArticlePublished]:
    """Give what ingest makes of them; what it refuses is told less and less of, until it is taken."""
    made: list[ArticlePublished] = []
    for sent in messages():
        outcome = accept(as_json(sent), UNKNOWN, arrival(len(made)))
        for unfit in ("pictures", "language", "section", "tags"):
            if isinstance(outcome, Accepted):
                break
            sent = sent | ({"section": "地方"} if unfit == "section" else {})
            if unfit != "section":
                sent.pop(unfit, None)
            outcome = accept(as_json(sent), UNKNOWN, arrival(len(made)))
        if isinstance(outcome, Accepted):
            made += (event for event in outcome.articles if isinstance(event, ArticlePublished))
    assert len(made) > 4 * len(TEXTS), "few of them get through"
    return made


@pytest.fixture(scope="module")
def serving(events: list[ArticlePublished], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give their pages."""
    with Serving(tmp_path_factory.mktemp("scripts"), Limits(), *events) as started:
        yield started


class Watched:
    """A page of a browser without the policy, and what happened on it that must not."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(bypass_csp=True)
        self.page: Page = self._context.new_page()
        self.ran: list[str] = []
        self.page.on("dialog", self._note)
        self.page.route("https://x.example/**", lambda route: route.abort())
        self.page.add_init_script("window.open = (url) => alert('open ' + url)")

    def _note(self, dialog: Any) -> None:
        self.ran.append(f"{self.page.url}: {dialog.message}")
        dialog.dismiss()

    def found(self) -> list[str]:
        """Name what stands on the page that none of our templates writes."""
        return list(self.page.evaluate(_FOREIGN))

    def close(self) -> None:
        """Close it."""
        self._context.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Give a watched page."""
    made = Watched(browser)
    yield made
    assert made.ran == []
    made.close()


def test_the_corpus_runs_where_nothing_stops_it(browser: Browser) -> None:
    watched = Watched(browser)
    for number, payload in enumerate(TEXTS[:40]):
        watched.page.set_content(numbered(payload, number))
    assert len(watched.ran) > 10
    watched.close()


def test_no_list_runs_a_script(serving: Serving, watched: Watched) -> None:
    section = quote("地方")
    series = quote(SERIES, safe="")
    paths = ["/", f"/section/{section}", "/hot", f"/series/{series}", "/search?q=alert", "/none"]
    for number, path in enumerate(paths):
        prefix = "/zh-hant" if number % 2 else ""
        watched.page.goto(f"http://127.0.0.1:{serving.port}{prefix}{path}", wait_until="domcontentloaded")
        assert watched.found() == [], path


def test_no_article_runs_a_script(serving: Serving, events: list[ArticlePublished], watched: Watched) -> None:
    """All pages are put into one document after the other, as a browser parses them, and touched."""
    with httpx.Client(base_url=f"http://127.0.0.1:{serving.port}") as reader:
        watched.page.goto(f"http://127.0.0.1:{serving.port}/none", wait_until="domcontentloaded")
        for number, event in drawn(list(enumerate(events)), 3):
            prefix = "/zh-hant" if number % 2 else ""
            answer = reader.get(f"{prefix}/article/{event.id}")
            assert answer.status_code == 200
            for block in re.findall('(?s)<script type="application/ld.json">(.*?)</script>', answer.text):
                json.loads(block)
            assert watched.page.evaluate(_PARSED, own(answer.text)) == [], event.id
    for event in events[:: len(events) // 6]:
        watched.page.goto(
            f"http://127.0.0.1:{serving.port}/article/{event.id}", wait_until="domcontentloaded"
        )
        assert watched.found() == []


def test_no_feed_runs_a_script(serving: Serving, watched: Watched) -> None:
    base = f"http://127.0.0.1:{serving.port}"
    watched.page.goto(f"{base}/none", wait_until="domcontentloaded")
    for item in httpx.get(f"{base}/feed.json").json()["items"]:
        assert watched.page.evaluate(_PARSED, item["content_html"]) == []
        assert watched.page.evaluate(_PARSED, item["summary"].replace("<", "&lt;")) == []
    for path in ("/feed.xml", "/feed.atom", "/sitemap.xml", "/news-sitemap.xml"):
        text = httpx.get(base + path).text
        assert watched.page.evaluate(_SCRIPTS_IN_XML, text) == 0, path


@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_no_search_gives_back_a_script(serving: Serving, watched: Watched, prefix: str) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{serving.port}") as reader:
        watched.page.goto(f"http://127.0.0.1:{serving.port}/none", wait_until="domcontentloaded")
        for number, payload in drawn(list(enumerate((*TEXTS, *URLS))), 2):
            query = quote(numbered(payload, number)[:100], safe="")
            for path in (f"/search?q={query}", f"/search?q=%22{query}", f"/search?q=x&page={query}"):
                answer = reader.get(prefix + path)
                assert answer.status_code in (200, 404), path
                assert watched.page.evaluate(_PARSED, own(answer.text)) == [], path


def own(text: str) -> str:
    """Leave out of a page the lists that stand on many."""
    return re.sub('(?s)<section class="(hot|cards)".*?</section>', "", text)


def drawn(cases: list[tuple[int, Any]], one_in: int) -> list[tuple[int, Any]]:
    """Take some of these, in the long form all."""
    return cases[:: max(1, one_in // ROUNDS)]


_CHECK: Final = """
const foreign = (root) => {
  const found = [];
  for (const e of root.querySelectorAll('*')) {
    const name = e.localName, type = e.getAttribute('type');
    if (['svg', 'math', 'iframe', 'object', 'embed', 'base', 'style', 'template', 'form', 'marquee', 'video',
         'audio', 'details', 'textarea', 'select'].includes(name)
        && !e.matches('form.search, form.search select')) found.push(name);
    if (name === 'script' && type !== 'application/ld+json'
        && !(e.getAttribute('src') || '').startsWith('/static/')) found.push('script');
    if (name === 'meta' && e.httpEquiv) found.push('meta ' + e.httpEquiv);
    if (name === 'link' && !/^(http|\\/)/.test(e.getAttribute('href'))) found.push('link');
    for (const a of e.attributes) {
      if (/^on|^style$|^srcdoc$/.test(a.name)) found.push(name + ' ' + a.name);
      if (/^(href|src|action|formaction|data|xlink:href)$/.test(a.name)
          && !/^(https?:|mailto:|\\/|#)/i.test(a.value)) found.push(name + ' ' + a.name + ' ' + a.value);
    }
  }
  return found;
};
"""
_FOREIGN: Final = f"() => {{ {_CHECK} return foreign(document); }}"
_PARSED: Final = f"""(text) => {{ {_CHECK}
  const made = new DOMParser().parseFromString(text, 'text/html');
  const again = document.createElement('div');
  again.innerHTML = made.body.innerHTML;  // what is written out and parsed anew must be the same
  return [...foreign(made), ...foreign(again)];
}}"""
_SCRIPTS_IN_XML: Final = """(text) => {
  const made = new DOMParser().parseFromString(text, 'application/xml');
  const ours = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg'];
  const isRun = (e) => e.localName !== 'link' && ours.includes(e.namespaceURI);
  return [...made.querySelectorAll('*')].filter(isRun).length
    + (made.querySelector('parsererror') ? 1000 : 0);
}"""
