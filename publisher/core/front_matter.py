"""A Markdown file as an article: the fields of the native format between two lines `---`, the body below.

Only what JSON would read so, too, is a number: a title `2026-11-15` or `12:30` is a title, and a time without
a zone is named as one. A file that is marked as a draft is refused: it must not go out because somebody saved
it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml

from publisher.core import web_page
from publisher.core.picture_addresses import unreachable
from publisher.core.reading import Reading
from services.ingest.core.bodies.markdown import as_html

LONGEST_FRONT_MATTER: Final = 100_000
"""Characters; so many take PyYAML about a second."""

_BEGINS: Final = re.compile(r"---[ \t]*\n")
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TIMES: Final = ("published_at", "embargo_until", "expires_at")
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


def read_markdown(text: str) -> Reading:
    """Read a file's text as a native article; ValueError says what to change.

    Without a title between the lines, a heading `# …` that begins the body is the title.
    """
    text = text.replace("\r\n", "\n")
    found = _FRONT_MATTER.match(text)
    if found is None and _BEGINS.match(text):
        raise ValueError("the front matter does not end; write a line --- below its last field")
    fields = _fields(found[1]) if found else {}
    if fields.pop("draft", None) is True:
        raise ValueError("is marked as a draft; remove draft: true from its front matter to publish it")
    for name in _TIMES:
        match fields.get(name):
            case str(time) if len(parts := time.rsplit(maxsplit=1)) == 2 and parts[1][0] in "+-Zz":
                fields[name] = "".join(parts)
    body = text[found.end() :] if found else text
    line, _, below = body.lstrip().partition("\n")
    if "title" not in fields and line.startswith(("# ", "#\t")) and (title := _heading(line)):
        fields["title"] = title
        body = below
    return Reading({"format": "markdown"} | fields | {"body": body}, unreachable(_pictures(body)))


def _heading(line: str) -> str:
    """Give the text of a line `# …`, which may end in signs # of its own."""
    words = line[1:].strip(" \t")
    before = words.rstrip("#")
    return before.rstrip(" \t") if before[-1:] in ("", " ", "\t") else words


def _fields(front_matter: str) -> dict[str, Any]:
    if (length := len(front_matter)) > LONGEST_FRONT_MATTER:
        raise ValueError(
            f"the front matter has {length:,} characters, at most {LONGEST_FRONT_MATTER:,} are possible"
        )
    try:
        fields = yaml.load(front_matter, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        # its lines are counted from 0, and a line --- stands above them
        line = error.problem_mark.line + 2 if error.problem_mark else "?"
        raise ValueError(
            f"the front matter is not valid YAML at line {line}: {error.problem}; a text that "
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
