"""An edition as bytes, and back.

Numbers behind one another; the first of them, the shape, tells by its bits which they are. What most editions
have in common, as that the text that stands is what was decided last, is a bit alone. What cannot be told
exactly is refused: numbers larger than any record of Kafka has, a zone that is not a number of minutes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from struct import Struct, error
from typing import Final

from services.ingest.core.editions import Edition
from services.ingest.core.idempotency import REQUEST_BYTES, request_from, request_in_bytes
from shared.articles import Standing
from shared.events import Arrival, Order

_ORDER: Final = 1 << 0
_MARK: Final = 1 << 1
_DECIDED: Final = 1 << 2
_DESK: Final = 1 << 3
_OFFSET: Final = 1 << 4
_MARK_OFFSET: Final = 1 << 5
_REVISION: Final = 1 << 6
_PUBLISHED: Final = 1 << 7
_EMBARGO: Final = 1 << 8
_EXPIRES: Final = 1 << 9
_LISTS: Final = 1 << 10
_WITHDRAWN: Final = 1 << 11
_TEXT_DECIDED_LAST: Final = 1 << 12
"""The input that was decided last is the text that stands."""
_TEXT_SENT_HOME: Final = 1 << 13
"""The one input that is known to have been sent home is the text that stands."""
_WIDE: Final = 1 << 14
"""An offset or a revision has more than 32 bits; all of them are told in 64."""
_NUMBERS: Final = {
    _ORDER: "NQN",
    _MARK: "QN",
    _DECIDED: "QN",
    _DESK: "QN",
    _OFFSET: "N",
    _MARK_OFFSET: "N",
    _REVISION: "N",
    _PUBLISHED: "qh",
    _EMBARGO: "qh",
    _EXPIRES: "qh",
    _LISTS: "BBB",
}
"""What stands for each bit, in this order, behind the shape and the section; N is an offset or a revision."""
_SHAPE_BYTES: Final = 2
_PARTITION_BITS: Final = 8
"""Beneath the 47 bits of a time in ms."""
_SENT_HOME: Final = Struct("<QQ")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MINUTES: Final = {timedelta(minutes=minutes): minutes for minutes in range(-1439, 1440)}
"""Of the zones that a time can be in."""


def pack(edition: Edition, section: int) -> bytes:
    """Write an edition, and its section as a number; ValueError or struct.error if it cannot be told."""
    if edition.most_ahead is not None:
        raise ValueError("what is known of its partition is no article's own")
    order, mark, is_withdrawn = edition.standing.order, edition.standing.mark, edition.standing.withdrawn
    shape = _WITHDRAWN if is_withdrawn else 0
    numbers = [section]
    text = None if order is None else order.arrival
    if order is not None:
        shape |= _ORDER
        numbers += order.revision, *_of_arrival(order.arrival)
    if mark is not None:
        shape |= _MARK
        numbers += _of_arrival(mark)
    if edition.decided is not None:
        if edition.decided == text:
            shape |= _TEXT_DECIDED_LAST
        else:
            shape |= _DECIDED
            numbers += _of_arrival(edition.decided)
    if edition.decided_at_desk is not None:
        shape |= _DESK
        numbers += _of_arrival(edition.decided_at_desk)
    if edition.offset is not None:
        shape |= _OFFSET
        numbers.append(edition.offset)
    if edition.mark_offset is not None:
        shape |= _MARK_OFFSET
        numbers.append(edition.mark_offset)
    if edition.revision != (0 if order is None else order.revision):
        shape |= _REVISION
        numbers.append(edition.revision)
    if edition.published_at is not None:
        shape |= _PUBLISHED
        numbers += _of_moment(edition.published_at)
    if edition.embargo_until is not None:
        shape |= _EMBARGO
        numbers += _of_moment(edition.embargo_until)
    if edition.expires_at is not None:
        shape |= _EXPIRES
        numbers += _of_moment(edition.expires_at)
    sent_home = edition.sent_home
    if sent_home and sent_home == (text,):
        shape |= _TEXT_SENT_HOME
        sent_home = ()
    if sent_home or edition.requests or edition.desk_requests:
        shape |= _LISTS
        numbers += len(sent_home), len(edition.requests), len(edition.desk_requests)
        requests = map(request_in_bytes, edition.requests + edition.desk_requests)
        lists = b"".join([*(_SENT_HOME.pack(*_of_arrival(one)) for one in sent_home), *requests])
        return _written(shape, numbers) + lists
    return _written(shape, numbers)


def _written(shape: int, numbers: list[int]) -> bytes:
    try:
        return shape.to_bytes(_SHAPE_BYTES, "little") + _layout(shape).pack(*numbers)
    except error:
        shape |= _WIDE
        return shape.to_bytes(_SHAPE_BYTES, "little") + _layout(shape).pack(*numbers)


def unpack(packed: bytes, sections: Sequence[str]) -> Edition:
    """Read an edition that `pack` wrote; `sections` by their numbers."""
    shape = packed[0] | packed[1] << 8
    layout = _layout(shape)
    take = iter(layout.unpack_from(packed, _SHAPE_BYTES)).__next__
    section = sections[take()]
    order = Order(take(), _arrival(take(), take())) if shape & _ORDER else None
    text = None if order is None else order.arrival
    mark = _arrival(take(), take()) if shape & _MARK else None
    decided = _arrival(take(), take()) if shape & _DECIDED else text if shape & _TEXT_DECIDED_LAST else None
    edition = Edition(
        Standing(order, mark, bool(shape & _WITHDRAWN)),
        decided,
        _arrival(take(), take()) if shape & _DESK else None,
        (text,) if shape & _TEXT_SENT_HOME and text else (),
        take() if shape & _OFFSET else None,
        take() if shape & _MARK_OFFSET else None,
        section,
        take() if shape & _REVISION else order.revision if order else 0,
        _moment(take(), take()) if shape & _PUBLISHED else None,
        _moment(take(), take()) if shape & _EMBARGO else None,
        _moment(take(), take()) if shape & _EXPIRES else None,
    )
    if not shape & _LISTS:
        return edition
    sent_home, requests = take(), take()
    arrivals = _SHAPE_BYTES + layout.size
    begin = arrivals + sent_home * _SENT_HOME.size
    named = [request_from(packed[at : at + REQUEST_BYTES]) for at in range(begin, len(packed), REQUEST_BYTES)]
    return edition._replace(
        sent_home=edition.sent_home
        + tuple(_arrival(*one) for one in _SENT_HOME.iter_unpack(packed[arrivals:begin])),
        requests=tuple(named[:requests]),
        desk_requests=tuple(named[requests:]),
    )


@cache
def _layout(shape: int) -> Struct:
    numbers = "".join(codes for bit, codes in _NUMBERS.items() if shape & bit)
    return Struct("<H" + numbers.replace("N", "Q" if shape & _WIDE else "I"))


def _of_arrival(arrival: Arrival) -> tuple[int, int]:
    at_ms, partition, offset = arrival
    if not 0 <= partition < 1 << _PARTITION_BITS:
        raise ValueError("no topic of ours has this partition")
    return at_ms << _PARTITION_BITS | partition, offset


def _arrival(at: int, offset: int) -> Arrival:
    return Arrival(at >> _PARTITION_BITS, at & (1 << _PARTITION_BITS) - 1, offset)


def _of_moment(moment: datetime) -> tuple[int, int]:
    ahead = moment.utcoffset()
    if ahead not in _MINUTES:
        raise ValueError("is in no zone of whole minutes")
    return (moment - _EPOCH) // _MICROSECOND, _MINUTES[ahead]


def _moment(microseconds: int, minutes_ahead: int) -> datetime:
    return _epoch(minutes_ahead) + timedelta(0, 0, microseconds)


@cache
def _epoch(minutes_ahead: int) -> datetime:
    return _EPOCH.astimezone(timezone(timedelta(minutes=minutes_ahead)))
