"""The routes that write nothing: what would become of an article, and what a token is for."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import httpx
import pytest

from services.ingest.adapters.door import Door
from services.ingest.adapters.http import create_app
from services.ingest.adapters.tokens import Tokens
from services.ingest.core.editions import UNKNOWN, Edition
from services.ingest.settings import Settings
from shared.health import Health
from tests.builders import published, sent_article, withdrawn
from tests.unit.ingest.test_accept import edition_after

ANSWERED: Final = "application/problem+json"
NOBODY: Final = cast("Any", None)
"""In place of what a request must not reach that writes nothing."""


class Known:
    """What is known of every article, read to its end."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.caught_up_once = self

    def is_set(self) -> bool:
        """Tell that the log was read."""
        return True

    def edition(self, article_id: str) -> Edition:
        """Give what is known."""
        return self._edition


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), **more}


def door_of(file: Path, edition: Edition = UNKNOWN) -> tuple[Tokens, httpx.AsyncClient]:
    """Open the door where this is known of every article; nothing stands behind it that could write."""
    given = Settings(tokens_file=file)
    tokens = Tokens(given)
    app = create_app(Door(given, tokens, NOBODY, cast("Any", Known(edition)), NOBODY), NOBODY, Health({}))
    transport = httpx.ASGITransport(app)
    return tokens, httpx.AsyncClient(transport=transport, base_url="http://door")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.json"
    over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    tokens = [
        entry("paper"),
        entry("sports", sections=["体育"], desk=True),
        entry("old", sections=["体育"], expires=over),
    ]
    path.write_text(json.dumps(tokens))
    return path


def of(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


@pytest.mark.parametrize(
    ("who", "edition", "changes", "status", "pointers"),
    [
        ("nobody", UNKNOWN, {}, 401, []),
        ("old", UNKNOWN, {}, 401, []),
        ("sports", UNKNOWN, {}, 403, []),
        ("paper", edition_after(published(revision=3)), {"revision": 2}, 409, [""]),
        ("paper", edition_after(published(), withdrawn(second=1)), {"revision": 9}, 409, [""]),
        ("paper", UNKNOWN, {"title": "", "section": "a/b"}, 422, ["/title", "/section"]),
        ("paper", UNKNOWN, {"published_at": "2126-01-01T00:00:00Z"}, 422, ["/published_at"]),
    ],
)
async def test_a_dry_run_is_refused_as_the_article_would_be(
    file: Path, who: str, edition: Edition, changes: dict[str, Any], status: int, pointers: list[str]
) -> None:
    _, client = door_of(file, edition)
    sent = sent_article(**changes)
    answers = [
        await client.post(path, json=sent, headers=of(who))
        for path in ("/articles?dry_run=true", "/articles")
    ]
    told, real = ((a.status_code, a.headers["content-type"], a.json()) for a in answers)
    assert told == real
    assert told[:2] == (status, ANSWERED)
    assert [fault["pointer"] for fault in told[2].get("errors", [])] == pointers


@pytest.mark.parametrize("key", ["", "k" * 256, "a b"])
async def test_a_dry_run_refuses_a_key_that_the_article_could_not_have(file: Path, key: str) -> None:
    _, client = door_of(file)
    headers = of("paper") | {"idempotency-key": key}
    answers = [
        await client.post(path, json=sent_article(), headers=headers)
        for path in ("/articles?dry_run=true", "/articles")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()


async def test_a_dry_run_shows_the_next_revision_of_what_stands(file: Path) -> None:
    _, client = door_of(file, edition_after(published(revision=3)))
    sent = sent_article(revision=4, title="旧邮局", mood="calm")
    answer = await client.post("/articles?dry_run=true", json=sent, headers=of("paper"))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["outcome"], told["revision"], told["article"]["title"]) == ("not sent", 4, "旧邮局")
    assert [note["pointer"] for note in told["notes"]] == ["/mood"]


async def test_an_action_can_be_tried_without_being_done(file: Path) -> None:
    _, client = door_of(file, edition_after(published()))
    pin = {"action": "pin", "article": "harbour-library", "who": "林编辑", "why": "要闻"}
    answers = [
        await client.post("/articles?dry_run=true", json=pin, headers=of(who)) for who in ("sports", "paper")
    ]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert answers[0].json().keys() == {"id", "outcome", "url"}


@pytest.mark.parametrize("value", ["maybe", "", "2", "true,true"])
async def test_a_dry_run_that_is_neither_yes_nor_no_is_refused_and_not_sent(file: Path, value: str) -> None:
    _, client = door_of(file)
    answer = await client.post(
        "/articles", params={"dry_run": value}, json=sent_article(), headers=of("paper")
    )
    assert (answer.status_code, answer.headers["content-type"]) == (422, ANSWERED)
    (fault,) = answer.json()["errors"]
    assert "dry_run" in fault["pointer"] + fault["detail"]


async def test_whoami_tells_a_token_its_rights_until_it_is_over_or_taken_back(file: Path) -> None:
    tokens, client = door_of(file)

    async def asked(name: str) -> tuple[int, dict[str, Any]]:
        answer = await client.get("/whoami", headers=of(name))
        return answer.status_code, answer.json()

    assert await asked("paper") == (200, {"name": "paper", "sections": ["*"], "desk": False})
    assert await asked("sports") == (200, {"name": "sports", "sections": ["体育"], "desk": True})
    assert [(await asked(name))[0] for name in ("old", "nobody")] == [401, 401]
    assert (await client.get("/whoami")).headers["www-authenticate"] == "Bearer"
    await asyncio.to_thread(file.write_text, json.dumps([entry("paper")]))
    await tokens.look()
    assert [(await asked(name))[0] for name in ("paper", "sports")] == [200, 401]
