"""An agency's items, sent as they stand, read back from their pages in a browser."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import OpenPage
from tests.foreign import DEADLINE_S, until
from tests.ninjs_examples import example_files
from tests.real import Site

ITEM = {
    "standard": {"name": "ninjs", "version": "3.1"},
    "uri": "urn:newsml:agency.example:20261115:harbour",
    "type": "composite",
    "version": "2",
    "pubStatus": "usable",
    "versionCreated": "2026-11-15T10:30:00Z",
    "language": "en",
    "by": "Ana Costa",
    "edNote": "Not for readers",
    "subjects": [{"name": "Harbour"}],
    "headlines": [{"role": "main", "contentType": "text/html", "value": "Harbour library <em>opens</em>"}],
    "bodies": [
        {"contentType": "text/plain", "value": "Only where there is nothing better."},
        {
            "role": "main",
            "contentType": "application/xhtml+xml",
            "value": "<p>RIVERTON (EXA) – The post office is a library.</p><p>Three hundred <b>came</b>.</p>",
        },
    ],
    "associations": [
        {
            "name": name,
            "uri": f"urn:picture:{name}",
            "type": "picture",
            "descriptions": [{"contentType": "text/html", "value": f"<p>The {name} hall</p>"}],
            "renditions": [
                {"name": "web", "href": f"https://pictures.example/{name}.jpg", "contentType": "image/jpeg"}
            ],
        }
        for name in ("reading", "sorting")
    ],
}


def post(site: Site, sent: bytes) -> str:
    answer = httpx.post(
        f"{site.addresses['ingest']}/articles",
        content=sent,
        headers={
            "authorization": f"Bearer {site.addresses['publish_token']}",
            "content-type": "application/json",
        },
        timeout=DEADLINE_S,
    )
    assert answer.is_success, answer.text
    return str(answer.json()["url"])


def readable(url: str) -> bool:
    return httpx.get(url).status_code == 200


def text_of(url: str) -> str:
    return httpx.get(url).text.partition("<article")[2].partition("</article>")[0]


def test_an_item_is_a_page_with_headline_byline_paragraphs_and_captioned_pictures(
    whole_site: Site, open_page: OpenPage
) -> None:
    url = post(whole_site, json.dumps(ITEM).encode())
    until(lambda: readable(url), "the page is there")
    page = open_page(url)
    article = page.locator("article")
    assert article.locator("h1").inner_text() == "Harbour library opens"
    assert "Ana Costa" in article.locator(".byline").inner_text()
    assert article.locator("p").all_inner_texts() == [
        "RIVERTON (EXA) – The post office is a library.",
        "Three hundred came.",
    ]
    assert page.locator("figure img").first.get_attribute("src") == "https://pictures.example/reading.jpg"
    assert page.locator("figcaption").all_inner_texts() == ["The reading hall", "The sorting hall"]
    assert "Not for readers" not in page.content()
    assert httpx.get(f"{whole_site.addresses['page']}/section/Harbour").status_code == 200


def test_a_withheld_item_is_on_no_page_until_it_is_usable_and_a_cancelled_one_is_gone(
    whole_site: Site,
) -> None:
    def say(**changes: Any) -> str:
        item = ITEM | {"uri": "urn:newsml:agency.example:20261115:quay", "associations": []} | changes
        return post(whole_site, json.dumps(item).encode())

    url = say()
    until(lambda: readable(url), "the page is there")
    say(pubStatus="withheld", version="3", bodies=None)
    until(lambda: httpx.get(url).status_code == 404, "the withheld text is not there")
    say(version="3")
    until(lambda: readable(url), "the text is there again")
    say(pubStatus="canceled", headlines=None, bodies=None)
    until(lambda: httpx.get(url).status_code == 410, "the cancelled text is gone")


@pytest.mark.parametrize("path", example_files(articles=True))
def test_an_official_example_is_a_page(whole_site: Site, open_page: OpenPage, path: Path) -> None:
    item = json.loads(path.read_bytes())
    url = post(whole_site, path.read_bytes())
    count = {"001": 1, "003": 1}.get(path.stem[:3], 4)
    # several examples are versions of one item: what is there may be the one before
    until(lambda: text_of(url).count("<p>") == count, "the page is there")
    page = open_page(url)
    headlines = [item.get("headline"), item.get("headline_main"), item.get("headline_simple")]
    headlines += [headline["value"] for headline in item.get("headlines", [])]
    assert page.locator("h1").inner_text() in headlines
    assert (item.get("byline") or item.get("by") or "") in page.locator(".byline").inner_text()
    paragraphs = page.locator("article p").all_inner_texts()
    assert len(paragraphs) == count
    assert not any("<" in paragraph for paragraph in paragraphs)
    captions = page.locator("figcaption").all_inner_texts()
    assert [bool(caption) for caption in captions] == ([True, True] if path.stem[:3] == "007" else [])
