"""What Markdown's dialects write beyond CommonMark: comments, boxes, links by name, sizes of pictures.

Obsidian's comments are for the writer alone and must not be read by others. The frame of a box, and the place
of a table of contents, are signs for a program: told and left out, the text inside stays. In code all of it
stays as it is written.
"""

import re
from html import escape
from typing import Final

from services.ingest.core.bodies.commands import Said
from services.ingest.core.bodies.presence import has_any
from services.ingest.core.bodies.shortcodes import Write

_MARKS: Final = ("%%", ":::", "[[", "[!", "[toc]", "[TOC]", "[Toc]")
_SIGNS: Final = re.compile(
    r"(?P<comment>(?<![0-9%])%%[^%\n]{1,2000}+%%|^%%[ \t]*\n(?:(?!%%)[^\n]*\n){1,200}?%%[ \t]*$)"
    r"|(?P<box>^[ \t>]*:{3,}[ \t]*(?:\{[^{}\n]*\}|[\w-]*)(?P<title>(?:(?!:::)[^\n])*)$"
    r"|(?<=> )\[![A-Za-z]{2,20}\][+-]?)"
    r"|(?P<toc>^[ \t]*(?:@?\[toc\]|\[\[_?toc_?\]\])[ \t]*$)"
    r"|(?<!!)\[\[(?P<link>(?=[^\[\]\n]*[^\W\d_])[^\s\[\]|][^\[\]\n]{0,300})\]\](?![(\[:])",
    re.MULTILINE | re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"(?<=\]\()(?P<place>[^()<>\n\"']{1,1000}?\.(?:jpe?g|png|gif|webp|avif|bmp|svg))"
    r"(?P<size>[ \t]+=\d*(?:x\d*)?|)(?P<title>[ \t]+\"[^\"\n]*\")?[ \t]*(?=\))",
    re.IGNORECASE,
)


def carried_out(text: str, write: Write) -> str:
    """Give a text without them; `write` puts in what they mean."""
    if has_any(text, _MARKS):
        text = _SIGNS.sub(lambda found: _meant(found, write), text)
    return _ADDRESS.sub(_address, text) if has_any(text, ("![",)) else text


def _meant(found: re.Match[str], write: Write) -> str:
    whole = found.group()
    if link := found["link"]:
        shown = link.rpartition("|")[2].strip()
        return write(Said("[[…]]", escape(shown)), whole) if shown else whole
    if found["box"]:
        before = whole[: len(whole) - len(whole.lstrip(" \t>"))]
        title = found["title"] or ""
        told = write(Said("box", is_unknown=True), whole[len(before) : len(whole) - len(title)])
        # what stands beside the sign is a line of its own
        return before + told + title + (write(Said("title of a box", "<br>"), "") if title.strip() else "")
    return write(Said("dialect", is_unknown=True), whole)


def _address(found: re.Match[str]) -> str:
    """Write a picture's address so that CommonMark reads it: without a size, its spaces between < and >."""
    place, title = found["place"].strip(), found["title"] or ""
    if " " not in place and not found["size"]:
        return found.group()
    return (f"<{place}>" if " " in place else place) + title
