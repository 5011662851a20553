"""Pages of others, in a real browser, that want to report views of our articles: none counts, ours do."""

import re
import time
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser

from services.render.adapters.views import view_log
from services.render.core.views import tokens
from shared.limits import Limits
from tests.attack.hosts import Host
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Serving

PAGE: Final = """<!doctype html><meta charset="utf-8"><body style="background: url('{pixel}&amp;n=1')">
<img src="{pixel}&amp;n=2"><img src="{pixel}&amp;n=3" referrerpolicy="no-referrer">
<iframe src="{pixel}&amp;n=4"></iframe><iframe src="{site}/article/a"></iframe>
<iframe name="there"></iframe>
<form method="post" enctype="text/plain" action="{site}/views" target="there">
<input name='{{"article": "a", "token": "{token}", "and": "' value='"}}'></form>
<iframe sandbox="allow-scripts" srcdoc="<script>fetch('{site}/views', {{method: 'POST', mode: 'no-cors',
  body: JSON.stringify({{article: 'a', token: '{token}'}})}})</script>"></iframe>
<script>
const body = JSON.stringify({{article: 'a', token: '{token}'}});
document.forms[0].submit();
navigator.sendBeacon('{site}/views', body);
fetch('{site}/views', {{method: 'POST', mode: 'no-cors', body}});
fetch('{site}/views', {{method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer', body}});
fetch('{pixel}&n=5', {{mode: 'no-cors'}});
</script>"""
REPORTS: Final = 10
"""So many times the page asks for the picture or posts; our article in a frame is not shown at all."""


@pytest.mark.parametrize("elsewhere", ["localhost", "127.0.0.1"])
def test_what_pages_of_others_report_does_not_count(tmp_path: Path, browser: Browser, elsewhere: str) -> None:
    """The name tells whether it is another site, or the same at another port."""
    with _serving(tmp_path) as serving, _another(serving.port) as host:
        before = _views(serving)
        context = browser.new_context()
        context.new_page().goto(f"http://{elsewhere}:{host.port}/")
        until(lambda: _views(serving)["foreign"] - before["foreign"] >= REPORTS, "all was reported")
        context.close()
        assert _views(serving) == before | {"foreign": before["foreign"] + REPORTS}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("script", ["", "/zh-hant"])
def test_what_our_pages_report_counts(tmp_path: Path, browser: Browser, scripts: bool, script: str) -> None:
    with _serving(tmp_path) as serving:
        before = _views(serving)
        context = browser.new_context(java_script_enabled=scripts)
        context.new_page().goto(f"http://127.0.0.1:{serving.port}{script}/article/a")
        until(lambda: _views(serving)["taken"], "the view is taken")
        context.close()
        assert _views(serving) == before | {"taken": 1}


def _serving(folder: Path) -> Serving:
    view_log._waiting.set(0)  # of the test before
    return Serving(folder, Limits(), published("a"))


def _another(site: int) -> Host:
    """Give a host of a page of somebody else's."""
    token = tokens.token(b"key", tokens.slot_of(time.time()))
    address = f"http://127.0.0.1:{site}"
    page = PAGE.format(pixel=f"{address}/v.gif?article=a&token={token}", site=address, token=token)
    return Host(page.encode(), "text/html")


def _views(serving: Serving) -> dict[str, float]:
    """Count the views that were taken for the log, which nobody empties here, and those that were foreign."""
    told = httpx.get(f"http://127.0.0.1:{serving.port}/metrics", timeout=5).text
    found = {
        "taken": re.search(r"^remen_render_views_waiting (\S+)", told, re.MULTILINE),
        "foreign": re.search(r'^remen_render_views_total\{outcome="foreign"\} (\S+)', told, re.MULTILINE),
    }
    return {name: float(one[1]) if one else 0 for name, one in found.items()}
