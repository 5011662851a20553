"""Who waits for another waits longer than that one may take: the edge, open requests at the end, Docker."""

import re
from pathlib import Path

from services.ingest.adapters.door import KAFKA_DEADLINE_S, READING_DEADLINE_S
from services.ingest.adapters.inbox import FINISH_S
from services.ingest.settings import Settings
from shared.worker import LAST_REQUESTS_S

EDGE = (Path(__file__).parents[2] / "ops" / "edge" / "nginx.conf").read_text()
NEWSROOM = EDGE.partition("listen 8081;")[2]
OUTCOME_S = Settings.model_fields["outcome_wait_s"].default
DOCKER_S = 10
"""From SIGTERM to SIGKILL, where a compose file names nothing else."""


def at_the_edge(name: str) -> int:
    """Give the seconds of a directive of the newsroom's door."""
    found = re.search(rf"{name} (\d+)s;", NEWSROOM)
    assert found, f"{name} is not set"
    return int(found[1])


def test_the_edge_waits_as_long_as_ingest_may_take() -> None:
    assert at_the_edge("proxy_read_timeout") > READING_DEADLINE_S + KAFKA_DEADLINE_S + OUTCOME_S


def test_of_an_ingest_that_waited_for_kafka_another_one_is_asked_and_no_third() -> None:
    assert KAFKA_DEADLINE_S < at_the_edge("proxy_next_upstream_timeout") <= 2 * KAFKA_DEADLINE_S


def test_open_requests_are_answered_before_docker_kills() -> None:
    assert KAFKA_DEADLINE_S + OUTCOME_S < LAST_REQUESTS_S
    assert LAST_REQUESTS_S + FINISH_S < DOCKER_S
