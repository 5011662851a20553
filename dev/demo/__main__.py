"""Run a part of the demonstration: `python -m dev.demo newsroom | readers | pictures`.

`newsroom` publishes the edition and ends; `readers` read until stopped, and while they read the newsroom's
later articles come out one by one; `pictures` serves the drawings.
"""

import asyncio
import os
import sys
from zoneinfo import ZoneInfo

from dev.demo import gallery, newsroom, readers
from shared.runtime import configure_logging


def _setting(name: str, example: str) -> str:
    value = os.environ.get(name, "").rstrip("/")
    if not value:
        raise SystemExit(f"set {name}, for example {name}={example}")
    return value


def _newsroom() -> tuple[str, str, ZoneInfo]:
    return (
        _setting("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:8083"),
        _setting("REMEN_PICTURES", "http://127.0.0.1:8086"),
        ZoneInfo(os.environ.get("SITE_TZ", "Asia/Kuala_Lumpur")),
    )


async def _read(page: str, kafka: str, pictures_url: str, zone: ZoneInfo) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(readers.read(page))
        group.create_task(newsroom.publish_later(kafka, pictures_url, zone))


def main(command: str) -> None:
    """Run one of the three parts."""
    configure_logging(f"demo-{command}")
    match command:
        case "newsroom":
            asyncio.run(newsroom.publish_edition(*_newsroom()))
        case "readers":
            asyncio.run(_read(_setting("REMEN_PAGE", "http://127.0.0.1:8080"), *_newsroom()))
        case "pictures":
            gallery.serve(int(_setting("REMEN_PICTURES_PORT", "8086")))
        case _:
            raise SystemExit("say what to run: newsroom, readers or pictures")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
