"""A Markdown body: CommonMark and its tables, by way of HTML.

HTML inside the Markdown is cleaned like any other. A picture's title is its caption. In one point CommonMark
is widened: it knows where emphasis begins and ends by spaces and punctuation, so that in a Chinese text,
which has no spaces, the asterisks of `他说**“你好”**之后` would stay; beside a Chinese character they may do
both.
"""

from collections.abc import MutableMapping, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from services.ingest.core.bodies.html import from_html
from services.ingest.core.bodies.line import is_unspaced
from shared.blocks import Block

_MARKUP: Final = "[]*_`<&!|\\\n"
MOST_MARKUP: Final = 100_000
"""Characters of a body that may be markup; the worst that so many can cost is about two seconds."""

_IDEOGRAPHIC_SPACE: Final = "\u3000"
_KEPT: Final = "\ufdd0"
"""No character at all, so no text has it: markdown-it strips white space of every kind from paragraphs."""


def _picture(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    title = tokens[place].attrs.pop("title", "")
    picture = renderer.image(tokens, place, options, env)
    return f"<figure>{picture}<figcaption>{escapeHtml(str(title))}</figcaption></figure>"


def _emphasis(state: StateInline, silent: bool) -> bool:
    start, known = state.pos, len(state.delimiters)
    found = emphasis.tokenize(state, silent)
    before, behind = state.src[start - 1 : start] if start else "", state.src[state.pos : state.pos + 1]
    stands_between = bool(before.strip() and behind.strip())
    if state.src[start] == "*" and stands_between and (is_unspaced(before) or is_unspaced(behind)):
        for delimiter in state.delimiters[known:]:
            delimiter.open = delimiter.close = True
    return found


_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")
_MARKDOWN.inline.ruler.at("emphasis", _emphasis)
_MARKDOWN.add_render_rule("image", _picture)


def from_markdown(text: str) -> tuple[Block, ...]:
    """Read a Markdown body; ValueError says what to change."""
    return from_html(as_html(text))


def as_html(text: str) -> str:
    """Write a Markdown body as HTML; ValueError says what to change."""
    markup = sum(map(text.count, _MARKUP))
    if markup > MOST_MARKUP:
        raise ValueError(f"has {markup:,} characters of markup, at most {MOST_MARKUP:,} are possible")
    html: str = _MARKDOWN.render(text.replace(_IDEOGRAPHIC_SPACE, _KEPT))
    return html.replace(_KEPT, _IDEOGRAPHIC_SPACE)
