"""A Markdown file as an article: the fields of the native format between two lines `---`, the body below.

What YAML would make a time of stays the text that was written, so that a title `2026-11-15` is a title and a
time without a zone is named as one. A file that is marked as a draft is refused: it must not go out because
somebody saved it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt

from publisher.core.picture_addresses import unreachable
from services.ingest.core.faults import Fault

_BEGINS: Final = re.compile(r"---[ \t]*\n")
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIRST_HEADING: Final = re.compile(r"\s*#[ \t]+([^\n]+?)(?:[ \t]+#+)?[ \t]*(?:\n|\Z)")
_BEFORE_ZONE: Final = re.compile(r"[ \t]+(?=(?:[+-]\d|[Zz]\Z))")
_TIMES: Final = ("published_at", "embargo_until", "expires_at")


class _Loader(yaml.SafeLoader):
    """YAML without times (they stay text) and without aliases and tags (a few can stand for gigabytes)."""

    yaml_implicit_resolvers: Any = {  # noqa: RUF012 - PyYAML reads it from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.tag:
            says = "an alias (*) or a tag (!) is not possible; write the plain value"
            raise yaml.composer.ComposerError(None, None, says, event.start_mark)
        return super().compose_node(parent, index)


def read_markdown(text: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Read a file's text as a native article and the faults of its pictures; ValueError says what to change.

    Without a title between the lines, a heading `# …` that begins the body is the title.
    """
    text = text.replace("\r\n", "\n")
    found = _FRONT_MATTER.match(text)
    if found is None and _BEGINS.match(text):
        raise ValueError("the front matter has no end; write a line --- below its last field")
    fields = _fields(found.group(1)) if found else {}
    if fields.pop("draft", None) is True:
        raise ValueError("is marked as a draft; take draft: true out of its front matter to publish it")
    for name in _TIMES:
        if isinstance(fields.get(name), str):
            fields[name] = _BEFORE_ZONE.sub("", fields[name])
    body = text[found.end() :] if found else text
    heading = _FIRST_HEADING.match(body)
    if "title" not in fields and heading:
        fields["title"] = heading.group(1)
        body = body[heading.end() :]
    return {"format": "markdown"} | fields | {"body": body}, unreachable(_pictures(body))


def _fields(front_matter: str) -> dict[str, Any]:
    try:
        fields = yaml.load(front_matter, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        # its lines are counted from 0, and a line --- stands above them
        line = error.problem_mark.line + 2 if error.problem_mark else "?"
        raise ValueError(
            f"the front matter is no YAML at line {line}: {error.problem}; "
            'a text that has a colon or begins with a sign stands in quotes, as in title: "…"'
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"the front matter is no YAML: {error}") from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise ValueError("the front matter must be fields, one a line, as in title: …")
    return {str(name): value for name, value in fields.items()}


def _pictures(body: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").parse(body):
        for inline in token.children or ():
            if inline.type == "image":
                yield str(inline.attrs.get("src", ""))
