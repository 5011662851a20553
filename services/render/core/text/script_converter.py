"""An article in either Chinese script, whichever its publisher writes.

OpenCC makes the other script, once per version of an article and never for a request. A text is not
converted into the script it is in: there it stands letter by letter as sent. What is not Chinese stands as
sent in both, and quotation marks stay those that were sent.

Traditional is written as OpenCC's `s2tw` has it: the shapes that most readers of Traditional know, words
left alone. `s2twp` would change words too (信息 to 資訊), and so what somebody is quoted as saying; `s2t`
writes shapes that no newspaper prints (爲, 喫); `s2hk` is for one city. Back it is `tw2s`, and `hk2s` for a
text from Hong Kong or Macau; which 著 is 着, and which 乾 is 干, is told by the words they stand in
(core/text/to_simplified.py). The glossary goes before OpenCC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, TypeVar

from opencc import OpenCC

from services.render.core.text.glossary import Glossary, Terms
from services.render.core.text.scripts import Script, script_of
from services.render.core.text.to_simplified import ToSimplified
from services.render.core.text.to_traditional import ToTraditional
from shared.blocks import (
    Block,
    Definitions,
    Embed,
    Footnotes,
    Heading,
    Items,
    Mark,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Span,
    Table,
    Text,
)
from shared.events import ArticlePublished, Dateline

_T = TypeVar("_T", bound=Text)


class ScriptConverter:
    """Writes everything in one script."""

    def __init__(self, script: Script, glossary: Glossary) -> None:
        self.script: Final = script
        self._glossary = glossary
        self.untagged: Final = lru_cache(1000)(self._untagged)
        """Write a text whose language nobody said: a section's name, a note; the same text is remembered."""

    def article(self, article: ArticlePublished) -> ArticlePublished:
        """Give the article in this script: as sent, if that is its own or it is not Chinese."""
        own = script_of(article.language)
        if own is None:
            return article
        if own == self.script:
            return article.model_copy(update={"language": own})
        return self._from(own, article.language).article(article).model_copy(update={"language": self.script})

    def text(self, text: str, language: str) -> str:
        """Give a text of that language in this script."""
        own = script_of(language)
        if own is None or own == self.script:
            return text
        return self._from(own, language).text(text)

    def _untagged(self, text: str) -> str:
        """Write a text that is in the script in which less of it is foreign."""
        hans = self._from("zh-Hant").text(text)
        hant = self._from("zh-Hans").text(text)
        is_hant = hans != text and _changed(text, hans) >= _changed(text, hant)
        if self.script == "zh-Hans":
            return hans if is_hant else text
        return text if is_hant else hant

    def _from(self, script: Script, language: str = "") -> "_Conversion":
        back = "hk2s" if {"hk", "mo"}.intersection(language.lower().split("-")) else "tw2s"
        return _Conversion("s2tw" if script == "zh-Hans" else back, self._glossary[script])


class _Conversion:
    """One way between the scripts."""

    def __init__(self, config: str, terms: Terms) -> None:
        self._convert = _converter(config)
        self._terms = terms

    def article(self, article: ArticlePublished) -> ArticlePublished:
        """Convert all that is read of an article but its section and series, whose names are addresses."""
        blocks, dateline = self._body(article.blocks, article.dateline)
        return article.model_copy(
            update={
                "title": self.text(article.title),
                "blocks": blocks,
                "dateline": dateline,
                "pictures": tuple(map(self._picture, article.pictures)),
                "byline": self._maybe(article.byline),
                "source": self._maybe(article.source),
                "tags": tuple(map(self.text, article.tags)),
                "correction": self._maybe(article.correction),
            }
        )

    def text(self, text: str) -> str:
        """Convert a text."""
        return "".join(self._pieces(text)[1])

    def _maybe(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def _pieces(self, text: str) -> tuple[list[str], list[str]]:
        """Give a text in pieces, and these converted; every second one is a term."""
        pieces = self._terms.pattern.split(text)
        known = self._terms.by_name
        return pieces, [
            known.get(piece, piece) if number % 2 else self._convert(piece)
            for number, piece in enumerate(pieces)
        ]

    def _stretch(self, text: str, places: set[int]) -> tuple[str, dict[int, int]]:
        """Convert a text, and tell where its places are afterwards.

        OpenCC writes one character for one, so they stay. Only a term may become longer or shorter: then the
        stretches between the places are converted each by itself.
        """
        pieces, written = self._pieces(text)
        if [len(piece) for piece in pieces] == [len(piece) for piece in written]:
            return "".join(written), {place: place for place in places}
        moved, so_far = {0: 0}, ""
        for start, end in pairwise(sorted({0, len(text)} | places)):
            so_far += self.text(text[start:end])
            moved[end] = len(so_far)
        return so_far, moved

    def _marked(self, text: _T, place: int = 0) -> tuple[_T, int]:
        """Convert a text with its marks, and tell where one more place of it is afterwards."""
        length = len(text.text)
        marks = [
            (mark, mark.start, min(mark.end, length)) for mark in text.marks or () if mark.start < length
        ]
        as_is = [(start, min(end, length)) for start, end in text.as_is or () if start < length]
        kept = _joined([*as_is, *((start, end) for mark, start, end in marks if mark.kind == "code")])
        places = sorted({place, *chain(*as_is), *chain(*((start, end) for _, start, end in marks))})
        moved: dict[int, int] = {}
        written = ""
        for start, end in pairwise(sorted({0, *chain(*kept), length})):
            stretch = text.text[start:end]
            inside = {one - start for one in places[bisect_left(places, start) : bisect_right(places, end)]}
            if (start, end) in kept:
                there = {one: one for one in inside}
            else:
                stretch, there = self._stretch(stretch, inside)
            moved |= {start + old: len(written) + new for old, new in there.items()}
            written += stretch
        changes: dict[str, object] = {"text": written}
        if text.marks:
            changes["marks"] = tuple(
                mark.model_copy(
                    update={
                        "start": moved[start],
                        "end": moved[end],
                        "text": self._said(mark, start, end, kept),
                    }
                )
                for mark, start, end in marks
            )
        if text.as_is:
            changes["as_is"] = tuple(Span(moved[start], moved[end]) for start, end in as_is)
        return text.model_copy(update=changes), moved.get(place, 0)

    def _said(self, mark: Mark, start: int, end: int, kept: dict[tuple[int, int], None]) -> str | None:
        """Convert what a mark says, unless the text that it is over stays; a footnote's name is a name."""
        if mark.kind not in ("ruby", "abbreviation") or (start, end) in kept:
            return mark.text
        return self._maybe(mark.text)

    def _texts(self, texts: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(self._marked(text)[0] for text in texts)

    def _body(
        self, blocks: tuple[Block, ...], dateline: Dateline | None
    ) -> tuple[tuple[Block, ...], Dateline | None]:
        """Convert a body together with the dateline that begins its first paragraph."""
        first = next((block for block in blocks if isinstance(block, Paragraph)), None)
        if dateline is None or first is None or not first.text.startswith(dateline.text):
            return tuple(map(self._block, blocks)), None
        filed, end = self._marked(first, len(dateline.text))
        written = dateline.model_copy(
            update={
                "text": filed.text[:end],
                "places": tuple(map(self.text, dateline.places)),
                "agency": self._maybe(dateline.agency),
            }
        )
        return tuple(filed if block is first else self._block(block) for block in blocks), written

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph() | Heading():
                return self._marked(block)[0]
            case Quote(paragraphs=texts):
                return block.model_copy(update={"paragraphs": self._texts(texts)})
            case Items(items=texts):
                return block.model_copy(update={"items": self._texts(texts)})
            case Definitions(entries=entries):
                written = tuple(
                    entry.model_copy(
                        update={
                            "terms": self._texts(entry.terms),
                            "descriptions": self._texts(entry.descriptions),
                        }
                    )
                    for entry in entries
                )
                return block.model_copy(update={"entries": written})
            case Footnotes(notes=notes):
                told = tuple(
                    note.model_copy(update={"paragraphs": self._texts(note.paragraphs)}) for note in notes
                )
                return block.model_copy(update={"notes": told})
            case PictureBlock(picture=picture):
                return block.model_copy(update={"picture": self._picture(picture)})
            case Embed(text=text):
                return block.model_copy(update={"text": self.text(text)})
            case Table(caption=caption, head=head, rows=rows):
                return block.model_copy(
                    update={
                        "caption": self.text(caption),
                        "head": self._texts(head),
                        "rows": tuple(map(self._texts, rows)),
                    }
                )
            case _:
                return block

    def _picture(self, picture: Picture) -> Picture:
        return picture.model_copy(
            update={name: self.text(getattr(picture, name)) for name in ("caption", "alt", "credit")}
        )


def _joined(spans: list[tuple[int, int]]) -> dict[tuple[int, int], None]:
    """Give the spans in their order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return dict.fromkeys(found)


def _changed(text: str, written: str) -> int:
    return sum(old != new for old, new in zip(text, written, strict=False))


@lru_cache
def _converter(config: str) -> Callable[[str], str]:
    """Give one way; words tell which of two signs one becomes, in either direction."""
    convert = opencc(config).convert
    return ToTraditional(convert) if config == "s2tw" else ToSimplified(convert)


@lru_cache
def opencc(config: str) -> OpenCC:
    """Load the dictionaries of one way, which takes a tenth of a second, when it is first gone.

    The characters that OpenCC knows to be missing in most fonts stay as they were sent.
    """
    return OpenCC(config, include_tofu_risk_dictionaries=False)
