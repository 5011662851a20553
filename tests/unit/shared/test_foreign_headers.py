"""A header's name that is not UTF-8 stops no consumer."""

import pytest
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.foreign_headers import read_them


class BrokenName(str):
    """A name as other clients may write it."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Give what is no UTF-8."""
        return b"x-\xff"


def batch(broken: set[int], compression: int) -> bytes:
    """Write ten records, some of them with a broken name."""
    builder = _DefaultRecordBatchBuilderPy(2, compression, 0, 0, 0, 0, 100_000)
    for n in range(10):
        name = BrokenName("x") if n in broken else "x-fine"
        builder.append(n, 1000, b"key-%d" % n, b"value", headers=[(name, b"1"), ("x-empty", None)])
    return bytes(builder.build())


@pytest.mark.parametrize("compression", [0, 1, 2, 3, 4])
def test_records_with_a_broken_name_are_read_and_so_are_those_around_them(compression: int) -> None:
    read_them()
    sent = batch({3, 7}, compression) + batch(set(), compression) + batch({0}, compression)
    batches, found = fetcher.MemoryRecords(sent), []
    while batches.has_next():
        one = batches.next_batch()
        assert one.validate_crc()
        found += [(record.offset, record.key, record.headers[0][0]) for record in one]
    assert [(offset, key) for offset, key, _ in found] == [(n, b"key-%d" % n) for n in range(10)] * 3
    assert [n for n, (_, _, name) in enumerate(found) if name == "x-\ufffd"] == [3, 7, 20]
