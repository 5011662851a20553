"""What ingest counts for its operators: answers by route and status, refusals by reason."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.ingest.adapters.counted import Counted
from services.ingest.core.faults import Rejection, reason_of
from services.ingest.core.quarantine import failed


def answered(route: str, status: int) -> float:
    labels = {"route": route, "status": str(status)}
    return REGISTRY.get_sample_value("remen_ingest_requests_total", labels) or 0.0


class Route:
    """A route as FastAPI notes it in a request's scope."""

    path = "/articles/{article_id}"


async def ask(path: str, status: int | None, route: Route | None = None) -> None:
    """Ask an application that answers with this status; None: that fails."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if route is not None:
            scope["route"] = route
        if status is None:
            raise ZeroDivisionError
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def nowhere(message: Any) -> None:
        pass

    await Counted(app)({"type": "http", "path": path}, None, nowhere)


async def test_an_answer_is_counted_by_the_route_and_not_by_the_address() -> None:
    before = answered(Route.path, 404), answered("other", 404)
    await ask("/articles/a", 404, Route())
    await ask("/articles/b", 404, Route())
    await ask("/wp-login.php", 404)
    assert (answered(Route.path, 404), answered("other", 404)) == (before[0] + 2, before[1] + 1)


async def test_what_failed_is_counted_as_what_the_caller_is_told() -> None:
    before = answered(Route.path, 500)
    with pytest.raises(ZeroDivisionError):
        await ask("/articles/a", None, Route())
    assert answered(Route.path, 500) == before + 1


async def test_whoever_asks_whether_it_is_ready_is_not_counted() -> None:
    before = answered("other", 503)
    await ask("/readyz", 503)
    assert answered("other", 503) == before


@pytest.mark.parametrize(
    ("rejection", "reason"),
    [
        (Rejection(422, "/title: is required"), "invalid"),
        (Rejection(403, "no publisher x is known any more"), "no_right"),
        (failed(), "set_aside"),
        (Rejection(418, "nobody refuses so yet"), "other"),
    ],
)
def test_a_refusal_has_a_reason_of_one_word(rejection: Rejection, reason: str) -> None:
    assert reason_of(rejection) == reason
