"""A page shows pictures of the hosts that may keep them, and tells those hosts of its reader no more."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser
from pydantic import ValidationError

from services.render.settings import Settings
from shared.blocks import Paragraph, Picture, PictureBlock, Rendition
from shared.limits import Limits
from tests.attack.hosts import Host
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Serving

PIXEL: Final = b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
FOREIGN: Final = ("second", "small", "listed")


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    """Give a host that may keep pictures and one that may not."""
    with Host(PIXEL, "image/gif") as ours, Host(PIXEL, "image/gif") as foreign:
        yield ours, foreign


def test_only_hosts_on_the_list_are_asked_and_none_is_told_the_page(
    browser: Browser, tmp_path: Path, hosts: tuple[Host, Host]
) -> None:
    ours, foreign = hosts
    small = (Rendition(url=f"{foreign.url}/small", width=300),)
    article = published(
        "a",
        pictures=(
            Picture(url=f"{ours.url}/lead", width=600, height=400),
            Picture(url=f"{foreign.url}/second"),
        ),
        blocks=(
            PictureBlock(picture=Picture(url=f"{foreign.url}/third", width=9, height=9, renditions=small)),
            Paragraph(text="河城图书馆开放。"),
        ),
    )
    listed = published("b", second=1, pictures=(Picture(url=f"{foreign.url}/listed"),))
    with Serving(tmp_path, Limits(), article, listed, pictures=(ours.url,)) as serving:
        page = browser.new_page(viewport={"width": 1280, "height": 9000})
        refused: list[str] = []
        page.on("requestfailed", lambda request: refused.append(request.url))
        for path in ("article/b", "", "article/a"):
            page.goto(f"http://127.0.0.1:{serving.port}/{path}")
            assert page.locator("img").count()
        until(lambda: page.evaluate("document.querySelector('figure img').naturalWidth"), "it is shown")
        until(
            lambda: page.title() and set(refused) >= {f"{foreign.url}/{name}" for name in FOREIGN}, "refused"
        )
        page.close()
    assert {path for path, _, _ in ours.asked} >= {"/lead"}
    assert {(referer, origin) for _, referer, origin in ours.asked} == {(None, None)}
    assert foreign.asked == []


@pytest.mark.parametrize(
    "sources",
    [
        "https:; script-src *",
        "'unsafe-inline'",
        "https://a b",
        "data:",
        "javascript:",
        "x.example\r\nx: y",
        "*.*",
        "//x",
    ],
)
def test_a_list_that_would_say_more_is_refused(monkeypatch: pytest.MonkeyPatch, sources: str) -> None:
    monkeypatch.setenv("RENDER_PICTURE_HOSTS", sources)
    with pytest.raises(ValidationError):
        Settings()


def test_a_list_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "RENDER_PICTURE_HOSTS", "img.example, *.agency.example,https://a.example:8443,http://b:*"
    )
    assert len(Settings().picture_hosts) == 4
