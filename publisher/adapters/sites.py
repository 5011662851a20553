"""Sites of other systems on the disk, as inputs: what is read of them, and how often."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json

from publisher.adapters.failures import CommandError
from publisher.adapters.files import Input, of_reading, shown
from publisher.adapters.import_report import ImportReport
from publisher.core.imports import ghost, hugo, hugo_fields, wordpress
from publisher.core.imports.posts import Found, Importing, Passed
from services.ingest.core.faults import Rejection

LARGEST_GHOST_BYTES: Final = 500_000_000
"""Of an export that is read as a whole; it takes some five times as much memory."""
_LARGEST_TEXT_BYTES: Final = 2_000_000
_CHUNK_BYTES: Final = 1_000_000
_CONFIGURATIONS: Final = [
    f"{folder}{name}.{ending}"
    for folder in ("", "config/_default/")
    for name in ("hugo", "config")
    for ending in ("toml", "yaml", "yml", "json")
]


def of_wordpress(exports: Sequence[Path], importing: Importing, report: ImportReport) -> Iterator[Input]:
    """Give the posts of an export, which may be of several files."""
    site = wordpress.Site(told=importing.site)
    for path in exports:
        report.reading(shown(path))
        _asked(path, partial(wordpress.survey, _chunks(path), site))
    report.expect(site.posts)
    return chain.from_iterable(
        _inputs(path, wordpress.posts(_chunks(path), site, importing), report) for path in exports
    )


def of_ghost(export: Path, importing: Importing, report: ImportReport) -> Iterator[Input]:
    """Give the posts of an export."""
    report.reading(shown(export))
    site = _asked(export, lambda: ghost.Site(_json(export)))
    report.expect(len(site.posts))
    return _inputs(export, ghost.posts(site, importing), report)


def of_hugo(folder: Path, importing: Importing, report: ImportReport) -> Iterator[Input]:
    """Give the texts of a site's folder."""
    report.reading(shown(folder))
    config = _configuration(folder)
    content = folder / str(config.get("contentdir") or "content")
    paths = list(_texts(content)) if content.is_dir() else []
    if not paths:
        raise CommandError(f"{shown(folder)} is no site of Hugo: there is no text in {shown(content)}")
    site = _asked(folder, lambda: hugo.survey(_pages(content, paths), config, importing))
    report.expect(site.posts)
    return _inputs(content, hugo.posts(_pages(content, paths), site, importing), report)


def _inputs(path: Path, found: Iterable[Found], report: ImportReport) -> Iterator[Input]:
    for one in found:
        if isinstance(one.read, Passed):
            report.passed(one.read.kind)
        elif isinstance(one.read, Rejection):
            yield Input(shown(path), one.read, one.place)
        else:
            yield of_reading(one.read, shown(path), one.place)


def _asked(path: Path, read: Callable[[], Any]) -> Any:
    """Read what the posts refer to; CommandError says why that cannot be done."""
    try:
        return read()
    except OSError as error:
        raise CommandError(f"{shown(path)} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise CommandError(f"{shown(path)} {error}") from None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _json(path: Path) -> Any:
    if (size := path.stat().st_size) > LARGEST_GHOST_BYTES:
        raise ValueError(f"has {size:,} bytes, at most {LARGEST_GHOST_BYTES:,} are read")
    try:
        return from_json(path.read_bytes(), allow_inf_nan=False)
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None


def _configuration(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name in _CONFIGURATIONS:
        path = folder / name
        if path.is_file():
            kind = {"yml": "yaml"}.get(path.suffix[1:], path.suffix[1:])
            config |= _asked(path, partial(_fields, path, kind))
    return config


def _fields(path: Path, kind: str) -> dict[str, Any]:
    return hugo_fields.read(_text(path), kind)


def _texts(content: Path) -> Iterator[str]:
    """List the texts below a folder, but hidden ones and those that a link leads out to."""
    inside = content.resolve()
    for path in sorted(content.rglob("*")):
        place = path.relative_to(content)
        known = path.suffix[1:].lower() in (*hugo.FORMATS, *hugo.NOT_READ)
        hidden = any(part.startswith(".") for part in place.parts)
        if known and not hidden and path.is_file() and path.resolve().is_relative_to(inside):
            yield os.fsencode(place.as_posix()).decode(errors="replace")


def _pages(content: Path, paths: Iterable[str]) -> Iterator[hugo.Page]:
    for path in paths:
        try:
            yield hugo.Page(path, _text(content / path))
        except (OSError, ValueError) as error:
            yield hugo.Page(path, "", str(error))


def _text(path: Path) -> str:
    if (size := path.stat().st_size) > _LARGEST_TEXT_BYTES:
        raise ValueError(f"has {size:,} bytes, at most {_LARGEST_TEXT_BYTES:,} are read")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start + 1}; save it as UTF-8") from None
