"""Commands that a site's own program would carry out in a text.

They are WordPress's `[caption]`, Hugo's `{{< figure >}}`, Hexo's and Jekyll's `{% asset_img %}` and the like.
Known ones become the HTML that they mean. Of others nothing is shown but the text that they enclose, and a
note has them as written. In code nothing is a command. A bracket is one only if it has attributes, or an end,
or is known and stands alone: `[1]`, `[美联社]` and `[sic]` are text.
"""

import re
from collections.abc import Callable
from typing import Final

from services.ingest.core.bodies import commands, withheld
from services.ingest.core.bodies.body import Body

_CURLY: Final = r"\{\{[<%](?P<hugo>[^{}]*+)\}\}|\{%(?P<hexo>[^{}]*+)\}|\{\{(?P<value>[^{}<%][^{}]*+)\}\}"
_SQUARE: Final = (
    r"\[(?P<name>[a-z][a-z0-9_-]{1,40})(?P<said>(?:\s+|=)(?:[^\[\]\"']|\"[^\"\[]*+\"|'[^'\[]*+')*+)?/?\]"
    r"|\[/(?P<ended>[a-z][a-z0-9_-]{1,40})\]"
)
_EMBEDDED: Final = r"!\[\[(?P<embedded>[^\[\]\n]{1,1000}+)\]\](?![(\[])"
"""Of Obsidian: `![[a.jpg|300]]`."""
_COMMAND: Final = re.compile(f"{_EMBEDDED}|{_CURLY}|{_SQUARE}")
_SKIPPED: Final = (
    r"(?P<skipped><(?P<raw>(?i:pre|code|script|style|textarea))\b.*?(?:</(?P=raw)\s*>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<[A-Za-z/][^<>]*+>)"
)
_IN_HTML: Final = re.compile(f"{_SKIPPED}|{_CURLY}|{_SQUARE}", re.DOTALL)
_LINKS: Final = re.compile(r"[(:]|\[(?!/)")
"""What behind a bracket makes it a link of Markdown."""
_ATTRIBUTE: Final = re.compile(r"\s[\w-]+\s*=")
_ALONE: Final = frozenset({"gallery", "playlist", "toc", "more"})

Write = Callable[[commands.Said, str], str]
"""How what a command means is put into the text, beside the command as written."""


def in_html(html: str, body: Body) -> str:
    """Carry out the commands of an HTML body."""
    if "[" not in html and "{" not in html:
        return html
    html = withheld.without_comments(html, lambda said, whole: carried_out(said, whole, body))
    return _carried_out(
        _IN_HTML, html, body, lambda said, whole: carried_out(said, whole, body), is_markdown=False
    )


def in_markdown(text: str, body: Body, write: Write) -> str:
    """Carry out the commands of a Markdown body; what is code in it shows only when it is read."""
    if "[" not in text and "{" not in text:
        return text
    return _carried_out(_COMMAND, text, body, write, is_markdown=True)


def _carried_out(pattern: re.Pattern[str], text: str, body: Body, write: Write, is_markdown: bool) -> str:
    brackets = _paired(pattern, text, is_markdown)

    def meant(found: re.Match[str]) -> str:
        whole = found.group()
        said: commands.Said | None
        if found.groupdict().get("skipped"):
            return whole
        if is_markdown and found["embedded"]:
            return write(commands.obsidian(found["embedded"]), whole)
        if (value := found["value"]) is not None:
            return _value(whole, value, body)
        if found["name"] or found["ended"]:
            if found.start() not in brackets:
                return whole
            if found["name"] in commands.ENCLOSING and not brackets[found.start()]:
                # with no end it would take the rest of the text
                return carried_out(commands.Said(found["name"], is_unknown=True), whole, body)
            if found["name"] and brackets[found.start()]:
                withheld.refuse_gate(found["name"], whole)
            said = commands.wordpress(
                found["ended"] or found["name"], found["said"] or "", bool(found["ended"])
            )
        else:
            inner = found["hugo"] if found["hugo"] is not None else found["hexo"]
            said = _curly(inner, is_hugo=found["hugo"] is not None)
        if said is None:
            return whole
        return carried_out(said, whole, body) if said.is_bare else write(said, whole)

    return pattern.sub(meant, text)


def carried_out(said: commands.Said, whole: str, body: Body) -> str:
    """Give the HTML of a command, and tell of it."""
    if said.is_unknown:
        body.note("set aside", "shortcode", whole[:300])
    elif said.html and not said.html.startswith("</"):
        body.note("used", "shortcode", said.name)
    if said.unused:
        body.note("set aside", "shortcode", f"{said.name}: {said.unused[:300]}")
    return said.html


def _curly(inner: str, is_hugo: bool) -> "commands.Said | None":
    """Read what stands between the braces; None if they are no command's."""
    ending = (">", "%") if is_hugo else ("%", "-%")
    said = inner.strip()
    if not said.endswith(ending):
        return None
    said = said.rstrip("%>").rstrip("-").strip().lstrip("-").strip()
    if not said or said.startswith("/*"):
        return None
    name = said.split(None, 1)[0]
    for before in ("/", "end"):
        if name.startswith(before):
            withheld.refuse_gate(name.removeprefix(before).strip() or said[1:].strip(), said)
    return commands.hugo_or_hexo(said)


def _value(whole: str, value: str, body: Body) -> str:
    """Read a value of a template: an address's beginning goes, a quoted one stays."""
    said = value.strip()
    if _SITE.fullmatch(said):
        body.note("changed", "shortcode", whole[:100])
        return ""
    if quoted := _QUOTED.match(said):
        return quoted.group(1)
    return whole


_SITE: Final = re.compile(
    r"-?\s*(?:site|page|config)\.(?:url|baseurl|base_url|root|baseurl_root|root_url)\s*-?"
)
_QUOTED: Final = re.compile(
    r"""["']([^"'<>]*)["']\s*\|\s*(?:relative_url|absolute_url|relURL|absURL|prepend:.*)""", re.S
)


def _paired(pattern: re.Pattern[str], text: str, is_markdown: bool) -> dict[int, bool]:
    """Give where the brackets are that are commands, and whether they are one of two."""
    found: dict[int, bool] = {}
    open_ones: dict[str, list[int]] = {}
    for one in pattern.finditer(text):
        start, end = one.span()
        if one["ended"]:
            if begun := open_ones.get(one["ended"]):
                found |= {begun.pop(): True, start: True}
        elif one["name"] and not (is_markdown and _LINKS.match(text, end)):
            open_ones.setdefault(one["name"], []).append(start)
            alone = one["name"] in _ALONE and _stands_alone(text, start, end)
            if alone or (one["said"] and _ATTRIBUTE.search(one["said"])):
                found[start] = False
    return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 4) : start].rstrip(" \t"), text[end : end + 4].lstrip(" \t")
    return (not before or before[-1] in "\n>") and (not behind or behind[0] in "\r\n<")
