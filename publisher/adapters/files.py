"""From files to inputs: which files there are, and what each of them holds.

A file that cannot be read as an article is an input too, one that was refused: it is told like any other, and
the files after it go on.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json

from publisher.core.dates import SiteTime, read_date
from publisher.core.encodings import Kind, decode
from publisher.core.file_names import DATED, NAMED_ONLY, NOT_READ, id_of
from publisher.core.front_matter import named_in, read_markdown
from publisher.core.ids import is_native
from publisher.core.reading import Reading
from publisher.core.web_page import read_html
from services.ingest.core.faults import Fault, Rejection, unreadable
from services.ingest.core.notes import Note
from services.ingest.core.reading import Headers

STDIN: Final = Path("-")
LARGEST_FILE_BYTES: Final = 100_000_000
"""Of one that is read as a whole; JSON Lines are read line by line and may be of any size."""

_LINES: Final = (".jsonl", ".ndjson")
_TEXTS: Final = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
_XML: Final = ".xml"
SUFFIXES: Final = (".json", *_LINES, *_TEXTS, _XML)
_KINDS: Final[dict[str, Kind]] = {".html": "html", ".htm": "html"}


@dataclass(frozen=True, slots=True)
class Input:
    """What goes to ingest.v1, or why it cannot; `place` is where it stands in a file of several."""

    file: str
    value: bytes | Rejection
    place: str = ""
    key: bytes | None = None
    """Of the record; the article's id if absent."""
    headers: Headers = (("content-type", b"application/json"),)
    faults: tuple[Fault, ...] = ()
    """What is wrong with it beside what the rule book finds."""
    notes: tuple[Note, ...] = ()
    """What became of parts of it before it was put into the native format."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where the values of native fields were written."""


def of_reading(reading: Reading, file: str = "", place: str = "") -> Input:
    """Give what is to be sent of a reading."""
    value = value_of(reading.sent)
    return Input(file, value, place, faults=reading.faults, notes=reading.notes, places=reading.places)


def found(names: Sequence[Path]) -> list[Path]:
    """List the files: those named, and in a folder all of known kinds in their order, but hidden ones."""
    files: dict[Path, None] = {}
    for name in names:
        files.update(dict.fromkeys(_inside(name) if name.is_dir() else [name]))
    return list(files)


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in {*SUFFIXES, *NOT_READ} and not hidden and path.is_file():
            yield path


class Files:
    """Reads files; remembers which file gave its name to an id, so that two do not take the same."""

    def __init__(
        self, section: str | None, stdin: bytes = b"", named: Sequence[Path] = (), zone: tzinfo = UTC
    ) -> None:
        self._section = section
        self._stdin = stdin
        self._zone = zone
        self._folders = [name for name in named if name.is_dir()]
        self._named_itself = set(named)
        self._claimed: dict[str, list[Path]] = {}

    def look_ahead(self, paths: Iterable[Path]) -> None:
        """Find which files claim one id before any of them is read to be sent."""
        for path in paths:
            with suppress(OSError, ValueError):
                for claimed in self._claims_of(path):
                    owners = self._claimed.setdefault(claimed, [])
                    owners[:] = [*[one for one in owners if one.exists() and one != path][:1], path]

    def read(self, path: Path) -> Iterator[Input]:
        """Give the inputs of a file, at least one."""
        file, empty = shown(path), True
        try:
            for one in self._found_in(path):
                empty = False
                yield replace(one, file=file)
            if empty:
                raise ValueError("contains no article")
        except OSError as error:
            yield _refused(f"cannot be read: {error.strerror or error}", file)
        except UnicodeDecodeError as error:
            yield _refused(_not_utf8(error), file)
        except ValueError as error:
            yield _refused(str(error), file)

    def _found_in(self, path: Path) -> Iterator[Input]:
        if path == STDIN:
            yield from self._json_or_lines(self._stdin)
            return
        suffix, real = path.suffix.lower(), self._real(path)
        size = real.stat().st_size
        if suffix in _LINES:
            with real.open("rb") as lines:
                yield from self._lines(lines)
        elif says := NOT_READ.get(suffix) or NAMED_ONLY.get(suffix):
            raise ValueError(f"is not of a kind that can be published; {says}")
        elif suffix not in SUFFIXES:
            raise ValueError(f"is not of a kind that can be published: {', '.join(SUFFIXES)}")
        elif "_drafts" in path.parts:
            raise ValueError("lies in _drafts; move it out of there to publish it")
        elif size > LARGEST_FILE_BYTES:
            raise ValueError(f"has {size:,} bytes, at most {LARGEST_FILE_BYTES:,} are read")
        elif suffix == _XML:
            yield Input("", real.read_bytes(), headers=(("content-type", b"application/xml"),))
        else:
            text, note = decode(real.read_bytes(), _KINDS.get(suffix, "text"))
            found = self._text(text, path) if suffix in _TEXTS else self._json(text, path)
            for one in found:
                yield replace(one, notes=(note, *one.notes)) if note else one

    def _text(self, text: str, path: Path) -> Iterator[Input]:
        reading = _TEXTS[path.suffix.lower()](text, SiteTime(self._zone, datetime.now(UTC)))
        sent, notes = self._completed(reading.sent, path), reading.notes
        if "published_at" not in sent and (dated := DATED.match(path.stem)):
            moment, told = read_date(dated[0], self._zone)
            if moment:
                sent["published_at"] = moment.isoformat()
                notes = (*notes, Note("/published_at", "used", "date", f"from the file's name: {told}"))
        yield of_reading(replace(reading, sent=sent, notes=notes))

    def _real(self, path: Path) -> Path:
        """Give where a file lies; one that was found in a folder must lie there.

        Else who may put a link into the folder could publish what only we may read.
        """
        real = Path(os.path.realpath(path))
        within = [] if path in self._named_itself else [one for one in self._folders if one in path.parents]
        if within and not any(real.is_relative_to(os.path.realpath(folder)) for folder in within):
            raise ValueError("is a link that leads out of its folder; name the file itself to publish it")
        return real

    def _json_or_lines(self, content: bytes) -> Iterator[Input]:
        first_line, _, more = content.lstrip().partition(b"\n")
        if more.strip() and _is_json(first_line):
            yield from self._lines(BytesIO(content))
        else:
            yield from self._json(decode(content, "text").text, None)

    def _lines(self, lines: Iterable[bytes]) -> Iterator[Input]:
        for number, line in enumerate(lines, 1):
            place = f"line {number}"
            try:
                text = line.decode("utf-8-sig").strip()
            except UnicodeDecodeError as error:
                yield _refused(_not_utf8(error), place=place)
                continue
            if text:
                for one in self._json(text, None):
                    yield replace(one, place=f"{place}, {one.place}" if one.place else place)

    def _json(self, text: str, path: Path | None) -> Iterator[Input]:
        try:
            content = from_json(text, allow_inf_nan=False)
        except ValueError:
            # the rule book says what is wrong with it
            yield Input("", text.encode())
            return
        if isinstance(content, list):
            for number, one in enumerate(content, 1):
                yield self._input(one, path, f"article {number}")
        else:
            yield self._input(content, path)

    def _input(self, sent: Any, path: Path | None, place: str = "") -> Input:
        """Give an article, with an id from the file's name and the section of the command line."""
        if not isinstance(sent, dict):
            return Input("", value_of(sent), place)
        if isinstance(sent.get("db"), list):
            raise ValueError("is an export of Ghost; use import ghost")
        whole = self._completed(sent, path, is_one_of_several=bool(place))
        return Input("", value_of(whole), place)

    def _completed(
        self, sent: dict[str, Any], path: Path | None, *, is_one_of_several: bool = False
    ) -> dict[str, Any]:
        if is_native(sent):
            if path is not None:
                if sent.get("id") is None and not is_one_of_several:
                    sent["id"] = _named(path)
                self._claim(sent.get("id"), path)
            if self._section is not None and sent.get("section") is None:
                sent["section"] = self._section
        return sent

    def _claim(self, article_id: Any, path: Path) -> None:
        owners = self._claimed.setdefault(article_id, [path]) if isinstance(article_id, str) else []
        other = next((one for one in owners if one != path and one.exists()), None)
        if other is not None:
            raise ValueError(
                f"claims the id {article_id}, and so does {shown(other)}; write an id of its own into one"
            )

    def _claims_of(self, path: Path) -> Iterable[str]:
        """Give the ids that a file's articles will have, but of JSON Lines, which may be of any size."""
        suffix, real = path.suffix.lower(), self._real(path) if path != STDIN else path
        if suffix not in (".json", *_TEXTS) or real.stat().st_size > LARGEST_FILE_BYTES:
            return ()
        if suffix in _KINDS:
            return (_named(path),)
        text = decode(real.read_bytes(), "text").text
        if suffix != ".json":
            return (named_in(text) or _named(path),)
        content = from_json(text, allow_inf_nan=False)
        several = content if isinstance(content, list) else [content]
        named = {one.get("id") for one in several if isinstance(one, dict) and is_native(one)}
        if named == {None} and content is not several:
            return (_named(path),)
        return [one for one in named if one and isinstance(one, str)]


def _named(path: Path) -> str:
    return id_of(path.stem, Path(os.path.abspath(path)).parent.name)


def shown(path: Path) -> str:
    """Give a file's name as it can be printed, in whatever encoding the disk has it."""
    return os.fsencode(path).decode(errors="replace")


def value_of(sent: Any) -> bytes | Rejection:
    """Write the value of an input."""
    try:
        return json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError):
        return unreadable(422, "contains something that JSON cannot express, say half a character")


def _is_json(text: bytes) -> bool:
    try:
        from_json(text, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def _refused(detail: str, file: str = "", place: str = "") -> Input:
    return Input(file, unreadable(422, detail), place)


def _not_utf8(error: UnicodeDecodeError) -> str:
    return f"is not UTF-8 at byte {error.start + 1}; save it as UTF-8"
