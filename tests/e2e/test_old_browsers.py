"""An article's page in the oldest browsers: it can be read, on a phone and on a desk, and its view counts.

Needs old Chromiums, whose paths REMEN_OLD_CHROMIUMS names, separated by colons. Packages of npm carry them:
`chrome-aws-lambda@2.0.2` (79), `@sparticuz/chromium` 109.0.6, 119.0.2 and 123.0.1 in `bin/*.br`, to be
unpacked with brotli and tar; libraries of theirs belong into a folder `lib` beside each.
"""

import os
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.builders import sent_article
from tests.e2e.old_chromium import OldPage, old_page
from tests.foreign import until
from tests.real import Site

CHROMIUMS: Final = [Path(path) for path in os.environ.get("REMEN_OLD_CHROMIUMS", "").split(":") if path]
pytestmark = pytest.mark.skipif(not CHROMIUMS, reason="REMEN_OLD_CHROMIUMS names no old Chromium")

SENT: Final = [
    sent_article(
        f"old-{n}",
        title="【河城纪事】 旧邮局改成图书馆 周日开放",
        body="第一段,说的是图书馆。\n" + "字" * 400 + "\nhttps://library.example/" + "catalogue" * 20,
        picture={"url": "https://pictures.example/hall.svg", "width": 1200, "height": 800},
    )
    for n in range(12)
]


@pytest.fixture(scope="module")
def address(whole_site: Site) -> str:
    """Publish twelve articles; give the site's address."""
    return whole_site.publish(*SENT)


@pytest.mark.parametrize("chromium", CHROMIUMS, ids=lambda path: path.parent.name)
async def test_an_article_can_be_read(chromium: Path, address: str, tmp_path: Path) -> None:
    page_of_it = f"{address}/article/old-1"
    async with old_page(chromium, tmp_path) as page:
        await page.open(page_of_it, 390)
        head, text, hot = [await page.box(one) for one in ("h1", ".text p", ".hot")]
        for box in (head, text, hot):
            assert box["left"] >= 16
            assert box["right"] <= 390 - 16
        assert head["bottom"] <= text["top"] < hot["top"]
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await _is_seen(page)

        await page.open(page_of_it, 1280)
        head, text, hot = [await page.box(one) for one in ("h1", ".text p", ".hot")]
        assert text["width"] >= 600
        assert text["right"] < hot["left"]
        assert abs(head["left"] - text["left"]) <= 1
        assert await page.evaluate("document.documentElement.scrollWidth") <= 1280
        await _is_seen(page)


async def _is_seen(page: OldPage) -> None:
    """See that sections stand apart, lists have no marks, and a tile has a height."""
    first, second = [await page.box(f"nav li:nth-child({n}) a") for n in (1, 2)]
    assert second["left"] - first["right"] >= 12
    assert (await page.box(".hot .more"))["height"] >= 40
    assert await page.evaluate("getComputedStyle(document.querySelector('.ranks')).paddingLeft") == "0px"
    assert await page.evaluate("getComputedStyle(document.querySelector('.text p')).fontSize") != "16px"


@pytest.mark.parametrize("chromium", CHROMIUMS, ids=lambda path: path.parent.name)
async def test_its_view_counts(chromium: Path, whole_site: Site, address: str, tmp_path: Path) -> None:
    read = f"old-{2 + CHROMIUMS.index(chromium)}"
    async with old_page(chromium, tmp_path) as page:
        await page.open(f"{address}/article/{read}", 390)
        why = f"{whole_site.addresses['rank']}/hot/{read}/why"

        def is_counted() -> bool:
            answer = httpx.get(why)
            return answer.status_code == 200 and int(answer.json()["score"]) == 1

        until(is_counted, "the view is counted")
