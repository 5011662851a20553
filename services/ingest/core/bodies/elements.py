"""What the elements of HTML and NITF mean for the text in them."""

from typing import Final

from services.ingest.core.bodies.line import Kind


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS: Final = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "hl1": 2, "hl2": 3}
"""Levels of headings; the title of the article is level 1. hl1 and hl2 are NITF's."""

BLOCKS: Final = _names(
    """
    address article aside center dd details dialog div dl dt fieldset footer header hgroup hr legend li main
    menu nav ol p pre search section summary ul blockquote figure figcaption table caption thead tbody tfoot
    tr td th h1 h2 h3 h4 h5 h6
    abstract block body.content body.end body.head byline byttl distributor hedline hl1 hl2 media
    media-caption note tagline
    """
)
"""Each begins and ends a line; from abstract on of NITF."""

SILENT: Final = _names("script style head link meta base param source track col colgroup frame frameset")
"""Not shown, and what is in them is no text."""

NOT_SHOWN: Final = _names(
    """
    applet button canvas datalist form noembed noframes noscript optgroup option select svg template textarea
    title rp
    """
)
"""Not shown; letters in them are told."""

FORMULAE: Final = _names("math omath omathpara")
"""MathML, and Word's own: two-dimensional, so that their letters in a row say something else."""

MARKS: Final[dict[str, tuple[Kind, ...]]] = {
    **dict.fromkeys(("x-b", "x-strong", "summary"), ("strong",)),
    **dict.fromkeys(("x-i", "x-em"), ("emphasis",)),
    **dict.fromkeys(("x-code", "x-tt", "kbd", "samp"), ("code", "as is")),
    **dict.fromkeys(("del", "x-s", "x-strike"), ("deleted",)),
    "ins": ("inserted",),
    "sup": ("superscript",),
    "sub": ("subscript",),
}

INLINE: Final = _names(
    """
    html body a abbr acronym area bdi bdo br cite data dfn g-emoji ignore_js_op input label map mark meter
    output picture progress q rb rt rtc ruby slot span time var wbr basefont dir isindex keygen listing
    marquee plaintext xmp x-big x-font x-nobr x-small x-u bgsound
    nitf alt-code chron city copyrite copyrite.holder copyrite.year country dateline event frac frac-num
    frac-sep frac-den function lang location money num object.title org person postaddr pronounce region
    state story.date sublocation virtloc credit datasource bibliography series doc-id docdata
    identified-content media-reference media-metadata media-producer nitf-table
    """
)
"""Known ones of which only the text is taken, from nitf on of NITF; of others there is a note."""
