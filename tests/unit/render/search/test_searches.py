"""What readers type, and what they then find: a made-up newspaper's articles, and questions of every kind.

`searches/articles.tsv` is a newspaper, `searches/queries.tsv` what is asked and the ids of all that is to be
found, `-` for nothing; of several the closest stands first. `searches/spellings/` is another one, whose
articles write numbers, dates, units, initials and signs otherwise than readers type them.
"""

import asyncio
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from services.render.adapters.search.search import Search
from services.render.adapters.search.search_index import SearchIndex
from services.render.adapters.store.queries import Change
from services.render.core.search.query import read
from tests.builders import NOON, published
from tests.unit.render.searched import body

FOLDER: Final = Path(__file__).with_name("searches")
PAPERS: Final = (FOLDER, FOLDER / "spellings")


def table(paper: Path, name: str) -> list[dict[str, str]]:
    """Read a table; a quotation mark is a text like any other."""
    with (paper / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Search]]:
    """Give the search over all articles of each newspaper."""
    searches = {paper: opened(paper, tmp_path_factory.mktemp("searches")) for paper in PAPERS}
    yield searches
    for search in searches.values():
        search.close()


def opened(paper: Path, folder: Path) -> Search:
    index = SearchIndex(folder)
    index.open()
    index.follow("tests", 0)
    articles = [
        published(
            row["id"],
            section=row["section"],
            language=row["language"],
            title=row["title"],
            blocks=body(row["body"]),
        )
        for row in table(paper, "articles.tsv")
    ]
    index.take(
        [Change(number, one.id, one.model_dump_json().encode()) for number, one in enumerate(articles)], NOON
    )
    return Search(index, {})


@pytest.mark.parametrize(
    ("paper", "row"),
    [
        pytest.param(paper, row, id=f"{row['kind']}: {row['asked']}")
        for paper in PAPERS
        for row in table(paper, "queries.tsv")
    ],
)
def test_what_is_asked_for_is_found_and_nothing_else(
    papers: dict[Path, Search], paper: Path, row: dict[str, str]
) -> None:
    found = asyncio.run(papers[paper].find(read(row["asked"]), 1, NOON))
    expected = row["found"].split() if row["found"] != "-" else []
    ids = [hit.id for hit in found.hits]
    assert set(ids) == set(expected)
    assert ids[:1] == expected[:1]
    assert found.total == len(expected)
