"""What an older rank left in Redis: the keys of a partition of today, written as layouts 1 and 2 had them."""

import json
import struct
from collections.abc import Mapping
from typing import Any

Value = bytes | dict[bytes, bytes]

LONG_AGO = ("aaa-long-ago", "mmm-long-ago", "zzz-long-ago")
"""Articles that were viewed once and are not any more: they had their numbers for ever."""


def as_layout(layout: int, content: Mapping[str, Value]) -> dict[str, Value]:
    """Give the keys of a partition, named without its tag, as layout 1 or 2 had them.

    All articles that were ever viewed have numbers from zero, in another order than that of their days.
    """
    at: dict[str, Any] = json.loads(_text(content["position"]))
    by_day = {day: names_of(content, day) for day in at["days"]}
    names = sorted({name for of_day in by_day.values() for name in of_day} | {*LONG_AGO}, reverse=True)
    numbers = {name: number for number, name in enumerate(names)}
    old: dict[str, Value] = {name: x for name, x in content.items() if not name.startswith("ids:")}
    for day, of_day in by_day.items():
        fields = content[f"views:{day}"]
        assert isinstance(fields, dict)
        old[f"views:{day}"] = {b: _renumbered(x, [numbers[i] for i in of_day]) for b, x in fields.items()}
    old["ids"] = {name.encode(): b"%d" % number for name, number in numbers.items()}
    said = at | {"layout": 2, "ids": len(names)}
    if layout == 1:
        said = {name: x for name, x in said.items() if name not in ("layout", "part", "long")}
    old["position"] = json.dumps(said, separators=(",", ":")).encode()
    return old


def names_of(content: Mapping[str, Value], day: str) -> list[str]:
    """Give the ids of a day in the order of their numbers."""
    parts: dict[int, bytes] = {}
    for name, value in content.items():
        kind, of, part = f"{name}::".split(":")[:3]
        if (kind, of) == ("ids", day):
            parts[int(part or 0)] = _text(value)
    return b"".join(blob for _, blob in sorted(parts.items())).decode().splitlines()


def _renumbered(blob: bytes, numbers: list[int]) -> bytes:
    pairs = sorted((numbers[number], n) for number, n in struct.iter_unpack("<II", blob))
    return b"".join(struct.pack("<II", *pair) for pair in pairs)


def _text(value: Value) -> bytes:
    assert isinstance(value, bytes)
    return value
