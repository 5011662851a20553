"""Readiness: what each check complains of, whatever becomes of the check itself."""

import json

import pytest

from shared.health import Check, Health


def fails() -> str | None:
    raise KeyError("partition")


@pytest.mark.parametrize(
    ("checks", "status", "body"),
    [
        ({"kafka": lambda: None}, 200, {"status": "ok"}),
        (
            {"kafka": lambda: "Kafka is waited for"},
            503,
            {"status": "waiting", "kafka": "Kafka is waited for"},
        ),
        (
            {"inbox": fails, "kafka": lambda: "Kafka is waited for", "store": lambda: None},
            503,
            {
                "status": "waiting",
                "inbox": "this check failed: KeyError('partition')",
                "kafka": "Kafka is waited for",
            },
        ),
        ({"store": lambda: "热 \udcff"}, 503, {"status": "waiting", "store": "热 \udcff"}),
    ],
)
def test_ready_says_what_every_check_says(
    checks: dict[str, Check], status: int, body: dict[str, str]
) -> None:
    answered, _, said = Health(checks).answer("/readyz")
    assert (answered, json.loads(said)) == (status, body)
    assert Health(checks).answer("/healthz")[0] == 200


def test_a_remark_is_told_and_makes_nothing_unready() -> None:
    health = Health(
        {"kafka": lambda: None}, {"archive": lambda: "the archive is away", "other": lambda: None}
    )
    status, _, said = health.answer("/readyz")
    assert (status, json.loads(said)) == (200, {"status": "ok", "archive": "the archive is away"})
    health = Health({"kafka": lambda: "Kafka is waited for"}, {"archive": fails})
    status, _, said = health.answer("/readyz")
    assert (status, json.loads(said).keys()) == (503, {"status", "kafka", "archive"})
