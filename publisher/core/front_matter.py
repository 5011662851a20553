"""A Markdown file as an article: fields between two lines `---` (or a JSON object), the body below.

Only what JSON would read so, too, is a number: a title `2026-11-15` or `12:30` is a title. What the fields
say of publication the rule book obeys: a draft must not go out because somebody saved it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from publisher.core import front_matter_words as words
from publisher.core import web_page
from publisher.core.dates import SiteTime
from publisher.core.front_matter_fields import Fields
from publisher.core.headings import title_of
from publisher.core.ids import fits
from publisher.core.languages import language_of
from publisher.core.picture_addresses import unreachable
from publisher.core.reading import Reading
from services.ingest.core.bodies.markdown import as_html

LONGEST_FRONT_MATTER: Final = 100_000
"""Characters; so many take PyYAML about a second."""

_BEGINS: Final = re.compile(r"---[ \t]*\n")
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML: Final = re.compile(r"\+\+\+[ \t]*\n")
_NAMED: Final = re.compile(
    r"---[ \t]*(?:toml|json|yaml|js|javascript|coffee)[ \t]*\r?(?:\n|\Z)", re.IGNORECASE
)
_HEXO_JSON: Final = re.compile(r"\"\w+\"[ \t]*:[^\n]*\n(?:[^\n]*\n){0,50}?;;;[ \t]*(?:\n|\Z)")
_FIELD: Final = r"(?:title|date|draft|published|status|section|tags|categories|layout|author)[ \t]*:"
_WITHOUT_BEGIN: Final = re.compile(
    rf"{_FIELD}[^\n]*\n(?:(?:[\w-]+[ \t]*:|[ \t]*-[ \t])[^\n]*\n){{1,50}}---[ \t]*(?:\n|\Z)"
)
_BELOW_OTHERS: Final = re.compile(rf"(?:(?!---)[^\n]*\n){{1,10}}---[ \t]*\n{_FIELD}")
_LEFT_AS_TEXT: Final = {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "int", "float")}
_NUMBERS: Final = {"int": r"-?(?:0|[1-9][0-9]{0,17})\Z", "float": r"-?[0-9]{1,15}\.[0-9]{1,15}\Z"}


class _Loader(yaml.SafeLoader):
    """YAML with JSON's numbers and without aliases and tags (a few can stand for gigabytes)."""

    yaml_implicit_resolvers: Any = {  # noqa: RUF012 - PyYAML reads it from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_AS_TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.tag:
            says = "an alias (*) or a tag (!) is not possible; write the plain value"
            raise yaml.composer.ComposerError(None, None, says, event.start_mark)
        return super().compose_node(parent, index)


for _name, _pattern in _NUMBERS.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list("-0123456789"))


def read_markdown(text: str, site: SiteTime) -> Reading:
    """Read a file's text as a native article; ValueError says what to change.

    Without a title between the lines, the heading that begins the body is the title.
    """
    written, body = _parted(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    fields = Fields(written, site)
    fields.map(body)
    sent = fields.sent
    if "title" not in sent:
        title, rest = title_of(body)
        if title:
            sent["title"], body = title, rest
    said = sent.get("language")
    if said is None or isinstance(said, str):
        found = language_of(f"{sent.get('title', '')}\n{body}", said)
        if found.note:
            fields.notes.add(*found.note)
            sent["language"] = found.language
    faults = (
        *fields.faults,
        *unreachable(_pictures(body), str(sent.get("base") or "")),
    )
    return Reading({"format": "markdown"} | sent | {"body": body}, faults, fields.notes.told(), fields.places)


def named_in(text: str) -> str | None:
    """Give the id that a file's text names; None if it names none, or cannot be read."""
    try:
        fields, _ = _parted(text)
    except ValueError:
        return None
    for group in words.NESTED:
        inside = fields.get(group)
        fields = (inside if isinstance(inside, dict) else {}) | fields
    slug = next((value for name, value in fields.items() if words.plain(str(name)) == "slug"), None)
    named = fields.get("id") or words.text(slug)
    return named if isinstance(named, str) and fits(named) else None


def _parted(text: str) -> tuple[dict[str, Any], str]:
    """Give the fields above a text, and the text."""
    begins = text.lstrip(" \t\n")
    if _TOML.match(begins):
        raise ValueError("TOML front matter (+++) is not read; write YAML between ---")
    if named := _NAMED.match(begins):
        raise ValueError(
            f"front matter that begins with {named.group().strip()} is not read; write YAML between ---"
        )
    if begins.startswith(";;;") or _HEXO_JSON.match(begins):
        raise ValueError("JSON front matter that ends in ;;; is not read; write YAML between ---")
    if begins.startswith("{") and (found := _json(begins)) is not None:
        return found
    if matched := _FRONT_MATTER.match(begins):
        lines_above = text[: len(text) - len(begins)].count("\n")
        return _fields(matched[1], lines_above), begins[matched.end() :]
    if _BEGINS.match(begins):
        raise ValueError("the front matter does not end; write a line --- below its last field")
    if _WITHOUT_BEGIN.match(begins):
        raise ValueError("the front matter does not begin; write a line --- above its first field")
    if _BELOW_OTHERS.match(begins):
        raise ValueError("nothing may stand above the front matter; remove what stands above ---")
    return {}, text


def _json(text: str) -> tuple[dict[str, Any], str] | None:
    """Read front matter that is a JSON object; a text may begin with a brace, too."""
    try:
        fields, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    rest = text[end:]
    return (fields, rest) if isinstance(fields, dict) and (not rest or rest[0] in " \t\n") else None


def _fields(front_matter: str, lines_above: int) -> dict[str, Any]:
    if (length := len(front_matter)) > LONGEST_FRONT_MATTER:
        raise ValueError(
            f"the front matter has {length:,} characters, at most {LONGEST_FRONT_MATTER:,} are possible"
        )
    try:
        fields = yaml.load(front_matter, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        # its lines are counted from 0, and a line --- stands above them
        mark = error.problem_mark
        place = f"line {lines_above + mark.line + 2}, column {mark.column + 1}" if mark else "some line"
        raise ValueError(
            f"the front matter is not valid YAML at {place}: {error.problem}; a text that "
            'contains a colon or begins with a sign must be in quotes, as in title: "…"'
        ) from None
    except RecursionError:
        raise ValueError("the front matter is nested too deeply; write its fields one a line") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(f"the front matter is not valid YAML: {error}") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise ValueError("the front matter must consist of fields, one a line, as in title: …")
    return {str(name): value for name, value in fields.items()}


def _pictures(body: str) -> Iterator[str]:
    try:
        return web_page.pictures(as_html(body))
    except ValueError:
        # the rule book says what is wrong with the body
        return iter(())
