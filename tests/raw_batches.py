"""Batches of records written byte by byte, and sent as they are: what no client library would let through."""

import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import cramjam
from aiokafka.client import AIOKafkaClient
from aiokafka.codec import lz4_encode
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c, encode_varint
from aiokafka.structs import TopicPartition

from tests.poison import GZIP, LZ4, SNAPPY, ZSTD, Headers

PACKED: Final[dict[int, Callable[[bytes], bytes]]] = {
    0: bytes,
    GZIP: lambda body: zlib.compress(body, 1, wbits=31),
    SNAPPY: lambda body: bytes(cramjam.snappy.compress_raw(body)),
    LZ4: lz4_encode,
    ZSTD: lambda body: bytes(cramjam.zstd.compress(body)),
}


class Raw(NamedTuple):
    """One record; `offset` and `ms` are told relative to the batch's, the offset also wrongly."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    offset: int | None = None
    ms: int = 0


def batch_of(
    records: Iterable[Raw], codec: int = 0, first_ms: int = 1_794_744_000_000, magic: int = 2
) -> bytes:
    """Write a batch; its checksum is right."""
    written = [_record(number, record) for number, record in enumerate(records)]
    body = PACKED.get(codec, bytes)(b"".join(written))
    last = len(written) - 1
    behind_crc = struct.pack(">hiqqqhii", codec, last, first_ms, first_ms, -1, -1, -1, len(written)) + body
    head = struct.pack(">ibI", 0, magic, calc_crc32c(behind_crc))
    return struct.pack(">qi", 0, len(head) + len(behind_crc)) + head + behind_crc


def _record(number: int, record: Raw) -> bytes:
    out = bytearray(b"\0")
    encode_varint(record.ms, out.append)
    encode_varint(number if record.offset is None else record.offset, out.append)
    for piece in (record.key, record.value):
        _write(piece, out)
    encode_varint(len(record.headers), out.append)
    for name, value in record.headers:
        _write(name, out)
        _write(value, out)
    length = bytearray()
    encode_varint(len(out), length.append)
    return bytes(length + out)


def _write(piece: bytes | None, out: bytearray) -> None:
    encode_varint(-1 if piece is None else len(piece), out.append)
    out += piece or b""


async def send(bootstrap: str, batches: Iterable[tuple[str, int, bytes]]) -> list[int]:
    """Send batches of (topic, partition, bytes) one after another; give the broker's error code of each."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    codes = []
    try:
        for topic, partition, batch in batches:
            await client.add_topic(topic)
            leader = client.cluster.leader_for_partition(TopicPartition(topic, partition))
            request = ProduceRequest(None, -1, 30_000, [(topic, [(partition, batch)])])
            response = await client.send(leader, request)
            codes.append(response.topics[0][1][0][1])
    finally:
        await client.close()
    return codes
