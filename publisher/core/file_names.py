"""What the name of a file says of it: what it is written in, which article it is, and of which day."""

import re
from typing import Final

from publisher.core.ids import fitting_id

_WORDS: Final = "save it as Markdown (.md) or HTML and publish that"
NOT_READ: Final = {
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".pages", ".wps"), _WORDS),
    ".mdx": "components of MDX are not read: write them as Markdown or HTML and name the file .md",
    **dict.fromkeys(
        (".wiki", ".mediawiki", ".creole", ".textile", ".org", ".rst", ".adoc", ".asciidoc"), _WORDS
    ),
}
"""Texts in other formats, which are told in a folder, too."""
NAMED_ONLY: Final = {
    ".txt": "name it .md: its first line, as # …, is the title",
    ".pdf": _WORDS,
}
_NOT_ITS_OWN: Final = ("index", "_index", "readme", "default")
"""Names that a file has in its folder, whose name is the article's."""
DATED: Final = re.compile(r"\d{4}-\d\d-\d\d(?=-)")


def id_of(name: str, folder: str) -> str:
    """Give the id of a file that names none: its name without the ending, or that of its folder."""
    stem, dot, more = name.partition(".")
    if stem.lower() not in _NOT_ITS_OWN:
        return fitting_id(name)
    if not folder:
        raise ValueError(f"has no id, and {name} is not a name of its own; write an id into it")
    return fitting_id(f"{folder}{dot}{more}")
