"""From a feed to inputs: fetched or read from a file, parsed by feedparser whatever its version."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from publisher.adapters.failures import CommandError
from publisher.adapters.fetching import LARGEST_FEED_BYTES, check_size, fetch
from publisher.adapters.files import Input, of_reading
from publisher.core.feed_entries import Importing, read_entries
from services.ingest.core.faults import Rejection

PARSE_S: Final = 120.0
"""An honest feed of the largest size takes a third of it."""

_PARSER: Final = Path(__file__).with_name("feed_parser.py")
_WEB: Final = ("http://", "https://")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def load(source: str, *, private: bool = False) -> Any:
    """Fetch or read a feed and parse it; CommandError says why that cannot be done.

    `private`: it may lie in a network of our own.
    """
    if source.lower().startswith(_WEB):
        content, address = fetch(source, private=private)
    elif _SCHEME.match(source) and not Path(source).exists():
        raise CommandError(
            f"{source} cannot be fetched; name a file or an address that begins with http:// or https://"
        )
    else:
        content, address = _read(Path(source)), ""
    parsed = _parsed(source, content, address)
    if "fault" in parsed:
        raise CommandError(f"{source} is not a feed: {parsed['fault']}")
    if not parsed["entries"]:
        raise CommandError(f"{source} has no entries")
    return parsed


def name_of(source: str) -> str:
    """Give the name of a feed that was given none: its file's, or its address without scheme and password."""
    if not source.lower().startswith(_WEB):
        return Path(source).stem
    address = urlsplit(source)
    host = address.netloc.rpartition("@")[2].lower()
    return f"{host}{address.path}" + (f"?{address.query}" if address.query else "")


def inputs(source: str, parsed: Any, importing: Importing) -> Iterator[Input]:
    """Give an input for each entry of a feed."""
    found = read_entries(parsed["feed"], parsed["entries"], importing)
    for number, entry in enumerate(found, 1):
        place = f"entry {number}"
        yield (
            Input(source, entry, place) if isinstance(entry, Rejection) else of_reading(entry, source, place)
        )


def _parsed(source: str, content: bytes, address: str) -> Any:
    command = [sys.executable, "-P", str(_PARSER), address]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PARSE_S, check=True)
    except subprocess.TimeoutExpired:
        raise CommandError(f"{source} cannot be read as a feed within {PARSE_S:g} s") from None
    except subprocess.CalledProcessError as error:
        raise CommandError(f"{source} cannot be read as a feed: {error.stderr.decode()[-200:]}") from None
    return json.loads(done.stdout)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FEED_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}") from None
    check_size(content, str(path))
    return content
