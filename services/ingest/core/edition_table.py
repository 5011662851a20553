"""The editions of all ids, in some 65 bytes each: every instance keeps all of them.

They are packed (core/packing). One that cannot be packed exactly is kept as it is: it remembers very many
requests, or another program wrote a number or a time that no input of ours has.
"""

from struct import error
from typing import Final

from services.ingest.core.byte_table import ByteTable
from services.ingest.core.editions import UNKNOWN, Edition
from services.ingest.core.packing import pack, unpack

_KEPT_WHOLE: Final = b""
_AT_HAND: Final = 1_000
"""Editions, or twice as many, that are not unpacked anew: each is asked for three times while its article is
decided about, and 500 are in flight."""
_MOST_SECTIONS: Final = 2**16


class EditionTable:
    """Editions by id; an id that is not there is unknown."""

    def __init__(self) -> None:
        self._packed = ByteTable()
        self._whole: dict[str, Edition] = {}
        self._recent: dict[str, Edition] = {}
        self._before: dict[str, Edition] = {}
        """What was at hand before it: two halves, so that the eldest go without being looked for."""
        self._sections: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._packed)

    def get(self, article_id: str) -> Edition:
        """Give what is known of an id."""
        edition = self._recent.get(article_id) or self._before.get(article_id)
        if edition is None:
            edition = self._read(article_id)
            self._keep_at_hand(article_id, edition)
        return edition

    def __setitem__(self, article_id: str, edition: Edition) -> None:
        self._keep_at_hand(article_id, edition)
        try:
            self._packed[article_id] = pack(edition, self._number(edition.section))
        except (ValueError, OverflowError, error):
            self._packed[article_id] = _KEPT_WHOLE
            self._whole[article_id] = edition
        else:
            if self._whole:
                self._whole.pop(article_id, None)

    def _read(self, article_id: str) -> Edition:
        packed = self._packed.get(article_id)
        if packed is None:
            return UNKNOWN
        return unpack(packed, self._sections) if packed else self._whole[article_id]

    def _keep_at_hand(self, article_id: str, edition: Edition) -> None:
        if len(self._recent) >= _AT_HAND:
            self._recent, self._before = {}, self._recent
        self._recent[article_id] = edition

    def _number(self, section: str) -> int:
        number = self._numbers.get(section)
        if number is None:
            number = len(self._sections)
            if number == _MOST_SECTIONS:
                raise ValueError("too many sections to be numbered")
            self._numbers[section] = number
            self._sections.append(section)
        return number
