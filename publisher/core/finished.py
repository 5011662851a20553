"""A finished article as text for a terminal: what stands above it, and its blocks one by one."""

from collections.abc import Iterator

from shared.blocks import (
    Block,
    Definitions,
    Embed,
    Footnotes,
    Heading,
    Items,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Table,
)
from shared.events import ArticlePublished


def lines_of(article: ArticlePublished) -> Iterator[str]:
    """Give the lines of an article; the signs before them say what a block is."""
    yield article.title
    above = (article.section, f"{article.published_at:%Y-%m-%d %H:%M %z}", article.byline, article.source)
    yield " · ".join(filter(None, above))
    for name, moment in (("embargo until", article.embargo_until), ("expires", article.expires_at)):
        if moment:
            yield f"{name} {moment:%Y-%m-%d %H:%M %z}"
    yield from map(_picture, article.pictures)
    for block in article.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text=text):
            yield text
        case Heading(text=text, level=level):
            yield f"{'#' * level} {text}"
        case Quote(paragraphs=texts):
            yield from (f"> {text.text}" for text in texts)
        case Items(items=texts):
            first = block.start if block.start is not None else len(texts) if block.reversed else 1
            step = -1 if block.reversed else 1
            for number, item in enumerate(texts):
                yield f"{first + step * number}. {item.text}" if block.ordered else f"- {item.text}"
        case Definitions(entries=entries):
            for entry in entries:
                yield ", ".join(term.text for term in entry.terms)
                yield from (f": {text.text}" for text in entry.descriptions)
        case Footnotes(notes=notes):
            for note in notes:
                yield f"[{note.name}] " + " ".join(text.text for text in note.paragraphs)
        case PictureBlock(picture=picture):
            yield _picture(picture)
        case Embed(url=url, text=text):
            yield f"({text or 'embed'}: {url})"
        case Table(caption=caption, head=head, rows=rows):
            yield from filter(None, [caption])
            yield from (" | ".join(cell.text for cell in row) for row in filter(None, (head, *rows)))


def _picture(picture: Picture) -> str:
    return f"(picture: {picture.url}{' ' + picture.caption if picture.caption else ''})"
