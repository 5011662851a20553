"""What says that a text is not for readers keeps it from them, in whatever system's words and type."""

import json
from typing import Any

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.publication import not_for_readers
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
        ("pubstatus", "withheld"), ("unlisted", True), ("status", "草稿"), ("workflowState", "draft"),
        ("publish_status", "unpublished"), ("publication-state", "embargoed"), ("stage", "Draft"),
        ("unpublished", 1),
        ("membersOnly", True), ("paywall", "yes"), ("premium", True), ("access", "members"),
        ("audience", "paid"),
        ("listed", False), ("live", "no"), ("approved", 0), ("visible", "false"), ("hide", True),
        ("archived", True),
        ("deleted_at", "2026-11-01T08:00:00Z"), ("isAccessibleForFree", False), ("草稿", "是"),
        ("发布", "否"),
        ("状态", "未发布"), ("encrypted", True), ("embargo", "2026-12-24"), ("expires", "2027-01-01"),
        ("scheduledFor", "2026-12-24T08:00:00Z"), ("publish_down", "2027-01-01"), ("date", "2024-03-05"),
        ("pubDate", "2024-03-05"), ("advertorial", True), ("promoted", "yes"),
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
        ("wp:post_password", ""), ("hidden", 0), ("hide", ["toc", "navigation"]), ("live", "https://demo.example/"),
        ("audience", "beginners"), ("access", "public"), ("comment_status", "closed"),
        ("members", ["甲", "乙"]),
        ("comments", {"enabled": False, "status": "closed"}), ("layout", "post"), ("deleted_at", None),
        ("active", 1),
        ("schedule", {"day": "2026-12-24"}), ("ad", False), ("archived", "no"),
    ],
)  # fmt: skip
def test_what_is_for_readers_stands(name: str, value: object) -> None:
    assert not isinstance(_read(**{name: value}), Rejection)


@pytest.mark.parametrize("part", [{"draft": True}, {"status": "draft"}, {"stage": "Not published"}])
def test_what_is_said_in_a_part_that_nobody_knows_counts_where_it_can_mean_nothing_else(part: object) -> None:
    assert isinstance(_read(blog=part), Rejection)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("embargo", "embargo_until"),
        ("expiryDate", "expires_at"),
        ("publish-date", "published_at"),
        ("广告", "sponsored"),
    ],
)
def test_a_time_by_another_name_is_asked_for_by_its_own(name: str, meant: str) -> None:
    refused = _read(**{name: "2026-12-24T08:00:00Z"})
    assert isinstance(refused, Rejection)
    assert refused.detail == f"/{name}: unknown field; did you mean {meant}?"
    assert not isinstance(_read(**{name: "2026-12-24T08:00:00Z", meant: MEANT[meant]}), Rejection)


MEANT = {"sponsored": True} | dict.fromkeys(
    ("embargo_until", "expires_at", "published_at"), "2026-12-24T08:00:00Z"
)


def test_a_number_larger_than_any_float_is_no_word_for_it() -> None:
    assert isinstance(_read(draft=10**400), Rejection)
    assert not isinstance(_read(extra={"field": 10**400}), Rejection)


@pytest.mark.parametrize("name", ["access", "premium", "kind", "membership", "stage", "live"])
def test_a_word_that_may_mean_other_things_says_draft_like_any_other(name: str) -> None:
    assert not_for_readers({name: "draft"})
