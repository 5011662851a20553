"""What lies on the disks after readers have read: nowhere who they are, and in a backup no secret either."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

import pytest

from dev.environment import ROOT
from shared.events import SaltDrawn
from shared.topics import ALL, SALTS
from tests.builders import published
from tests.foreign import produce, records, until
from tests.integration.rank.workers import Rank
from tests.integration.render.reading import AGENT, Render, publish
from tests.real import Kafka, Redis

ARTICLE: Final = "kept-for-a-week"
ADDRESSES: Final = [f"203.0.113.{n}" for n in range(70, 80)]


@dataclass
class Left:
    """A plant that was read, and what lies there after it was stopped."""

    kafka: Kafka
    log: Path
    salt: str
    values: list[bytes]
    """Of all records but the salts."""
    folder: Path

    def holds(self, needle: bytes, but: str = "") -> list[str]:
        """Name the files in which something is written."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.stat().st_size < 2**26)
        return [str(path) for path in files if needle in path.read_bytes() and not (but and but in str(path))]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Give what is left of a site that ten readers of one network have read."""
    folder = tmp_path_factory.mktemp("left")
    kafka, redis = Kafka(folder), Redis(folder)
    running = [kafka, redis]
    rank, render = Rank(kafka.bootstrap, redis.url, folder), Render(folder, kafka.bootstrap, redis.url, "one")
    try:
        kafka.start()
        redis.start()
        rank.start("rank-1")
        render.start()
        publish(kafka.bootstrap, published(ARTICLE))
        until(lambda: render.status(f"/article/{ARTICLE}") == 200, "the article is read")
        for address in ADDRESSES:
            until(lambda a=address: render.view(ARTICLE, a).status_code == 204, "the view is taken")  # type: ignore[misc]
        rank.until_scores({ARTICLE: len(ADDRESSES)})
        (drawn, *_) = records(kafka.bootstrap, SALTS.name)
        salt = SaltDrawn.model_validate_json(drawn.value() or b"").salt
        rank.redis.save()
        render.stop()
        rank.stop()
        kept = [topic.name for topic in ALL if topic is not SALTS and topic.name in _topics(kafka)]
        values = [record.value() or b"" for name in kept for record in records(kafka.bootstrap, name)]
        kafka.stop()
        yield Left(kafka, folder / "kafka" / "log", salt, values, folder)
    finally:
        rank.stop()
        for one in (render, *running):
            one.stop()


@pytest.mark.parametrize("needle", ["203.0.113", IPv4Address(ADDRESSES[0]).packed, AGENT, AGENT[-30:]])
def test_no_file_and_no_record_names_a_reader(left: Left, needle: str | bytes) -> None:
    sought = needle if isinstance(needle, bytes) else needle.encode()
    assert left.holds(ARTICLE.encode())
    assert any(ARTICLE.encode() in value for value in left.values)
    if isinstance(needle, str):  # four bytes are found anywhere
        assert left.holds(sought) == []
    assert not any(sought in value for value in left.values)


def test_the_secret_of_the_day_lies_in_its_topic_alone(left: Left) -> None:
    for written in (left.salt.encode(), bytes.fromhex(left.salt)):
        assert left.holds(written, but="/salts.v1-0/") == []
    assert left.holds(left.salt.encode())


def test_a_backup_by_the_recipe_holds_no_salt_and_brings_all_else_back(left: Left, tmp_path: Path) -> None:
    copy, restore = _recipe()
    _run(copy, left.log, tmp_path)
    backup = tmp_path / "kafka.tar"
    assert ARTICLE.encode() in backup.read_bytes()
    assert left.salt.encode() not in backup.read_bytes()
    again = Kafka(tmp_path)
    log = tmp_path / "kafka" / "log"
    log.mkdir(parents=True)
    _run(restore, log, tmp_path)
    try:
        again.start()
        kept = [name for name in _topics(again) if name in {topic.name for topic in ALL} - {SALTS.name}]
        values = [record.value() or b"" for name in kept for record in records(again.bootstrap, name)]
        assert sorted(values) == sorted(left.values)
        assert records(again.bootstrap, SALTS.name) == []
        assert produce(again.bootstrap, SALTS.name, b"{}", partition=0) == (0, 0)
    finally:
        again.stop()


def _recipe() -> list[str]:
    """Give what runs in the containers by the section on backups."""
    text = (ROOT / "ops" / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"docker run .*remen_kafka.*\\\n +'(.*)'", text)
    assert len(found) == 2, found
    return found


def _run(script: str, log: Path, backup: Path) -> None:
    """Run a command of the recipe on these folders."""
    here = re.sub(r"/kafka(?![.\w])", str(log), script.replace("/backup/", f"{backup}/"))
    assert str(log) in here
    assert str(backup) in here
    subprocess.run(["sh", "-c", here], check=True, timeout=60)


def _topics(kafka: Kafka) -> list[str]:
    return sorted(p.name.removesuffix("-0") for p in _log(kafka).iterdir() if p.name.endswith("-0"))


def _log(kafka: Kafka) -> Path:
    """Give the folder in which a broker keeps its partitions."""
    return kafka.log.parent / "kafka" / "log"
