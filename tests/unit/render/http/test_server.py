"""How many connections a process may hold: each needs a file, and the system says how many there may be."""

import resource

import pytest

from shared.serving import connections_allowed

UNBOUNDED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "asked_for"),
    [
        (1024, 100_000, 12_000, 13_256),
        (1024, UNBOUNDED, 12_000, 13_256),
        (100_000, 100_000, 12_000, None),
        (UNBOUNDED, UNBOUNDED, 12_000, None),
        (1024, 4096, 2840, 4096),
        (256, 256, 1, 256),
    ],
)
def test_a_file_for_each_connection_is_asked_for_and_fewer_files_are_fewer_connections(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, allowed: int, asked_for: int | None
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert connections_allowed(12_000) == allowed
    assert asked == ([] if asked_for is None else [(asked_for, hard)])
