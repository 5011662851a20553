"""The plan of a site: who runs where, and who may do what."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev.cli import main
from dev.plan import Plan, programs, tokens


def test_ports_are_those_that_users_know(tmp_path: Path) -> None:
    plan = Plan(tmp_path, base=8080, demo=True, scale={"rank": 2, "render": 2})
    assert plan.ports() == {
        "render-1": 8080,
        "ingest-1": 8081,
        "rank-1": 8082,
        "kafka": 8083,
        "redis": 8084,
        "controller": 8085,
        "pictures": 8086,
        "render-2": 8090,
        "rank-2": 8092,
    }


def test_no_two_programs_share_a_port_at_the_largest_scale(tmp_path: Path) -> None:
    ports = Plan(tmp_path, scale={"ingest": 9, "rank": 9, "render": 9}).ports()
    assert len(set(ports.values())) == len(ports) == 3 * 9 + 4


def test_tokens_are_drawn_once_for_a_folder(tmp_path: Path) -> None:
    assert tokens(tmp_path / "a") == tokens(tmp_path / "a") != tokens(tmp_path / "b")


def test_all_who_draw_tokens_at_once_get_the_same(tmp_path: Path) -> None:
    for round_ in range(20):
        folder = tmp_path / str(round_)
        with ThreadPoolExecutor(8) as pool:
            drawn = list(pool.map(lambda _: tokens(folder), range(8)))  # noqa: B023 - within its round
        assert all(found == drawn[0] for found in drawn)
        assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_ingest_learns_only_the_hash_of_a_token_and_who_may_use_the_desk(tmp_path: Path) -> None:
    drawn = tokens(tmp_path)
    ingest = next(
        program for tier in programs(Plan(tmp_path)) for program in tier if program.name == "ingest-1"
    )
    granted = {grant["sha256"]: grant["desk"] for grant in json.loads(ingest.environment["INGEST_TOKENS"])}
    assert granted == {
        hashlib.sha256(drawn["publish_token"].encode()).hexdigest(): False,
        hashlib.sha256(drawn["desk_token"].encode()).hexdigest(): True,
    }


@pytest.mark.parametrize("scale", ["rank", "rank=0", "rank=many", "kafka=3"])
def test_a_scale_that_cannot_be_is_refused_with_an_example(
    scale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["up", "--scale", scale])
    assert "is not like rank=2" in capsys.readouterr().err
