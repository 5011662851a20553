"""A batch is read past whatever is wrong with it, and never into more memory than it may take."""

from collections.abc import Callable

import pytest
from aiokafka import codec
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy, _DefaultRecordBatchPy
from hypothesis import given
from hypothesis import strategies as st

from shared.decompression import LARGEST_BYTES, decompressed
from shared.record_batches import MOST_HEADERS, Fetched, Record, records_of

CODECS = range(5)
PACKED: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "gzip": (1, codec.gzip_encode),
    "snappy in blocks": (2, codec.snappy_encode),
    "snappy": (2, lambda content: bytes(codec.snappy_encode(content, xerial_compatible=False))),
    "lz4": (3, codec.lz4_encode),
    "zstd": (4, codec.zstd_encode),
}


class BrokenName(str):
    """A name as other clients may write it."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Give what is no UTF-8."""
        return b"x-\xff"


def batch(broken: set[int] = frozenset(), compression: int = 0, filling: int = 0) -> bytes:  # type: ignore[assignment]
    """Write ten records, some of them with a broken name."""
    builder = _DefaultRecordBatchBuilderPy(2, compression, 0, 0, 0, 0, 100_000_000)
    for n in range(10):
        name = BrokenName("x") if n in broken else "x-fine"
        headers = [(name, b"1"), ("x-empty", None)]
        builder.append(n, 1000 + n, b"key-%d" % n, b"value" + bytes(filling), headers=headers)
    return bytes(builder.build())


def read(sent: bytes) -> list[Record]:
    batches, found = Fetched(sent), []
    while (one := batches.next_batch()) is not None:
        assert one.what is not None
        assert one.what.validate_crc()
        found += list(records_of(one.opened()))
    assert not batches.has_next()
    return found


@pytest.mark.parametrize("compression", CODECS)
def test_records_with_a_broken_name_are_read_and_so_are_those_around_them(compression: int) -> None:
    found = read(batch({3, 7}, compression) + batch(set(), compression) + batch({0}, compression))
    assert [(one.offset, one.key) for one in found] == [(n, b"key-%d" % n) for n in range(10)] * 3
    assert [n for n, one in enumerate(found) if one.headers[0][0] == "x-\ufffd"] == [3, 7, 20]


@pytest.mark.parametrize("compression", CODECS)
@pytest.mark.parametrize("filling", [0, 1, 200_000])
def test_a_batch_reads_as_aiokafka_reads_it_however_large_it_is(compression: int, filling: int) -> None:
    sent = batch(set(), compression, filling)
    expected = [
        (one.offset, one.timestamp, one.timestamp_type, one.key, one.value, one.headers)
        for one in _DefaultRecordBatchPy(sent)
    ]
    assert [tuple(one[:6]) if isinstance(one, Record) else _fields(one) for one in read(sent)] == expected


def _fields(one: Record) -> tuple[object, ...]:
    return one.offset, one.timestamp, one.timestamp_type, one.key, one.value, one.headers


def test_a_batch_that_is_cut_off_is_not_given() -> None:
    whole = batch()
    for end in range(len(whole)):
        assert not Fetched(whole[:end]).has_next()
    assert len(read(whole + whole[:-1])) == 10


@pytest.mark.parametrize("length", [-(2**31), -1, 0, 48])
def test_a_batch_that_lies_about_its_length_is_no_endless_one(length: int) -> None:
    lying = bytearray(batch())
    lying[8:12] = length.to_bytes(4, signed=True)
    batches = Fetched(bytes(lying))
    assert batches.has_next()
    one = batches.next_batch()
    assert one is not None
    assert one.what is None or not one.what.validate_crc()


@pytest.mark.parametrize("name", PACKED)
def test_what_was_packed_is_unpacked_whole(name: str) -> None:
    number, pack = PACKED[name]
    content = bytes(range(256)) * 1000
    assert bytes(decompressed(number, memoryview(pack(content)))) == content
    largest = pack(bytes(LARGEST_BYTES))
    assert len(decompressed(number, memoryview(largest))) == LARGEST_BYTES


@pytest.mark.parametrize("name", PACKED)
def test_what_is_too_large_cut_off_or_something_else_is_a_value_error(name: str) -> None:
    number, pack = PACKED[name]
    for packed in (pack(bytes(LARGEST_BYTES + 1)), pack(bytes(range(256)) * 9)[:-9], b"something else"):
        with pytest.raises(ValueError, match=r"."):
            decompressed(number, memoryview(packed))


@pytest.mark.parametrize("number", [5, 6, 7])
def test_a_codec_that_nobody_knows_is_a_value_error(number: int) -> None:
    with pytest.raises(ValueError, match="not known"):
        decompressed(number, memoryview(b"abc"))


def test_of_a_record_with_too_many_headers_one_more_than_may_be_is_read() -> None:
    builder = _DefaultRecordBatchBuilderPy(2, 0, 0, 0, 0, 0, 100_000_000)
    builder.append(0, 0, b"k", b"v" * 2_000_000, headers=[("", b"")] * 100_000)
    builder.append(1, 0, b"k", b"v", headers=[])
    many, none = read(bytes(builder.build()))
    assert (len(many.headers), len(none.headers)) == (MOST_HEADERS + 1, 0)


@given(st.binary(max_size=300), st.integers(-3, 20), st.booleans())
def test_any_bytes_end_as_records_or_as_a_value_or_index_error(body: bytes, count: int, large: bool) -> None:
    head = bytearray(batch()[:61])
    head[57:61] = count.to_bytes(4, signed=True)
    # as large, nothing is left to aiokafka's reader
    opened = memoryview(bytes(head) + body + bytes(1_100_000 if large else 0))
    given = records_of(opened)
    for _ in range(21):
        try:
            next(given)
        except (StopIteration, ValueError, IndexError):
            return
    raise AssertionError("more records than there can be")
