"""What says that a text is not for readers keeps it from them, in whatever system's words and type."""

import json
from typing import Any

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read


def _read(**more: Any) -> object:
    sent = {"id": "bridge", "title": "通车", "section": "地方", "body": "正文。"} | more
    return read(json.dumps(sent).encode(), DEFAULTS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("draft", True), ("draft", "true"), ("Draft", "YES"), ("draft", 1), ("is_draft", "on"),
        ("draft", "in progress"), ("draft", ["x"]), ("published", False), ("published", "no"), ("publish", 0),
        ("status", "draft"), ("wp:status", "Private"), ("wp:post_status", "future"), ("status", "auto draft"),
        ("status", "nearly done"), ("post-status", "TRASH"), ("visibility", "members"),
        ("state", "spiked"), ("password", "open sesame"), ("wp:post_password", "x"), ("hidden", "true"),
        ("pubstatus", "withheld"), ("unlisted", True), ("status", "草稿"),
    ],
)  # fmt: skip
def test_what_is_not_for_readers_or_might_not_be_is_refused(name: str, value: object) -> None:
    refused = _read(**{name: value})
    assert isinstance(refused, Rejection)
    assert refused.status == 422
    assert [fault.pointer for fault in refused.faults] == [f"/{name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("draft", False), ("draft", "false"), ("draft", None), ("published", True),
        ("status", "Publish"), ("wp:status", "publish"), ("visibility", "public"), ("password", ""),
        ("wp:post_password", ""), ("hidden", 0),
    ],
)  # fmt: skip
def test_what_is_for_readers_stands(name: str, value: object) -> None:
    assert not isinstance(_read(**{name: value}), Rejection)
