"""What has been counted, as it lies in Redis and hangs out, and how it differs from what must have been."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple, cast

import numpy as np
from redis import Redis

from shared.topics import PARTITIONS, VIEWS
from tests.proof.oracle import BUCKET_MS, Cell

_VIEWS_KEY: Final = re.compile(r"\{r(\d+)\}:views:(.+)")
_DAY_BUCKETS: Final = 288
_BEST: Final = 100

Cells = Mapping[Cell, int]


def positions(redis: Redis) -> dict[int, int]:
    """Give the next offset of views.v1 by partition, as far as there is one."""
    blobs = cast("list[bytes | None]", redis.mget([f"{{r{n}}}:position" for n in range(PARTITIONS)]))
    return {n: json.loads(blob)["next"].get(VIEWS.name, 0) for n, blob in enumerate(blobs) if blob}


def total(redis: Redis) -> int:
    """Count the views that the positions say are counted."""
    blobs = cast("list[bytes | None]", redis.mget([f"{{r{n}}}:position" for n in range(PARTITIONS)]))
    return sum(sum(json.loads(blob)["days"].values()) for blob in blobs if blob)


def cells(redis: Redis) -> Counter[Cell]:
    """Read every cell; an article in another partition's keys counts there too, and so is double."""
    found: Counter[Cell] = Counter()
    for key in cast("list[bytes]", redis.keys("{r*}:views:*")):
        match = _VIEWS_KEY.fullmatch(key.decode())
        if match is None:
            continue
        partition, day = match.groups()
        names = _names(redis, partition, day)
        for bucket, blob in cast("dict[bytes, bytes]", redis.hgetall(key)).items():
            for number, readers in np.frombuffer(blob, "<u4").reshape(-1, 2).tolist():
                name = names[number] if number < len(names) else f"{partition}#{number}"
                found[Cell(day, name, int(bucket))] += readers
    return found


def _names(redis: Redis, partition: str, day: str) -> list[str]:
    """Read the ids of a day, in the order of their numbers."""
    first = f"{{r{partition}}}:ids:{day}"
    parts = cast("list[bytes | None]", redis.mget([first, *(f"{first}:{n}" for n in range(1, 64))]))
    return b"".join(filter(None, parts)).decode().splitlines()


class Difference(NamedTuple):
    """How many views are missing and how many there are too many, with the cells where it is so."""

    lost: int
    double: int
    where: list[tuple[Cell, int, int]]


def difference(expected: Cells, found: Cells) -> Difference:
    """Compare every cell; `where` gives the cell, what must be there and what is."""
    where = [
        (cell, expected.get(cell, 0), found.get(cell, 0))
        for cell in sorted(expected.keys() | found.keys())
        if expected.get(cell, 0) != found.get(cell, 0)
    ]
    lost = sum(max(0, must - is_) for _, must, is_ in where)
    double = sum(max(0, is_ - must) for _, must, is_ in where)
    return Difference(lost, double, where)


def expected_list(expected: Cells, hot: Collection[str], as_of_ms: int) -> list[tuple[str, int]]:
    """Give ids and scores of the list of 24 hours; all articles are equally new."""
    last = as_of_ms // BUCKET_MS
    scores: Counter[str] = Counter()
    for cell, n in expected.items():
        if cell.article in hot and last - _DAY_BUCKETS < cell.bucket <= last:
            scores[cell.article] += n
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:_BEST]


def published_list(redis: Redis) -> tuple[int, list[tuple[str, int]], list[str]]:
    """Read `hot:all:24h`: its moment (Unix ms), ids and scores of the document, ids of the sorted set."""
    with redis.pipeline(transaction=True) as pipe:
        pipe.get("hot:all:24h:doc")
        pipe.zrevrange("hot:all:24h", 0, -1)
        blob, members = pipe.execute()
    if blob is None:
        return 0, [], []
    document = json.loads(blob)
    as_of = datetime.fromisoformat(document["as_of"])
    entries = [(entry["id"], entry["score"]) for entry in document["entries"]]
    return round(as_of.timestamp() * 1000), entries, [member.decode() for member in members]
