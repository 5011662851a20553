"""Parts of a body that its own program shows to nobody, or not to everybody.

A comment of a template (`{% comment %}`, `{{/* */}}`, `{# #}`) and a block that WordPress hides are left out
and told. What only members may read is no text for everybody: the body is refused, for with that part it
would say too much, and without it what nobody wrote.
"""

import re
from collections.abc import Callable
from typing import Final

from services.ingest.core.bodies.body import Body, excerpt
from services.ingest.core.bodies.commands import Said
from services.ingest.core.bodies.presence import has_any

Write = Callable[[Said, str], str]

_COMMENT: Final = re.compile(
    r"\{\{<?-?[ \t\n]*/\*|\{\{%[ \t]*/\*|\{\{!--|\{\{![^{}]|\{#(?=\s)"
    r"|\{%-?\s*comment\b[^{}]*%\}|\{\{[<%]\s*comment\s*[%>]\}\}"
)
_ENDS: Final = {
    "{{/*": re.compile(r"\*/[ \t\n]*-?\}\}"),
    "{{!--": re.compile(r"--\}\}"),
    "{{!": re.compile(r"\}\}"),
    "{#": re.compile(r"(?<=\s)#\}"),
    "{%": re.compile(r"\{%-?\s*endcomment\s*-?%\}"),
    "{{<": re.compile(r"\{\{[<%]\s*/comment\s*[%>]\}\}"),
}
_ESCAPED: Final = re.compile(r"\{\{([<%])/\*([^{}*]*+)\*/([>%])\}\}")
"""A command of Hugo's that is shown and not carried out: `{{</* figure */>}}`."""

_GATES: Final = re.compile(
    r"(?:.*[_-])?(?:members?(?:hip)?|private|restrict(?:ed)?|premium|paid|paywall|vip|pay|wppay|erphpdown|protect(?:ed|or)?"
    r"|hide|hide[_-]content|login|logged[_-]?in|loggedin|password|passster|secret|subscribers?|members?only|s2if|ppwp)"
    r"(?:[_-](?:only|content|in|area|section|user|users|view|text))*",
    re.I,
)
_GATED_BLOCK: Final = re.compile(
    r"<!--\s*(?:members-only|kg-gated-block:begin(?![^>]{0,200}nonMember:true)|wp:(?:jetpack/)?premium-content/(?:subscriber-view|container)"
    r"|wp:[\w/-]*(?:members?-only|restricted?-content|content-restriction|paywall)\b)[^>]{0,200}",
    re.I,
)
_HIDDEN_BLOCK: Final = re.compile(
    r"<!--\s*wp:(?P<name>[\w/-]+)\s+(?=[^<>\n]{0,5000}?\"blockVisibility\"\s*:\s*(?:false|\{\s*\"hideBlock\"\s*:\s*true))"
    r"[^<>\n]{0,5000}?(?P<closed>/?)-->"
)


def without_comments(text: str, write: Write) -> str:
    """Give a text without what its own program would leave out; each is looked through once."""
    if not has_any(text, ("{{", "{%", "{#")):
        return text
    if "/*" in text:
        text = _ESCAPED.sub(lambda one: write(Said("{{</*…*/>}}", _braces(*one.groups())), one.group()), text)
    parts: list[str] = []
    at, never_ended = 0, set[str]()
    while begun := _COMMENT.search(text, at):
        sign = _sign(begun.group())
        ended = None if sign in never_ended else _ENDS[sign].search(text, begun.end())
        if ended is None:
            never_ended.add(sign)
            parts.append(text[at : begun.end()])
            at = begun.end()
            continue
        whole = text[begun.start() : ended.end()]
        parts += [text[at : begun.start()], write(Said("comment", is_unknown=True), whole)]
        at = ended.end()
    return "".join([*parts, text[at:]])


def _braces(before: str, said: str, behind: str) -> str:
    return f"{{{{{'&lt;' if before == '<' else before}{said}{'&gt;' if behind == '>' else behind}}}}}"


def _sign(begun: str) -> str:
    if "/*" in begun:
        return "{{/*"
    if begun.startswith("{{!"):
        return "{{!--" if begun.startswith("{{!--") else "{{!"
    if begun.startswith("{#"):
        return "{#"
    return "{%" if begun.startswith("{%") else "{{<"


def refuse_gate(name: str, whole: str) -> None:
    """Refuse a command that encloses what not everybody may read."""
    if _GATES.fullmatch(name):
        raise ValueError(
            f"has a part that not everybody may read ({whole[:60]}); take it out, or only what encloses it"
        )


def without_hidden(html: str, body: Body) -> str:
    """Give HTML without the blocks that WordPress hides; ValueError if a part is not for everybody."""
    if "!" not in html or "<!--" not in html:
        return html
    if found := _GATED_BLOCK.search(html):
        refuse_gate("members", found.group().removeprefix("<!--").strip())
    if "blockVisibility" not in html:
        return html
    parts: list[str] = []
    at = 0
    while begun := _HIDDEN_BLOCK.search(html, at):
        end = begun.end() if begun["closed"] else _end_of(begun["name"], html, begun.end())
        parts.append(html[at : begun.start()])
        if letters := excerpt(re.sub("<[^>]*+>", " ", html[begun.end() : end])):
            body.note("set aside", "hidden", f"{begun['name']}: a block that WordPress hides: {letters}")
        at = end
    return "".join([*parts, html[at:]])


def _end_of(name: str, html: str, at: int) -> int:
    """Give where a block of WordPress is over; the same may stand inside it."""
    depth = 1
    both = re.compile(rf"<!--\s*(?P<end>/?)wp:{re.escape(name)}(?=\s)[^<>\n]{{0,5000}}?(?P<closed>/?)-->")
    for found in both.finditer(html, at):
        if found["end"]:
            depth -= 1
        elif not found["closed"]:
            depth += 1
        if not depth:
            return found.end()
    return len(html)
