"""Which of an item's texts is the headline, the body, a picture's caption.

1.x says by a field's name what a text is (`body_xhtml`, `headline_main`), 2.x and 3.x by `role` and content
type. Either may be missing or odd, so every word of them is weighed: what it says of the purpose, and whether
it means markup. Where nothing is said, the text itself tells by its tags.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from services.ingest.core.bodies.html import text_of
from services.ingest.core.characters import is_blank
from services.ingest.core.field_types import LONGEST_LINE
from services.ingest.core.ninjs.items import Found, Item, one_line, tidy

_WHOLE: Final = re.compile("main|body|full|article|story|content|plain|rich|(rich)?(text|x?html|xml|nitf)")
"""A word with which a text claims to be the thing itself; one that says nothing claims it too."""
_ASIDE: Final = re.compile(
    "caption|summary|abstract|teaser|lead|ingress|preamble|standfirst|extract|excerpt|short|brief|alert|"
    "sub|kicker|seo|social|script|shotlist|sidebar|factbox|correction"
)
"""In the role of a text that stands beside the thing; taken only where there is nothing else."""
_FOR_THE_DESK: Final = re.compile("note|editorial|usage")
"""In the role of a text that no reader may see."""
_ALTERNATIVE: Final = re.compile("alt|accessibility")

_MARKUP: Final = re.compile("html|richtext|nitf|xml")
_TAG: Final = re.compile(
    r"</(p|div|h[1-6]|b|i|u|em|strong|a|ul|ol|li|table|span|blockquote)\s*>|<(br|p)\b", re.I
)
_MOST_TAGS: Final = 2_000
"""Of a text that is only looked at; so many may come that trees of longer ones would cost too much."""
_TAGS: Final = re.compile(r"<[^>]*+(>|\Z)")
_NITF_TAG: Final = re.compile(r"<(/?)(hl2|media|media-reference|media-caption)(?=[\s/>])([^<>]*)")
_AS_HTML: Final = {"hl2": "h2", "media": "figure", "media-reference": "img", "media-caption": "figcaption"}


@dataclass(frozen=True)
class Text:
    """One of an item's texts, with what is said of it."""

    value: Any
    pointer: str
    role: str
    content_type: str

    @property
    def is_html(self) -> bool:
        """Tell whether it is markup, by what is said of it or, where that is silent, by its tags."""
        if not isinstance(self.value, str):
            return False
        if _MARKUP.search(self.content_type):
            return True
        return not self.content_type.startswith("text/plain") and bool(_TAG.search(self.value))

    @cached_property
    def shown(self) -> str:
        """Give it as one line without markup; an empty one if nothing of it is visible."""
        if not isinstance(self.value, str):
            return ""
        line = one_line(without_markup(self.value) if self.is_html else self.value)
        return "" if is_blank(line) else line

    @property
    def aside(self) -> int:
        """Tell how far it stands from the thing itself: 0, 1 (unknown) or 2."""
        if _ASIDE.search(self.role):
            return 2
        return 0 if all(map(_WHOLE.fullmatch, re.findall("[a-z]+", self.role))) else 1


def headline_of(item: Item) -> Found | None:
    """Choose the headline; a value that is not text is given only where there is no other."""
    texts = _texts(item, "headline", "headlines")
    texts.sort(key=lambda text: {"headline": 0, "main": 1}.get(text.role, 2 + text.aside))
    if title := item.find("title"):
        texts.append(Text(title.value, title.pointer, "", ""))
    seen = next((Found(shown, text.pointer) for text in texts if (shown := text.shown)), None)
    return seen or _first(texts)


def body_of(item: Item) -> Text | None:
    """Choose the body; a blank one, or a value that is not text, only where there is no other."""
    texts = [
        text
        for text in _texts(item, "body", "bodies")
        if not _FOR_THE_DESK.search(text.role) and _is_text(text.content_type)
    ]
    texts.sort(key=lambda text: (text.aside, not text.is_html, text.role != "main"))
    chosen = next((text for text in texts if text.shown), texts[0] if texts else None)
    if chosen is None or not chosen.is_html:
        return chosen
    value = _from_nitf(chosen.value)
    return chosen if value == chosen.value else replace(chosen, value=value)


def caption_of(item: Item) -> Found | None:
    """Choose the description that readers may see of a picture."""
    texts = [
        text
        for text in _texts(item, "description", "descriptions")
        if not _FOR_THE_DESK.search(text.role) and not _ALTERNATIVE.search(text.role)
    ]
    texts.sort(key=lambda text: (text.role != "caption" and text.aside, text.is_html))
    return next((Found(shown, text.pointer) for text in texts if (shown := tidy(text.shown))), None)


def alternative_of(item: Item) -> str:
    """Choose the text that stands for a picture where it is not seen."""
    described = [t for t in _texts(item, "description", "descriptions") if _ALTERNATIVE.search(t.role)]
    # Superdesk sends a picture's alternative text as its body.
    texts = (tidy(text.shown) for text in described)
    return next((text for text in texts if text and len(text) <= LONGEST_LINE), "") or item.text(
        "alt", "alttext", "alt_text", "body_text", longest=LONGEST_LINE
    )


def without_markup(text: str) -> str:
    """Give the text of an HTML fragment as one line; of one too odd, what stands between its tags."""
    try:
        return text_of(text, _MOST_TAGS)
    except ValueError:
        return _TAGS.sub(" ", text)


def _texts(item: Item, one: str, many: str) -> list[Text]:
    texts = []
    for name, found in item.fields.items():
        if name == one or name.startswith(one + "_"):
            role = name.removeprefix(one + "_")
            texts.append(Text(found.value, found.pointer, role, role))
    for _, entry in item.entries(many):
        if value := entry.find("value"):
            # of an address only the end says something
            role = re.split("[/:#]", entry.text("role").lower())[-1]
            said = entry.text("contenttype", "mimetype").lower() or role
            texts.append(Text(value.value, value.pointer, role, said))
    return texts


def _first(texts: list[Text]) -> Found | None:
    return Found(texts[0].value, texts[0].pointer) if texts else None


def _is_text(content_type: str) -> bool:
    return "/" not in content_type or content_type.startswith("text/") or bool(_MARKUP.search(content_type))


def _from_nitf(markup: str) -> str:
    """Leave out NITF's head, which repeats headline and byline, and name its own elements as HTML does."""
    start, end = markup.find("<body.content"), markup.rfind("</body.content")
    content = markup[start:end].partition(">")[2] if 0 <= start < end else markup
    return _NITF_TAG.sub(_tag_as_html, content)


def _tag_as_html(tag: re.Match[str]) -> str:
    slash, name, attributes = tag.groups()
    return f"<{slash}{_AS_HTML[name]}{attributes.replace('source=', 'src=')}"
