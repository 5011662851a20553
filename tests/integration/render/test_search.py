"""The search of a running render: behind the log, through a takedown, and through the loss of its file."""

from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

from shared.articles import TextErased
from tests.builders import published, withdrawn
from tests.foreign import until
from tests.integration.render.reading import Render, publish
from tests.real import Kafka

MakeRender = Callable[..., Render]


def finds(render: Render, asked: str, article: str) -> bool:
    """Tell whether a search finds an article, in both scripts alike."""
    pages = [render.get(f"{prefix}/search?q={quote(asked)}") for prefix in ("", "/zh-hant")]
    found = {page is not None and f'/article/{article}"' in page.text for page in pages}
    return found == {True}


def test_what_is_published_is_found_until_it_is_withdrawn_whatever_becomes_of_the_index(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    name, stays, goes = f"灯塔{uuid4().hex}", f"a-{uuid4().hex}", f"b-{uuid4().hex}"
    publish(kafka.bootstrap, published(stays, title=f"港口的{name}"), published(goes, title=f"山上的{name}"))
    until(lambda: finds(one, name, stays) and finds(one, name, goes), "both are found", 10)
    publish(kafka.bootstrap, withdrawn(goes, second=1), TextErased(goes))
    until(lambda: not finds(one, name, goes), "the withdrawn one is not found")
    assert finds(one, name, stays)

    one.kill()
    (one.store / "search.sqlite3").write_bytes(b"x" * 9000)
    one.start()
    until(lambda: finds(one, name, stays), "the index is filled anew", 10)
    assert not finds(one, name, goes)
