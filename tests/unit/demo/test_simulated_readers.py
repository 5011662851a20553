"""What the simulated readers must find in a page of render's."""

from zoneinfo import ZoneInfo

from jinja2 import DictLoader

from dev.demo.readers import token_in
from services.render.core.pages.site import Site
from services.render.core.pages.templates import Templates, jinja_environment
from services.render.core.text import glossary
from services.render.core.text.script_converter import ScriptConverter


def test_the_token_is_found_where_render_puts_it_and_only_on_an_article() -> None:
    site = Site(
        "热门",
        "http://127.0.0.1",
        ZoneInfo("UTC"),
        {"remen.js": "/static/remen.js", "view.js": "/static/view.js"},
    )
    fragments = Templates(
        site,
        ScriptConverter("zh-Hans", glossary.read(())),
        jinja_environment(DictLoader({"footer.html": ""})),
    )
    assert token_in(fragments.tail("seed-valley", "aB3_-xyz").decode()) == "aB3_-xyz"
    assert token_in(fragments.tail(None, "aB3_-xyz").decode()) is None
