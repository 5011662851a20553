"""The store's file damaged under a running render, and its folder asked for by a second one."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.environment import ROOT
from shared.blocks import Paragraph
from tests.builders import published
from tests.foreign import until
from tests.integration.render.reading import Render, publish
from tests.real import Kafka

MakeRender = Callable[..., Render]


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        size = path.stat().st_size
        file.seek(size // 4)
        file.write(random.randbytes(size // 2))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("tear", [overwrite, cut])
def test_a_file_torn_under_a_running_render_is_rebuilt_and_no_page_fails_meanwhile(
    kafka: Kafka, redis_url: str, render: MakeRender, tear: Callable[[Path], None]
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    articles = [f"torn-{tear.__name__}-{n}" for n in range(40)]
    # together more than SQLite keeps in memory, so that the file itself is read
    text = (Paragraph(text="长" * 20_000),)
    publish(kafka.bootstrap, *(published(article, blocks=text) for article in articles))
    for article in articles:
        until(lambda article=article: one.status(f"/article/{article}") == 200, "the article is read", 10)  # type: ignore[misc]
    one.stop()  # what lay in the write-ahead log is in the file now
    one.start()
    tear(one.store / "articles.sqlite3")
    deadline = time.monotonic() + 120
    back: set[str] = set()
    while len(back) < len(articles):
        assert time.monotonic() < deadline, f"{sorted(set(articles) - back)} are not back"
        for article in articles:
            answer = one.get(f"/article/{article}")
            assert answer is not None
            assert answer.status_code in (200, 503)
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
                back.clear()
            else:
                back.add(article)
    assert "store_started_over" in one.log.read_text()


def test_a_second_render_on_the_same_folder_is_refused(
    kafka: Kafka, redis_url: str, render: MakeRender
) -> None:
    one = render(kafka.bootstrap, redis_url)
    one.start()
    command = [sys.executable, "-m", "services.render"]
    environment = os.environ | {"RENDER_DATA": str(one.store)}
    second = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert second.returncode == 2
    assert "is used by another process; each replica needs one of its own" in second.stderr
    assert one.status("/readyz") == 200
    one.kill()
    one.start()
