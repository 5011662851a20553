"""A Markdown body: CommonMark with tables, footnotes, tasks and what is struck out (`~~`), by way of HTML.

HTML inside the Markdown is read like any other. A picture's title is its caption. In one point CommonMark is
widened: it knows where emphasis begins and ends by spaces and punctuation, so that in a Chinese text, which
has no spaces, the asterisks of `他说**“你好”**之后` would stay; beside a Chinese character they may do both.
"""

import re
from collections import Counter
from functools import cache
from html import escape
from typing import Final

from comrak import ExtensionOptions, RenderOptions, markdown_to_html

from services.ingest.core.bodies import boxes, dialects, references, signs, tables, tex, withheld
from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.commands import Said
from services.ingest.core.bodies.html import from_tags
from services.ingest.core.bodies.presence import has_any
from services.ingest.core.bodies.shortcodes import carried_out, in_markdown
from services.ingest.core.faults import TooLargeError
from services.ingest.core.notes import Notes
from shared.blocks import Block

MOST_NESTED: Final = 5_000_000
"""Lines times the characters that open quotes and items: each open one is looked at again in every line."""
MOST_REFERRED: Final = 100_000
"""Bytes of addresses and titles that links by reference may repeat; comrak leaves more as brackets."""
MOST_HTML: Final = 3_000_000
"""Characters that may come of a body."""

_TERMS: Final = re.compile(r"^[^\s:][^\n]*\n(?:[ \t]*\n)?[ \t>]*:[ \t]+\S", re.MULTILINE)
"""A line, and below it what is said of it."""
_EMOJI: Final = re.compile(r"(?<![A-Za-z0-9:]):[a-z][a-z0-9_+-]{2,40}:(?![A-Za-z0-9:])")
_RENDERING: Final = RenderOptions(unsafe_=True, figure_with_caption=True)
_OPENS: Final = re.compile(r"^[-+*> \t\d.)]+", re.MULTILINE)

_COMMAND: Final = "\ufdef"
"""Stands around a command's number, until the HTML is written."""
_NO_CHARACTER: Final = re.compile("[\ufdd0-\ufdef]")
_NUMBER: Final = re.compile(rf"{_COMMAND}(\d+){_COMMAND}")
_TOKEN: Final = re.compile(rf"<code\b.*?(?:</code>|\Z)|{_COMMAND}(?P<number>\d+){_COMMAND}", re.DOTALL)
_ONE_TILDE: Final = re.compile(r"(?<!~)~(?!~)")
"""Between numbers a sign for "to": it strikes nothing out."""
_CAPTIONED: Final = re.compile(
    r"<p><figure>(?P<picture><img [^<>]*+>)</figure>"
    r"(?:(?:<br />)?\n?<(?P<tag>em|small)>"
    r"(?P<text>(?:[^<]|<(?!/?(?:em|small)>|/p>|img |br ))*+)</(?P=tag)></p>"
    r"|</p>\n<center>(?P<middle>(?:[^<]|<(?!/?(?:center|p|div)\b|img |br ))*+)</center>)"
)
"""A picture with a line of emphasis, or set small or in the middle, below it, and nothing else."""
_LONGEST_LINE: Final = 300
"""Characters back to where a line with attributes may begin a block of code."""
_ATTRIBUTES: Final = re.compile(
    r"^[ \t>]*\{:[^{}\n]*\}[ \t]*$|(?<=[^\s{])[ \t]*\{:[ \t]*[.#\w][^{}\n]*\}|(?<=\))\{[^{}\n]*=[^{}\n]*\}"
    r"|^[ \t]*\{[.#][\w:. #='\"-]*\}[ \t]*$|(?<=\S)[ \t]\{[.#][\w:. #='\"-]*\}[ \t]*$"
    r"|(?<=`)\{[.=#][^{}\n]*\}",
    re.MULTILINE,
)

# quotation marks, dashes and dots that Chinese shares with other scripts, and wide ones that comrak takes for
# Chinese; no text has those, which are for vertical print
_SHARED: Final = "“”‘’…—·"
_WIDE: Final = "\ufe10\ufe11\ufe12\ufe13\ufe14\ufe15\ufe16"
_BESIDE_EMPHASIS: Final = re.compile(
    rf"(?<=\*)[{_SHARED}]|[{_SHARED}](?=\*)|(?<=~~)[{_SHARED}]|[{_SHARED}](?=~~)"
)
_AS_WIDE: Final = dict(zip(_SHARED, _WIDE, strict=True))
_AS_SHARED: Final = str.maketrans(_WIDE, _SHARED)

# a bracket that is escaped begins none: else each would be followed to the end of the text
_LABEL: Final = r"(?<!\\)\[((?:\\.|[^\[\]\\])++)\]"
_DEFINES: Final = ("]:",)
_USE: Final = re.compile(rf"{_LABEL}(?![(:])")
_DEFINITION: Final = re.compile(rf"^[ \t>]*+{_LABEL}:[ \t]*+\n?(.*)", re.MULTILINE)


def from_markdown(text: str, notes: Notes, base: str = "") -> tuple[Block, ...]:
    """Read a Markdown body; ValueError says what to change."""
    body = Body(notes, base)
    return from_tags(_as_html(text, body), body)


def as_html(text: str) -> str:
    """Write a Markdown body as HTML; ValueError says what to change."""
    return _as_html(text, Body(Notes()))


def _as_html(text: str, body: Body) -> str:
    if found := _NO_CHARACTER.search(text):
        raise ValueError(f"contains U+{ord(found.group()):04X}, which is no character; remove it")
    lines, opened = text.count("\n"), max(map(_opening, _OPENS.findall(text)), default=0)
    if lines * opened > MOST_NESTED:
        raise TooLargeError(
            f"has {lines:,} lines, and one with {opened:,} characters that open quotes and lists; at most "
            f"{MOST_NESTED:,} of both multiplied are possible"
        )
    referred = _referred(text) if has_any(text, _DEFINES) else 0
    if referred > MOST_REFERRED:
        raise TooLargeError(
            f"repeats {referred:,} bytes of addresses in links by reference, at most {MOST_REFERRED:,} are "
            "possible"
        )
    commands: list[tuple[Said, str]] = []

    def token(said: Said, whole: str) -> str:
        commands.append((said, whole))
        return f"{_COMMAND}{len(commands) - 1}{_COMMAND}"

    text = withheld.without_hidden(withheld.without_comments(text, token), body)
    text, meanings = signs.without_meanings(text, token)
    text = in_markdown(_without_attributes(boxes.opened(text, token), body), body, token)
    text = signs.carried_out(dialects.carried_out(text, token), token)
    text = references.as_text(text, body) if has_any(text, _DEFINES) else text
    text = tables.widened(text, body) if "|" in text else text
    without_tex = tex.hidden(text)
    if "~" in text:
        without_tex = _ONE_TILDE.sub(tex.TILDE, without_tex)
    has_tex = without_tex is not text
    meant = text = without_tex
    if "*" in text or "~" in text:
        meant = _BESIDE_EMPHASIS.sub(lambda found: _AS_WIDE[found.group()], text)
    html: str = markdown_to_html(meant, _extensions(text), render_options=_RENDERING)
    if len(html) > MOST_HTML:
        raise TooLargeError(f"becomes {len(html):,} characters of HTML, at most {MOST_HTML:,} are possible")
    html = html if meant == text else html.translate(_AS_SHARED)
    if ("[" in text or "<" in text) and "<figure><img" in html:
        html = _CAPTIONED.sub(_captioned, html)
    if commands:
        html = _TOKEN.sub(lambda found: _carried_out(found, commands, body), html)
    html = references.restored(html)
    html = signs.explained(html, meanings) if meanings else html
    return tex.shown(html) if has_tex else html


@cache
def _options(has_terms: bool, has_emoji: bool) -> ExtensionOptions:
    return ExtensionOptions(
        table=True,
        cjk_friendly_emphasis=True,
        footnotes=True,
        inline_footnotes=True,
        strikethrough=True,
        tasklist=True,
        description_lists=has_terms,
        shortcodes=has_emoji,
    )


def _extensions(text: str) -> ExtensionOptions:
    """Give what a text may have of CommonMark's extensions."""
    has_terms = "\n" in text and ": " in text and _TERMS.search(text) is not None
    return _options(has_terms, ":" in text and _EMOJI.search(text) is not None)


def _captioned(found: re.Match[str]) -> str:
    caption = found["text"] if found["text"] is not None else found["middle"]
    return f"<figure>{found['picture']}<figcaption>{caption}</figcaption></figure>"


def _carried_out(found: re.Match[str], commands: list[tuple[Said, str]], body: Body) -> str:
    """Put in what a command means; in code it stays as it is written."""
    if found["number"] is None:
        return _NUMBER.sub(lambda one: escape(commands[int(one.group(1))][1]), found.group())
    return carried_out(*commands[int(found["number"])], body)


def _without_attributes(text: str, body: Body) -> str:
    """Take out what kramdown, Pandoc and Hugo read as classes and ids."""
    if "{" not in text:
        return text

    def told(found: re.Match[str]) -> str:
        line = text[max(0, found.start() - _LONGEST_LINE) : found.start()].rpartition("\n")[2].lstrip(" \t>")
        if line.startswith(("```", "~~~", ":::")):
            return found.group()
        body.note("set aside", "shortcode", found.group().strip()[:100])
        return ""

    return _ATTRIBUTES.sub(told, text)


def _opening(before_a_text: str) -> int:
    """Give the columns before a text, if anything is opened there; no quote or item takes less than one."""
    return 0 if before_a_text.isspace() else len(before_a_text.expandtabs(4))


def _referred(text: str) -> int:
    """Give the bytes that all uses of references come to."""
    uses = Counter(map(_folded, _USE.findall(text)))
    defined = {_folded(label): len(meant.encode()) for label, meant in reversed(_DEFINITION.findall(text))}
    return sum(uses[label] * length for label, length in defined.items())


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()
